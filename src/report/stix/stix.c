/*
 * stix - the indicators of the cases as a STIX 2.1 bundle: an indicator and a sighting a mark that is
 * not of ours, a grouping a case.
 */
#include "report/json_parts.h"
#include "report/marks.h"
#include "report/stix_parts.h"

/* clang-format off */
struct id_list { VEC_OF(struct str); };
/* clang-format on */

static void keep(struct stix *s, struct id_list *ids, const char *id)
{
    struct str copy;
    if (!arena_dup(&s->texts, str_of(id), &copy) || !VEC_PUSH(ids, copy)) {
        s->failed = true;
    }
}

static void mark(struct stix *s, const struct case_file *c, const struct mark *m,
                 struct id_list *ids)
{
    char id[STIX_ID_MAX];
    struct mark_seen seen = marks_seen(c, m);
    struct stix_claim claim = {.source = c->id,
                               .title = c->title,
                               .malicious = c->decision.escalate,
                               .from_us = seen.first_us};
    if (!stix_indicator(s, m, &claim, id)) {
        return;
    }
    keep(s, ids, id);
    if (seen.count > 0) {
        char sighting[STIX_ID_MAX];
        struct str place = c->functions.len > 0 ? c->functions.at[0].account : STR_EMPTY;
        struct stix_sight sight = {.count = seen.count,
                                   .first_us = seen.first_us,
                                   .last_us = seen.last_us,
                                   .place = place};
        stix_sighting(s, m, id, &sight, sighting);
        keep(s, ids, sighting);
    }
}

static void techniques(struct stix *s, const struct result *r, const struct case_file *c,
                       struct id_list *ids)
{
    char id[STIX_ID_MAX];
    stix_technique(s, r->technique, id);
    keep(s, ids, id);
    for (size_t i = 0; i < c->findings.len; i++) {
        const struct detection *d = c->findings.at[i]->detection;
        for (size_t t = 0; t < d->technique_count; t++) {
            if (!str_eq(d->techniques[t], r->technique)) {
                stix_technique(s, d->techniques[t], id);
                keep(s, ids, id);
            }
        }
    }
}

static bool is_first(const struct id_list *ids, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (str_eq(ids->at[i], ids->at[at])) {
            return false;
        }
    }
    return true;
}

static void grouping(struct stix *s, const struct case_file *c, const struct id_list *ids)
{
    struct json_writer *w = &s->w;
    char id[STIX_ID_MAX];
    char time[STIX_TIME_MAX];
    stix_id(s, "grouping", c->id, id);
    stix_time(c->last_us, time);
    json_object_begin(w);
    json_parts_str(w, "type", STR("grouping"));
    json_parts_str(w, "spec_version", STR("2.1"));
    json_parts_str(w, "id", str_of(id));
    json_parts_str(w, "created_by_ref", str_of(stix_own_identity));
    json_parts_str(w, "created", str_of(time));
    json_parts_str(w, "modified", str_of(time));
    json_parts_str(w, "name", c->title);
    json_parts_str(w, "description", c->decision.reason);
    json_parts_str(w, "context", STR("suspicious-activity"));
    json_key(w, STR("object_refs"));
    json_array_begin(w);
    for (size_t i = 0; i < ids->len; i++) {
        if (is_first(ids, i)) {
            json_str(w, ids->at[i]);
        }
    }
    json_array_end(w);
    json_object_end(w);
}

static void one_case(struct stix *s, const struct result *r, const struct case_file *c)
{
    struct id_list ids = {0};
    if (!marks_may_go(c)) {
        return;
    }
    for (size_t i = 0; i < c->marks.len; i++) {
        if (c->marks.at[i].external) {
            mark(s, c, &c->marks.at[i], &ids);
        }
    }
    techniques(s, r, c, &ids);
    grouping(s, c, &ids);
    VEC_FREE(&ids);
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    struct stix s;
    CLEANUP(buf_free) struct buf name = {0};
    (void)o;
    for (size_t i = 0; i < r->cases.len; i++) {
        buf_add(&name, r->cases.at[i]->id);
    }
    stix_begin(&s, out, buf_str(&name));
    for (size_t i = 0; i < r->cases.len; i++) {
        one_case(&s, r, r->cases.at[i]);
    }
    bool fine = stix_end(&s) && !name.failed;
    buf_addc(out, '\n');
    return fine && !out->failed ? ERR_OK : err_set(err, ERR_NOMEM, "no memory for the STIX bundle");
}

const struct report_ops report_stix = {
    .name = "stix",
    .suffix = ".stix.json",
    .summary = "STIX 2.1: indicators and sightings of what is not yours",
    .write = write,
};
