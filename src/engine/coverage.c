#include "engine/coverage.h"

#include <stdio.h>

#include "engine/calls.h"

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for the coverage");
}

/* ---- sources ---- */

/* Logs that end before the window does, by more than the source's usual delay, are late. */
static enum coverage_state state_of(const struct scan_result *scan, const struct source_seen *seen,
                                    int64_t until_us, int64_t delay_us)
{
    if (seen->records == 0) {
        return COVERAGE_ABSENT;
    }
    if (until_us != TIME_NONE && seen->last_us != TIME_NONE && !seen->verdicts &&
        seen->last_us < until_us - delay_us) {
        return COVERAGE_LATE;
    }
    return scan->account.skipped.len > 0 ? COVERAGE_PARTIAL : COVERAGE_PRESENT;
}

static const char *note_of(enum coverage_state state)
{
    switch (state) {
    case COVERAGE_LATE:
        return "the logs end before the window does: judge again when they are complete";
    case COVERAGE_PARTIAL:
        return "some input could not be read, see skipped";
    case COVERAGE_ABSENT:
    case COVERAGE_PRESENT:
    default:
        return "";
    }
}

static bool add_source(const struct setup *s, const struct scan_result *scan,
                       const struct triage_options *o, const struct source_ops *source,
                       struct source_seen seen, struct result *r)
{
    seen.verdicts = source->verdict;
    int64_t delay_us = env_delay_us(&s->context->env, seen.source, source->delay_us);
    enum coverage_state state = state_of(scan, &seen, o->until_us, delay_us);
    bool less = seen.state == COVERAGE_PARTIAL && state == COVERAGE_PRESENT;
    seen.state = less ? COVERAGE_PARTIAL : state;
    seen.note = seen.note.len > 0 ? seen.note : str_of(note_of(seen.state));
    return VEC_PUSH(&r->sources, seen);
}

/* Runs of Workers name no caller; what the joining with requests could not find is said. */
static bool tell_callers(const struct ray_tally *t, struct source_seen *total, struct arena *a)
{
    if (!str_eq(total->source, STR("cloudflare.trace")) ||
        (t->direct == 0 && t->unjoined == 0 && t->shift == 0)) {
        return true;
    }
    char part[64] = "";
    if (t->shift > 0) {
        (void)snprintf(part, sizeof(part), " (one run in %llu was looked at)", 1ULL << t->shift);
    }
    total->state = COVERAGE_PARTIAL;
    return arena_printf(
        a, &total->note,
        "callers: known of %llu runs, of %llu no request of the same Ray ID is here%s%s; %llu were "
        "called at *.workers.dev, whose callers are in no log",
        (unsigned long long)t->joined, (unsigned long long)t->unjoined, part,
        t->unjoined > 0 ? " (give http_requests of the zone)" : "", (unsigned long long)t->direct);
}

static void widen(struct source_seen *total, const struct seen_account *s)
{
    total->records += s->records;
    if (s->first_us != TIME_NONE &&
        (total->first_us == TIME_NONE || s->first_us < total->first_us)) {
        total->first_us = s->first_us;
    }
    total->last_us = s->last_us > total->last_us ? s->last_us : total->last_us;
}

/* It was silent though it usually never is (engine/silence.h). */
static bool tell_gap(const struct seen_account *s, struct arena *a, struct source_seen *row)
{
    char from[TIME_TEXT_MAX];
    char to[TIME_TEXT_MAX];
    if (s->gap_to_us == s->gap_from_us) {
        return true;
    }
    (void)time_format(s->gap_from_us, from);
    (void)time_format(s->gap_to_us, to);
    row->state = COVERAGE_PARTIAL;
    row->gap_from_us = s->gap_from_us;
    row->gap_to_us = s->gap_to_us;
    return arena_printf(a, &row->note, "silent from %s to %s, though there are always records",
                        from, to);
}

/* Calls of functions, where they are not seen: the usual blind spot. */
static bool tell_calls(const struct scan_result *scan, struct arena *a, struct result *r)
{
    if (!calls_tell(scan, a, r)) {
        return false;
    }
    for (size_t i = 0; i < r->sources.len; i++) {
        struct source_seen *row = &r->sources.at[i];
        if (!row->calls_known || row->calls == COVERAGE_PRESENT) {
            continue;
        }
        row->state = row->state == COVERAGE_PRESENT ? COVERAGE_PARTIAL : row->state;
        if (row->note.len == 0) {
            row->note = row->calls_note;
        } else if (!arena_printf(a, &row->note, "%.*s; %.*s", STR_ARG(row->note),
                                 STR_ARG(row->calls_note))) {
            return false;
        }
    }
    return true;
}

/* A total a source, then its accounts. */
static bool tell_sources(const struct setup *setup, const struct triage_options *o,
                         const struct scan_result *scan, struct arena *a, struct result *r)
{
    for (size_t i = 0; i < scan->seen.len;) {
        const struct source_ops *source = scan->seen.at[i].source;
        struct source_seen total = {
            .source = str_of(source->name), .first_us = TIME_NONE, .last_us = TIME_NONE};
        size_t end = i;
        for (; end < scan->seen.len && scan->seen.at[end].source == source; end++) {
            widen(&total, &scan->seen.at[end]);
        }
        if (!tell_callers(&scan->rays, &total, a) ||
            !add_source(setup, scan, o, source, total, r)) {
            return false;
        }
        for (; i < end; i++) {
            const struct seen_account *s = &scan->seen.at[i];
            struct source_seen one = {
                .source = str_of(source->name), .first_us = TIME_NONE, .last_us = TIME_NONE};
            widen(&one, s);
            if (!arena_dup(a, s->account, &one.account)) {
                return false;
            }
            if (s->account.len == 0) {
                continue;
            }
            if (!tell_gap(s, a, &one) || !add_source(setup, scan, o, source, one, r)) {
                return false;
            }
        }
    }
    return true;
}

/* ---- what was given, what is missing ---- */

static bool push_with(struct result *r, const char *what, uint64_t count, int64_t newest_us,
                      bool partial)
{
    struct with_input w = {
        .what = str_of(what), .count = count, .newest_us = newest_us, .partial = partial};
    return VEC_PUSH(&r->with, w);
}

static size_t rows_of(const struct context *c, enum context_kind kind)
{
    switch (kind) {
    case CONTEXT_CHANGES:
        return c->changes.len;
    case CONTEXT_PEOPLE:
        return c->people.len;
    case CONTEXT_PROJECTS:
        return c->projects.len;
    case CONTEXT_BUILDS:
        return c->builds.len;
    case CONTEXT_PROCESSES:
        return c->processes.len;
    case CONTEXT_ALERTS:
        return c->alerts.len;
    case CONTEXT_FUNCTIONS:
        return c->functions.len;
    case CONTEXT_ATTEST:
        return c->attestations.len;
    case CONTEXT_WATCH:
        return c->watched.len;
    case CONTEXT_KIND_MAX_:
    default:
        return 0;
    }
}

static bool tell_context(const struct context *c, struct arena *a, struct result *r)
{
    static const char *const costs[CONTEXT_KIND_MAX_] = {
        [CONTEXT_CHANGES] = "whether a change was approved",
        [CONTEXT_PEOPLE] = "who acted, and whether they should have",
        [CONTEXT_PROJECTS] = "who works on which function",
        [CONTEXT_BUILDS] = "whether CI built the code",
        [CONTEXT_PROCESSES] = "which calls belong to the business",
        [CONTEXT_ALERTS] = "known alerts and incidents",
        [CONTEXT_FUNCTIONS] = "functions of yours that these logs do not name",
    };
    for (unsigned k = 0; k < CONTEXT_KIND_MAX_; k++) {
        const char *name = context_kind_name((enum context_kind)k);
        if (c->given[k]) {
            if (!push_with(r, name, rows_of(c, (enum context_kind)k), c->newest_us[k],
                           c->partial[k])) {
                return false;
            }
            continue;
        }
        struct str text;
        if (costs[k] == NULL) {
            continue; /* nobody said anything, nothing is watched: that is nothing to miss */
        }
        if (!arena_printf(a, &text, "--%s: %s", name, costs[k]) || !VEC_PUSH(&r->without, text)) {
            return false;
        }
    }
    return c->env.given || VEC_PUSH(&r->without, STR("--env: what is yours, and how it is run"));
}

/* What of a feed is not used, and why. */
static bool tell_unused(const struct feed_info *f, struct arena *a, struct result *r)
{
    struct str text;
    if (f->rejected > 0 &&
        (!arena_printf(a, &text, "%.*s: %llu entries not used: %.*s", STR_ARG(f->path),
                       (unsigned long long)f->rejected, STR_ARG(f->rejected_first)) ||
         !VEC_PUSH(&r->notes, text))) {
        return false;
    }
    return f->set_aside == 0 ||
           (arena_printf(a, &text, "%.*s: %llu entries set aside, never a hit: %.*s",
                         STR_ARG(f->path), (unsigned long long)f->set_aside,
                         STR_ARG(f->set_aside_first)) &&
            VEC_PUSH(&r->notes, text));
}

static bool tell_feeds(const struct setup *s, int64_t until_us, struct arena *a, struct result *r)
{
    if (!s->intel_given) {
        return VEC_PUSH(&r->without, STR("--intel: whether an address is known to be bad"));
    }
    intel_count_valid(s->intel, until_us);
    for (size_t i = 0; i < intel_feed_count(s->intel); i++) {
        if (!VEC_PUSH(&r->feeds, *intel_feed(s->intel, i)) ||
            !tell_unused(intel_feed(s->intel, i), a, r)) {
            return false;
        }
    }
    return push_with(r, "indicators", intel_count(s->intel), TIME_NONE, false);
}

static bool sign_ins_given(const struct scan_result *scan)
{
    for (size_t i = 0; i < scan->seen.len; i++) {
        if (scan->seen.at[i].source->sign_ins) {
            return true;
        }
    }
    for (size_t i = 0; i < scan->events.len; i++) {
        if (scan->events.at[i]->sign_in) {
            return true;
        }
    }
    return false;
}

/* What later versions bring; until then no answer may rest on it. */
static bool tell_absent(const struct setup *s, const struct scan_result *scan, struct result *r)
{
    if (s->book == NULL && !VEC_PUSH(&r->without, STR("--iam: what permissions really allow"))) {
        return false;
    }
    if (tally_records(scan->tally) == 0 &&
        !VEC_PUSH(&r->without, STR("network logs: traffic of and to functions"))) {
        return false;
    }
    return sign_ins_given(scan) ||
           VEC_PUSH(&r->without, STR("sign-in logs of your identity provider: how people came in"));
}

/* Whether the log files are what the provider wrote, where digests lie beside them. */
static bool tell_integrity(const struct scan_result *scan, struct arena *a, struct result *r)
{
    const struct integrity_tally *t = &scan->integrity;
    struct str text;
    bool digests = false;
    bool trail = false;
    for (size_t i = 0; i < r->sources.len; i++) {
        digests = digests || str_eq(r->sources.at[i].source, STR("aws.cloudtrail_digest"));
        trail = trail || str_eq(r->sources.at[i].source, STR("aws.cloudtrail"));
    }
    if (!t->checked && digests) {
        return VEC_PUSH(&r->without,
                        STR("--digest-keys: whether the logs are what CloudTrail wrote"));
    }
    if (!t->checked) {
        return !trail || VEC_PUSH(&r->without, STR("digests of CloudTrail (with --digest-keys): "
                                                   "whether the logs are what it wrote"));
    }
    if (!arena_printf(a, &text,
                      "%llu log files are what CloudTrail wrote, %llu are altered, missing or not "
                      "covered by a digest, %llu could not be checked: 'faaswatch verify "
                      "cloudtrail' lists them",
                      (unsigned long long)t->logs, (unsigned long long)t->alarms,
                      (unsigned long long)t->unverified)) {
        return false;
    }
    for (size_t i = 0; i < r->sources.len; i++) {
        struct source_seen *s = &r->sources.at[i];
        if (str_eq(s->source, STR("aws.cloudtrail")) && s->account.len == 0) {
            bool doubtful = t->alarms > 0 || t->unverified > 0;
            s->state = doubtful && s->state == COVERAGE_PRESENT ? COVERAGE_PARTIAL : s->state;
            s->note = doubtful || s->note.len == 0 ? text : s->note;
        }
    }
    return true;
}

/* What filters hid, and what correlations could not see. */
static bool tell_hidden(const struct setup *s, const struct scan_result *scan, struct arena *a,
                        struct result *r)
{
    struct str text;
    for (size_t i = 0; i < rule_set_filters(s->rules); i++) {
        struct str title = rule_set_filter_title(s->rules, i);
        if (scan->hidden[i] > 0 &&
            (!arena_printf(a, &text, "filter \"%.*s\" hid %llu hits of rules", STR_ARG(title),
                           (unsigned long long)scan->hidden[i]) ||
             !VEC_PUSH(&r->notes, text))) {
            return false;
        }
    }
    uint64_t lost = hit_log_evicted(scan->hit_log) + hit_log_undated(scan->hit_log);
    if (lost == 0) {
        return true;
    }
    return arena_printf(a, &text,
                        "correlations did not see %llu of the hits that they count: there were "
                        "more than %u, or they have no time; the newest were kept",
                        (unsigned long long)lost, (unsigned)HIT_LOG_MAX) &&
           VEC_PUSH(&r->notes, text);
}

static bool tell_odd_times(const struct scan_result *scan, struct arena *a, struct result *r)
{
    const struct odd_times *odd = &scan->odd_times;
    struct str text;
    return odd->records == 0 ||
           (arena_printf(a, &text,
                         "%llu records have a time before 1990 or after 2100, which no clock was "
                         "set to; they are kept without one, the first stands in %.*s at byte %llu",
                         (unsigned long long)odd->records, STR_ARG(r->paths[odd->first.file]),
                         (unsigned long long)odd->first.offset) &&
            VEC_PUSH(&r->notes, text));
}

static bool tell_twice(const struct scan_result *scan, struct arena *a, struct result *r)
{
    struct str text;
    return scan->told_twice == 0 ||
           (arena_printf(a, &text,
                         "%llu requests stand in the log of the web firewall and in that of the "
                         "door behind it, and count once",
                         (unsigned long long)scan->told_twice) &&
            VEC_PUSH(&r->notes, text));
}

static bool tell_notes(const struct setup *s, const struct scan_result *scan, struct arena *a,
                       struct result *r)
{
    struct str gave_up;
    r->rule_stops = scan->gave_up;
    if (scan->gave_up > 0 &&
        (!arena_printf(a, &gave_up,
                       "a regular expression was stopped by its limits %llu times and counted as "
                       "no match; rule %.*s: simplify it, or leave it out",
                       (unsigned long long)scan->gave_up,
                       STR_ARG(scan->slow != NULL ? scan->slow->id : STR("unknown"))) ||
         !VEC_PUSH(&r->notes, gave_up))) {
        return false;
    }
    if (!tell_hidden(s, scan, a, r) || !tell_odd_times(scan, a, r) || !tell_twice(scan, a, r)) {
        return false;
    }
    const struct rule_issue *issues;
    size_t count = rule_set_issues(s->rules, &issues);
    for (size_t i = 0; i < count; i++) {
        struct str text;
        if (!arena_printf(a, &text, "rule %.*s:%u: %s%.*s", STR_ARG(issues[i].path), issues[i].line,
                          issues[i].loaded ? "" : "not loaded: ", STR_ARG(issues[i].reason)) ||
            !VEC_PUSH(&r->notes, text)) {
            return false;
        }
    }
    for (size_t i = 0; i < s->context->skipped.len; i++) {
        const struct context_skip *k = &s->context->skipped.at[i];
        struct str text;
        if (!arena_printf(a, &text, "%.*s:%llu: row not used: %.*s", STR_ARG(k->path),
                          (unsigned long long)k->line, STR_ARG(k->reason)) ||
            !VEC_PUSH(&r->notes, text)) {
            return false;
        }
    }
    for (size_t i = 0; i < s->context->notes.len; i++) {
        if (!VEC_PUSH(&r->notes, s->context->notes.at[i])) {
            return false;
        }
    }
    return true;
}

enum err_code coverage_tell(const struct setup *s, const struct triage_options *o,
                            const struct scan_result *scan, struct arena *a, struct result *r,
                            struct err *err)
{
    bool fine = push_with(r, "rules", rule_set_count(s->rules), TIME_NONE, false) &&
                tell_sources(s, o, scan, a, r) && tell_calls(scan, a, r) &&
                tell_integrity(scan, a, r) && tell_context(s->context, a, r) &&
                tell_feeds(s, r->until_us, a, r) && tell_absent(s, scan, r) &&
                tell_notes(s, scan, a, r);
    return fine ? ERR_OK : no_memory(err);
}
