#include "detect/hit.h"

#include "base/buf.h"
#include "detect/detect_priv.h"
#include "detect/tools.h"
#include "model/exclusion.h"

static enum severity lowered(enum severity s)
{
    return s == SEVERITY_INFORMATIONAL ? s : (enum severity)(s - 1);
}

/* Hidden by the first exclusion that names the detection, and counted for it. */
static bool is_excluded(struct hit_list *list, const struct event *e, const struct detection *d)
{
    for (size_t i = 0; list->excluded != NULL && i < e->exclusion_count; i++) {
        if (exclusion_names(e->exclusions[i], d)) {
            list->excluded[e->exclusions[i]->number] += e->count > 0 ? e->count : 1;
            return true;
        }
    }
    return false;
}

enum err_code hit_add(struct hit_list *list, const struct event *e, const struct detect_hit *in,
                      struct arena *a)
{
    int64_t end_us = e->last_us > e->time_us ? e->last_us : e->time_us;
    if (e->time_us != TIME_NONE && end_us < list->since_us) {
        return ERR_OK; /* history: it told what was usual, and is not judged itself */
    }
    if (is_excluded(list, e, in->detection)) {
        return ERR_OK;
    }
    struct hit h = {.event = e,
                    .lead = in->lead != NULL ? in->lead : e,
                    .detection = in->detection,
                    .severity = event_ok(e) ? in->severity : lowered(in->severity),
                    .explain = in->explain,
                    .seq = list->len};
    if (in->intel != NULL) {
        struct intel_hit *copy = ARENA_NEW(a, struct intel_hit);
        if (copy == NULL) {
            return ERR_NOMEM;
        }
        *copy = *in->intel;
        h.intel = copy;
    }
    return VEC_PUSH(list, h) ? ERR_OK : ERR_NOMEM;
}

enum err_code detect_run_note(struct detect_run *run, const struct event *e,
                              const struct detection *d, struct str explain)
{
    struct str text;
    struct detect_hit h = {.detection = d, .severity = d->severity};
    size_t before = run->hits.len;
    enum err_code rc = arena_dup(&run->arena, explain, &text) ? ERR_OK : ERR_NOMEM;
    if (rc == ERR_OK) {
        h.explain = text;
        rc = hit_add(&run->hits, e, &h, &run->arena);
    }
    if (run->hits.len > before) {
        run->hits.at[before].severity = d->severity;
    }
    return rc;
}

enum err_code detect_report_at(const struct detect_view *v, const struct event *e,
                               const struct detect_hit *hit)
{
    return hit_add(&v->run->hits, e, hit, v->arena);
}

enum err_code detect_report(const struct detect_view *v, const struct detect_hit *hit)
{
    return detect_report_at(v, v->event, hit);
}

static void add_fact(struct buf *b, const char *name, struct str value)
{
    if (value.len > 0) {
        buf_printf(b, "; %s %.*s", name, SAY(value));
    }
}

/* Title and facts, in the order a person asks for them. */
static void explain_rule(struct buf *b, const struct event *e, const struct detection *d)
{
    static const enum event_attr told[] = {
        ATTR_URL_AUTH,       ATTR_GRANT_PRINCIPAL, ATTR_GRANT_ACTION, ATTR_LAYER,
        ATTR_POLICY_ARN,     ATTR_TARGET_ROLE,     ATTR_TARGET_USER,  ATTR_TARGET_GROUP,
        ATTR_ROLE,           ATTR_BOUNDARY,        ATTR_TARGET_KEY,   ATTR_LOG_GROUP,
        ATTR_RETENTION_DAYS, ATTR_TRAIL,           ATTR_DESTINATION,  ATTR_CODE_SIGNING,
        ATTR_RUNTIME_UPDATE, ATTR_TAG_KEY,         ATTR_OMITTED,      ATTR_MFA,
    };
    if (!event_ok(e)) {
        buf_printf(b, "Attempt, %s (%.*s): ", e->outcome == OUTCOME_DENIED ? "refused" : "failed",
                   SAY(e->error_code));
    }
    buf_printf(b, "%.*s: %.*s by %.*s", SAY(d->title), SAY(e->action), SAY(event_who(e)));
    add_fact(b, "function", e->function.name);
    for (size_t i = 0; i < ARRAY_LEN(told); i++) {
        add_fact(b, event_attr_name(told[i]), event_attr_get(e, told[i]));
    }
    add_fact(b, "from", e->address);
}

enum err_code hit_add_rules(struct hit_list *list, const struct event *e, struct arena *a)
{
    for (size_t i = 0; i < e->hit_count; i++) {
        const struct detection *d = e->hits[i];
        CLEANUP(buf_free) struct buf b;
        buf_init(&b, 0);
        explain_rule(&b, e, d);
        struct str text;
        if (b.failed || !arena_dup(a, buf_str(&b), &text)) {
            return ERR_NOMEM;
        }
        struct detect_hit h = {.detection = d, .severity = d->severity, .explain = text};
        enum err_code rc = hit_add(list, e, &h, a);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}
