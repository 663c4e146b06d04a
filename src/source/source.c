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
