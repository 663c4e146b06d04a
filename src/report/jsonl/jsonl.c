/*
 * jsonl - one JSON object a line: cases in their order, then findings. For grep, jq and pipelines.
 */
#include "report/json_parts.h"

static void begin(struct json_writer *w, const char *type)
{
    json_object_begin(w);
    json_parts_str(w, "schema", STR(JSON_PARTS_SCHEMA));
    json_parts_str(w, "type", str_of(type));
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    struct json_writer w = json_writer_of(out, 0);
    for (size_t i = 0; i < r->cases.len; i++) {
        begin(&w, "case");
        json_parts_case(&w, r, r->cases.at[i]);
        json_object_end(&w);
        buf_addc(out, '\n');
    }
    for (size_t i = 0; i < r->findings.len; i++) {
        begin(&w, "finding");
        json_parts_finding(&w, r, r->findings.at[i], o);
        json_object_end(&w);
        buf_addc(out, '\n');
    }
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the JSON lines report") : ERR_OK;
}

const struct report_ops report_jsonl = {
    .name = "jsonl",
    .suffix = ".jsonl",
    .summary = "one object a line: cases, then findings",
    .write = write,
};
