/*
 * coverage - which sources could have seen a case, and which option brings those that are missing.
 */
#include "baseline/model.h"
#include "playbook/inquiry.h"

#define AROUND_US TIME_HOUR_US
#define FRESH_US  (7 * TIME_DAY_US)
/* An export of records that ends this long before the case knows nothing of it. */
#define STALE_US  (30 * TIME_DAY_US)

static void cover(struct inquiry *q, enum evidence_source s, enum coverage_state state,
                  struct str note)
{
    q->states[s] = state;
    q->coverage[s] = (struct coverage){.source = str_of(evidence_source_name(s)),
                                       .state = state,
                                       .from_us = TIME_NONE,
                                       .to_us = TIME_NONE,
                                       .note = note};
}

/* ---- the logs themselves ---- */

/* The total of a source. Its accounts have rows of their own, but an account that is quiet at the
 * end of the window looks just like one whose logs are late. */
static const struct source_seen *seen_of(const struct judge *j, struct str source)
{
    const struct source_seen *any = NULL;
    for (size_t i = 0; i < j->source_count; i++) {
        const struct source_seen *s = &j->sources[i];
        if (!str_eq(s->source, source)) {
            continue;
        }
        if (s->account.len == 0) {
            return s;
        }
        any = any == NULL ? s : any;
    }
    return any;
}

static void worst_of_logs(struct inquiry *q, struct coverage *out)
{
    const struct case_file *c = q->file;
    struct str last = STR_EMPTY;
    for (size_t i = 0; i < c->timeline.len; i++) {
        struct str source = c->timeline.at[i]->source;
        const struct source_seen *s = str_eq(source, last) ? NULL : seen_of(q->judge, source);
        last = source;
        if (s != NULL && s->state < out->state) {
            out->state = s->state;
            out->note = s->note;
            out->source = s->source;
        }
    }
}

static bool is_account_of(const struct case_file *c, struct str account)
{
    for (size_t i = 0; i < c->functions.len; i++) {
        if (str_eq(c->functions.at[i].account, account)) {
            return true;
        }
    }
    for (size_t i = 0; i < c->timeline.len; i++) {
        if (str_eq(c->timeline.at[i]->account, account)) {
            return true;
        }
    }
    return false;
}

/* A silence of hours that meets the case: what happened in it nobody knows. */
static bool cover_gap(struct inquiry *q, struct coverage *out)
{
    const struct case_file *c = q->file;
    for (size_t i = 0; c->first_us != TIME_NONE && i < q->judge->source_count; i++) {
        const struct source_seen *s = &q->judge->sources[i];
        bool meets = s->gap_to_us != s->gap_from_us && s->gap_from_us < c->last_us + AROUND_US &&
                     s->gap_to_us > c->first_us - AROUND_US;
        if (meets && out->state > COVERAGE_PARTIAL && is_account_of(c, s->account)) {
            out->state = COVERAGE_PARTIAL;
            out->source = s->source;
            return arena_printf(q->arena, &out->note, "%.*s: %.*s", STR_ARG(s->account),
                                STR_ARG(s->note));
        }
    }
    return true;
}

static bool is_told(const struct inquiry *q, struct str source)
{
    bool told = str_eq(source, q->coverage[NEED_LOGS].source);
    for (size_t i = 0; !told && i < q->other_log_count; i++) {
        told = str_eq(source, q->other_logs[i].source);
    }
    return told;
}

/* The other sources that the case has events of, each with its own coverage. */
static bool cover_others(struct inquiry *q)
{
    const struct case_file *c = q->file;
    struct str last = STR_EMPTY;
    q->other_logs = ARENA_ARRAY(&q->scratch, struct coverage, q->judge->source_count + 1);
    for (size_t i = 0; q->other_logs != NULL && i < c->timeline.len; i++) {
        struct str source = c->timeline.at[i]->source;
        if (str_eq(source, last) || is_told(q, source)) {
            continue;
        }
        last = source;
        const struct source_seen *s = seen_of(q->judge, source);
        if (s != NULL && q->other_log_count < q->judge->source_count) {
            q->other_logs[q->other_log_count++] = (struct coverage){.source = s->source,
                                                                    .state = s->state,
                                                                    .from_us = s->first_us,
                                                                    .to_us = s->last_us,
                                                                    .note = s->note};
        }
    }
    return q->other_logs != NULL;
}

static bool cover_logs(struct inquiry *q)
{
    const struct case_file *c = q->file;
    struct coverage *out = &q->coverage[NEED_LOGS];
    *out = (struct coverage){.source = STR("logs"), .state = COVERAGE_PRESENT, .note = STR_EMPTY};
    if (c->timeline.len > 0) {
        out->source = c->timeline.at[0]->source;
    }
    worst_of_logs(q, out);
    if (!cover_gap(q, out) || !cover_others(q)) {
        return false;
    }
    const struct source_seen *all = seen_of(q->judge, out->source);
    out->from_us = q->judge->since_us;
    if (all != NULL && all->first_us != TIME_NONE &&
        (out->from_us == TIME_NONE || all->first_us < out->from_us)) {
        out->from_us = all->first_us;
    }
    out->to_us = q->judge->until_us;
    q->begins_early = c->first_us != TIME_NONE && out->from_us != TIME_NONE &&
                      c->first_us - AROUND_US < out->from_us;
    q->ends_late =
        c->last_us != TIME_NONE && out->to_us != TIME_NONE && c->last_us + AROUND_US > out->to_us;
    if (q->ends_late && out->state == COVERAGE_PRESENT) {
        out->state = COVERAGE_LATE;
        out->note = STR("the window ends within an hour of the case");
    }
    q->states[NEED_LOGS] = out->state;
    return true;
}

/* The row that says whether calls of an account's functions are logged; NULL: no log of it is here. */
static const struct source_seen *calls_row(const struct judge *j, struct str account)
{
    for (size_t i = 0; i < j->source_count; i++) {
        if (j->sources[i].calls_known && str_eq(j->sources[i].account, account)) {
            return &j->sources[i];
        }
    }
    return NULL;
}

/* May anybody call it, now or by a change of the case? */
static bool is_open(const struct inquiry *q, const struct function_key *key)
{
    const struct inventory *inv = q->judge->inventory;
    const struct function *f = inv == NULL ? NULL : inventory_find(inv, key);
    if (f != NULL && (str_eq(f->now.url_auth, STR("NONE")) || f->now.open ||
                      str_eq(f->now.invoker_check, STR("off")) || f->now.routes.len > 0)) {
        return true;
    }
    for (size_t i = 0; i < q->file->timeline.len; i++) {
        const struct event *e = q->file->timeline.at[i];
        if (function_key_eq(&e->function, key) &&
            (event_attr_is(e, ATTR_URL_AUTH, STR("NONE")) ||
             event_attr_is(e, ATTR_INVOKER_CHECK, STR("off")))) {
            return true;
        }
    }
    return false;
}

/* The worst of the accounts of the case's functions. An answer needs to know the callers only where
 * anybody may call: then the addresses in the evidence are not all that the question is about. */
static bool cover_calls(struct inquiry *q)
{
    const struct case_file *c = q->file;
    enum coverage_state worst = COVERAGE_PRESENT;
    bool missed = false;
    struct str note = STR_EMPTY;
    for (size_t i = 0; i < c->functions.len; i++) {
        struct str account = c->functions.at[i].account;
        const struct source_seen *row = calls_row(q->judge, account);
        bool logged = history_logs_calls(q->history, account);
        enum coverage_state state = row != NULL ? row->calls
                                    : logged    ? COVERAGE_PRESENT
                                                : COVERAGE_ABSENT;
        missed = missed || (state != COVERAGE_PRESENT && is_open(q, &c->functions.at[i]));
        if (state >= worst) {
            continue;
        }
        worst = state;
        struct str why = row != NULL ? row->calls_note : STR("no log of its calls is here");
        if (!arena_printf(q->arena, &note, "%.*s: %.*s", STR_ARG(account), STR_ARG(why))) {
            return false;
        }
    }
    cover(q, NEED_CALLS, worst, note);
    q->states[NEED_CALLS] = missed ? COVERAGE_ABSENT : COVERAGE_PRESENT;
    return true;
}

/* ---- identity providers ---- */

/* How people came in is known to their identity provider alone. */
static void cover_sign_ins(struct inquiry *q)
{
    const struct case_file *c = q->file;
    const struct sign_in_log *logs = NULL;
    size_t count =
        q->judge->inventory == NULL ? 0 : inventory_sign_in_logs(q->judge->inventory, &logs);
    for (size_t i = 0; i < c->actors.len; i++) {
        q->people_signed_in |= c->actors.at[i]->kind == IDENTITY_SSO && !c->actors.at[i]->pipeline;
    }
    q->sign_ins = (struct coverage){.source = STR("sign-ins"),
                                    .state = COVERAGE_ABSENT,
                                    .from_us = TIME_NONE,
                                    .to_us = TIME_NONE,
                                    .note = STR("give the log of your identity provider: Okta, "
                                                "Entra, Google Workspace")};
    for (size_t i = 0; i < count && c->first_us != TIME_NONE; i++) {
        bool before = logs[i].first_us <= c->first_us - TIME_DAY_US;
        bool all = before && logs[i].last_us >= c->last_us;
        if (q->sign_ins.state == COVERAGE_PRESENT) {
            return;
        }
        q->sign_ins = (struct coverage){.source = logs[i].source,
                                        .state = all ? COVERAGE_PRESENT : COVERAGE_PARTIAL,
                                        .from_us = logs[i].first_us,
                                        .to_us = logs[i].last_us,
                                        .note = all ? STR_EMPTY
                                                    : STR("does not tell of the whole day before "
                                                          "the case")};
    }
}

/* ---- what the organisation gave ---- */

static void cover_table(struct inquiry *q, enum evidence_source s, enum context_kind kind,
                        struct str give)
{
    const struct context *c = q->judge->context;
    if (!c->given[kind]) {
        cover(q, s, COVERAGE_ABSENT, give);
        return;
    }
    cover(q, s, COVERAGE_PRESENT, STR_EMPTY);
    int64_t newest = c->newest_us[kind];
    q->coverage[s].to_us = newest;
    if (c->partial[kind]) {
        q->states[s] = q->coverage[s].state = COVERAGE_PARTIAL;
        q->coverage[s].note = STR("some rows could not be read");
    }
    /* Only records of changes grow day by day; a list of people is not old for being quiet. */
    if (kind == CONTEXT_CHANGES && newest != TIME_NONE && newest != 0 &&
        q->file->first_us != TIME_NONE && newest < q->file->first_us - STALE_US) {
        q->states[s] = q->coverage[s].state = COVERAGE_LATE;
        q->coverage[s].note = STR("the newest record is a month older than the case");
    }
}

/* Feeds count while one of them is fresh; a feed without a date is taken as it is given. */
static void cover_intel(struct inquiry *q)
{
    const struct intel *in = q->judge->intel;
    size_t feeds = in == NULL ? 0 : intel_feed_count(in);
    bool fresh = false;
    bool indicators = false;
    int64_t newest = TIME_NONE;
    for (size_t i = 0; i < feeds; i++) {
        const struct feed_info *f = intel_feed(in, i);
        if (f->addresses == 0) {
            continue; /* ranges of providers and lists of hashes do not say which address is bad */
        }
        int64_t at;
        bool zoned;
        indicators = true;
        if (!time_parse_any(f->version, &at, &zoned)) {
            fresh = true;
            continue;
        }
        newest = at > newest ? at : newest;
        fresh |= q->judge->until_us == TIME_NONE || at >= q->judge->until_us - FRESH_US;
    }
    if (!indicators) {
        cover(q, NEED_INTEL, COVERAGE_ABSENT, STR("give --intel: feeds of bad addresses"));
    } else if (!fresh) {
        cover(q, NEED_INTEL, COVERAGE_LATE, STR("all feeds are older than 7 days"));
    } else {
        cover(q, NEED_INTEL, COVERAGE_PRESENT, STR_EMPTY);
    }
    q->coverage[NEED_INTEL].to_us = newest;
}

/* Names and flows, or one of them only, and over the time of the case. */
static void cover_network(struct inquiry *q)
{
    const struct traffic *t = q->judge->traffic;
    const struct case_file *c = q->file;
    if (t == NULL) {
        cover(q, NEED_NETWORK, COVERAGE_ABSENT,
              STR("give network logs: Suricata, Zeek, flow or DNS logs"));
        return;
    }
    bool outside =
        c->first_us != TIME_NONE && (c->last_us < t->first_us || c->first_us > t->last_us);
    if (outside) {
        cover(q, NEED_NETWORK, COVERAGE_ABSENT, STR("the network logs are of another time"));
    } else if (!t->has_names) {
        cover(q, NEED_NETWORK, COVERAGE_PARTIAL,
              t->has_connections ? STR("flows without handshakes: names come from DNS alone")
                                 : STR("DNS questions only: connections are not seen"));
    } else if (!t->has_connections) {
        cover(q, NEED_NETWORK, COVERAGE_PARTIAL, STR("no flows: how much was sent is not seen"));
    } else {
        cover(q, NEED_NETWORK, COVERAGE_PRESENT, STR_EMPTY);
    }
    q->coverage[NEED_NETWORK].from_us = t->first_us;
    q->coverage[NEED_NETWORK].to_us = t->last_us;
}

/* ---- what was usual ---- */

static void cover_baseline(struct inquiry *q)
{
    const struct case_file *c = q->file;
    const struct baseline *b = q->judge->baseline;
    struct str note = STR("no baseline of 14 days or more: give --since or --baseline");
    size_t known = 0;
    unsigned days = 0;
    for (size_t i = 0; b != NULL && i < c->functions.len; i++) {
        const struct usual *u = baseline_of(b, &c->functions.at[i]);
        struct model m = {.known = false};
        if (u != NULL) {
            model_fit(&u->calls, &b->covered, &m);
        }
        known += m.known ? 1 : 0;
        days = m.days > days ? m.days : days;
    }
    if (known > 0) {
        bool all = known == c->functions.len;
        cover(q, NEED_BASELINE, all ? COVERAGE_PRESENT : COVERAGE_PARTIAL,
              all ? STR_EMPTY : STR("some of the functions have no history of 14 days"));
        return;
    }
    if (days > 0) {
        const char *lack = days < LEARN_DAYS_MIN ? "days with logs" : "calls";
        unsigned more = days < LEARN_DAYS_MIN ? LEARN_DAYS_MIN - days : LEARN_COUNT_MIN;
        if (!arena_printf(q->arena, &note, "history of %u days: %u %s%s are needed", days, more,
                          days < LEARN_DAYS_MIN ? "more " : "", lack)) {
            note = STR("too little history");
        }
    }
    cover(q, NEED_BASELINE, COVERAGE_ABSENT, note);
}

enum err_code inquiry_cover(struct inquiry *q, struct err *err)
{
    if (!cover_logs(q) || !cover_calls(q)) {
        return inquiry_no_memory(q, err);
    }
    cover_sign_ins(q);
    cover_table(q, NEED_CHANGES, CONTEXT_CHANGES,
                STR("give --changes: the change records of the window"));
    cover_table(q, NEED_PEOPLE, CONTEXT_PEOPLE, STR("give --people: who works here"));
    cover_table(q, NEED_BUILDS, CONTEXT_BUILDS, STR("give --builds: what CI built"));
    cover_table(q, NEED_PROCESSES, CONTEXT_PROCESSES,
                STR("give --processes: who may call which function"));
    cover_table(q, NEED_ALERTS, CONTEXT_ALERTS, STR("give --alerts: open incidents and alerts"));
    cover_intel(q);
    cover_network(q);
    if (q->judge->iam_given) {
        cover(q, NEED_IAM, COVERAGE_PARTIAL, STR("as of the dump given; groups are not followed"));
    } else {
        cover(q, NEED_IAM, COVERAGE_ABSENT, STR("give --iam: who may do what"));
    }
    cover_baseline(q);
    return ERR_OK;
}
