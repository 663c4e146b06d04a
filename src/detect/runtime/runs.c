/*
 * D106 to D109, D113: numbers that runs told.
 */
#include <math.h>

#include "detect/runtime/runtime_look.h"

#define CHANCE_MOST  1e-4
#define START_RATIO  2.0
#define PEGGED_TIME  0.98
#define PEGGED_SPACE 0.9
#define BUSY_PART    0.05

static void put(struct recent *r, double value)
{
    r->at[r->next] = value;
    r->next = (r->next + 1) % RUNS_KEPT;
    r->len += r->len < RUNS_KEPT ? 1 : 0;
    r->added++;
}

static bool is_due(const struct recent *r, size_t least)
{
    return r->len >= least && r->added % RUNS_STEP == 0;
}

static struct run_shift shift_of(const struct runtime_function *f, enum run_metric m)
{
    double now[RUNS_KEPT];
    const struct recent *r = &f->values[m];
    memcpy(now, r->at, r->len * sizeof(now[0]));
    return runtime_compare(&f->usual->runtime, m, now, r->len);
}

static bool is_shift(const struct run_shift *s, double ratio)
{
    return s->known && s->now > ratio * s->usual && s->chance < CHANCE_MOST;
}

static enum err_code say_shift(const struct detect_view *v, const struct event *at,
                               enum runtime_detection d, enum run_metric m,
                               const struct run_shift *s)
{
    return detect_say_at(
        v, at, &runtime_detections[d], runtime_detections[d].severity,
        "%.*s: %s of runs is %.0f %s at the median, %.0f was usual (chance %.0e)%s",
        SAY(v->event->function.name), run_metric_name(m), s->now, m == RUN_MEMORY ? "MiB" : "ms",
        s->usual, s->chance, at == v->event ? "" : ", since this change");
}

static enum err_code look_longer(struct runtime_function *f, const struct detect_view *v)
{
    bool approved;
    if ((f->told >> RUNS_LONGER & 1U) != 0 || !is_due(&f->values[RUN_DURATION], RUN_LEAST) ||
        !runtime_after_change(f, v, &approved)) {
        return ERR_OK;
    }
    struct run_shift s = shift_of(f, RUN_DURATION);
    return is_shift(&s, runtime_ratio(v)) && runtime_tells(f, RUNS_LONGER)
               ? say_shift(v, f->change, RUNS_LONGER, RUN_DURATION, &s)
               : ERR_OK;
}

static enum err_code look_larger(struct runtime_function *f, const struct detect_view *v)
{
    int64_t now_us = v->event->time_us;
    bool changed = f->change != NULL && now_us - f->change->time_us < 7 * TIME_DAY_US;
    bool resized =
        f->memory_changed_us != TIME_NONE && now_us - f->memory_changed_us < 7 * TIME_DAY_US;
    if (changed || resized || (f->told >> RUNS_LARGER & 1U) != 0 ||
        !is_due(&f->values[RUN_MEMORY], RUN_LEAST)) {
        return ERR_OK;
    }
    struct run_shift s = shift_of(f, RUN_MEMORY);
    return is_shift(&s, runtime_ratio(v)) && runtime_tells(f, RUNS_LARGER)
               ? say_shift(v, v->event, RUNS_LARGER, RUN_MEMORY, &s)
               : ERR_OK;
}

static enum err_code look_starts(struct runtime_function *f, const struct detect_view *v)
{
    bool approved;
    double ms;
    if ((f->told >> STARTS_SLOWER & 1U) != 0 || f->less_memory ||
        !event_metric(v->event, RUN_INIT, &ms) || f->values[RUN_INIT].len < STARTS_LEAST ||
        !runtime_after_change(f, v, &approved)) {
        return ERR_OK;
    }
    struct run_shift s = shift_of(f, RUN_INIT);
    return is_shift(&s, START_RATIO) && runtime_tells(f, STARTS_SLOWER)
               ? say_shift(v, f->change, STARTS_SLOWER, RUN_INIT, &s)
               : ERR_OK;
}

/* The 95th percentile is a matter of few runs: so many above `factor` times the usual one must be
 * more than chance (binomial, normal approximation) would have. */
static enum err_code look_busy(struct runtime_function *f, const struct detect_view *v,
                               enum run_metric m, double factor)
{
    const struct recent *r = &f->values[m];
    double limit = factor * runtime_quantile(&f->usual->runtime, m, 0.95);
    double count = runtime_count(&f->usual->runtime, m);
    if ((f->told >> WORKER_BUSIER & 1U) != 0 || !is_due(r, RUN_LEAST) || count < RUN_LEAST) {
        return ERR_OK;
    }
    double over = 0;
    for (size_t i = 0; i < r->len; i++) {
        over += r->at[i] > limit ? 1 : 0;
    }
    double n = (double)r->len;
    double part = (runtime_part_above(&f->usual->runtime, m, limit) * count + 1) / (count + 2);
    double z = (over - 0.5 - n * part) / sqrt(n * part * (1 - part) + 1e-9);
    if (over < 4 || over < BUSY_PART * n || erfc(z / sqrt(2)) / 2 > CHANCE_MOST ||
        !runtime_tells(f, WORKER_BUSIER)) {
        return ERR_OK;
    }
    return detect_say(v, &runtime_detections[WORKER_BUSIER], SEVERITY_MEDIUM,
                      "%.*s: %.0f of the last %zu runs took more than %.0f times the usual 95th "
                      "percentile of %s",
                      SAY(v->event->function.name), over, r->len, factor, run_metric_name(m));
}

/* Seconds, as configured; 0 where nothing tells. */
static double timeout_of(const struct detect_view *v)
{
    return v->function == NULL ? 0 : (double)v->function->now.timeout_s;
}

static bool is_pegged(const struct detect_view *v, bool *told)
{
    const struct event *e = v->event;
    double ms;
    double used = 0;
    double size = 0;
    *told = event_metric(e, RUN_DURATION, &ms) && event_metric(e, RUN_MEMORY, &used) &&
            str_f64(event_attr_get(e, ATTR_MEMORY_MB), &size) && size > 0;
    bool out_of_time = str_eq(event_attr_get(e, ATTR_RUN_OUTCOME), STR("timeout")) ||
                       (timeout_of(v) > 0 && ms >= PEGGED_TIME * 1000 * timeout_of(v));
    return *told && out_of_time && used >= PEGGED_SPACE * size;
}

static enum err_code look_mining(struct runtime_function *f, const struct detect_view *v)
{
    bool told;
    double ms;
    bool pegged = is_pegged(v, &told);
    if (!told) {
        return ERR_OK;
    }
    put(&f->pegged, pegged ? 1 : 0);
    double sum = 0;
    for (size_t i = 0; i < f->pegged.len; i++) {
        sum += f->pegged.at[i];
    }
    double part = sum / (double)f->pegged.len;
    if (!pegged || f->pegged.len < PEGGED_LEAST || part < runtime_pegged(v) ||
        (f->told >> RUNS_MINING & 1U) != 0 || !event_metric(v->event, RUN_DURATION, &ms)) {
        return ERR_OK;
    }
    /* It always ran so: a long poll, a batch that is cut off and goes on. */
    if (f->known && runtime_count(&f->usual->runtime, RUN_DURATION) >= RUN_LEAST &&
        runtime_part_above(&f->usual->runtime, RUN_DURATION, PEGGED_TIME * ms) >=
            runtime_pegged(v)) {
        return ERR_OK;
    }
    (void)runtime_tells(f, RUNS_MINING);
    return detect_say(v, &runtime_detections[RUNS_MINING], SEVERITY_HIGH,
                      "%.*s: %.0f of the last %zu runs ended at their timeout and used nine tenths "
                      "of their memory or more, as mining does%s",
                      SAY(v->event->function.name), sum, f->pegged.len,
                      f->known ? "; they never did before" : "; there is no history of its runs");
}

enum err_code runtime_look_run(struct runtime_function *f, const struct detect_view *v)
{
    double value;
    if (v->event->kind == EVENT_RUN) {
        f->hour_runs += (double)v->event->count;
        f->hour_from = f->hour_from == NULL ? v->event : f->hour_from;
    }
    for (unsigned m = 0; m < RUN_METRIC_MAX_; m++) {
        if (event_metric(v->event, (enum run_metric)m, &value)) {
            put(&f->values[m], value);
        }
    }
    enum err_code rc = look_mining(f, v);
    if (rc != ERR_OK || !f->known) {
        return rc;
    }
    rc = look_longer(f, v);
    rc = rc ? rc : look_larger(f, v);
    rc = rc ? rc : look_starts(f, v);
    rc = rc ? rc : look_busy(f, v, RUN_CPU, 3);
    return rc ? rc : look_busy(f, v, RUN_SUBREQUESTS, 5);
}
