#include "rule/cases.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "rule/correlate.h"
#include "rule/rule_priv.h"

struct runner {
    const struct rule_set *set;
    struct json_paths *paths;
    struct json_scanner *scanner;
    struct json_record *record;
    struct rule_matcher *matcher;
    struct rule_set *wanted; /* the set, for the scanner's question */
    struct buf event;        /* padded copy */
    struct arena arena;
    struct hit_log *log; /* of the case being run, where it has several events */
    int64_t time_us;     /* of its event */
    size_t number;       /* from 1, in the case: events are told apart by it */
    bool no_memory;
};

static bool wants(void *arg, struct str source, struct str name)
{
    return rule_set_wants(arg, source, name);
}

/* Only the source that decides by the pair has records that are not looked into. */
static bool only_decider(const struct rule_set *s)
{
    for (size_t i = 0; i < s->log_count; i++) {
        if (&s->logs[i] != s->decider && s->logs[i].bound.len != 0) {
            return false;
        }
    }
    return true;
}

static enum err_code setup(struct runner *r, struct rule_set *s, struct err *err)
{
    r->set = s;
    arena_init(&r->arena, 0);
    buf_init(&r->event, 0);
    r->paths = json_paths_new();
    if (r->paths == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory while testing rules");
    }
    enum err_code rc = rule_set_compile(s, r->paths, err);
    if (rc != ERR_OK) {
        return rc;
    }
    rule_set_decide(s, r->paths);
    r->scanner = json_scanner_new(r->paths, json_variant_best());
    r->record = mem_alloc(1, sizeof(*r->record));
    r->matcher = rule_matcher_new(s);
    if (r->scanner == NULL || r->record == NULL || r->matcher == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory while testing rules");
    }
    r->wanted = s;
    if (only_decider(s)) {
        json_scanner_wanted(r->scanner, wants, s);
    }
    return ERR_OK;
}

static void teardown(struct runner *r)
{
    rule_matcher_free(r->matcher);
    mem_free(r->record);
    json_scanner_free(r->scanner);
    json_paths_free(r->paths);
    buf_free(&r->event);
    arena_free(&r->arena);
}

/* *wants: nothing matches so far, but may when the record is looked into. */
static bool matches(struct runner *r, struct str source, bool *wants)
{
    const struct detection *const *hits;
    bool any = false;
    *wants = false;
    for (size_t i = 0; (!any || r->log != NULL) && i < r->set->log_count; i++) {
        const struct rule_log *log = &r->set->logs[i];
        if (source.len != 0 && !str_eq(source, log->name)) {
            continue;
        }
        any = rule_match(r->matcher, log->name, r->record, &hits) != 0 || any;
        *wants = *wants || rule_matcher_wants(r->matcher);
        if (r->log != NULL && rule_matcher_counted(r->matcher) &&
            !hit_log_add(r->log, r->matcher, r->record, r->time_us, (void *)(uintptr_t)r->number)) {
            r->no_memory = true;
        }
    }
    return any;
}

static enum err_code scan_event(struct runner *r, struct json_view event, struct str source,
                                struct rule_case *c, struct err *err)
{
    buf_reset(&r->event);
    buf_add(&r->event, str_make(event.ptr, event.len));
    if (r->event.failed || !buf_reserve(&r->event, JSON_PADDING)) {
        return err_set(err, ERR_NOMEM, "out of memory while testing rules");
    }
    json_pad(r->event.ptr, r->event.len);
    size_t used;
    struct json_fault fault = {0};
    if (json_scan(r->scanner, r->event.ptr, r->event.len, 0, r->record, &used, &fault) != JSON_OK) {
        c->problem = "its event cannot be read";
        return ERR_OK;
    }
    bool more;
    c->matched = matches(r, source, &more);
    if (!c->matched && r->log == NULL && more) {
        json_scanner_wanted(r->scanner, NULL, NULL);
        c->matched = json_scan(r->scanner, r->event.ptr, r->event.len, 0, r->record, &used,
                               &fault) == JSON_OK &&
                     matches(r, source, &more);
        json_scanner_wanted(r->scanner, wants, r->wanted);
    }
    return ERR_OK;
}

/* ---- several events ---- */

static bool on_correlation(void *arg, const struct correlation_match *m)
{
    struct rule_case *c = arg;
    (void)m;
    c->matched = true;
    return true;
}

/* When the event says that it was, under the names that logs have for it; else a minute after the
 * one before. */
static int64_t time_of(struct runner *r, struct json_view event, int64_t before_us)
{
    static const struct str names[] = {STR_INIT("eventTime"), STR_INIT("timestamp"),
                                       STR_INIT("time"),      STR_INIT("ActionTimestamp"),
                                       STR_INIT("When"),      STR_INIT("when")};
    struct str text;
    int64_t us;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct json_view v = json_member(event, names[i]);
        if (v.kind == JSON_STRING && json_text(v, &r->arena, &text) &&
            time_parse_rfc3339(text, &us)) {
            return us;
        }
    }
    return before_us + TIME_MINUTE_US;
}

/* A correlation of the set must (not) match them together. */
static enum err_code scan_events(struct runner *r, struct json_view events, struct str source,
                                 struct rule_case *c, struct err *err)
{
    struct json_iter it = json_iter_of(events);
    struct json_view key;
    struct json_view event;
    enum err_code rc = ERR_OK;
    r->log = hit_log_new(r->set, (size_t)HIT_LOG_MAX);
    r->time_us = 0;
    r->number = 0;
    if (r->log == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory while testing rules");
    }
    json_scanner_wanted(r->scanner, NULL, NULL); /* what is counted is looked into */
    while (rc == ERR_OK && c->problem == NULL && json_iter_next(&it, &key, &event)) {
        if (event.kind != JSON_OBJECT) {
            c->problem = "\"events\" must be records";
            break;
        }
        r->time_us = time_of(r, event, r->time_us);
        r->number++;
        rc = scan_event(r, event, source, c, err);
    }
    c->matched = false;
    if (rc == ERR_OK && r->no_memory) {
        rc = err_set(err, ERR_NOMEM, "out of memory while testing rules");
    }
    rc = rc ? rc : correlate(r->set, r->log, on_correlation, c, err);
    hit_log_free(r->log);
    r->log = NULL;
    if (only_decider(r->set)) {
        json_scanner_wanted(r->scanner, wants, r->wanted);
    }
    return rc;
}

static enum err_code run_line(struct runner *r, struct str line, struct rule_case *c,
                              struct err *err)
{
    arena_reset(&r->arena);
    struct json_view all = json_view_of(line);
    struct json_view match = json_member(all, STR("match"));
    struct json_view event = json_member(all, STR("event"));
    struct json_view events = json_member(all, STR("events"));
    struct json_view why = json_member(all, STR("why"));
    struct json_view from = json_member(all, STR("source"));
    struct str source = STR_EMPTY;
    if (all.kind != JSON_OBJECT) {
        c->problem = "it is no JSON object";
    } else if (match.kind != JSON_TRUE && match.kind != JSON_FALSE) {
        c->problem = "\"match\" must be true or false";
    } else if (event.kind != JSON_OBJECT && events.kind != JSON_ARRAY) {
        c->problem = "\"event\" must be a record, or \"events\" a list of records";
    }
    if ((why.kind == JSON_STRING && !json_text(why, &r->arena, &c->why)) ||
        (from.kind == JSON_STRING && !json_text(from, &r->arena, &source))) {
        return err_set(err, ERR_NOMEM, "out of memory while testing rules");
    }
    if (source.len != 0 && rule_set_log(r->set, source) == NULL) {
        c->problem = "\"source\" is no source of this program";
    }
    c->expected = match.kind == JSON_TRUE;
    if (c->problem != NULL) {
        return ERR_OK;
    }
    return events.kind == JSON_ARRAY ? scan_events(r, events, source, c, err)
                                     : scan_event(r, event, source, c, err);
}

enum err_code rule_cases_run(struct rule_set *s, struct str text, rule_case_fn fn, void *arg,
                             struct err *err)
{
    struct runner r = {0};
    enum err_code rc = setup(&r, s, err);
    unsigned number = 0;
    struct str line;
    while (rc == ERR_OK && str_cut(&text, '\n', &line)) {
        number++;
        if (str_trim(line).len == 0) {
            continue;
        }
        struct rule_case c = {.line = number};
        rc = run_line(&r, line, &c, err);
        if (rc == ERR_OK) {
            fn(arg, &c);
        }
    }
    teardown(&r);
    return rc;
}
