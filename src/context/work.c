#include "context/work.h"

#include "context/env.h"

static const char *const names[WORK_CLASS_MAX_] = {
    [WORK_CODE] = "code",         [WORK_CONFIGURE] = "configure", [WORK_DEPLOY] = "deploy",
    [WORK_IDENTITY] = "identity", [WORK_LOGGING] = "logging",     [WORK_INVOKE] = "invoke",
    [WORK_READ] = "read",         [WORK_LOGIN] = "login",
};

const char *work_class_name(enum work_class c)
{
    return (unsigned)c < WORK_CLASS_MAX_ ? names[c] : "other";
}

bool work_class_parse(struct str s, enum work_class *out)
{
    for (unsigned i = 0; i < WORK_CLASS_MAX_; i++) {
        if (str_ieq(s, str_of(names[i]))) {
            *out = (enum work_class)i;
            return true;
        }
    }
    return false;
}

enum work_class work_class_of(const struct event *e)
{
    bool code = event_has(e, ATTR_CODE_HASH) || event_has(e, ATTR_CODE_LOCATION) ||
                event_has(e, ATTR_CODE_SIZE);
    switch (e->kind) {
    case EVENT_CHANGE:
        return code ? WORK_CODE : WORK_CONFIGURE;
    case EVENT_DEPLOY:
        return WORK_DEPLOY;
    case EVENT_IDENTITY:
        return WORK_IDENTITY;
    case EVENT_LOGGING:
        return WORK_LOGGING;
    case EVENT_INVOKE:
        return WORK_INVOKE;
    case EVENT_READ:
        return WORK_READ;
    case EVENT_ASSUME:
    case EVENT_LOGIN:
        return WORK_LOGIN;
    case EVENT_OTHER:
    case EVENT_TRAFFIC:
    case EVENT_RATE:
    case EVENT_RUN:
    case EVENT_LOG:
    case EVENT_KIND_MAX_:
        break;
    }
    return WORK_CLASS_MAX_;
}

enum work_verdict work_judge(const struct env *env, const struct person *p, const struct event *e)
{
    enum work_class class = work_class_of(e);
    if (p == NULL || p->job_family.len == 0 || class == WORK_CLASS_MAX_) {
        return WORK_UNKNOWN;
    }
    for (size_t i = 0; i < env->job_families.len; i++) {
        const struct env_job_family *f = &env->job_families.at[i];
        if (env_any(&f->names, p->job_family)) {
            unsigned set = env_account_is_production(env, e->account) ? f->production : f->usual;
            return (set >> class & 1U) != 0 ? WORK_USUAL : WORK_UNUSUAL;
        }
    }
    return WORK_UNKNOWN;
}

/* ---- reading ---- */

static enum err_code read_set(struct env_reader *er, const struct yaml_node *v, void *to,
                              struct err *err)
{
    unsigned *set = to;
    struct str_list words = {0};
    enum err_code rc = env_list(er, v, &words, err);
    *set = 0;
    for (size_t i = 0; rc == ERR_OK && i < words.len; i++) {
        enum work_class c;
        if (!work_class_parse(words.at[i], &c)) {
            rc = env_bad(er, v->line, err,
                         "'%.*s' is no class of work: code, configure, deploy, identity, logging, "
                         "invoke, read, login",
                         STR_ARG(str_head(words.at[i], 40)));
        } else {
            *set |= 1U << c;
        }
    }
    VEC_FREE(&words);
    return rc;
}

/* A production set that is left out is the usual one; an empty one says "nothing". */
struct reading {
    struct env_job_family family;
    bool production;
};

static enum err_code read_names(struct env_reader *er, const struct yaml_node *v, void *to,
                                struct err *err)
{
    return env_list(er, v, &((struct reading *)to)->family.names, err);
}

static enum err_code read_usual(struct env_reader *er, const struct yaml_node *v, void *to,
                                struct err *err)
{
    return read_set(er, v, &((struct reading *)to)->family.usual, err);
}

static enum err_code read_production(struct env_reader *er, const struct yaml_node *v, void *to,
                                     struct err *err)
{
    struct reading *r = to;
    r->production = true;
    return read_set(er, v, &r->family.production, err);
}

static enum err_code add_family(struct env_reader *er, const struct yaml_node *v, void *to,
                                struct err *err)
{
    static const struct env_key keys[] = {
        {"names", read_names}, {"usual", read_usual}, {"production", read_production}};
    struct env *e = to;
    struct reading in = {0};
    enum err_code rc = env_walk(er, v, "job_families", keys, ARRAY_LEN(keys), &in, err);
    if (rc == ERR_OK && in.family.names.len == 0) {
        rc = env_bad(er, v->line, err, "a job family needs names");
    }
    in.family.production = in.production ? in.family.production : in.family.usual;
    if (rc == ERR_OK && !VEC_PUSH(&e->job_families, in.family)) {
        rc = err_set(err, ERR_NOMEM, "no memory for job families");
    }
    if (rc != ERR_OK) {
        VEC_FREE(&in.family.names);
    }
    return rc;
}

enum err_code work_read(struct env_reader *er, const struct yaml_node *v, void *to, struct err *err)
{
    return env_each(er, v, add_family, to, err);
}

enum err_code work_load_usual(struct context *c, struct str path, struct str text, struct err *err)
{
    bool given = c->env.given;
    if (c->env.job_families.len > 0) {
        return ERR_OK;
    }
    enum err_code rc = env_read(c, path, text, err);
    c->env.given = given;
    return rc;
}
