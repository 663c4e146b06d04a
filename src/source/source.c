#include "source/source.h"

const struct source_ops *source_find(struct str name)
{
    for (size_t i = 0; source_registry[i] != NULL; i++) {
        if (str_eq(name, str_of(source_registry[i]->name))) {
            return source_registry[i];
        }
    }
    return NULL;
}

enum err_code source_add_fields(const struct source_ops *ops, struct json_paths *paths,
                                unsigned *out_slot, struct err *err)
{
    for (size_t i = 0; i < ops->field_count; i++) {
        struct str path = str_of(ops->fields[i]);
        struct str key = str_from(path, 1);
        bool literal = str_starts(path, STR("="));
        enum err_code rc = literal ? json_paths_add(paths, &key, 1, &out_slot[i], err)
                                   : json_paths_add_dotted(paths, path, &out_slot[i], err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

size_t source_rule_table(struct rule_source out[SOURCES_MAX])
{
    size_t n = 0;
    for (; source_registry[n] != NULL && n < SOURCES_MAX; n++) {
        const struct source_ops *ops = source_registry[n];
        out[n] = (struct rule_source){.name = ops->name,
                                      .logsources = ops->logsources,
                                      .logsource_count = ops->logsource_count,
                                      .index = {ops->index[0], ops->index[1]},
                                      .decides = ops->decide_a != ops->decide_b};
    }
    return n;
}
