#include "cli/pack.h"

#include "bundle/bundle.h"
#include "cli/pack_names.h"
#include "sys/file.h"

/* clang-format off */
struct inputs { VEC_OF(struct bundle_input); };
/* clang-format on */

static bool add(struct inputs *in, const char *option, struct str path)
{
    struct bundle_input i = {option, path};
    return path.len == 0 || VEC_PUSH(in, i);
}

static bool add_all(struct inputs *in, const char *option, const struct str_list *paths)
{
    bool fine = true;
    for (size_t i = 0; fine && i < paths->len; i++) {
        fine = add(in, option, paths->at[i]);
    }
    return fine;
}

static bool collect(const struct triage_options *o, struct inputs *in)
{
    bool fine = add(in, "env", o->env) && add(in, "playbook", o->playbook) &&
                add(in, "previous", o->previous) && add(in, "digest-keys", o->digest_keys) &&
                add_all(in, "rules", &o->rules) && add_all(in, "intel", &o->intel) &&
                add_all(in, "iam", &o->iam) && add_all(in, "baseline", &o->baselines);
    for (unsigned k = 0; fine && k < CONTEXT_KIND_MAX_; k++) {
        fine = add_all(in, context_kind_name((enum context_kind)k), &o->context[k]);
    }
    return fine;
}

/* The key, and all names that it is for. */
static enum err_code learn(const struct triage_job *j, const struct triage *t, struct pseudonyms *p,
                           struct err *err)
{
    CLEANUP(buf_free) struct buf key = {.max = 4096};
    enum err_code rc = file_read(j->pseudonym_key, &key, err);
    rc = rc ? rc : pseudonyms_init(p, buf_str(&key), err);
    if (rc) {
        return err_wrap(err, rc, "--pseudonymise %.*s", STR_ARG(j->pseudonym_key));
    }
    pack_names(p, t);
    return p->failed ? err_set(err, ERR_NOMEM, "no memory for pseudonyms") : ERR_OK;
}

int pack_write(const struct triage_job *j, const struct triage *t,
               const struct report_options *options)
{
    struct inputs inputs = {0};
    struct bundle_told told = {0};
    struct err err = {0};
    struct bundle_job b = {
        .result = triage_result(t), .report = options, .dir = j->bundle, .clobber = j->clobber};
    b.event_count = triage_events(t, &b.events);
    enum err_code rc =
        collect(&j->engine, &inputs) ? ERR_OK : err_set(&err, ERR_NOMEM, "no memory for the pack");
    b.inputs = inputs.at;
    b.input_count = inputs.len;
    CLEANUP(pseudonyms_free) struct pseudonyms names = {0};
    if (rc == ERR_OK && j->pseudonym_key.len > 0) {
        rc = learn(j, t, &names, &err);
        b.pseudonyms = &names;
    }
    rc = rc ? rc : bundle_write(&b, &told, &err);
    VEC_FREE(&inputs);
    if (rc != ERR_OK) {
        cli_error("--bundle %.*s: %s", STR_ARG(j->bundle), err.msg);
        return rc == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    if (!j->report.quiet) {
        cli_warn("pack %.*s: %zu files, %llu records; manifest SHA-256 %s", STR_ARG(j->bundle),
                 told.files, (unsigned long long)told.records, told.manifest);
    }
    if (told.left_out > 0) {
        cli_warn("pack %.*s: %llu records could not be read again; manifest.json names them",
                 STR_ARG(j->bundle), (unsigned long long)told.left_out);
        return CLI_INCOMPLETE;
    }
    return CLI_DONE;
}
