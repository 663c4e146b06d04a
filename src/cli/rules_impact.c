/*
 * faaswatch rules impact: what a change of rules would add and remove, on given logs.
 *
 * Two rule sets look at each record: what is in use, and the same with the changed file in place of
 * the rules that have its ids (or beside them). Filters and correlations in it count too.
 */
#include "base/map.h"
#include "base/timefmt.h"
#include "cli/rules.h"
#include "engine/recognise.h"
#include "engine/rule_load.h"
#include "intake/intake.h"
#include "rule/correlate.h"

enum { EXAMPLES_MAX = 10 }; /* of each rule and direction, in lines */

struct side {
    struct rule_set *set;
    struct rule_matcher *matcher;
    struct hit_log *log;
    struct map matches; /* texts of correlation matches, until the other side has them too */
};

/* One rule, by its key. */
struct change {
    const struct detection *detection;
    uint64_t added, removed, kept;
};

struct impact {
    struct side before, after;
    struct json_paths *paths;
    struct recogniser known;
    struct recognised last;
    struct json_scanner *scanner;
    struct intake *intake;
    struct account account;
    struct input_list files;
    struct arena arena;
    struct arena record;
    struct map changes; /* key -> struct change */
    uint64_t records;
    struct buf out;
    bool failed;
};

static void side_done(struct side *s)
{
    hit_log_free(s->log);
    rule_matcher_free(s->matcher);
    rule_set_free(s->set);
    map_free(&s->matches);
}

static void impact_done(struct impact *m)
{
    intake_free(m->intake);
    json_scanner_free(m->scanner);
    recogniser_free(&m->known);
    json_paths_free(m->paths);
    side_done(&m->before);
    side_done(&m->after);
    account_free(&m->account);
    VEC_FREE(&m->files);
    map_free(&m->changes);
    arena_free(&m->record);
    arena_free(&m->arena);
    buf_free(&m->out);
}

static struct change *change_of(struct impact *m, const struct detection *d)
{
    struct map_entry *e = map_intern(&m->changes, &m->arena, rule_key(d));
    if (e != NULL && e->value == NULL) {
        e->value = ARENA_NEW(&m->arena, struct change);
    }
    struct change *c = e == NULL ? NULL : e->value;
    m->failed = m->failed || c == NULL;
    if (c != NULL) {
        c->detection = d;
    }
    return c;
}

static bool has_rule(const struct detection *const *hits, size_t count, struct str key)
{
    for (size_t i = 0; i < count; i++) {
        if (str_eq(rule_key(hits[i]), key)) {
            return true;
        }
    }
    return false;
}

static void add_example(struct impact *m, char sign, uint64_t nth, const struct detection *d,
                        const struct event *e)
{
    char time[TIME_TEXT_MAX];
    if (nth > EXAMPLES_MAX) {
        return;
    }
    buf_printf(&m->out, "%c %.*s  ", sign, (int)time_format(e->time_us, time), time);
    rules_add_text(&m->out, d->title);
    buf_add_cstr(&m->out, "  ");
    rules_add_text(&m->out, e->name);
    buf_add_cstr(&m->out, "  ");
    rules_add_text(&m->out, m->files.at[e->origin.file].path);
    buf_printf(&m->out, ":%llu\n", (unsigned long long)e->origin.offset);
}

static void compare(struct impact *m, const struct detection *const *before, size_t had,
                    const struct detection *const *after, size_t has, const struct event *e)
{
    for (size_t i = 0; i < has; i++) {
        struct change *c = change_of(m, after[i]);
        bool kept = has_rule(before, had, rule_key(after[i]));
        if (c != NULL && kept) {
            c->kept++;
        } else if (c != NULL) {
            add_example(m, '+', ++c->added, after[i], e);
        }
    }
    for (size_t i = 0; i < had; i++) {
        struct change *c =
            has_rule(after, has, rule_key(before[i])) ? NULL : change_of(m, before[i]);
        if (c != NULL) {
            add_example(m, '-', ++c->removed, before[i], e);
        }
    }
}

static enum intake_verdict on_record(void *arg, const struct intake_record *r, const char **reason)
{
    struct impact *m = arg;
    struct record rec;
    const struct source_ops *source = recognise(&m->known, &m->last, r->json, r->origin, &rec);
    if (source == NULL) {
        *reason = "no known log format";
        return INTAKE_UNRECOGNISED;
    }
    const struct detection *const *before;
    const struct detection *const *after;
    struct str name = str_of(source->name);
    size_t had = rule_match(m->before.matcher, name, r->json, &before);
    size_t has = rule_match(m->after.matcher, name, r->json, &after);
    bool counted =
        rule_matcher_counted(m->before.matcher) || rule_matcher_counted(m->after.matcher);
    m->records++;
    if (had + has == 0 && !counted) {
        return INTAKE_TAKEN;
    }
    struct event e = {.count = 1, .time_us = TIME_NONE, .origin = r->origin};
    arena_reset(&m->record);
    if (source->parse(&rec, &m->record, &e, NULL) != ERR_OK) {
        *reason = "a record too large to be looked into";
        return INTAKE_REFUSED;
    }
    compare(m, before, had, after, has, &e);
    m->failed = m->failed ||
                !hit_log_add(m->before.log, m->before.matcher, r->json, e.time_us, NULL) ||
                !hit_log_add(m->after.log, m->after.matcher, r->json, e.time_us, NULL);
    return INTAKE_TAKEN;
}

/* ---- correlations ---- */

struct collecting {
    struct impact *m;
    struct side *side;
};

static bool on_match(void *arg, const struct correlation_match *c)
{
    struct collecting *x = arg;
    CLEANUP(buf_free) struct buf b = {0};
    char time[TIME_TEXT_MAX];
    buf_printf(&b, "%.*s\n%.*s", STR_ARG(rule_key(c->detection)),
               (int)time_format(c->first_us, time), time);
    buf_printf(&b, " to %.*s, %llu events", (int)time_format(c->last_us, time), time,
               (unsigned long long)c->events);
    for (size_t i = 0; i < c->group_count; i++) {
        buf_printf(&b, ", %.*s %.*s", STR_ARG(c->group_names[i]), STR_ARG(c->group_values[i]));
    }
    struct map_entry *e =
        b.failed ? NULL : map_intern(&x->side->matches, &x->m->arena, buf_str(&b));
    if (e != NULL) {
        e->value = change_of(x->m, c->detection);
    }
    return e != NULL && e->value != NULL;
}

static void compare_matches(struct impact *m)
{
    for (size_t i = 0; i < m->after.matches.len; i++) {
        const struct map_entry *e = &m->after.matches.at[i];
        struct change *c = e->value;
        bool kept = map_find(&m->before.matches, e->key) != NULL;
        c->kept += kept ? 1 : 0;
        c->added += kept ? 0 : 1;
    }
    for (size_t i = 0; i < m->before.matches.len; i++) {
        const struct map_entry *e = &m->before.matches.at[i];
        struct change *c = e->value;
        c->removed += map_find(&m->after.matches, e->key) == NULL ? 1 : 0;
    }
}

static enum err_code run_correlations(struct impact *m, struct err *err)
{
    struct collecting x = {m, &m->before};
    enum err_code rc = correlate(m->before.set, m->before.log, on_match, &x, err);
    x.side = &m->after;
    rc = rc ? rc : correlate(m->after.set, m->after.log, on_match, &x, err);
    if (rc == ERR_OK) {
        compare_matches(m);
    }
    return rc;
}

/* ---- the run ---- */

/* What is in use, or, with the changed file before it, what would be: of two rules of one id the
 * first stays. */
static int load_side(struct side *s, struct str changed, const struct cli_args *args)
{
    const struct str *rules;
    size_t count = cli_get_all(args, "rules", &rules);
    int status = rules_new(&s->set);
    if (status == CLI_DONE && changed.len != 0) {
        status = rules_add_paths(s->set, &changed, 1);
    }
    if (status == CLI_DONE) {
        status = rules_add_pack(s->set);
    }
    return status == CLI_DONE ? rules_add_paths(s->set, rules, count) : status;
}

static enum err_code setup_side(struct impact *m, struct side *s, struct err *err)
{
    enum err_code rc = rule_set_compile(s->set, m->paths, err);
    if (rc == ERR_OK) {
        s->matcher = rule_matcher_new(s->set);
        s->log = hit_log_new(s->set, HIT_LOG_MAX);
        if (s->matcher == NULL || s->log == NULL) {
            rc = err_set(err, ERR_NOMEM, "out of memory");
        }
    }
    return rc;
}

static enum err_code run(struct impact *m, const struct cli_args *args, struct err *err)
{
    m->paths = json_paths_new();
    m->intake = intake_new(&intake_limits_default);
    if (m->paths == NULL || m->intake == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory");
    }
    enum err_code rc = input_list_build(args->operands + 2, args->operand_count - 2, TIME_NONE,
                                        &m->arena, &m->files, err);
    rc = rc ? rc : recogniser_init(&m->known, m->paths, err);
    rc = rc ? rc : setup_side(m, &m->before, err);
    rc = rc ? rc : setup_side(m, &m->after, err);
    m->scanner = rc ? NULL : json_scanner_new(m->paths, json_variant_best());
    if (rc == ERR_OK && m->scanner == NULL) {
        rc = err_set(err, ERR_NOMEM, "out of memory");
    }
    struct intake_sink sink = {.arg = m, .record = on_record};
    for (size_t i = 0; rc == ERR_OK && i < m->files.len; i++) {
        rc = intake_file(m->intake, &m->files.at[i], (uint32_t)i, m->scanner, &sink, &m->account,
                         err);
    }
    rc = rc ? rc : run_correlations(m, err);
    if (rc == ERR_OK && m->failed) {
        rc = err_set(err, ERR_NOMEM, "out of memory");
    }
    return rc;
}

static void say_issues(const struct side *s, struct str changed)
{
    const struct rule_issue *issue;
    size_t count = rule_set_issues(s->set, &issue);
    for (size_t i = 0; i < count; i++) {
        if (str_starts(issue[i].path, changed)) {
            cli_warn("%.*s:%u: rule not used: %.*s", STR_ARG(issue[i].path), issue[i].line,
                     STR_ARG(issue[i].reason));
        }
    }
}

static int say(struct impact *m)
{
    uint64_t added = 0;
    uint64_t removed = 0;
    for (size_t i = 0; i < m->changes.len; i++) {
        const struct change *c = m->changes.at[i].value;
        added += c->added;
        removed += c->removed;
        if (c->added + c->removed != 0) {
            rules_add_text(&m->out, c->detection->title);
            buf_printf(&m->out, ": %llu hits added, %llu removed, %llu stay\n",
                       (unsigned long long)c->added, (unsigned long long)c->removed,
                       (unsigned long long)c->kept);
        }
    }
    buf_printf(&m->out, "%llu records: %llu hits added, %llu removed\n",
               (unsigned long long)m->records, (unsigned long long)added,
               (unsigned long long)removed);
    if (m->out.failed || !cli_print(buf_str(&m->out))) {
        return CLI_INTERNAL;
    }
    return m->account.skipped.len != 0 ? CLI_INCOMPLETE : CLI_DONE;
}

int rules_impact(const struct cli_args *args)
{
    if (args->operand_count < 3) {
        cli_error("rules impact needs the changed rules and logs: faaswatch rules impact rule.yml "
                  "logs/");
        return CLI_USAGE;
    }
    CLEANUP(impact_done) struct impact m = {0};
    struct err err = {0};
    struct str changed = args->operands[1];
    int status = load_side(&m.before, STR_EMPTY, args);
    status = status == CLI_DONE ? load_side(&m.after, changed, args) : status;
    if (status != CLI_DONE) {
        return status;
    }
    enum err_code rc = run(&m, args, &err);
    if (rc != ERR_OK) {
        cli_error("%s", err.msg);
        return rc == ERR_NOTFOUND || rc == ERR_IO ? CLI_USAGE : CLI_INTERNAL;
    }
    say_issues(&m.after, changed);
    return say(&m);
}
