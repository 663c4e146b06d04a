#include "base/utf8.h"
#include "bundle/bundle.h"
#include "cli/cli.h"
#include "codec/json_write.h"

enum { LISTED = 200 };

static void tell_text(struct buf *out, const struct bundle_check *c, bool as_said)
{
    for (size_t i = 0; i < c->faults.len && i < LISTED; i++) {
        const struct bundle_fault *f = &c->faults.at[i];
        buf_printf(out, "%-11s ", bundle_verdict_name(f->verdict));
        utf8_add_visible(out, f->path);
        buf_add_cstr(out, ": ");
        utf8_add_visible(out, f->reason);
        buf_addc(out, '\n');
    }
    if (c->faults.len > LISTED) {
        buf_printf(out, "… and %zu more: --format json\n", c->faults.len - LISTED);
    }
    buf_printf(out, "%llu files and %llu records as in the manifest%s\n",
               (unsigned long long)c->files, (unsigned long long)c->records,
               c->pseudonymised ? "; pseudonymised" : "");
    buf_printf(out, "manifest SHA-256 %s%s\n", c->manifest,
               as_said ? "" : ", which is not the one given");
}

static void tell_json(struct buf *out, const struct bundle_check *c, bool as_said)
{
    struct json_writer w = json_writer_of(out, 2);
    json_object_begin(&w);
    json_key(&w, STR("schema"));
    json_str(&w, STR("faaswatch.bundle-check/1"));
    json_key(&w, STR("files"));
    json_u64(&w, c->files);
    json_key(&w, STR("records"));
    json_u64(&w, c->records);
    json_key(&w, STR("manifest_sha256"));
    json_str(&w, str_of(c->manifest));
    json_key(&w, STR("manifest_as_given"));
    json_bool(&w, as_said);
    json_key(&w, STR("pseudonymised"));
    json_bool(&w, c->pseudonymised);
    json_key(&w, STR("faults"));
    json_array_begin(&w);
    for (size_t i = 0; i < c->faults.len; i++) {
        json_object_begin(&w);
        json_key(&w, STR("verdict"));
        json_str(&w, str_of(bundle_verdict_name(c->faults.at[i].verdict)));
        json_key(&w, STR("path"));
        json_str(&w, c->faults.at[i].path);
        json_key(&w, STR("reason"));
        json_str(&w, c->faults.at[i].reason);
        json_object_end(&w);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

/* What differs is worse than what could not be read. */
static int status_of(const struct bundle_check *c, bool as_said)
{
    int status = as_said ? CLI_DONE : CLI_FOUND;
    for (size_t i = 0; i < c->faults.len; i++) {
        if (c->faults.at[i].verdict != BUNDLE_UNREADABLE) {
            return CLI_FOUND;
        }
        status = status == CLI_DONE ? CLI_INCOMPLETE : status;
    }
    return status;
}

static int run(const struct cli_args *args)
{
    CLEANUP(bundle_check_free) struct bundle_check c = {0};
    CLEANUP(buf_free) struct buf out = {0};
    struct err err = {0};
    struct str expected = cli_get(args, "sha256");
    if (args->operand_count != 2 || !str_eq(args->operands[0], STR("verify"))) {
        cli_error("bundle takes: verify DIR");
        return CLI_USAGE;
    }
    enum err_code rc = bundle_verify(args->operands[1], &c, &err);
    if (rc != ERR_OK) {
        cli_error("%s", err.msg);
        return rc == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    bool as_said = expected.len == 0 || str_ieq(expected, str_of(c.manifest));
    if (str_eq(cli_get(args, "format"), STR("json"))) {
        tell_json(&out, &c, as_said);
    } else {
        tell_text(&out, &c, as_said);
    }
    if (out.failed) {
        cli_error("no memory");
        return CLI_INTERNAL;
    }
    return cli_print(buf_str(&out)) ? status_of(&c, as_said) : CLI_INTERNAL;
}

static const struct cli_option options[] = {
    {.name = "sha256",
     .value = CLI_TEXT,
     .arg = "HEX",
     .help = "what the SHA-256 of manifest.json must be, as triage said it when the pack was made"},
    {.name = "format",
     .value = CLI_CHOICE,
     .arg = "FORMAT",
     .choices = "text|json",
     .fallback = "text",
     .help = "how to print"},
};

const struct cli_command cli_bundle = {
    .name = "bundle",
    .summary = "check a hand-over pack",
    .operands = "verify DIR…",
    .details =
        "Checks that a pack of 'triage --bundle' is what it was: the SHA-256 of every file, that "
        "none is missing or added, and every record of the evidence against its index.\n"
        "A manifest vouches for its files, not for itself: give --sha256 from the ticket.\n"
        "The status is 1 when something differs, 3 when something could not be read.\n"
        "  faaswatch triage --bundle case/ logs/\n"
        "  faaswatch bundle verify case/",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
