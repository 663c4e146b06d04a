#include "context/context.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "context/env.h"
#include "context/index.h"
#include "context/read.h"
#include "sys/file.h"

enum {
    CONTEXT_BYTES_MAX = 1024 * 1024 * 1024, /* of all that is kept */
    CONTEXT_FILE_MAX = 256 * 1024 * 1024,
};

const char *context_kind_name(enum context_kind k)
{
    static const char *const names[CONTEXT_KIND_MAX_] = {
        [CONTEXT_CHANGES] = "changes",     [CONTEXT_PEOPLE] = "people",
        [CONTEXT_PROJECTS] = "projects",   [CONTEXT_BUILDS] = "builds",
        [CONTEXT_PROCESSES] = "processes", [CONTEXT_ALERTS] = "alerts",
        [CONTEXT_FUNCTIONS] = "functions", [CONTEXT_ATTEST] = "attest",
        [CONTEXT_WATCH] = "watch",
    };
    return (unsigned)k < CONTEXT_KIND_MAX_ ? names[k] : "unknown";
}

struct context *context_new(void)
{
    struct context *c = mem_alloc(1, sizeof(*c));
    if (c == NULL) {
        return NULL;
    }
    arena_init(&c->arena, CONTEXT_BYTES_MAX);
    for (size_t k = 0; k < CONTEXT_KIND_MAX_; k++) {
        c->newest_us[k] = TIME_NONE;
    }
    return c;
}

static void people_free(struct context *c)
{
    for (size_t i = 0; i < c->people.len; i++) {
        struct person *p = &c->people.at[i];
        VEC_FREE(&p->other_ids);
        VEC_FREE(&p->groups);
        VEC_FREE(&p->leave);
        VEC_FREE(&p->on_call);
    }
    VEC_FREE(&c->people);
}

static void alerts_free(struct context *c)
{
    for (size_t i = 0; i < c->alerts.len; i++) {
        VEC_FREE(&c->alerts.at[i].addresses);
        VEC_FREE(&c->alerts.at[i].functions);
        VEC_FREE(&c->alerts.at[i].actors);
    }
    VEC_FREE(&c->alerts);
}

void context_free(struct context *c)
{
    if (c == NULL) {
        return;
    }
    for (size_t i = 0; i < c->changes.len; i++) {
        VEC_FREE(&c->changes.at[i].resources);
        VEC_FREE(&c->changes.at[i].hashes);
    }
    VEC_FREE(&c->changes);
    people_free(c);
    for (size_t i = 0; i < c->projects.len; i++) {
        VEC_FREE(&c->projects.at[i].functions);
        VEC_FREE(&c->projects.at[i].accounts);
    }
    VEC_FREE(&c->projects);
    VEC_FREE(&c->builds);
    VEC_FREE(&c->processes);
    alerts_free(c);
    for (size_t i = 0; i < c->functions.len; i++) {
        VEC_FREE(&c->functions.at[i].hosts);
    }
    VEC_FREE(&c->functions);
    VEC_FREE(&c->attestations);
    VEC_FREE(&c->watched);
    VEC_FREE(&c->notes);
    VEC_FREE(&c->skipped);
    map_free(&c->person_ids);
    index_free(c);
    env_free(&c->env);
    arena_free(&c->arena);
    mem_free(c);
}

static enum err_code read_file(struct str path, struct buf *text, struct err *err)
{
    buf_init(text, CONTEXT_FILE_MAX);
    if (file_kind(path, NULL) == FILE_DIRECTORY) {
        return err_set(err, ERR_USAGE, "%.*s is a folder; name the files in it", STR_ARG(path));
    }
    return file_read(path, text, err);
}

enum err_code context_load_env(struct context *c, struct str path, struct err *err)
{
    CLEANUP(buf_free) struct buf text = {0};
    enum err_code rc = read_file(path, &text, err);
    return rc == ERR_OK ? context_load_env_text(c, path, buf_str(&text), err) : rc;
}

enum err_code context_load_env_text(struct context *c, struct str path, struct str text,
                                    struct err *err)
{
    return env_read(c, path, text, err);
}

enum err_code context_load(struct context *c, enum context_kind kind, struct str path,
                           struct err *err)
{
    CLEANUP(buf_free) struct buf text = {0};
    enum err_code rc = read_file(path, &text, err);
    return rc == ERR_OK ? context_load_text(c, kind, path, buf_str(&text), err) : rc;
}

enum err_code context_load_text(struct context *c, enum context_kind kind, struct str path,
                                struct str text, struct err *err)
{
    c->given[kind] = true;
    for (size_t i = 0; context_registry[i] != NULL; i++) {
        if (context_registry[i]->kind == kind) {
            return context_registry[i]->read(c, path, text, err);
        }
    }
    return err_set(err, ERR_UNSUPPORTED, "%.*s: this build reads no %s", STR_ARG(path),
                   context_kind_name(kind));
}

enum err_code context_finish(struct context *c, struct err *err)
{
    enum err_code rc = index_changes(c, err);
    if (rc == ERR_OK) {
        rc = index_people(c, err);
    }
    return rc == ERR_OK ? index_builds(c, err) : rc;
}
