/*
 * evidence - the records themselves, copied out of the logs, and an index of where each came from.
 */
#include <stdio.h>

#include "bundle/bundle_priv.h"
#include "codec/json.h"
#include "codec/json_write.h"
#include "intake/intake.h"
#include "report/json_parts.h"
#include "report/mask.h"
#include "report/show.h"

/* Copying the records of one file. */
struct copy {
    struct packer *p;
    const struct bundle_record *at; /* of this file */
    size_t count;
    size_t done; /* records that came */
    char name[32];
    struct buf text;
    struct json_writer *index;
    bool failed;
};

static void place(struct copy *c, const struct bundle_record *r, uint64_t offset, struct str bytes)
{
    struct json_writer *w = c->index;
    const struct event *e = r->event;
    char sha[DIGEST_HEX + 1];
    c->failed = !digest_hex_id(bytes, DIGEST_HEX, sha) || c->failed;
    json_object_begin(w);
    json_parts_str(w, "file", str_of(c->name));
    json_parts_u64(w, "offset", offset);
    json_parts_u64(w, "length", bytes.len);
    json_key(w, STR("sha256"));
    json_str(w, str_of(sha));
    json_parts_str(w, "why", str_of(bundle_why_name(r->why)));
    json_key(w, STR("source"));
    json_object_begin(w);
    json_parts_str(w, "path", show_path(c->p->job->result, e->origin.file));
    json_parts_u64(w, "offset", e->origin.offset);
    json_parts_u64(w, "length", e->origin.length);
    json_object_end(w);
    json_parts_str(w, "log", e->source);
    json_parts_str(w, "record_id", e->record_id);
    json_parts_time(w, "time", e->time_us);
    json_object_end(w);
    buf_addc(w->out, '\n');
}

/* The record with other names and without secrets; one that is no JSON any more stands as a text. */
static void disguise(struct copy *c, struct str bytes, struct buf *out)
{
    struct pseudonyms *names = c->p->job->pseudonyms;
    struct json_fault fault;
    CLEANUP(buf_free) struct buf plain = {0};
    bool json = bytes.len > 0 && (bytes.ptr[0] == '{' || bytes.ptr[0] == '[');
    if (json) {
        pseudonym_json(names, bytes, &plain);
    } else {
        pseudonym_text(names, bytes, &plain);
    }
    mask_add(out, buf_str(&plain));
    if (json && json_check(buf_str(out), &fault) != JSON_OK) {
        CLEANUP(buf_free) struct buf text = {0};
        buf_add(&text, buf_str(out));
        buf_reset(out);
        buf_add_cstr(out, "{\"text\":\"");
        json_add_escaped(out, buf_str(&text));
        buf_add_cstr(out, "\"}");
        c->failed = c->failed || text.failed;
    }
    c->failed = c->failed || plain.failed || out->failed || names->failed;
}

static bool take(void *arg, size_t index, struct str header, struct str bytes)
{
    struct copy *c = arg;
    CLEANUP(buf_free) struct buf other = {0};
    if (c->p->job->pseudonyms != NULL) {
        disguise(c, bytes, &other);
        bytes = buf_str(&other);
    }
    buf_add(&c->text, header);
    place(c, &c->at[index], c->text.len, bytes);
    buf_add(&c->text, bytes);
    buf_addc(&c->text, '\n');
    c->done++;
    return !c->text.failed && !c->index->out->failed && !c->failed;
}

static enum err_code lose(struct packer *p, struct str path, uint64_t records, const char *why,
                          struct err *err)
{
    struct bundle_lost l = {.path = path, .records = records};
    return arena_dup(&p->texts, str_of(why), &l.reason) && VEC_PUSH(&p->lost, l)
               ? ERR_OK
               : err_set(err, ERR_NOMEM, "no memory for the evidence");
}

static enum err_code copy_ranges(struct copy *c, struct intake *in, struct str path,
                                 struct err *err)
{
    struct intake_range *ranges = ARENA_ARRAY(&c->p->texts, struct intake_range, c->count);
    struct intake_copy_sink sink = {.arg = c, .record = take};
    if (ranges == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for the evidence");
    }
    for (size_t i = 0; i < c->count; i++) {
        ranges[i] =
            (struct intake_range){c->at[i].event->origin.offset, c->at[i].event->origin.length};
    }
    return intake_copy(in, path, ranges, c->count, &sink, err);
}

static enum err_code copy_file(struct copy *c, struct intake *in, size_t number, struct err *err)
{
    struct packer *p = c->p;
    uint32_t file = c->at[0].event->origin.file;
    struct str path = show_path(p->job->result, file);
    struct err why = {0};
    (void)snprintf(c->name, sizeof(c->name), "evidence/%06zu.log", number);
    enum err_code rc = copy_ranges(c, in, path, &why);
    if (rc == ERR_NOMEM) {
        return err_set(err, rc, "%s", why.msg);
    }
    p->records += c->done;
    if (c->done < c->count) {
        rc = lose(p, path, c->count - c->done,
                  rc == ERR_OK ? "the file changed since it was read" : why.msg, err);
    }
    return rc == ERR_NOMEM || c->done == 0 ? rc : pack_file(p, c->name, buf_str(&c->text), err);
}

static enum err_code copy_all(struct packer *p, struct intake *in, const struct bundle_records *r,
                              struct json_writer *index, struct err *err)
{
    enum err_code rc = ERR_OK;
    size_t number = 1;
    for (size_t i = 0; rc == ERR_OK && i < r->len; number++) {
        struct copy c = {.p = p, .at = &r->at[i], .index = index};
        while (i + c.count < r->len &&
               r->at[i + c.count].event->origin.file == r->at[i].event->origin.file) {
            c.count++;
        }
        rc = copy_file(&c, in, number, err);
        buf_free(&c.text);
        i += c.count;
    }
    return rc;
}

enum err_code pack_evidence(struct packer *p, struct err *err)
{
    struct bundle_records records = {0};
    CLEANUP(buf_free) struct buf index = {0};
    struct json_writer w = json_writer_of(&index, 0);
    struct intake *in = intake_new(&intake_limits_default);
    enum err_code rc = ERR_OK;
    if (in == NULL || !bundle_select(p->job, &records)) {
        rc = err_set(err, ERR_NOMEM, "no memory for the evidence");
    }
    rc = rc ? rc : copy_all(p, in, &records, &w, err);
    VEC_FREE(&records);
    intake_free(in);
    if (rc == ERR_OK && index.failed) {
        rc = err_set(err, ERR_NOMEM, "no memory for the evidence");
    }
    return rc ? rc : pack_file(p, "evidence.jsonl", buf_str(&index), err);
}
