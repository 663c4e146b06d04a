/*
 * D109 to D112: what runs wrote.
 */
#include "detect/runtime/runtime_look.h"

#define QUIET_PART  0.1
#define QUIET_RUNS  20.0
#define QUIET_LINES 20.0 /* that were expected */

/* Never seen, and there is enough to say so. */
static enum err_code is_new(const struct runtime_function *f, const struct detect_view *v,
                            enum value_kind kind, struct str text, bool *out)
{
    uint64_t hash;
    int32_t day = event_day(v->event);
    *out = false;
    if (!f->known || (double)f->usual->runtime.lines < LEARN_COUNT_MIN ||
        values_sum(&f->usual->values, kind, day).crowded) {
        return ERR_OK;
    }
    if (!value_hash(text, &hash)) {
        return ERR_NOMEM;
    }
    *out = values_find(&f->usual->values, kind, hash, day) == NULL;
    return ERR_OK;
}

/* A miner has no other use. */
static bool is_mining(struct str line)
{
    return str_find(line, STR("xmrig")) != SIZE_MAX ||
           str_find(line, STR("stratum+tcp")) != SIZE_MAX;
}

static enum severity severity_of(const struct runtime_function *f, const struct detect_view *v,
                                 bool sure)
{
    bool approved;
    bool after = runtime_after_change(f, v, &approved);
    if (approved && !sure) {
        return SEVERITY_LOW;
    }
    return after || sure ? SEVERITY_HIGH : SEVERITY_MEDIUM;
}

static enum err_code look_value(struct runtime_function *f, const struct detect_view *v,
                                enum event_attr attr, enum value_kind kind,
                                enum runtime_detection d, const char *what)
{
    struct str text = event_attr_get(v->event, attr);
    bool fresh = false;
    if (text.len == 0 || (f->told >> d & 1U) != 0) {
        return ERR_OK;
    }
    enum err_code rc = is_new(f, v, kind, text, &fresh);
    bool mining = d == NEW_WORDS && is_mining(text);
    bool ours =
        d == NEW_HOST && v->inventory != NULL && inventory_of_host(v->inventory, text) != NULL;
    if (rc != ERR_OK || (!fresh && !(mining && !f->known)) || ours || !runtime_tells(f, d)) {
        return rc;
    }
    bool approved;
    bool after = runtime_after_change(f, v, &approved);
    return detect_say(v, &runtime_detections[d], severity_of(f, v, mining || d == NEW_EXTENSION),
                      "%.*s: %s \"%.*s\"%s%s", SAY(v->event->function.name), what, SAY(text),
                      f->known ? ", never before" : "; there is no history of its log",
                      !after     ? ""
                      : approved ? ", after an approved change"
                                 : ", within a day after a change that no record covers");
}

enum err_code runtime_look_log(struct runtime_function *f, const struct detect_view *v)
{
    if (str_eq(v->event->name, STR("log"))) {
        f->hour_lines += (double)v->event->count;
    }
    enum err_code rc = look_value(f, v, ATTR_EXTENSION, VALUE_EXTENSION, NEW_EXTENSION,
                                  "an extension started with it,");
    rc = rc ? rc : look_value(f, v, ATTR_LOG_HOST, VALUE_HOST, NEW_HOST, "its log names the host");
    return rc ? rc : look_value(f, v, ATTR_LOG_WORDS, VALUE_LINE, NEW_WORDS, "its log says");
}

enum err_code runtime_end_hour(struct runtime_function *f, const struct detect_view *v)
{
    double runs = f->hour_runs;
    double lines = f->hour_lines;
    const struct event *from = f->hour_from;
    f->hour_runs = f->hour_lines = 0;
    f->hour_from = NULL;
    if (!f->known || runs <= 0 || (double)f->usual->runtime.line_runs < RUN_LEAST) {
        return ERR_OK;
    }
    double usual = (double)f->usual->runtime.lines / (double)f->usual->runtime.line_runs;
    if (lines >= QUIET_PART * usual * runs) {
        f->quiet_runs = f->quiet_lines = 0;
        return ERR_OK;
    }
    f->quiet_from = f->quiet_runs > 0 ? f->quiet_from : from;
    f->quiet_runs += runs;
    f->quiet_lines += lines;
    if (f->quiet_runs < QUIET_RUNS || usual * f->quiet_runs < QUIET_LINES ||
        f->quiet_from == NULL || !runtime_tells(f, LOG_SILENT)) {
        return ERR_OK;
    }
    return detect_say_at(v, f->quiet_from, &runtime_detections[LOG_SILENT], SEVERITY_HIGH,
                         "%.*s: %.0f runs wrote %.0f lines since then; %.0f are usual for so many",
                         SAY(f->quiet_from->function.name), f->quiet_runs, f->quiet_lines,
                         usual * f->quiet_runs);
}
