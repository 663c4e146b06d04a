#include "report/json_parts.h"

#include "model/attack.h"
#include "report/evidence.h"
#include "report/mask.h"
#include "report/mask_shape.h"
#include "report/show.h"

static void key(struct json_writer *w, const char *name)
{
    json_key(w, str_of(name));
}

/* A string value, masked. */
static void text(struct json_writer *w, struct str s)
{
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add(&plain, s);
    json_str(w, buf_str(&plain));
    w->out->failed = w->out->failed || plain.failed;
}

void json_parts_text(struct json_writer *w, struct str s)
{
    text(w, s);
}

void json_parts_str(struct json_writer *w, const char *name, struct str s)
{
    key(w, name);
    text(w, s);
}

void json_parts_u64(struct json_writer *w, const char *name, uint64_t v)
{
    key(w, name);
    json_u64(w, v);
}

static void boolean(struct json_writer *w, const char *name, bool v)
{
    key(w, name);
    json_bool(w, v);
}

void json_parts_time(struct json_writer *w, const char *name, int64_t us)
{
    char t[TIME_TEXT_MAX];
    key(w, name);
    size_t n = time_format(us, t);
    if (n == 0) {
        json_nil(w);
    } else {
        json_str(w, str_make(t, n));
    }
}

/* `list` is any VEC of struct str. */
#define TEXTS(w, name, list) texts((w), (name), (list).at, (list).len)

static void texts(struct json_writer *w, const char *name, const struct str *at, size_t len)
{
    key(w, name);
    json_array_begin(w);
    for (size_t i = 0; i < len; i++) {
        text(w, at[i]);
    }
    json_array_end(w);
}

void json_parts_function(struct json_writer *w, const struct function_key *f)
{
    CLEANUP(buf_free) struct buf whole = {0};
    buf_printf(&whole, "%.*s/%.*s/%.*s/%.*s", STR_ARG(f->provider), STR_ARG(f->account),
               STR_ARG(f->region), STR_ARG(f->name));
    text(w, buf_str(&whole));
    w->out->failed = w->out->failed || whole.failed;
}

void json_parts_window(struct json_writer *w, const struct result *r)
{
    key(w, "window");
    json_object_begin(w);
    json_parts_time(w, "since", r->since_us);
    json_parts_time(w, "until", r->until_us);
    json_object_end(w);
}

/* ---- inputs ---- */

static void skipped(struct json_writer *w, const struct result *r)
{
    key(w, "skipped");
    json_array_begin(w);
    for (size_t i = 0; i < r->skipped.len; i++) {
        const struct skipped *s = &r->skipped.at[i];
        json_object_begin(w);
        json_parts_str(w, "path", show_path(r, s->file));
        json_parts_u64(w, "offset", s->offset);
        json_parts_u64(w, "length", s->length);
        json_parts_str(w, "unit", s->file_bytes ? STR("file") : STR("unpacked"));
        json_parts_str(w, "reason", str_of(s->reason));
        json_parts_u64(w, "records", s->records);
        json_object_end(w);
    }
    json_array_end(w);
}

static void unrecognised(struct json_writer *w, const struct result *r)
{
    key(w, "unrecognised");
    json_array_begin(w);
    for (size_t i = 0; i < r->unrecognised.len; i++) {
        const struct unrecognised *u = &r->unrecognised.at[i];
        json_object_begin(w);
        json_parts_str(w, "path", show_path(r, u->file));
        json_parts_u64(w, "records", u->records);
        json_parts_u64(w, "bytes", u->bytes);
        json_parts_u64(w, "offset", u->first_offset);
        json_parts_str(w, "reason", str_of(u->reason));
        json_object_end(w);
    }
    json_array_end(w);
}

static void sources(struct json_writer *w, const struct result *r)
{
    key(w, "sources");
    json_array_begin(w);
    for (size_t i = 0; i < r->sources.len; i++) {
        const struct source_seen *s = &r->sources.at[i];
        json_object_begin(w);
        json_parts_str(w, "source", s->source);
        json_parts_str(w, "account", s->account);
        json_parts_u64(w, "records", s->records);
        json_parts_time(w, "first", s->first_us);
        json_parts_time(w, "last", s->last_us);
        json_parts_str(w, "coverage", str_of(coverage_state_name(s->state)));
        json_parts_str(w, "note", s->note);
        json_object_end(w);
    }
    json_array_end(w);
}

static void feeds(struct json_writer *w, const struct result *r)
{
    key(w, "feeds");
    json_array_begin(w);
    for (size_t i = 0; i < r->feeds.len; i++) {
        const struct feed_info *f = &r->feeds.at[i];
        json_object_begin(w);
        json_parts_str(w, "path", f->path);
        json_parts_str(w, "kind", f->kind);
        json_parts_u64(w, "indicators", f->indicators);
        json_parts_u64(w, "valid", f->valid);
        json_parts_u64(w, "expired", f->expired);
        json_parts_u64(w, "rejected", f->rejected);
        json_parts_str(w, "rejected_first", f->rejected_first);
        json_parts_u64(w, "set_aside", f->set_aside);
        json_parts_str(w, "set_aside_first", f->set_aside_first);
        json_parts_str(w, "marking", f->marking);
        json_parts_str(w, "version", f->version);
        json_object_end(w);
    }
    json_array_end(w);
    key(w, "with");
    json_array_begin(w);
    for (size_t i = 0; i < r->with.len; i++) {
        json_object_begin(w);
        json_parts_str(w, "what", r->with.at[i].what);
        json_parts_u64(w, "count", r->with.at[i].count);
        json_parts_time(w, "newest", r->with.at[i].newest_us);
        boolean(w, "partial", r->with.at[i].partial);
        json_object_end(w);
    }
    json_array_end(w);
}

void json_parts_inputs(struct json_writer *w, const struct result *r)
{
    key(w, "inputs");
    json_object_begin(w);
    json_parts_u64(w, "files", r->file_count);
    json_parts_u64(w, "pruned_files", r->pruned_files);
    json_parts_u64(w, "bytes_read", r->bytes_read);
    json_parts_u64(w, "bytes_unpacked", r->bytes_unpacked);
    json_parts_u64(w, "record_bytes", r->record_bytes);
    json_parts_u64(w, "framing_bytes", r->framing_bytes);
    json_parts_u64(w, "unrecognised_bytes", r->unrecognised_bytes);
    json_parts_u64(w, "skipped_bytes", r->skipped_bytes);
    json_parts_u64(w, "records", r->records);
    json_parts_u64(w, "events", r->events);
    json_parts_u64(w, "duplicates", r->duplicates);
    json_parts_u64(w, "rule_stops", r->rule_stops);
    skipped(w, r);
    unrecognised(w, r);
    sources(w, r);
    feeds(w, r);
    TEXTS(w, "without", r->without);
    TEXTS(w, "notes", r->notes);
    json_object_end(w);
}

/* ---- findings ---- */

static void place(struct json_writer *w, const struct result *r, const struct origin *o)
{
    json_parts_str(w, "path", show_path(r, o->file));
    json_parts_u64(w, "offset", o->offset);
    json_parts_u64(w, "length", o->length);
    key(w, "inner");
    if (o->inner < 0) {
        json_nil(w);
    } else {
        json_i64(w, o->inner);
    }
}

static void evidence(struct json_writer *w, const struct result *r, const struct finding *f,
                     size_t most)
{
    key(w, "evidence");
    json_array_begin(w);
    size_t n = evidence_count(f->events.len, most);
    for (size_t i = 0; i < n; i++) {
        const struct event *e = f->events.at[evidence_at(f->events.len, most, i)];
        json_object_begin(w);
        place(w, r, &e->origin);
        json_parts_str(w, "record_id", e->record_id);
        json_parts_time(w, "time", e->time_us);
        json_object_end(w);
    }
    json_array_end(w);
    json_parts_u64(w, "evidence_total", f->events.len);
}

/* The root, and the session it acted through in the first record. */
static void finding_actor(struct json_writer *w, const struct finding *f)
{
    key(w, "actor");
    if (f->actor == NULL) {
        json_nil(w);
        return;
    }
    static const struct identity nobody = {0};
    const struct identity *who = f->events.len > 0 ? &f->events.at[0]->who : &nobody;
    json_object_begin(w);
    json_parts_str(w, "root", f->actor->root);
    json_parts_str(w, "person", f->actor->person);
    json_parts_str(w, "principal", who->principal);
    json_parts_str(w, "session", who->session_name);
    json_parts_str(w, "access_key", who->access_key);
    json_parts_str(w, "kind", str_of(identity_kind_name(f->actor->kind)));
    boolean(w, "resolved", f->actor->resolved);
    json_object_end(w);
}

static void finding_detection(struct json_writer *w, const struct finding *f)
{
    const struct detection *d = f->detection;
    json_parts_str(w, "detection", d->id);
    json_parts_str(w, "ref", d->ref);
    json_parts_str(w, "title", d->title);
    json_parts_str(w, "author", d->author);
    json_parts_str(w, "severity", str_of(severity_name(f->severity)));
    if (f->explained) {
        key(w, "explained");
        json_bool(w, true);
    }
    key(w, "confidence");
    json_f64(w, f->confidence);
}

/* What the same techniques are called since ATT&CK 19; left out where nothing changed. */
static void new_numbers(struct json_writer *w, const struct detection *d)
{
    bool any = false;
    for (size_t i = 0; i < d->technique_count; i++) {
        struct str id = attack_new(d->techniques[i]);
        if (id.len > 0 && !any) {
            key(w, "technique_aliases");
            json_array_begin(w);
        }
        any = any || id.len > 0;
        if (id.len > 0) {
            json_str(w, id);
        }
    }
    if (any) {
        json_array_end(w);
    }
}

void json_parts_finding(struct json_writer *w, const struct result *r, const struct finding *f,
                        const struct report_options *o)
{
    const struct detection *d = f->detection;
    struct str indicator = str_of(indicator_name(d->indicator));
    json_parts_str(w, "id", f->id);
    finding_detection(w, f);
    json_parts_time(w, "first", f->first_us);
    json_parts_time(w, "last", f->last_us);
    json_parts_u64(w, "count", f->count);
    json_parts_u64(w, "denied", f->denied);
    json_parts_str(w, "provider", f->function.provider);
    json_parts_str(w, "account", f->account);
    json_parts_str(w, "region", f->region);
    json_parts_str(w, "function", f->function.name);
    json_parts_str(w, "entity", f->entity);
    key(w, "functions");
    json_array_begin(w);
    for (size_t i = 0; i < f->functions.len; i++) {
        json_parts_function(w, &f->functions.at[i]);
    }
    json_array_end(w);
    finding_actor(w, f);
    TEXTS(w, "addresses", f->addresses);
    TEXTS(w, "hosts", f->hosts);
    texts(w, "techniques", d->techniques, d->technique_count);
    new_numbers(w, d);
    texts(w, "indicators", &indicator, indicator.len > 0 ? 1 : 0);
    json_parts_str(w, "question", str_of(show_question(d->question)));
    json_parts_str(w, "explain", f->explain);
    evidence(w, r, f, o->evidence_max);
}

/* ---- cases ---- */

static void items(struct json_writer *w, const char *name, const struct item *at, size_t len)
{
    key(w, name);
    json_array_begin(w);
    for (size_t i = 0; i < len; i++) {
        const struct item *it = &at[i];
        json_object_begin(w);
        json_parts_str(w, "id", it->id);
        json_parts_str(w, "text", it->text);
        key(w, "weight");
        json_i64(w, it->weight);
        key(w, "weight_full");
        json_i64(w, it->weight_full);
        json_parts_str(w, "group", it->group);
        boolean(w, "hard", it->hard);
        boolean(w, "authorises", it->authorises);
        json_parts_str(w, "ref", it->ref);
        json_parts_str(w, "explained_by", it->explained_by);
        json_object_end(w);
    }
    json_array_end(w);
}

static void questions(struct json_writer *w, const struct case_file *c)
{
    key(w, "questions");
    json_array_begin(w);
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        const struct answer *a = &c->answers[q];
        json_object_begin(w);
        json_parts_str(w, "id", str_of(show_question((enum question)q)));
        boolean(w, "raised", a->raised);
        json_parts_str(w, "answer", str_of(verdict_name(a->verdict)));
        key(w, "score");
        json_i64(w, a->score);
        json_parts_str(w, "confidence", str_of(strength_name(a->strength)));
        items(w, "evidence", a->items.at, a->items.len);
        items(w, "against", a->against.at, a->against.len);
        key(w, "coverage");
        json_array_begin(w);
        for (size_t i = 0; i < a->coverage.len; i++) {
            const struct coverage *v = &a->coverage.at[i];
            json_object_begin(w);
            json_parts_str(w, "source", v->source);
            json_parts_str(w, "state", str_of(coverage_state_name(v->state)));
            json_parts_time(w, "from", v->from_us);
            json_parts_time(w, "to", v->to_us);
            json_parts_str(w, "note", v->note);
            json_object_end(w);
        }
        json_array_end(w);
        json_parts_str(w, "would_change", a->would_change);
        json_object_end(w);
    }
    json_array_end(w);
}

static void timeline(struct json_writer *w, const struct result *r, const struct case_file *c)
{
    static const char *const outcomes[] = {"ok", "denied", "failed"};
    key(w, "timeline");
    json_array_begin(w);
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        json_object_begin(w);
        json_parts_time(w, "time", e->time_us);
        json_parts_time(w, "last", e->last_us);
        json_parts_u64(w, "count", e->count);
        json_parts_str(w, "source", e->source);
        json_parts_str(w, "service", e->service);
        json_parts_str(w, "action", e->action);
        json_parts_str(w, "outcome",
                       event_has(e, ATTR_PENDING) ? STR("pending") : str_of(outcomes[e->outcome]));
        json_parts_str(w, "actor", e->actor == NULL ? STR_EMPTY : e->actor->root);
        json_parts_str(w, "principal", e->who.principal);
        json_parts_str(w, "address", e->address);
        json_parts_str(w, "function", e->function.name);
        json_parts_str(w, "record_id", e->record_id);
        place(w, r, &e->origin);
        json_object_end(w);
    }
    json_array_end(w);
}

static void steps(struct json_writer *w, const struct case_file *c)
{
    key(w, "steps");
    json_array_begin(w);
    for (size_t i = 0; i < c->steps.len; i++) {
        const struct step *s = &c->steps.at[i];
        json_object_begin(w);
        json_parts_str(w, "id", s->id);
        json_parts_str(w, "text", s->text);
        json_parts_str(w, "outcome", s->outcome);
        key(w, "rows");
        json_array_begin(w);
        for (size_t j = 0; j < s->rows.len; j++) {
            json_object_begin(w);
            json_parts_time(w, "time", s->rows.at[j].time_us);
            json_parts_str(w, "outcome", s->rows.at[j].outcome);
            json_parts_str(w, "text", s->rows.at[j].text);
            json_parts_str(w, "ref", s->rows.at[j].ref);
            json_object_end(w);
        }
        json_array_end(w);
        json_object_end(w);
    }
    json_array_end(w);
}

static void decision(struct json_writer *w, const struct decision *d)
{
    key(w, "decision");
    json_object_begin(w);
    json_parts_str(w, "row", d->row);
    json_parts_str(w, "action", d->action);
    boolean(w, "escalate", d->escalate);
    json_parts_str(w, "to", d->to);
    key(w, "priority");
    if (d->priority == 0) {
        json_nil(w);
    } else {
        json_str(w, str_of(show_priority(d->priority)));
    }
    json_parts_time(w, "due", d->due_us);
    json_parts_str(w, "reason", d->reason);
    json_parts_str(w, "clause", d->clause);
    boolean(w, "contain", d->contain);
    boolean(w, "review", d->review);
    TEXTS(w, "not_seen", d->not_seen);
    TEXTS(w, "rows", d->rows);
    json_object_end(w);
}

/* Commands are to be run: access key ids in them stay whole. */
static void commands(struct json_writer *w, const char *name, const struct str *at, size_t len)
{
    key(w, name);
    json_array_begin(w);
    for (size_t i = 0; i < len; i++) {
        CLEANUP(buf_free) struct buf plain = {0};
        mask_add_command(&plain, at[i]);
        json_str(w, buf_str(&plain));
        w->out->failed = w->out->failed || plain.failed;
    }
    json_array_end(w);
}

static void plan(struct json_writer *w, const struct case_file *c)
{
    key(w, "plan");
    json_array_begin(w);
    for (size_t i = 0; i < c->plan.len; i++) {
        const struct plan_step *p = &c->plan.at[i];
        json_object_begin(w);
        json_parts_str(w, "action", p->action);
        json_parts_str(w, "target", p->target);
        json_parts_str(w, "why", p->why);
        commands(w, "commands", p->commands.at, p->commands.len);
        commands(w, "undo", p->undo.at, p->undo.len);
        json_parts_str(w, "breaks", p->breaks);
        commands(w, "before", p->before.at, p->before.len);
        json_object_end(w);
    }
    json_array_end(w);
}

static void calls(struct json_writer *w, const struct case_file *c)
{
    key(w, "call");
    json_array_begin(w);
    for (size_t i = 0; i < c->calls.len; i++) {
        json_object_begin(w);
        json_parts_str(w, "who", c->calls.at[i].who);
        json_parts_str(w, "name", c->calls.at[i].name);
        json_parts_str(w, "why", c->calls.at[i].why);
        json_object_end(w);
    }
    json_array_end(w);
}

void json_parts_mark(struct json_writer *w, const struct mark *m)
{
    bool id = mask_key_id(m->value) == m->value.len && m->value.len > 0;
    json_parts_str(w, "kind", str_of(mark_kind_name(m->kind)));
    key(w, "value");
    if (id) {
        json_str(w, m->value); /* what is looked for; an id is no secret */
    } else {
        text(w, m->value);
    }
    boolean(w, "external", m->external);
}

static void marks(struct json_writer *w, const struct case_file *c)
{
    key(w, "marks");
    json_array_begin(w);
    for (size_t i = 0; i < c->marks.len; i++) {
        json_object_begin(w);
        json_parts_mark(w, &c->marks.at[i]);
        json_object_end(w);
    }
    json_array_end(w);
}

void json_parts_case(struct json_writer *w, const struct result *r, const struct case_file *c)
{
    json_parts_str(w, "id", c->id);
    json_parts_str(w, "title", c->title);
    json_parts_str(w, "severity", str_of(severity_name(c->severity)));
    json_parts_str(w, "whose", str_of(case_whose_name(c->whose)));
    json_parts_time(w, "first", c->first_us);
    json_parts_time(w, "last", c->last_us);
    key(w, "functions");
    json_array_begin(w);
    for (size_t i = 0; i < c->functions.len; i++) {
        json_parts_function(w, &c->functions.at[i]);
    }
    json_array_end(w);
    key(w, "actors");
    json_array_begin(w);
    for (size_t i = 0; i < c->actors.len; i++) {
        text(w, c->actors.at[i]->root);
    }
    json_array_end(w);
    TEXTS(w, "addresses", c->addresses);
    key(w, "findings");
    json_array_begin(w);
    for (size_t i = 0; i < c->findings.len; i++) {
        text(w, c->findings.at[i]->id);
    }
    json_array_end(w);
    timeline(w, r, c);
    questions(w, c);
    steps(w, c);
    decision(w, &c->decision);
    plan(w, c);
    calls(w, c);
    marks(w, c);
    TEXTS(w, "hunts", c->hunts);
    json_parts_words(w, c);
    if (c->since.state != CASE_NOT_COMPARED) {
        json_parts_since(w, &c->since);
    }
    if (c->arithmetic != NULL) {
        json_parts_arithmetic(w, c->arithmetic);
    }
}

void json_parts_posture(struct json_writer *w, const struct finding *f)
{
    json_parts_str(w, "finding", f->id);
    json_parts_str(w, "detection", f->detection->id);
    json_parts_str(w, "ref", f->detection->ref);
    json_parts_str(w, "title", f->detection->title);
    json_parts_str(w, "about", f->entity);
    json_parts_str(w, "text", f->explain);
}

void json_parts_digest(struct json_writer *w, const struct digest_row *d)
{
    key(w, "function");
    json_parts_function(w, &d->function);
    json_parts_str(w, "row", d->row);
    json_parts_str(w, "clause", d->clause);
    json_parts_u64(w, "count", d->count);
    json_parts_time(w, "first", d->first_us);
    json_parts_time(w, "last", d->last_us);
}
