/*
 * D38 and D41: with what tool and at which hour an actor changes something.
 */
#include "detect/first_seen/first_seen.h"

enum err_code seen_look_tool(struct seen_state *s, const struct detect_view *v,
                             const struct habit *h)
{
    const struct event *e = v->event;
    const struct value *known;
    struct str agent;
    struct str text;
    if (!event_agent(e, v->arena, &agent)) {
        return ERR_NOMEM;
    }
    if (agent.len == 0 || !seen_enough(v, &h->values, VALUE_AGENT)) {
        return ERR_OK;
    }
    enum err_code rc = seen_find(v, &h->values, VALUE_AGENT, agent, &known);
    if (rc != ERR_OK || known != NULL) {
        return rc;
    }
    /* "SERVICE FAMILY MARK": a mark names a system or tool for attacks and audits. */
    struct str family = str_from(agent, str_chr(agent, ' ') + 1);
    bool marked = str_chr(family, ' ') != SIZE_MAX;
    return arena_printf(v->arena, &text,
                        "%.*s changed %.*s with %.*s (user agent %.*s), which it never used for "
                        "%.*s; the user agent is the caller's own text",
                        SAY(event_who(e)), SAY(e->function.name), SAY(family), SAY(e->user_agent),
                        SAY(e->service))
               ? seen_say(s, v, SEEN_TOOL, marked ? SEVERITY_HIGH : SEVERITY_MEDIUM,
                          event_actor_key(e), agent, text)
               : ERR_NOMEM;
}

/* "Saturdays, 03:00 to 04:00 UTC" */
static bool hour_text(int32_t hour, struct arena *a, struct str *out)
{
    static const char *const days[] = {"working days", "Saturdays", "Sundays"};
    unsigned bin = habit_bin(hour);
    return arena_printf(a, out, "%s, %02u:00 to %02u:00 UTC", days[bin / 24], bin % 24,
                        (bin + 1) % 24);
}

enum err_code seen_look_hour(struct seen_state *s, const struct detect_view *v,
                             const struct habit *h)
{
    const struct event *e = v->event;
    int32_t hour = (int32_t)(e->time_us / TIME_HOUR_US);
    double hours = habit_hours(h, hour);
    struct str when;
    struct str text;
    if (!event_by_human(e) || hours < HABIT_HOURS_MIN ||
        covered_count(&v->baseline->covered, h->first_hour / 24) < seen_threshold(v, SEEN_DAYS)) {
        return ERR_OK;
    }
    double chance = habit_hour_chance(h, hour);
    if (chance >= seen_threshold(v, SEEN_CHANCE)) {
        return ERR_OK;
    }
    return hour_text(hour, v->arena, &when) &&
                   arena_printf(v->arena, &text,
                                "%.*s changed %.*s on %.*s; of %.0f hours in which it did anything "
                                "before, %.1f %% were at hours so rare for it",
                                SAY(event_who(e)), SAY(e->function.name), STR_ARG(when), hours,
                                chance * 100)
               ? seen_say(s, v, SEEN_HOUR, SEVERITY_LOW, event_actor_key(e), when, text)
               : ERR_NOMEM;
}
