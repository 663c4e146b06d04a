#include "detect/detect.h"

double detect_threshold(const struct detect_view *v, const struct detect_threshold *t)
{
    return env_threshold(&v->context->env, t->name, t->usual);
}

const struct detect_threshold detect_noisy = {
    .name = STR_INIT("noisy_percent"), .usual = 1, .least = 0, .most = 100};

static const struct detect_threshold *find(struct str name)
{
    if (str_eq(name, detect_noisy.name)) {
        return &detect_noisy;
    }
    for (size_t i = 0; detect_registry[i] != NULL; i++) {
        const struct detect_ops *ops = detect_registry[i];
        for (size_t k = 0; k < ops->threshold_count; k++) {
            if (str_eq(ops->thresholds[k].name, name)) {
                return &ops->thresholds[k];
            }
        }
    }
    return NULL;
}

/* The name with the longest common beginning. */
static struct str nearest(struct str name)
{
    struct str best = STR_EMPTY;
    size_t most = 0;
    for (size_t i = 0; detect_registry[i] != NULL; i++) {
        const struct detect_ops *ops = detect_registry[i];
        for (size_t k = 0; k < ops->threshold_count; k++) {
            struct str other = ops->thresholds[k].name;
            size_t n = 0;
            while (n < name.len && n < other.len &&
                   chr_lower(name.ptr[n]) == chr_lower(other.ptr[n])) {
                n++;
            }
            if (best.len == 0 || n > most) {
                best = other;
                most = n;
            }
        }
    }
    return best;
}

enum err_code detect_check_thresholds(const struct env *e, struct err *err)
{
    for (size_t i = 0; i < e->thresholds.len; i++) {
        struct str name = e->thresholds.at[i].key;
        const struct detect_threshold *t = find(name);
        if (t == NULL) {
            return err_set(err, ERR_SCHEMA,
                           "--env: thresholds: no detection has '%.*s'; did you mean '%.*s'? "
                           "docs/env.md lists them",
                           STR_ARG(str_head(name, 40)), STR_ARG(nearest(name)));
        }
        double v = env_threshold(e, name, t->usual);
        if (!(v >= t->least && v <= t->most)) {
            return err_set(err, ERR_SCHEMA,
                           "--env: thresholds: %.*s is %g; it goes from %g to %g, usually %g",
                           STR_ARG(name), v, t->least, t->most, t->usual);
        }
    }
    return ERR_OK;
}
