/*
 * faaswatch rules match: logs against rules, a line a hit.
 */
#include "base/mem.h"
#include "base/timefmt.h"
#include "cli/rules.h"
#include "codec/json_write.h"
#include "engine/recognise.h"
#include "intake/intake.h"

struct matching {
    struct rule_set *set;
    struct rule_matcher *matcher;
    struct json_paths *paths;
    struct recogniser known;
    struct json_scanner *scanner;
    struct intake *intake;
    struct arena arena;  /* paths */
    struct arena record; /* texts of one record */
    struct input_list files;
    struct account account;
    struct buf out;
    bool lines; /* JSON lines */
    bool stopped;
    uint64_t hits;
};

static void matching_done(struct matching *m)
{
    intake_free(m->intake);
    json_scanner_free(m->scanner);
    rule_matcher_free(m->matcher);
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

/* The hits of a record, with what its event says of it. */
static enum intake_verdict on_record(void *arg, const struct intake_record *r, const char **reason)
{
    struct matching *m = arg;
    struct record rec;
    const struct source_ops *source = recognise(&m->known, r->json, r->origin, &rec);
    if (source == NULL) {
        *reason = "no known log format";
        return INTAKE_UNRECOGNISED;
    }
    const struct detection *const *hits;
    size_t count = rule_match(m->matcher, str_of(source->name), r->json, &hits);
    struct event e = {.count = 1, .time_us = TIME_NONE, .origin = r->origin};
    arena_reset(&m->record);
    if (count != 0 && source->parse(&rec, &m->record, &e, NULL) != ERR_OK) {
        *reason = "a record too large to be looked into";
        return INTAKE_REFUSED;
    }
    e.source = str_of(source->name);
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
    if (m->scanner == NULL || m->matcher == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory");
    }
    return ERR_OK;
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
    say_issues(m.set);
    enum err_code rc = input_list_build(args->operands + 1, args->operand_count - 1, TIME_NONE,
                                        &m.arena, &m.files, &err);
    if (rc == ERR_OK) {
        rc = setup(&m, &err);
    }
    if (rc == ERR_OK) {
        rc = run_files(&m, &err);
    }
    if (rc != ERR_OK) {
        cli_error("%s", err.msg);
        return rc == ERR_NOTFOUND || rc == ERR_IO ? CLI_USAGE : CLI_INTERNAL;
    }
    return m.stopped ? CLI_INTERNAL : say_rest(&m);
}
