/*
 * faaswatch playbook check: every fault of a playbook file.
 */
#include "base/utf8.h"
#include "cli/playbook.h"
#include "codec/json_write.h"
#include "playbook/check.h"
#include "sys/file.h"

enum { PLAYBOOK_BYTES_MAX = 4 * 1024 * 1024 };

static void member(struct json_writer *w, const char *key, struct str value)
{
    json_key(w, str_of(key));
    json_str(w, value);
}

static void say_json(struct buf *out, struct str path, const struct playbook_faults *f)
{
    struct json_writer w = json_writer_of(out, 2);
    json_object_begin(&w);
    member(&w, "path", path);
    json_key(&w, STR("faults"));
    json_array_begin(&w);
    for (size_t i = 0; i < f->len; i++) {
        json_object_begin(&w);
        json_key(&w, STR("line"));
        json_u64(&w, f->at[i].line);
        member(&w, "message", f->at[i].message);
        member(&w, "remedy", f->at[i].remedy);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

static void say_text(struct buf *out, struct str path, const struct playbook_faults *f)
{
    for (size_t i = 0; i < f->len; i++) {
        utf8_add_visible(out, path);
        buf_printf(out, ":%u: ", f->at[i].line);
        utf8_add_visible(out, f->at[i].message);
        buf_add_cstr(out, "; ");
        utf8_add_visible(out, f->at[i].remedy);
        buf_addc(out, '\n');
    }
    if (f->len == 0) {
        utf8_add_visible(out, path);
        buf_add_cstr(out, ": no fault\n");
    }
}

int playbook_check_run(const struct cli_args *args)
{
    CLEANUP(buf_free) struct buf text = {0};
    CLEANUP(buf_free) struct buf out = {0};
    CLEANUP(playbook_faults_free) struct playbook_faults faults = {0};
    struct err err = {0};
    struct str path = args->operands[1];
    buf_init(&text, PLAYBOOK_BYTES_MAX);
    enum err_code code = file_read(path, &text, &err);
    code = code ? code : playbook_check(buf_str(&text), &faults, &err);
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return code == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    if (str_eq(cli_get(args, "format"), STR("json"))) {
        say_json(&out, path, &faults);
    } else {
        say_text(&out, path, &faults);
    }
    if (out.failed || !cli_print(buf_str(&out))) {
        return CLI_INTERNAL;
    }
    return faults.len > 0 ? CLI_FOUND : CLI_DONE;
}
