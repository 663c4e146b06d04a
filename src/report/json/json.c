/*
 * json - the whole result as one JSON document, faaswatch.triage/1.
 */
#include "report/json_parts.h"

/* What could be better and is no case; left out where nothing is. */
static void posture(struct json_writer *w, const struct result *r)
{
    bool begun = false;
    for (size_t i = 0; i < r->findings.len; i++) {
        if (!r->findings.at[i]->detection->is_posture) {
            continue;
        }
        if (!begun) {
            json_key(w, STR("posture"));
            json_array_begin(w);
            begun = true;
        }
        json_object_begin(w);
        json_parts_posture(w, r->findings.at[i]);
        json_object_end(w);
    }
    if (begun) {
        json_array_end(w);
    }
}

static void whole(struct json_writer *w, const struct result *r, const struct report_options *o)
{
    json_object_begin(w);
    json_parts_str(w, "schema", STR(JSON_PARTS_SCHEMA));
    json_parts_str(w, "version", r->version);
    json_parts_str(w, "technique", r->technique);
    json_parts_window(w, r);
    json_parts_inputs(w, r);
    json_key(w, STR("findings"));
    json_array_begin(w);
    for (size_t i = 0; i < r->findings.len; i++) {
        json_object_begin(w);
        json_parts_finding(w, r, r->findings.at[i], o);
        json_object_end(w);
    }
    json_array_end(w);
    json_key(w, STR("cases"));
    json_array_begin(w);
    for (size_t i = 0; i < r->cases.len; i++) {
        json_object_begin(w);
        json_parts_case(w, r, r->cases.at[i]);
        json_object_end(w);
    }
    json_array_end(w);
    json_key(w, STR("digest"));
    json_array_begin(w);
    for (size_t i = 0; i < r->digest.len; i++) {
        json_object_begin(w);
        json_parts_digest(w, &r->digest.at[i]);
        json_object_end(w);
    }
    json_array_end(w);
    posture(w, r);
    if (r->since.path.len > 0) {
        json_parts_since_all(w, &r->since);
    }
    json_object_end(w);
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    struct json_writer w = json_writer_of(out, 2);
    whole(&w, r, o);
    buf_addc(out, '\n');
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the JSON report") : ERR_OK;
}

const struct report_ops report_json = {
    .name = "json",
    .suffix = ".json",
    .summary = "the whole result as one document (faaswatch.triage/1)",
    .write = write,
};
