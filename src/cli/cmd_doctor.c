#include "base/buf.h"
#include "cli/cli.h"
#include "cli/doctor.h"
#include "codec/json.h"
#include "engine/rule_load.h"
#include "intake/intake.h"
#include "model/content.h"
#include "playbook/playbook.h"
#include "sys/cpu.h"
#include "sys/term.h"

static void machine(struct buf *out)
{
    buf_printf(out, "processors  %u usable\n", cpu_usable());
    buf_printf(out, "json        %s variant\n", json_variant_name(json_variant_best()));
    if (term_is_tty(1)) {
        buf_printf(out, "terminal    %u columns\n", term_width(1));
    } else {
        buf_add_cstr(out, "terminal    none: no colour, no progress bar, 80 columns\n");
    }
}

static void limits(struct buf *out)
{
    const struct intake_limits *l = &intake_limits_default;
    buf_printf(
        out,
        "limits      record %zu MiB, whole files up to %zu MiB (larger are streamed), %llu GiB "
        "unpacked a file, ratio %u, %u zip members\n",
        l->record_bytes >> 20, l->whole_bytes >> 20, (unsigned long long)(l->file_bytes >> 30),
        l->ratio, l->zip_members);
}

static void why_not(struct buf *out, const struct err *err, const struct rule_issue *issues,
                    size_t count)
{
    buf_add_cstr(out, "content     does not load: ");
    if (err->msg[0] != '\0') {
        buf_add_cstr(out, err->msg);
    } else if (count > 0) {
        buf_printf(out, "%.*s:%u: %.*s", STR_ARG(issues[0].path), issues[0].line,
                   STR_ARG(issues[0].reason));
    } else {
        buf_add_cstr(out, "rules or playbook are missing");
    }
    buf_add_cstr(out, "; install a complete build again\n");
}

/* The rules and the playbook inside the program must load: a build without them decides nothing. */
bool doctor_content(struct buf *out, const struct content *files)
{
    struct rule_set *rules = NULL;
    struct playbook *playbook = NULL;
    struct err err = {0};
    bool fine = rule_load_new(&rules, &err) == ERR_OK && rule_load_pack(rules, &err) == ERR_OK;
    for (size_t i = 0; fine && files[i].path != NULL; i++) {
        struct str path = str_of(files[i].path);
        struct str text = str_make(files[i].bytes, files[i].len);
        if (str_starts(path, STR("playbooks/"))) {
            fine = playbook_load(text, &playbook, &err) == ERR_OK;
        }
    }
    const struct rule_issue *issues = NULL;
    size_t count = rules == NULL ? 0 : rule_set_issues(rules, &issues);
    fine = fine && count == 0 && playbook != NULL && rule_set_count(rules) > 0;
    if (fine) {
        buf_printf(out, "content     %zu rules, playbook %.*s\n", rule_set_count(rules),
                   STR_ARG(playbook_technique(playbook)));
    } else {
        why_not(out, &err, issues, count);
    }
    playbook_free(playbook);
    rule_set_free(rules);
    return fine;
}

bool doctor_page(struct buf *out)
{
    buf_add_cstr(out, "faaswatch   " FW_VERSION "\n");
    machine(out);
    bool fine = doctor_content(out, content_files);
    limits(out);
    doctor_libraries(out);
    buf_add_cstr(out, fine ? "all is well\n" : "not well: see content\n");
    return fine;
}

static int run(const struct cli_args *args)
{
    (void)args;
    CLEANUP(buf_free) struct buf out = {0};
    bool fine = doctor_page(&out);
    return !out.failed && cli_print(buf_str(&out)) && fine ? CLI_DONE : CLI_INTERNAL;
}

const struct cli_command cli_doctor = {
    .name = "doctor",
    .summary = "say what this build has and whether it is whole",
    .operands = "",
    .details = "Prints the version, the variant of the JSON scanner that this processor gets, the "
               "processors that may be used, the terminal, the rules and the playbook inside the "
               "program, the limits of input and the libraries. Exits 4 when the content inside "
               "the program does not load.",
    .run = run,
};
