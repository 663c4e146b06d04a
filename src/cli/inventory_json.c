/* The estate as JSON, "faaswatch.inventory/1". */
#include "cli/inventory_out.h"
#include "codec/json_write.h"
#include "report/mask.h"

enum { CALLERS_TOLD = 50 };

/* ---- values ---- */

/* Secrets in text that somebody wrote are masked, as in every report. */
static void text(struct json_writer *w, struct str s)
{
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add(&plain, s);
    json_str(w, buf_str(&plain));
    w->out->failed = w->out->failed || plain.failed;
}

static void member(struct json_writer *w, const char *key, struct str value)
{
    json_key(w, str_of(key));
    text(w, value);
}

static void count(struct json_writer *w, const char *key, uint64_t n)
{
    json_key(w, str_of(key));
    json_u64(w, n);
}

static void moment(struct json_writer *w, const char *key, int64_t us)
{
    char out[TIME_TEXT_MAX];
    json_key(w, str_of(key));
    if (us == TIME_NONE) {
        json_nil(w);
        return;
    }
    size_t len = time_format(us, out);
    json_str(w, str_make(out, len));
}

static void list(struct json_writer *w, const char *key, const struct str_list *values)
{
    json_key(w, str_of(key));
    json_array_begin(w);
    for (size_t i = 0; i < values->len; i++) {
        text(w, values->at[i]);
    }
    json_array_end(w);
}

/* ---- a function ---- */

static void callers(struct json_writer *w, const struct estate_function *f)
{
    uint64_t calls = 0;
    uint64_t more = f->more_callers;
    json_key(w, STR("callers"));
    json_array_begin(w);
    for (size_t i = 0; i < f->callers.len; i++) {
        const struct estate_caller *c = &f->callers.at[i];
        calls += c->count;
        if (i >= CALLERS_TOLD) {
            more += c->count;
            continue;
        }
        json_object_begin(w);
        member(w, "who", c->who);
        count(w, "calls", c->count);
        moment(w, "first", c->first_us);
        moment(w, "last", c->last_us);
        json_object_end(w);
    }
    json_array_end(w);
    count(w, "calls", calls + f->more_callers);
    count(w, "calls_by_others", more);
    count(w, "calls_by_metric", f->metric_calls);
    count(w, "runs", f->runs);
}

static void last_change(struct json_writer *w, const struct event *e)
{
    json_key(w, STR("last_change"));
    if (e == NULL) {
        json_nil(w);
        return;
    }
    json_object_begin(w);
    moment(w, "time", e->time_us);
    member(w, "action", e->action);
    member(w, "by", e->actor != NULL ? e->actor->root : STR_EMPTY);
    json_key(w, STR("by_known"));
    json_bool(w, e->actor != NULL && e->actor->resolved);
    member(w, "address", e->address);
    json_object_end(w);
}

static void listed(struct json_writer *w, const struct listed_function *l)
{
    json_key(w, STR("listed"));
    if (l == NULL) {
        json_nil(w);
        return;
    }
    json_object_begin(w);
    member(w, "role", l->role);
    member(w, "code_hash", l->code_hash);
    member(w, "runtime", l->runtime);
    member(w, "version", l->version);
    moment(w, "modified", l->modified_us);
    member(w, "modified_by", l->modified_by);
    member(w, "origin", l->origin);
    json_object_end(w);
}

static void state(struct json_writer *w, const struct function_state *s)
{
    const struct {
        const char *key;
        struct str value;
    } texts[] = {{"url", s->url},         {"url_auth", s->url_auth},
                 {"role", s->role},       {"runtime", s->runtime},
                 {"handler", s->handler}, {"code_hash", s->code_hash},
                 {"ingress", s->ingress}, {"code_location", s->code_location}};
    const struct {
        const char *key;
        const struct str_list *value;
    } lists[] = {{"versions", &s->versions}, {"layers", &s->layers},
                 {"routes", &s->routes},     {"schedules", &s->schedules},
                 {"bindings", &s->bindings}, {"destinations", &s->destinations}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        member(w, texts[i].key, texts[i].value);
    }
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        list(w, lists[i].key, lists[i].value);
    }
    json_key(w, STR("workers_dev"));
    if (s->open_known) {
        json_bool(w, s->open);
    } else {
        json_nil(w);
    }
    json_key(w, STR("deleted"));
    json_bool(w, s->deleted);
    moment(w, "created", s->created ? s->created_us : TIME_NONE);
}

static void function(struct json_writer *w, const struct estate_function *f)
{
    const struct function_key *k = &f->function->key;
    json_object_begin(w);
    member(w, "key", f->function->text);
    member(w, "provider", k->provider);
    member(w, "account", k->account);
    member(w, "region", k->region);
    member(w, "name", k->name);
    list(w, "hosts", &f->function->hosts);
    state(w, &f->function->now);
    list(w, "event_sources", &f->sources);
    list(w, "gateways", &f->gateways);
    list(w, "tags", &f->function->tags);
    callers(w, f);
    count(w, "events", f->events);
    count(w, "changes", f->function->changes);
    moment(w, "first_seen", f->first_us);
    moment(w, "last_seen", f->last_us);
    last_change(w, f->last_change);
    listed(w, f->function->listed);
    json_object_end(w);
}

/* ---- the whole ---- */

static void accounts(struct json_writer *w, const struct estate *e)
{
    json_key(w, STR("accounts"));
    json_array_begin(w);
    for (size_t i = 0; i < e->scan.seen.len; i++) {
        const struct seen_account *s = &e->scan.seen.at[i];
        json_object_begin(w);
        member(w, "source", str_of(s->source->name));
        member(w, "account", s->account);
        count(w, "records", s->records);
        moment(w, "first_seen", s->first_us);
        moment(w, "last_seen", s->last_us);
        json_object_end(w);
    }
    json_array_end(w);
}

bool inventory_json(struct buf *out, const struct estate *e)
{
    struct json_writer w = json_writer_of(out, 2);
    json_object_begin(&w);
    member(&w, "schema", STR("faaswatch.inventory/1"));
    moment(&w, "from", e->from_us);
    moment(&w, "to", e->to_us);
    count(&w, "records", e->scan.account.records);
    count(&w, "skipped", e->scan.account.skipped.len);
    accounts(&w, e);
    json_key(&w, STR("functions"));
    json_array_begin(&w);
    for (size_t i = 0; i < e->functions.len; i++) {
        function(&w, &e->functions.at[i]);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
    return !out->failed;
}
