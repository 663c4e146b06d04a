#include "engine/triage.h"

#include <stdlib.h>

#include "base/mem.h"
#include "case/case_build.h"
#include "engine/correlation.h"
#include "engine/coverage.h"
#include "engine/digests.h"
#include "engine/explain.h"
#include "engine/network.h"
#include "engine/scan.h"
#include "engine/setup.h"
#include "engine/silence.h"
#include "engine/since.h"
#include "engine/tuning.h"
#include "engine/usual.h"
#include "engine/words.h"
#include "inventory/sign_in.h"

enum { RAW_MAX = 256 * 1024 };

struct triage {
    struct setup setup;
    struct input_list inputs;
    struct scan_result scan;
    struct traffic traffic;
    struct baseline baseline;
    struct buf previous_text;
    struct previous *previous;
    struct inventory *inventory;
    struct detect_run *run;
    struct result result;
    struct arena texts;
    struct intake *reader; /* for raw evidence, made when first asked */
    struct arena raw;
};

void triage_free(struct triage *t)
{
    if (t == NULL) {
        return;
    }
    result_free(&t->result);
    detect_run_free(t->run);
    inventory_free(t->inventory);
    traffic_free(&t->traffic);
    baseline_free(&t->baseline);
    previous_free(t->previous);
    buf_free(&t->previous_text);
    scan_result_free(&t->scan);
    VEC_FREE(&t->inputs);
    intake_free(t->reader);
    setup_free(&t->setup);
    arena_free(&t->raw);
    arena_free(&t->texts);
    mem_free(t);
}

const struct result *triage_result(const struct triage *t)
{
    return &t->result;
}

size_t triage_events(const struct triage *t, const struct event *const **out)
{
    *out = (const struct event *const *)t->scan.events.at;
    return t->scan.events.len;
}

const struct context *triage_context(const struct triage *t)
{
    return t->setup.context;
}

struct str triage_raw(void *triage, const struct event *e)
{
    struct triage *t = triage;
    if (t->reader == NULL) {
        t->reader = intake_new(&intake_limits_default);
    }
    struct str text;
    arena_reset(&t->raw);
    if (t->reader == NULL || e->origin.file >= t->inputs.len ||
        intake_reread(t->reader, t->inputs.at[e->origin.file].path, &e->origin, RAW_MAX, &t->raw,
                      &text, NULL) != ERR_OK) {
        return STR_EMPTY;
    }
    return text;
}

/* ---- the network ---- */

static enum err_code see_network(struct triage *t, const struct triage_options *o, struct err *err)
{
    enum err_code rc = network_complete(&t->setup, o, &t->inputs, t->scan.has_traffic,
                                        t->scan.events.at, t->scan.events.len, &t->scan.tally, err);
    if (rc == ERR_OK && !traffic_of(t->scan.tally, &t->traffic)) {
        rc = err_set(err, ERR_NOMEM, "no memory for contacts");
    }
    return rc;
}

/* ---- pass 2 ---- */

/* Tell the inventory from when to when the logs of identity providers are there. */
static bool note_sign_in_logs(const struct triage *t)
{
    for (size_t i = 0; i < t->scan.seen.len; i++) {
        const struct seen_account *s = &t->scan.seen.at[i];
        if (s->source->sign_ins && s->first_us != TIME_NONE &&
            !inventory_note_sign_in_log(t->inventory, str_of(s->source->name), s->first_us,
                                        s->last_us)) {
            return false;
        }
    }
    return true;
}

static int by_order(const void *x, const void *y)
{
    struct finding *const *a = x;
    struct finding *const *b = y;
    return finding_cmp(*a, *b);
}

/* What an approved change explains is no more than low. Only once all cases are judged: each weighs
 * the findings around it as they were made. */
static void lower_explained(struct result *r)
{
    for (size_t i = 0; i < r->cases.len; i++) {
        struct case_file *c = r->cases.at[i];
        enum severity most = SEVERITY_INFORMATIONAL;
        for (size_t k = 0; k < c->findings.len; k++) {
            struct finding *f = c->findings.at[k];
            f->severity = f->explained && f->severity > SEVERITY_LOW ? SEVERITY_LOW : f->severity;
            most = f->severity > most ? f->severity : most;
        }
        c->severity = most;
        if (c->findings.len > 1) {
            qsort(c->findings.at, c->findings.len, sizeof(struct finding *), by_order);
        }
    }
    if (r->findings.len > 1) {
        qsort(r->findings.at, r->findings.len, sizeof(struct finding *), by_order);
    }
}

/* Detections, cases, answers and decisions, on the events of pass 1. */
static enum err_code judge(struct triage *t, const struct triage_options *o, struct err *err)
{
    struct result *r = &t->result;
    t->inventory = inventory_new(t->setup.context);
    if (t->inventory == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for the inventory");
    }
    if (!note_sign_in_logs(t)) {
        return err_set(err, ERR_NOMEM, "no memory for the logs of identity providers");
    }
    if (!inventory_join_operations(t->inventory, t->scan.events.at, &t->scan.events.len)) {
        return err_set(err, ERR_NOMEM, "no memory to join the records of operations");
    }
    t->run = detect_run_new(t->setup.context, t->setup.intel, t->inventory);
    if (t->run == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for the detections");
    }
    detect_run_since(t->run, r->since_us);
    detect_run_permissions(t->run, t->setup.book);
    detect_run_baseline(t->run, &t->baseline);
    detect_run_traffic(t->run, t->traffic.records > 0 ? &t->traffic : NULL);
    struct finding_list findings = {0};
    enum err_code rc = ERR_OK;
    const struct exclusion *const *exclusions;
    size_t excluding = rule_set_exclusions(t->setup.rules, &exclusions);
    if (excluding > 0 && detect_run_exclusions(t->run, excluding) != ERR_OK) {
        rc = err_set(err, ERR_NOMEM, "no memory for exclusions");
    }
    rc = rc ? rc : correlation_find(&t->setup, &t->scan, t->run, err);
    rc = rc ? rc : detect_run_events(t->run, t->scan.events.at, t->scan.events.len, &findings, err);
    r->findings.at = findings.at;
    r->findings.len = findings.len;
    r->findings.cap = findings.cap;
    if (rc) {
        return rc;
    }
    if (!tuning_tell(&t->setup, t->run, &t->texts, r) || !usual_tell(&t->baseline, &t->texts, r)) {
        return err_set(err, ERR_NOMEM, "no memory for notes");
    }
    struct case_list cases = {0};
    rc = case_build(&findings, t->setup.context, t->setup.intel, t->inventory, &t->texts, &cases,
                    err);
    r->cases.at = cases.at;
    r->cases.len = cases.len;
    r->cases.cap = cases.cap;
    struct history *history = NULL;
    if (rc == ERR_OK) {
        rc = history_new((const struct event *const *)t->scan.events.at, t->scan.events.len,
                         &history, err);
    }
    struct judge j = {
        .playbook = t->setup.playbook,
        .context = t->setup.context,
        .intel = t->setup.intel,
        .inventory = t->inventory,
        .run = t->run,
        .traffic = t->traffic.records > 0 ? &t->traffic : NULL,
        .baseline = &t->baseline,
        .sources = r->sources.at,
        .source_count = r->sources.len,
        .since_us = r->since_us,
        .until_us = r->until_us,
        .findings = r->findings.at,
        .finding_count = r->findings.len,
        .events = (const struct event *const *)t->scan.events.at,
        .event_count = t->scan.events.len,
        .intel_given = t->setup.intel_given,
        .iam_given = t->setup.book != NULL,
        .history = history,
        .previous = t->previous,
        .cases = r->cases.at,
        .case_count = r->cases.len,
        .explain = o->explain.at,
        .explain_count = o->explain.len,
    };
    for (size_t i = 0; rc == ERR_OK && i < r->cases.len; i++) {
        rc = playbook_judge(&j, r->cases.at[i], &t->texts, err);
    }
    history_free(history);
    if (rc == ERR_OK) {
        lower_explained(r);
    }
    return rc;
}

/* Ordinary visitors at public doors leave the cases and become a line a function. */
static bool move_to_digest(struct result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->cases.len; i++) {
        struct case_file *c = r->cases.at[i];
        if (!playbook_is_digest(c)) {
            r->cases.at[n++] = c;
            continue;
        }
        uint64_t count = 0;
        for (size_t f = 0; f < c->findings.len; f++) {
            count += c->findings.at[f]->count;
        }
        for (size_t f = 0; f < c->functions.len; f++) {
            struct digest_row row = {.function = c->functions.at[f],
                                     .row = c->decision.row,
                                     .clause = c->decision.clause,
                                     .count = count,
                                     .first_us = c->first_us,
                                     .last_us = c->last_us};
            if (!VEC_PUSH(&r->digest, row)) {
                return false;
            }
        }
        case_file_free(c);
    }
    r->cases.len = n;
    return true;
}

static int by_case(const void *a, const void *b)
{
    const struct case_file *const *x = a;
    const struct case_file *const *y = b;
    return case_file_cmp(*x, *y);
}

/* ---- the result's head ---- */

static bool take_account(struct triage *t)
{
    struct result *r = &t->result;
    struct account *a = &t->scan.account;
    r->bytes_read = a->bytes_read;
    r->bytes_unpacked = a->bytes_unpacked;
    r->record_bytes = a->record_bytes;
    r->framing_bytes = a->framing_bytes;
    r->unrecognised_bytes = a->unrecognised_bytes;
    r->skipped_bytes = a->skipped_bytes;
    r->records = a->records;
    r->events = t->scan.event_count - t->scan.duplicates; /* a copy is no event of its own */
    r->duplicates = t->scan.duplicates;
    r->pruned_files = t->inputs.pruned;
    r->file_count = t->inputs.len;
    r->paths = ARENA_ARRAY(&t->texts, struct str, t->inputs.len);
    if (r->paths == NULL) {
        return false;
    }
    for (size_t i = 0; i < t->inputs.len; i++) {
        r->paths[i] = t->inputs.at[i].path;
    }
    for (size_t i = 0; i < a->skipped.len; i++) {
        if (!VEC_PUSH(&r->skipped, a->skipped.at[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < a->unrecognised.len; i++) {
        if (!VEC_PUSH(&r->unrecognised, a->unrecognised.at[i])) {
            return false;
        }
    }
    return true;
}

/* The window: as asked, else from the first to the last record. */
static void set_window(struct triage *t, const struct triage_options *o)
{
    struct result *r = &t->result;
    r->since_us = o->since_us;
    r->until_us = o->until_us;
    for (size_t i = 0; i < t->scan.seen.len; i++) {
        const struct seen_account *s = &t->scan.seen.at[i];
        if (o->since_us == TIME_NONE && s->first_us != TIME_NONE &&
            (r->since_us == TIME_NONE || s->first_us < r->since_us)) {
            r->since_us = s->first_us;
        }
        if (o->until_us == TIME_NONE && s->last_us > r->until_us) {
            r->until_us = s->last_us;
        }
    }
}

/* Decisions by another table are told as such. */
static bool tell_playbook(struct triage *t, const struct triage_options *o)
{
    struct str note;
    return o->playbook.len == 0 ||
           (arena_printf(&t->texts, &note, "weights, rows and deadlines are those of %.*s",
                         STR_ARG(o->playbook)) &&
            VEC_PUSH(&t->result.notes, note));
}

static enum err_code run(struct triage *t, const struct triage_options *o, struct err *err)
{
    struct result *r = &t->result;
    enum err_code rc = setup_load(o, &t->setup, err);
    rc = rc ? rc : since_load(o->previous, &t->previous_text, &t->previous, err);
    rc = rc ? rc : usual_load(&o->baselines, &t->baseline, err);
    rc = rc ? rc
            : input_list_build(o->paths, o->path_count, o->since_us, &t->texts, &t->inputs, err);
    rc = rc ? rc : scan_run(&t->setup, o, &t->inputs, &t->scan, err);
    rc = rc ? rc : digests_check(o, &t->inputs, &t->texts, &t->scan, err);
    rc = rc ? rc : silence_find(&t->scan, &t->texts, err);
    rc =
        rc ? rc : verdicts_read(&t->scan.verdicts, &t->inputs, t->setup.context, &t->texts, r, err);
    if (rc) {
        return rc;
    }
    r->version = STR(FW_VERSION);
    r->technique = playbook_technique(t->setup.playbook);
    set_window(t, o);
    if (!take_account(t)) {
        return err_set(err, ERR_NOMEM, "no memory for the result");
    }
    if (!tell_playbook(t, o)) {
        return err_set(err, ERR_NOMEM, "no memory for the result");
    }
    rc = coverage_tell(&t->setup, o, &t->scan, &t->texts, r, err);
    rc = rc ? rc : see_network(t, o, err);
    rc = rc ? rc : judge(t, o, err);
    if (rc) {
        return rc;
    }
    if (!move_to_digest(r) || !since_tell(t->previous, &t->texts, r) ||
        !words_tell(t->setup.context, &t->texts, r)) {
        return err_set(err, ERR_NOMEM, "no memory for the digest");
    }
    if (r->cases.len > 1) {
        qsort(r->cases.at, r->cases.len, sizeof(*r->cases.at), by_case);
    }
    return explain_check(&o->explain, r, err);
}

enum err_code triage_run(const struct triage_options *o, struct triage **out, struct err *err)
{
    struct triage *t = mem_alloc(1, sizeof(*t));
    if (t == NULL) {
        return err_set(err, ERR_NOMEM, "no memory");
    }
    baseline_init(&t->baseline);
    enum err_code rc = run(t, o, err);
    if (rc) {
        triage_free(t);
        return rc;
    }
    *out = t;
    return ERR_OK;
}
