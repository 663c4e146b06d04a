#include "rule/cases.h"

#include "base/buf.h"
#include "base/mem.h"
#include "rule/rule_priv.h"

struct runner {
    const struct rule_set *set;
    struct json_paths *paths;
    struct json_scanner *scanner;
    struct json_record *record;
    struct rule_matcher *matcher;
    struct buf event; /* padded copy */
    struct arena arena;
};

static bool wants(void *arg, struct str source, struct str name)
{
    return rule_set_wants(arg, source, name);
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
    json_paths_decide(r->paths, s->slot_source, s->slot_name);
    r->scanner = json_scanner_new(r->paths, json_variant_best());
    r->record = mem_alloc(1, sizeof(*r->record));
    r->matcher = rule_matcher_new(s);
    if (r->scanner == NULL || r->record == NULL || r->matcher == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory while testing rules");
    }
    json_scanner_wanted(r->scanner, wants, s);
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

static enum err_code scan_event(struct runner *r, struct json_view event, struct rule_case *c,
                                struct err *err)
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
    const struct detection *const *hits;
    c->matched = rule_match(r->matcher, STR("aws.cloudtrail"), r->record, &hits) != 0;
    return ERR_OK;
}

static enum err_code run_line(struct runner *r, struct str line, struct rule_case *c,
                              struct err *err)
{
    arena_reset(&r->arena);
    struct json_view all = json_view_of(line);
    struct json_view match = json_member(all, STR("match"));
    struct json_view event = json_member(all, STR("event"));
    struct json_view why = json_member(all, STR("why"));
    if (all.kind != JSON_OBJECT) {
        c->problem = "it is no JSON object";
    } else if (match.kind != JSON_TRUE && match.kind != JSON_FALSE) {
        c->problem = "\"match\" must be true or false";
    } else if (event.kind != JSON_OBJECT) {
        c->problem = "\"event\" must be a record";
    }
    if (why.kind == JSON_STRING && !json_text(why, &r->arena, &c->why)) {
        return err_set(err, ERR_NOMEM, "out of memory while testing rules");
    }
    c->expected = match.kind == JSON_TRUE;
    return c->problem != NULL ? ERR_OK : scan_event(r, event, c, err);
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
