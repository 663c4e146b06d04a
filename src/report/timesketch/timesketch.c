/*
 * timesketch - the events of the cases as Timesketch reads them: one a line, in order of time.
 */
#include <stdlib.h>

#include "report/json_parts.h"
#include "report/show.h"

/* An event of one case or several. */
struct line {
    const struct event *event;
    const struct case_file *file;
};

/* clang-format off */
struct lines { VEC_OF(struct line); };
/* clang-format on */

static int by_event(const void *a, const void *b)
{
    const struct line *x = a;
    const struct line *y = b;
    int order = event_cmp(x->event, y->event);
    return order != 0 ? order : str_cmp(x->file->id, y->file->id);
}

static bool collect(const struct result *r, struct lines *out)
{
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        for (size_t k = 0; k < c->timeline.len; k++) {
            struct line l = {c->timeline.at[k], c};
            if (!VEC_PUSH(out, l)) {
                return false;
            }
        }
    }
    if (out->len > 1) {
        qsort(out->at, out->len, sizeof(*out->at), by_event);
    }
    return true;
}

static const char *outcome(const struct event *e)
{
    static const char *const names[] = {"ok", "denied", "failed"};
    return event_has(e, ATTR_PENDING) ? "pending" : names[e->outcome];
}

/* "dana.k UpdateFunctionCode payments-webhook from 185.220.101.34: denied" */
static void message(struct json_writer *w, const struct event *e)
{
    CLEANUP(buf_free) struct buf text = {0};
    struct str who = e->who.principal.len > 0 ? e->who.principal
                     : e->actor != NULL       ? e->actor->root
                                              : STR_EMPTY;
    if (who.len > 0) {
        buf_printf(&text, "%.*s: ", STR_ARG(who));
    }
    buf_printf(&text, "%.*s", STR_ARG(e->action.len > 0 ? e->action : STR("record")));
    if (e->function.name.len > 0) {
        buf_printf(&text, " %.*s", STR_ARG(e->function.name));
    }
    if (e->address.len > 0) {
        buf_printf(&text, " from %.*s", STR_ARG(e->address));
    }
    if (e->outcome != OUTCOME_OK) {
        buf_printf(&text, " (%s)", outcome(e));
    }
    if (e->count > 1) {
        buf_printf(&text, ", %llu times", (unsigned long long)e->count);
    }
    json_parts_str(w, "message", buf_str(&text));
    w->out->failed = w->out->failed || text.failed;
}

/* Timesketch takes no event without a time: one stands at the beginning of its case, and says so. */
static void when(struct json_writer *w, const struct event *e, const struct case_file *c)
{
    bool dated = e->time_us != TIME_NONE;
    int64_t us = dated ? e->time_us : c->first_us;
    us = us == TIME_NONE ? 0 : us;
    json_parts_time(w, "datetime", us);
    json_key(w, STR("timestamp"));
    json_i64(w, us);
    json_parts_str(w, "timestamp_desc",
                   dated ? STR("Event Time") : STR("Undated record, begin of its case"));
}

static bool carries(const struct finding *f, const struct event *e)
{
    for (size_t i = 0; i < f->events.len; i++) {
        if (f->events.at[i] == e) {
            return true;
        }
    }
    return false;
}

/* The cases and the detections that the event belongs to. */
static void labels(struct json_writer *w, const struct line *at, size_t count)
{
    json_key(w, STR("tag"));
    json_array_begin(w);
    for (size_t i = 0; i < count; i++) {
        CLEANUP(buf_free) struct buf text = {0};
        buf_printf(&text, "case-%.*s", STR_ARG(show_case_id(at[i].file->id)));
        json_str(w, buf_str(&text));
        w->out->failed = w->out->failed || text.failed;
    }
    json_array_end(w);
    json_key(w, STR("detections"));
    json_array_begin(w);
    for (size_t i = 0; i < count; i++) {
        const struct case_file *c = at[i].file;
        for (size_t k = 0; k < c->findings.len; k++) {
            if (carries(c->findings.at[k], at[i].event)) {
                CLEANUP(buf_free) struct buf text = {0};
                const struct detection *d = c->findings.at[k]->detection;
                buf_printf(&text, "%.*s %.*s", STR_ARG(d->ref), STR_ARG(d->title));
                struct str trimmed = str_trim(buf_str(&text));
                CLEANUP(buf_free) struct buf shown = {0};
                show_text(&shown, trimmed);
                json_str(w, buf_str(&shown));
                w->out->failed = w->out->failed || text.failed || shown.failed;
            }
        }
    }
    json_array_end(w);
}

static void one(struct json_writer *w, const struct result *r, const struct line *at, size_t count)
{
    const struct event *e = at->event;
    json_object_begin(w);
    message(w, e);
    when(w, e, at->file);
    json_parts_str(w, "data_type", STR("faaswatch:event"));
    json_parts_str(w, "log_source", e->source);
    json_parts_str(w, "service", e->service);
    json_parts_str(w, "action", e->action);
    json_parts_str(w, "outcome", str_of(outcome(e)));
    json_parts_str(w, "actor", e->actor == NULL ? STR_EMPTY : e->actor->root);
    json_parts_str(w, "principal", e->who.principal);
    json_parts_str(w, "session", e->who.session_name);
    json_parts_str(w, "source_ip", e->address);
    json_parts_str(w, "user_agent", e->user_agent);
    json_parts_str(w, "account", e->account);
    json_parts_str(w, "region", e->region);
    json_parts_str(w, "function", e->function.name);
    json_parts_u64(w, "count", e->count);
    json_parts_str(w, "record_id", e->record_id);
    json_parts_str(w, "path", show_path(r, e->origin.file));
    json_parts_u64(w, "offset", e->origin.offset);
    json_parts_u64(w, "length", e->origin.length);
    labels(w, at, count);
    json_object_end(w);
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    struct lines lines = {0};
    (void)o;
    if (!collect(r, &lines)) {
        VEC_FREE(&lines);
        return err_set(err, ERR_NOMEM, "no memory for the timeline");
    }
    struct json_writer w = json_writer_of(out, 0);
    for (size_t i = 0; i < lines.len;) {
        size_t n = 1;
        while (i + n < lines.len && lines.at[i + n].event == lines.at[i].event) {
            n++;
        }
        one(&w, r, &lines.at[i], n);
        buf_addc(out, '\n');
        i += n;
    }
    VEC_FREE(&lines);
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the timeline") : ERR_OK;
}

const struct report_ops report_timesketch = {
    .name = "timesketch",
    .suffix = ".timesketch.jsonl",
    .summary = "the events of the cases for Timesketch, one a line",
    .write = write,
};
