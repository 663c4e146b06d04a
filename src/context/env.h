/*
 * env - reading the settings of the environment, and freeing them.
 */
#ifndef CONTEXT_ENV_H
#define CONTEXT_ENV_H

#include "codec/yaml.h"
#include "context/context.h"

/* Read YAML into c->env. ERR_SYNTAX; ERR_SCHEMA: an unknown key (naming the nearest known one and
 * the line) or a value that does not fit; ERR_LIMIT; ERR_NOMEM. */
NODISCARD enum err_code env_read(struct context *c, struct str path, struct str text,
                                 struct err *err);
void env_free(struct env *e);

/* ---- for the parts of the reader ---- */

struct env_reader {
    struct context *c;
    struct str path;
};

/* One key: `read` puts its value where it belongs. */
struct env_key {
    const char *name;
    enum err_code (*read)(struct env_reader *er, const struct yaml_node *v, void *to,
                          struct err *err);
};

/* Walk a mapping: each key must be one of `keys`; `where` names the mapping, "" at the top. */
NODISCARD enum err_code env_walk(struct env_reader *er, const struct yaml_node *map,
                                 const char *where, const struct env_key *keys, size_t count,
                                 void *to, struct err *err);
/* The name most like `name`. */
const char *env_nearest(struct str name, const struct env_key *keys, size_t count);
/* Call `one` for each item of a list; a value alone is a list of one; null is empty. */
NODISCARD enum err_code env_each(struct env_reader *er, const struct yaml_node *list,
                                 enum err_code (*one)(struct env_reader *er,
                                                      const struct yaml_node *v, void *to,
                                                      struct err *err),
                                 void *to, struct err *err);

/* "FILE:LINE: ..." */
enum err_code env_bad(const struct env_reader *er, unsigned line, struct err *err, const char *fmt,
                      ...) PRINTF_LIKE(4, 5);

/* Values: text, list of texts, a time (`to` int64_t; an offset, or a bare date in UTC; _end: the
 * whole day), a boolean. */
enum err_code env_text(struct env_reader *er, const struct yaml_node *v, void *to, struct err *err);
enum err_code env_list(struct env_reader *er, const struct yaml_node *v, void *to, struct err *err);
enum err_code env_time(struct env_reader *er, const struct yaml_node *v, void *to, struct err *err);
enum err_code env_time_end(struct env_reader *er, const struct yaml_node *v, void *to,
                           struct err *err);

/* "15m", "2h", "90s", "1d". */
NODISCARD bool env_duration(struct str text, int64_t *out_us);

/* The key job_families (work.c). */
enum err_code work_read(struct env_reader *er, const struct yaml_node *v, void *to,
                        struct err *err);

/* The keys at the top. */
extern const struct env_key env_keys[];
extern const size_t env_key_count;

#endif
