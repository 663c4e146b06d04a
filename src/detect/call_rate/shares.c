/*
 * D45, D47 and D48: drift, errors, addresses.
 */
#include <math.h>

#include "baseline/tail.h"
#include "detect/call_rate/call_rate.h"

#define ERRORS_MIN       10.0
#define ERRORS_RATIO     3.0
#define ERRORS_PART_MIN  0.05
/* Failures come together: their variance is at least so many times their mean. */
#define ERRORS_DISPERSED 4.0
#define ADDRESSES_RATIO  5.0
#define ADDRESSES_MIN    20.0

enum err_code rate_look_errors(struct rate_function *r, const struct detect_view *v,
                               const struct watch_limits *limits)
{
    const struct event *e = v->event;
    const struct calls *c = &r->usual->calls;
    int64_t hour = e->time_us / TIME_HOUR_US;
    if (e->kind == EVENT_RATE) {
        return ERR_OK; /* its errors are another metric */
    }
    if (hour != r->hour) {
        r->hour = hour;
        r->calls = 0;
        r->errors = 0;
    }
    r->calls += (double)e->count;
    r->errors += e->outcome == OUTCOME_OK ? 0 : (double)e->count;
    double part = (c->errors + 0.5) / (c->total + 1);
    double usual = r->calls * fmin(part, 1);
    double dispersion = fmax(r->model.dispersion, ERRORS_DISPERSED);
    if (e->outcome == OUTCOME_OK || r->errors < ERRORS_MIN || r->errors < ERRORS_RATIO * usual ||
        r->errors < ERRORS_PART_MIN * r->calls ||
        tail_of(r->errors, usual, usual * dispersion) > limits->tail) {
        return ERR_OK;
    }
    return detect_say(v, &rate_detections[RATE_ERRORS], SEVERITY_MEDIUM,
                      "%.0f of %.0f calls of %.*s failed within the hour; %.1f %% usually do",
                      r->errors, r->calls, SAY(e->function.name), part * 100);
}

enum err_code rate_look_addresses(struct rate_function *r, const struct detect_view *v)
{
    const struct event *e = v->event;
    uint64_t hash;
    if (e->kind != EVENT_INVOKE || e->address.len == 0 || r->usual_addresses <= 0 ||
        e->who.kind != IDENTITY_ANONYMOUS) {
        return ERR_OK;
    }
    if (!value_hash(e->address, &hash)) {
        return ERR_NOMEM;
    }
    if (event_day(e) != r->sketch_day) {
        r->sketch_day = event_day(e);
        r->addresses = (struct sketch){{0}};
    }
    sketch_add(&r->addresses, hash);
    double now = sketch_count(&r->addresses);
    if (now < ADDRESSES_RATIO * r->usual_addresses || now < ADDRESSES_MIN) {
        return ERR_OK;
    }
    return detect_say(v, &rate_detections[RATE_ADDRESSES],
                      rate_is_public(v) ? SEVERITY_LOW : SEVERITY_MEDIUM,
                      "%.*s was called from about %.0f addresses on this day; %.0f are usual",
                      SAY(e->function.name), now, r->usual_addresses);
}

/* Days of history with logs, without the first, which is not whole; then those of the window. */
static size_t days_of(const struct rate_function *r, const struct baseline *b,
                      struct drift_day out[2 * RATE_DAYS])
{
    const struct calls *c = &r->usual->calls;
    int32_t newest = calls_newest_day(c);
    int32_t first = c->first_hour / 24 + 1;
    size_t n = 0;
    for (int32_t d = newest - CALLS_DAYS + 1; d <= newest; d++) {
        if (d >= first && covered_has(&b->covered, d)) {
            out[n++] = (struct drift_day){d, calls_of_day(c, d)};
        }
    }
    for (size_t i = 0; i < r->day_count; i++) {
        if (n > 0 && out[n - 1].day == r->days[i].day) {
            out[n - 1].calls += r->days[i].calls;
        } else {
            out[n++] = r->days[i];
        }
    }
    return n;
}

enum err_code rate_look_drift(const struct rate_function *r, const struct detect_view *v)
{
    struct drift_day days[2 * RATE_DAYS];
    char since[TIME_TEXT_MAX];
    struct drift d = drift_find(days, days_of(r, v->baseline, days));
    if (!d.found) {
        return ERR_OK;
    }
    size_t len = time_format(d.since_day * TIME_DAY_US, since);
    return detect_say_at(
        v, r->last, &rate_detections[RATE_DRIFT], SEVERITY_LOW,
        "calls of %.*s a day rose to %.1f times those of weeks before, since %.*s; "
        "its days vary by %.0f %%",
        SAY(r->last->function.name), d.ratio, (int)(len < 10 ? len : 10), since, d.spread * 100);
}
