#include "engine/setup.h"

#include "base/hash.h"
#include "base/mem.h"
#include "model/content.h"
#include "sys/entropy.h"
#include "sys/file.h"
#include "sys/walk.h"

enum { RULE_FILE_MAX = 4 * 1024 * 1024 };

void setup_free(struct setup *s)
{
    for (size_t i = 0; i < s->source_count; i++) {
        mem_free(s->slots[i]);
    }
    json_paths_free(s->paths);
    playbook_free(s->playbook);
    rule_set_free(s->rules);
    intel_free(s->intel);
    context_free(s->context);
    *s = (struct setup){0};
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
    }
    for (unsigned k = 0; k < CONTEXT_KIND_MAX_; k++) {
        for (size_t i = 0; rc == ERR_OK && i < o->context[k].len; i++) {
            rc = context_load(s->context, (enum context_kind)k, o->context[k].at[i], err);
        }
    }
    return rc ? rc : context_finish(s->context, err);
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
    return intel_finish(s->intel, err);
}

static bool is_rule_file(struct str path)
{
    return str_iends(path, STR(".yml")) || str_iends(path, STR(".yaml"));
}

struct rule_loading {
    struct rule_set *rules;
    struct buf text;
};

static enum err_code add_rule_file(struct rule_loading *l, struct str path, struct err *err)
{
    enum err_code rc = file_read(path, &l->text, err);
    return rc ? rc : rule_set_add(l->rules, path, buf_str(&l->text), false, err);
}

static void loading_done(struct rule_loading *l)
{
    buf_free(&l->text);
}

static void files_done(struct walk_list *files)
{
    VEC_FREE(files);
}

/* A file is read whatever its name; of a directory the *.yml and *.yaml below it. */
static enum err_code load_rule_path(struct rule_loading *l, struct str path, struct err *err)
{
    if (file_kind(path, NULL) != FILE_DIRECTORY) {
        return add_rule_file(l, path, err);
    }
    CLEANUP(arena_free) struct arena texts = {0};
    CLEANUP(files_done) struct walk_list files = {0};
    enum err_code rc = walk_files(path, &texts, &files, err);
    for (size_t i = 0; rc == ERR_OK && i < files.len; i++) {
        if (is_rule_file(files.at[i].path)) {
            rc = add_rule_file(l, files.at[i].path, err);
        }
    }
    return rc;
}

static enum err_code load_rules(const struct triage_options *o, struct setup *s, struct err *err)
{
    s->rules = rule_set_new();
    if (s->rules == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for rules");
    }
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        struct str path = str_of(content_files[i].path);
        if (str_starts(path, STR("rules/")) && is_rule_file(path)) {
            struct str text = str_make(content_files[i].bytes, content_files[i].len);
            enum err_code rc = rule_set_add(s->rules, path, text, true, err);
            if (rc) {
                return rc;
            }
        }
    }
    s->own_rules = rule_set_count(s->rules);
    CLEANUP(loading_done)
    struct rule_loading l = {.rules = s->rules, .text = {.max = RULE_FILE_MAX}};
    for (size_t i = 0; i < o->rules.len; i++) {
        enum err_code rc = load_rule_path(&l, o->rules.at[i], err);
        if (rc) {
            return rc;
        }
    }
    return rule_set_compile(s->rules, s->paths, err);
}

static enum err_code load_playbook(struct setup *s, struct err *err)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (str_eq(str_of(content_files[i].path), STR("playbooks/T1584.007.yaml"))) {
            struct str text = str_make(content_files[i].bytes, content_files[i].len);
            return playbook_load(text, &s->playbook, err);
        }
    }
    return err_set(err, ERR_NOTFOUND, "this build carries no playbook");
}

/* Every source's fields become slots of the one set of paths. */
static enum err_code register_sources(struct setup *s, struct err *err)
{
    for (size_t i = 0; source_registry[i] != NULL && i < SETUP_SOURCES_MAX; i++) {
        const struct source_ops *ops = source_registry[i];
        unsigned *slots = mem_alloc(ops->field_count, sizeof(*slots));
        if (slots == NULL) {
            return err_set(err, ERR_NOMEM, "no memory for sources");
        }
        s->slots[s->source_count++] = slots;
        enum err_code rc = source_add_fields(ops, s->paths, slots, err);
        if (rc) {
            return rc;
        }
        if (ops->decide_a != ops->decide_b) {
            json_paths_decide(s->paths, slots[ops->decide_a], slots[ops->decide_b]);
        }
    }
    return ERR_OK;
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
    rc = register_sources(&s, err);
    rc = rc ? rc : load_context(o, &s, err);
    rc = rc ? rc : load_intel(o, &s, err);
    rc = rc ? rc : load_rules(o, &s, err);
    rc = rc ? rc : load_playbook(&s, err);
    if (rc) {
        setup_free(&s);
        return rc;
    }
    *out = s;
    return ERR_OK;
}
