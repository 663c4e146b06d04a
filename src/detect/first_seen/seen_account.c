/*
 * D36 and D37: where an account has functions, and of what kind.
 */
#include "detect/first_seen/first_seen.h"

static enum err_code look(struct seen_state *s, const struct detect_view *v, const struct habit *h,
                          enum seen_detection d, struct str value, const char *what)
{
    static const enum value_kind kinds[SEEN_DETECTIONS] = {
        [SEEN_REGION] = VALUE_REGION, [SEEN_RUNTIME] = VALUE_RUNTIME};
    const struct event *e = v->event;
    const struct value *known;
    struct str text;
    if (value.len == 0 || !seen_enough(v, &h->values, kinds[d])) {
        return ERR_OK;
    }
    enum err_code rc = seen_find(v, &h->values, kinds[d], value, &known);
    if (rc != ERR_OK || known != NULL) {
        return rc;
    }
    struct values_sum sum = values_sum(&h->values, kinds[d], event_day(e));
    return arena_printf(v->arena, &text,
                        "%.*s: %.*s by %.*s, %s %.*s, which account %.*s never used; %u others in "
                        "%llu changes",
                        SAY(e->function.name), SAY(e->action), SAY(event_who(e)), what, SAY(value),
                        SAY(e->function.account), sum.different, (unsigned long long)sum.count)
               ? seen_say(s, v, d, seen_detections[d].severity, e->function.account, value, text)
               : ERR_NOMEM;
}

enum err_code seen_look_account(struct seen_state *s, const struct detect_view *v,
                                const struct habit *h)
{
    const struct event *e = v->event;
    struct str family = runtime_family(event_attr_get(e, ATTR_RUNTIME));
    /* Copies at the edge are made by the provider, wherever they are asked for. */
    bool service = e->who.kind == IDENTITY_SERVICE;
    enum err_code rc = service ? ERR_OK : look(s, v, h, SEEN_REGION, e->function.region, "region");
    rc = rc ? rc : look(s, v, h, SEEN_RUNTIME, family, "runtime");
    rc =
        rc ? rc : look(s, v, h, SEEN_RUNTIME, event_attr_get(e, ATTR_ARCHITECTURE), "architecture");
    return rc ? rc : look(s, v, h, SEEN_RUNTIME, event_attr_get(e, ATTR_PACKAGE), "package type");
}
