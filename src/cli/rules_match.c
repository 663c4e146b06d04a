/*
 * faaswatch rules match: logs against rules, a line a hit.
 */
#include "base/mem.h"
#include "base/timefmt.h"
#include "cli/rules.h"
#include "codec/json_write.h"
#include "engine/recognise.h"
#include "intake/intake.h"
#include "rule/correlate.h"

enum { PLACES_MAX = 8 * 1024 * 1024, EVIDENCE_MAX = 1000 };

/* A record that a correlation may tell of. */
struct place {
    struct origin origin;
    int64_t time_us;
};

struct matching {
    struct rule_set *set;
    struct rule_matcher *matcher;
    struct json_paths *paths;
    struct recogniser known;
    struct recognised last;
    struct json_scanner *scanner;
    struct intake *intake;
    struct arena arena;  /* paths */
    struct arena record; /* texts of one record */
    struct hit_log *log; /* for correlations; NULL: there are none */
    struct {
        VEC_OF(struct place);
    } places; /* of the records that correlations count */
    struct input_list files;
    struct account account;
    struct buf out;
    bool lines; /* JSON lines */
    bool stopped;
    uint64_t hits;
    uint64_t unplaced; /* records that correlations did not see: too many */
};

static void matching_done(struct matching *m)
{
    intake_free(m->intake);
    json_scanner_free(m->scanner);
    rule_matcher_free(m->matcher);
    hit_log_free(m->log);
    VEC_FREE(&m->places);
    recogniser_free(&m->known);
    json_paths_free(m->paths);
    rule_set_free(m->set);
    account_free(&m->account);
    VEC_FREE(&m->files);
    buf_free(&m->out);
    arena_free(&m->arena);
    arena_free(&m->record);
}

static struct str time_text(const struct event *e, char text[TIME_TEXT_MAX])
{
    return e->time_us == TIME_NONE ? STR_EMPTY : str_make(text, time_format(e->time_us, text));
}

static void add_text_hit(struct matching *m, const struct intake_record *r, const struct event *e,
                         const struct detection *d)
{
    char text[TIME_TEXT_MAX];
    struct str time = time_text(e, text);
    buf_add(&m->out, time.len == 0 ? STR("(no time)") : time);
    buf_printf(&m->out, "  %-13s ", severity_name(d->severity));
    rules_add_text(&m->out, d->title);
    buf_add_cstr(&m->out, "  ");
    rules_add_text(&m->out, e->name);
    buf_add_cstr(&m->out, "  ");
    rules_add_text(&m->out, m->files.at[r->origin.file].path);
    buf_printf(&m->out, ":%llu", (unsigned long long)r->origin.offset);
    if (r->origin.inner >= 0) {
        buf_printf(&m->out, "#%d", r->origin.inner);
    }
    buf_addc(&m->out, '\n');
}

static void add_line_hit(struct matching *m, const struct intake_record *r, const struct event *e,
                         const struct detection *d)
{
    struct json_writer w = json_writer_of(&m->out, 0);
    json_object_begin(&w);
    json_key(&w, STR("detection"));
    json_str(&w, d->id);
    json_key(&w, STR("ref"));
    json_str(&w, d->ref);
    json_key(&w, STR("title"));
    json_str(&w, d->title);
    json_key(&w, STR("author"));
    json_str(&w, d->author);
    json_key(&w, STR("severity"));
    json_str(&w, str_of(severity_name(d->severity)));
    char text[TIME_TEXT_MAX];
    const struct {
        struct str key;
        struct str value;
    } shown[] = {{STR("time"), time_text(e, text)},
                 {STR("source"), e->source},
                 {STR("event_source"), e->service},
                 {STR("event_name"), e->name},
                 {STR("record_id"), e->record_id}};
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        json_key(&w, shown[i].key);
        json_str(&w, shown[i].value);
    }
    json_key(&w, STR("path"));
    json_str(&w, m->files.at[r->origin.file].path);
    json_key(&w, STR("offset"));
    json_u64(&w, r->origin.offset);
    json_key(&w, STR("length"));
    json_u64(&w, r->origin.length);
    json_key(&w, STR("inner"));
    json_i64(&w, r->origin.inner);
    json_object_end(&w);
    buf_addc(&m->out, '\n');
}

/* Take note of a record that correlations count. */
static bool note(struct matching *m, const struct intake_record *r, int64_t time_us)
{
    struct place p = {.origin = r->origin, .time_us = time_us};
    if (m->places.len >= PLACES_MAX) {
        m->unplaced++;
        return true;
    }
    return VEC_PUSH(&m->places, p) &&
           hit_log_add(m->log, m->matcher, r->json, time_us, (void *)(uintptr_t)m->places.len);
}

/* The hits of a record, with what its event says of it. */
static enum intake_verdict on_record(void *arg, const struct intake_record *r, const char **reason)
{
    struct matching *m = arg;
    struct record rec;
    const struct source_ops *source = recognise(&m->known, &m->last, r->json, r->origin, &rec);
    if (source == NULL) {
        *reason = "no known log format";
        return INTAKE_UNRECOGNISED;
    }
    const struct detection *const *hits;
    size_t count = rule_match(m->matcher, str_of(source->name), r->json, &hits);
    bool counted = rule_matcher_counted(m->matcher);
    rule_matcher_count(m->matcher);
    struct event e = {.count = 1, .time_us = TIME_NONE, .origin = r->origin};
    arena_reset(&m->record);
    if ((count != 0 || counted) && source->parse(&rec, &m->record, &e, NULL) != ERR_OK) {
        *reason = "a record too large to be looked into";
        return INTAKE_REFUSED;
    }
    e.source = str_of(source->name);
    if (counted && !note(m, r, e.time_us)) {
        m->out.failed = true;
    }
    for (size_t i = 0; i < count; i++) {
        m->hits++;
        if (m->lines) {
            add_line_hit(m, r, &e, hits[i]);
        } else {
            add_text_hit(m, r, &e, hits[i]);
        }
    }
    return INTAKE_TAKEN;
}

static enum err_code setup(struct matching *m, struct err *err)
{
    m->paths = json_paths_new();
    m->intake = intake_new(&intake_limits_default);
    if (m->paths == NULL || m->intake == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory");
    }
    enum err_code rc = recogniser_init(&m->known, m->paths, err);
    rc = rc ? rc : rule_set_compile(m->set, m->paths, err);
    if (rc != ERR_OK) {
        return rc;
    }
    m->scanner = json_scanner_new(m->paths, json_variant_best());
    m->matcher = rule_matcher_new(m->set);
    m->log = hit_log_new(m->set, HIT_LOG_MAX);
    if (m->scanner == NULL || m->matcher == NULL || m->log == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory");
    }
    return ERR_OK;
}

/* ---- correlations ---- */

static void add_correlation_text(struct matching *m, const struct correlation_match *c)
{
    char from[TIME_TEXT_MAX];
    char to[TIME_TEXT_MAX];
    buf_add(&m->out, str_make(from, time_format(c->first_us, from)));
    buf_printf(&m->out, "  %-13s ", severity_name(c->detection->severity));
    rules_add_text(&m->out, c->detection->title);
    buf_printf(&m->out, "  %llu events to %.*s", (unsigned long long)c->events,
               (int)time_format(c->last_us, to), to);
    for (size_t i = 0; i < c->group_count; i++) {
        buf_add_cstr(&m->out, "  ");
        rules_add_text(&m->out, c->group_names[i]);
        buf_addc(&m->out, '=');
        rules_add_text(&m->out, c->group_values[i]);
    }
    buf_addc(&m->out, '\n');
}

static void add_places(struct json_writer *w, const struct matching *m,
                       const struct correlation_match *c)
{
    json_key(w, STR("evidence"));
    json_array_begin(w);
    for (size_t i = 0; i < c->ref_count && i < EVIDENCE_MAX; i++) {
        const struct place *p = &m->places.at[(uintptr_t)c->refs[i] - 1];
        json_object_begin(w);
        json_key(w, STR("path"));
        json_str(w, m->files.at[p->origin.file].path);
        json_key(w, STR("offset"));
        json_u64(w, p->origin.offset);
        json_key(w, STR("length"));
        json_u64(w, p->origin.length);
        json_key(w, STR("inner"));
        json_i64(w, p->origin.inner);
        json_object_end(w);
    }
    json_array_end(w);
}

static void add_correlation_line(struct matching *m, const struct correlation_match *c)
{
    char from[TIME_TEXT_MAX];
    char to[TIME_TEXT_MAX];
    struct json_writer w = json_writer_of(&m->out, 0);
    json_object_begin(&w);
    const struct detection *d = c->detection;
    const struct {
        struct str key;
        struct str value;
    } shown[] = {{STR("detection"), d->id},
                 {STR("ref"), d->ref},
                 {STR("title"), d->title},
                 {STR("author"), d->author},
                 {STR("severity"), str_of(severity_name(d->severity))},
                 {STR("time"), str_make(from, time_format(c->first_us, from))},
                 {STR("last"), str_make(to, time_format(c->last_us, to))},
                 {STR("timespan"), c->span}};
    for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
        json_key(&w, shown[i].key);
        json_str(&w, shown[i].value);
    }
    json_key(&w, STR("events"));
    json_u64(&w, c->events);
    json_key(&w, STR("measure"));
    json_f64(&w, c->measure);
    json_key(&w, STR("group"));
    json_object_begin(&w);
    for (size_t i = 0; i < c->group_count; i++) {
        json_key(&w, c->group_names[i]);
        json_str(&w, c->group_values[i]);
    }
    json_object_end(&w);
    add_places(&w, m, c);
    json_object_end(&w);
    buf_addc(&m->out, '\n');
}

static bool on_correlation(void *arg, const struct correlation_match *c)
{
    struct matching *m = arg;
    m->hits++;
    if (m->lines) {
        add_correlation_line(m, c);
    } else {
        add_correlation_text(m, c);
    }
    return !m->out.failed;
}

static enum err_code run_correlations(struct matching *m, struct err *err)
{
    enum err_code rc = correlate(m->set, m->log, on_correlation, m, err);
    m->stopped = m->stopped || (rc == ERR_OK && !cli_print(buf_str(&m->out)));
    return rc;
}

static enum err_code run_files(struct matching *m, struct err *err)
{
    struct intake_sink sink = {.arg = m, .record = on_record};
    for (size_t i = 0; i < m->files.len && !m->stopped; i++) {
        enum err_code rc = intake_file(m->intake, &m->files.at[i], (uint32_t)i, m->scanner, &sink,
                                       &m->account, err);
        if (rc != ERR_OK) {
            return rc;
        }
        if (m->out.failed) {
            return err_set(err, ERR_NOMEM, "out of memory");
        }
        m->stopped = !cli_print(buf_str(&m->out));
        buf_reset(&m->out);
    }
    return ERR_OK;
}

enum { REASONS_MAX = 16 }; /* intake and the sink above know fewer */

/* Records of other sources are many and alike: one line a reason. */
static void say_unrecognised(const struct matching *m)
{
    struct {
        const struct unrecognised *first;
        uint64_t records;
        size_t files;
    } alike[REASONS_MAX] = {0};
    size_t count = 0;
    for (size_t i = 0; i < m->account.unrecognised.len; i++) {
        const struct unrecognised *u = &m->account.unrecognised.at[i];
        size_t k = 0;
        while (k < count && !str_eq(str_of(alike[k].first->reason), str_of(u->reason))) {
            k++;
        }
        if (k == REASONS_MAX) {
            k = REASONS_MAX - 1;
        } else if (k == count) {
            alike[count++].first = u;
        }
        alike[k].records += u->records;
        alike[k].files++;
    }
    for (size_t k = 0; k < count; k++) {
        cli_warn("%llu records in %zu files (first: %.*s) not recognised: %s",
                 (unsigned long long)alike[k].records, alike[k].files,
                 STR_ARG(m->files.at[alike[k].first->file].path), alike[k].first->reason);
    }
}

static void say_hidden(const struct matching *m)
{
    for (size_t i = 0; i < rule_set_filters(m->set); i++) {
        uint64_t count = rule_matcher_hidden(m->matcher, i);
        struct str title = rule_set_filter_title(m->set, i);
        if (count != 0) {
            cli_warn("filter \"%.*s\" hid %llu hits", STR_ARG(title), (unsigned long long)count);
        }
    }
}

/* What could not be read, on stderr: the hits are only those of the rest. */
static int say_rest(struct matching *m)
{
    account_sort(&m->account);
    for (size_t i = 0; i < m->account.skipped.len; i++) {
        const struct skipped *s = &m->account.skipped.at[i];
        cli_warn("%.*s: %llu bytes at %llu skipped: %s", STR_ARG(m->files.at[s->file].path),
                 (unsigned long long)s->length, (unsigned long long)s->offset, s->reason);
    }
    say_unrecognised(m);
    say_hidden(m);
    uint64_t lost = hit_log_evicted(m->log) + hit_log_undated(m->log) + m->unplaced;
    if (lost != 0) {
        cli_warn("correlations did not see %llu of the hits that they count: there were more than "
                 "are kept, or they have no time",
                 (unsigned long long)lost);
    }
    uint64_t gave_up = rule_matcher_gave_up(m->matcher);
    if (gave_up != 0) {
        const struct detection *slow = rule_matcher_slow(m->matcher);
        cli_warn("%llu times a regular expression took too long and was stopped; such a record "
                 "counts as no match; rule %.*s: simplify it, or leave it out",
                 (unsigned long long)gave_up, STR_ARG(slow != NULL ? slow->id : STR("unknown")));
    }
    return m->account.skipped.len != 0 || gave_up != 0 ? CLI_INCOMPLETE : CLI_DONE;
}

static void say_issues(const struct rule_set *s)
{
    const struct rule_issue *issue;
    size_t count = rule_set_issues(s, &issue);
    for (size_t i = 0; i < count; i++) {
        if (!issue[i].elsewhere) {
            cli_warn("%.*s:%u: rule not used: %.*s", STR_ARG(issue[i].path), issue[i].line,
                     STR_ARG(issue[i].reason));
        }
    }
}

static int load(struct matching *m, const struct cli_args *args)
{
    const struct str *rules;
    size_t count = cli_get_all(args, "rules", &rules);
    m->lines = !str_eq(cli_get(args, "format"), STR("text"));
    int status = rules_new(&m->set);
    if (status != CLI_DONE) {
        return status;
    }
    return count == 0 ? rules_add_pack(m->set) : rules_add_paths(m->set, rules, count);
}

int rules_match(const struct cli_args *args)
{
    if (args->operand_count < 2) {
        cli_error("rules match needs log files or folders: faaswatch rules match PATH…");
        return CLI_USAGE;
    }
    CLEANUP(matching_done) struct matching m = {0};
    struct err err = {0};
    int status = load(&m, args);
    if (status != CLI_DONE) {
        return status;
    }
    enum err_code rc = input_list_build(args->operands + 1, args->operand_count - 1, TIME_NONE,
                                        &m.arena, &m.files, &err);
    if (rc == ERR_OK) {
        rc = setup(&m, &err);
    }
    say_issues(m.set);
    if (rc == ERR_OK) {
        rc = run_files(&m, &err);
    }
    if (rc == ERR_OK && rule_set_correlates(m.set) && !m.stopped) {
        rc = run_correlations(&m, &err);
    }
    if (rc != ERR_OK) {
        cli_error("%s", err.msg);
        return rc == ERR_NOTFOUND || rc == ERR_IO ? CLI_USAGE : CLI_INTERNAL;
    }
    return m.stopped ? CLI_INTERNAL : say_rest(&m);
}
