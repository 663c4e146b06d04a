/*
 * runtime - D106 to D113: how runs of a function go and what they write, against its own history.
 */
#include "detect/runtime/runtime_look.h"

static const struct str taken[] = {STR_INIT("T1648"), STR_INIT("T1496")};
static const struct str compute[] = {STR_INIT("T1496.001")};
static const struct str implant[] = {STR_INIT("T1525"), STR_INIT("T1546")};
static const struct str web[] = {STR_INIT("T1071.001")};
static const struct str shell[] = {STR_INIT("T1059")};
static const struct str hide[] = {STR_INIT("T1562.008")};

const struct detection runtime_detections[RUNTIME_DETECTIONS] = {
    [RUNS_LONGER] =
        {.id = STR_INIT("faaswatch.runs_longer"),
         .ref = STR_INIT("D106"),
         .title = STR_INIT("Runs take longer since a change"),
         .description =
             STR_INIT("After a change of code or layers runs take much longer than they ever did."),
         .severity = SEVERITY_MEDIUM,
         .confidence = 0.5,
         .question = Q4,
         .indicator = KI3,
         .entity = ENTITY_FUNCTION,
         .techniques = taken,
         .technique_count = ARRAY_LEN(taken),
         .tactic = STR_INIT("impact"),
         .ours = true},
    [RUNS_MINING] =
        {.id = STR_INIT("faaswatch.runs_like_mining"),
         .ref = STR_INIT("D107"),
         .title = STR_INIT("Runs end at their timeout with all memory used"),
         .description = STR_INIT(
             "Most runs last until their timeout and use up their memory, as mining does."),
         .severity = SEVERITY_HIGH,
         .confidence = 0.6,
         .question = Q4,
         .indicator = KI3,
         .entity = ENTITY_FUNCTION,
         .techniques = compute,
         .technique_count = ARRAY_LEN(compute),
         .tactic = STR_INIT("impact"),
         .ours = true},
    [RUNS_LARGER] = {.id = STR_INIT("faaswatch.runs_larger"),
                     .ref = STR_INIT("D108"),
                     .title = STR_INIT("Runs use more memory although nothing was changed"),
                     .description = STR_INIT("Runs use much more memory than before, and neither "
                                             "code nor memory size was changed."),
                     .severity = SEVERITY_MEDIUM,
                     .confidence = 0.4,
                     .question = Q4,
                     .indicator = KI3,
                     .entity = ENTITY_FUNCTION,
                     .techniques = compute,
                     .technique_count = ARRAY_LEN(compute),
                     .tactic = STR_INIT("impact"),
                     .ours = true},
    [STARTS_SLOWER] = {.id = STR_INIT("faaswatch.starts_slower"),
                       .ref = STR_INIT("D109"),
                       .title = STR_INIT("Sandboxes start slower since a change"),
                       .description = STR_INIT("Starts take twice as long after a change of code "
                                               "or layers, as with a new layer or extension."),
                       .severity = SEVERITY_HIGH,
                       .confidence = 0.4,
                       .question = Q4,
                       .indicator = KI1,
                       .entity = ENTITY_FUNCTION,
                       .techniques = implant,
                       .technique_count = ARRAY_LEN(implant),
                       .tactic = STR_INIT("persistence"),
                       .ours = true},
    [NEW_EXTENSION] =
        {.id = STR_INIT("faaswatch.new_extension"),
         .ref = STR_INIT("D109"),
         .title = STR_INIT("An extension starts with the function that never did"),
         .description = STR_INIT(
             "The platform tells of an extension that the function's history does not have."),
         .severity = SEVERITY_HIGH,
         .confidence = 0.6,
         .question = Q4,
         .indicator = KI1,
         .entity = ENTITY_FUNCTION,
         .techniques = implant,
         .technique_count = ARRAY_LEN(implant),
         .tactic = STR_INIT("persistence"),
         .ours = true},
    [NEW_HOST] =
        {.id = STR_INIT("faaswatch.log_names_host"),
         .ref = STR_INIT("D110"),
         .title = STR_INIT("The log names a host that it never named"),
         .description = STR_INIT(
             "A line of the function's log holds a URL of a host that its history does not have."),
         .severity = SEVERITY_HIGH,
         .confidence = 0.4,
         .question = Q4,
         .indicator = KI2,
         .entity = ENTITY_FUNCTION,
         .techniques = web,
         .technique_count = ARRAY_LEN(web),
         .tactic = STR_INIT("command-and-control"),
         .ours = true},
    [NEW_WORDS] = {.id = STR_INIT("faaswatch.log_says_new"),
                   .ref = STR_INIT("D111"),
                   .title = STR_INIT("The log says what it never said"),
                   .description = STR_INIT("A line of the function's log holds a word that "
                                           "attackers use, in a form its history does not have."),
                   .severity = SEVERITY_HIGH,
                   .confidence = 0.5,
                   .question = Q4,
                   .indicator = KI1,
                   .entity = ENTITY_FUNCTION,
                   .techniques = shell,
                   .technique_count = ARRAY_LEN(shell),
                   .tactic = STR_INIT("execution"),
                   .ours = true},
    [LOG_SILENT] = {.id = STR_INIT("faaswatch.log_silent"),
                    .ref = STR_INIT("D112"),
                    .title = STR_INIT("The function runs on, and its log fell silent"),
                    .description = STR_INIT("Runs write far fewer lines than they usually do."),
                    .severity = SEVERITY_HIGH,
                    .confidence = 0.5,
                    .question = Q4,
                    .indicator = LS,
                    .entity = ENTITY_FUNCTION,
                    .techniques = hide,
                    .technique_count = ARRAY_LEN(hide),
                    .tactic = STR_INIT("defense-evasion"),
                    .ours = true},
    [WORKER_BUSIER] = {.id = STR_INIT("faaswatch.worker_busier"),
                       .ref = STR_INIT("D113"),
                       .title = STR_INIT("Runs of a Worker take far more time or requests"),
                       .description = STR_INIT("A part of the runs takes several times the "
                                               "processor time or subrequests of the usual ones."),
                       .severity = SEVERITY_MEDIUM,
                       .confidence = 0.4,
                       .question = Q4,
                       .indicator = KI3,
                       .entity = ENTITY_FUNCTION,
                       .techniques = compute,
                       .technique_count = ARRAY_LEN(compute),
                       .tactic = STR_INIT("impact"),
                       .ours = true},
};

static const struct detect_threshold thresholds[] = {
    {.name = STR_INIT("runtime_ratio"), .usual = 1.5, .least = 1.1, .most = 100},
    {.name = STR_INIT("pegged_share"), .usual = 0.5, .least = 0.05, .most = 1},
};

struct state {
    struct map functions; /* text of the key -> struct runtime_function */
};

double runtime_ratio(const struct detect_view *v)
{
    return detect_threshold(v, &thresholds[0]);
}

double runtime_pegged(const struct detect_view *v)
{
    return detect_threshold(v, &thresholds[1]);
}

bool runtime_tells(struct runtime_function *f, enum runtime_detection d)
{
    bool first = (f->told >> d & 1U) == 0;
    f->told |= 1U << d;
    return first;
}

bool runtime_after_change(const struct runtime_function *f, const struct detect_view *v,
                          bool *approved)
{
    *approved = false;
    if (f->change == NULL || time_between(f->change->time_us, v->event->time_us) > TIME_DAY_US) {
        return false;
    }
    const struct change_match *m = detect_match(v->run, f->change);
    *approved = m != NULL && m->class >= MATCH_M3;
    return true;
}

static struct runtime_function *function_of(struct state *s, const struct detect_view *v)
{
    struct map_entry *entry = map_put(&s->functions, v->function->text);
    if (entry == NULL || entry->value != NULL) {
        return entry == NULL ? NULL : entry->value;
    }
    struct runtime_function *f = ARENA_NEW(v->arena, struct runtime_function);
    if (f == NULL) {
        return NULL;
    }
    f->memory_changed_us = TIME_NONE;
    f->usual = v->baseline == NULL ? NULL : map_get(&v->baseline->functions, v->function->text);
    f->known = f->usual != NULL && f->usual->runtime.any &&
               covered_count(&v->baseline->covered, f->usual->runtime.first_day) >= LEARN_DAYS_MIN;
    entry->value = f;
    return f;
}

static bool same_list(const struct str_list *a, const struct str_list *b)
{
    bool same = a->len == b->len;
    for (size_t i = 0; same && i < a->len; i++) {
        same = str_eq(a->at[i], b->at[i]);
    }
    return same;
}

/* Code, layers or memory are others than before. */
static void note_change(struct runtime_function *f, const struct detect_view *v)
{
    const struct function_state *was = &v->function->before;
    const struct function_state *is = &v->function->now;
    if (is->code_changed_us == v->event->time_us || !same_list(&was->layers, &is->layers)) {
        f->change = v->event;
        for (unsigned m = 0; m < RUN_METRIC_MAX_; m++) {
            f->values[m] = (struct recent){.len = 0}; /* runs of before say nothing of it */
        }
    }
    if (was->memory_mb != 0 && is->memory_mb != 0 && was->memory_mb != is->memory_mb) {
        f->memory_changed_us = v->event->time_us;
        f->less_memory = is->memory_mb < was->memory_mb;
    }
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    const struct event *e = v->event;
    double ms;
    bool change = e->kind == EVENT_CHANGE && event_ok(e);
    bool run = e->kind == EVENT_RUN || (e->kind == EVENT_INVOKE && event_metric(e, RUN_CPU, &ms));
    (void)err;
    if (v->function == NULL || e->time_us == TIME_NONE || e->time_us < 0 ||
        (!change && !run && e->kind != EVENT_LOG)) {
        return ERR_OK;
    }
    struct runtime_function *f = function_of(s, v);
    if (f == NULL) {
        return ERR_NOMEM;
    }
    if (change) {
        note_change(f, v);
        return ERR_OK;
    }
    if (v->since_us != TIME_NONE && e->time_us < v->since_us) {
        return ERR_OK;
    }
    int64_t hour = e->time_us / TIME_HOUR_US;
    enum err_code rc = ERR_OK;
    if (hour != f->hour) {
        rc = runtime_end_hour(f, v);
        f->hour = hour;
    }
    rc = rc ? rc : run ? runtime_look_run(f, v) : runtime_look_log(f, v);
    return rc;
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    struct state *s = state;
    enum err_code rc = ERR_OK;
    (void)err;
    for (size_t i = 0; rc == ERR_OK && i < s->functions.len; i++) {
        rc = runtime_end_hour(s->functions.at[i].value, v);
    }
    return rc;
}

static void release(void *state)
{
    struct state *s = state;
    map_free(&s->functions);
}

const struct detect_ops detect_runtime = {
    .detections = runtime_detections,
    .detection_count = RUNTIME_DETECTIONS,
    .thresholds = thresholds,
    .threshold_count = ARRAY_LEN(thresholds),
    .state_size = sizeof(struct state),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
