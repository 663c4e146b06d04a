#include "report/report.h"

const struct report_ops *report_find(struct str name)
{
    for (size_t i = 0; report_registry[i] != NULL; i++) {
        if (str_eq(name, str_of(report_registry[i]->name))) {
            return report_registry[i];
        }
    }
    return NULL;
}

const struct report_ops *report_of_path(struct str path)
{
    const struct report_ops *best = NULL;
    size_t longest = 0;
    for (size_t i = 0; report_registry[i] != NULL; i++) {
        struct str suffix = str_of(report_registry[i]->suffix);
        if (str_iends(path, suffix) && suffix.len > longest) {
            best = report_registry[i];
            longest = suffix.len;
        }
    }
    return best;
}
