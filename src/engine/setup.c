#include "engine/setup.h"

#include <stdio.h>

#include "base/hash.h"
#include "base/mem.h"
#include "context/work.h"
#include "detect/detect.h"
#include "engine/network.h"
#include "engine/permissions.h"
#include "engine/rule_load.h"
#include "intake/intake.h"
#include "model/content.h"
#include "sys/entropy.h"
#include "sys/file.h"

enum { PLAYBOOK_BYTES_MAX = 4 * 1024 * 1024 };

void setup_free(struct setup *s)
{
    recogniser_free(&s->known);
    names_free(s->names);
    json_paths_free(s->paths);
    playbook_free(s->playbook);
    rule_set_free(s->rules);
    intel_free(s->intel);
    iam_book_free(s->book);
    context_free(s->context);
    *s = (struct setup){0};
}

/* What people of a job family usually do, where --env does not say. */
static enum err_code load_families(struct context *c, struct err *err)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (str_eq(str_of(content_files[i].path), STR("people/job_families.yaml"))) {
            return work_load_usual(c, STR("job_families.yaml"),
                                   str_make(content_files[i].bytes, content_files[i].len), err);
        }
    }
    return err_set(err, ERR_NOTFOUND, "this build carries no job families");
}

static enum err_code load_context(const struct triage_options *o, struct setup *s, struct err *err)
{
    s->context = context_new();
    if (s->context == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for the context");
    }
    enum err_code rc = ERR_OK;
    if (o->env.len > 0) {
        rc = context_load_env(s->context, o->env, err);
        rc = rc ? rc : detect_check_thresholds(&s->context->env, err);
    }
    rc = rc ? rc : load_families(s->context, err);
    for (unsigned k = 0; k < CONTEXT_KIND_MAX_; k++) {
        for (size_t i = 0; rc == ERR_OK && i < o->context[k].len; i++) {
            rc = context_load(s->context, (enum context_kind)k, o->context[k].at[i], err);
        }
    }
    return rc ? rc : context_finish(s->context, err);
}

/* A feed that lists our own office or NAT would make everything of ours suspicious: such entries
 * are set aside and told. A partner's ranges are not ours. */
static enum err_code allow_own(const struct env *env, struct intel *in, struct err *err)
{
    for (size_t i = 0; i < env->ranges.len; i++) {
        const struct env_range *r = &env->ranges.at[i];
        if (r->kind == RANGE_PARTNER) {
            continue;
        }
        char why[64];
        (void)snprintf(why, sizeof(why), "your own (%s, --env)", range_kind_name(r->kind));
        enum err_code rc = intel_allow(in, &r->prefix, str_of(why), err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code load_intel(const struct triage_options *o, struct setup *s, struct err *err)
{
    s->intel = intel_new();
    if (s->intel == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for feeds");
    }
    s->intel_given = o->intel.len > 0;
    for (size_t i = 0; i < o->intel.len; i++) {
        enum err_code rc = intel_load(s->intel, o->intel.at[i], err);
        if (rc) {
            return rc;
        }
    }
    enum err_code rc = allow_own(&s->context->env, s->intel, err);
    return rc ? rc : intel_finish(s->intel, err);
}

static enum err_code load_rules(const struct triage_options *o, struct setup *s, struct err *err)
{
    enum err_code rc = rule_load_new(&s->rules, err);
    rc = rc ? rc : rule_load_pack(s->rules, err);
    if (rc) {
        return rc;
    }
    s->own_rules = rule_set_count(s->rules);
    for (size_t i = 0; rc == ERR_OK && i < o->rules.len; i++) {
        rc = rule_load_path(s->rules, o->rules.at[i], err);
    }
    return rc ? rc : rule_set_compile(s->rules, s->paths, err);
}

static enum err_code load_playbook(const struct triage_options *o, struct setup *s, struct err *err)
{
    if (o->playbook.len > 0) {
        CLEANUP(buf_free) struct buf text = {0};
        buf_init(&text, PLAYBOOK_BYTES_MAX);
        enum err_code rc = file_read(o->playbook, &text, err);
        rc = rc ? rc : playbook_load(buf_str(&text), &s->playbook, err);
        return rc ? err_wrap(err, rc, "%.*s", STR_ARG(o->playbook)) : ERR_OK;
    }
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (str_eq(str_of(content_files[i].path), STR("playbooks/T1584.007.yaml"))) {
            struct str text = str_make(content_files[i].bytes, content_files[i].len);
            return playbook_load(text, &s->playbook, err);
        }
    }
    return err_set(err, ERR_NOTFOUND, "this build carries no playbook");
}

static enum err_code load_names(struct setup *s, struct err *err)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (str_eq(str_of(content_files[i].path), STR("network/serverless.tsv"))) {
            struct str text = str_make(content_files[i].bytes, content_files[i].len);
            return names_load(text, &s->names, err);
        }
    }
    return err_set(err, ERR_NOTFOUND, "this build carries no names of serverless platforms");
}

enum err_code setup_load(const struct triage_options *o, struct setup *out, struct err *err)
{
    uint64_t key[2];
    enum err_code rc = entropy_fill(key, sizeof(key), err);
    if (rc) {
        return rc;
    }
    hash_seed(key[0], key[1]);
    struct setup s = {.paths = json_paths_new()};
    if (s.paths == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for paths");
    }
    rc = intake_add_paths(s.paths, err);
    rc = rc ? rc : recogniser_init(&s.known, s.paths, err);
    rc = rc ? rc : load_context(o, &s, err);
    rc = rc ? rc : load_intel(o, &s, err);
    rc = rc ? rc : permissions_load(o, &s.book, err);
    rc = rc ? rc : load_rules(o, &s, err);
    rc = rc ? rc : load_playbook(o, &s, err);
    rc = rc ? rc : load_names(&s, err);
    if (rc) {
        setup_free(&s);
        return rc;
    }
    *out = s;
    out->know = network_know(out);
    return ERR_OK;
}
