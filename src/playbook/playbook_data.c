#include "playbook/playbook_data.h"

const char *explanation_name(enum explanation e)
{
    static const char *const names[EXPLAIN_MAX_] = {"change",  "named",  "emergency", "pipeline",
                                                    "process", "public", "vendor"};
    return (unsigned)e < EXPLAIN_MAX_ ? names[e] : "";
}

const char *evidence_source_name(enum evidence_source s)
{
    static const char *const names[NEED_MAX_] = {"logs",      "changes", "people",   "builds",
                                                 "processes", "iam",     "baseline", "intel",
                                                 "alerts",    "network", "calls"};
    return (unsigned)s < NEED_MAX_ ? names[s] : "";
}

const struct sentence *playbook_sentence(const struct playbook *p, struct str id)
{
    for (size_t i = 0; i < p->sentence_count; i++) {
        if (str_eq(p->sentences[i].id, id)) {
            return &p->sentences[i];
        }
    }
    return NULL;
}

const struct playbook_item *playbook_item(const struct playbook *p, struct str id)
{
    return map_get(&p->item_index, id);
}

bool playbook_item_has_ref(const struct playbook_item *it, struct str ref)
{
    for (size_t i = 0; i < it->ref_count; i++) {
        if (str_eq(it->refs[i], ref)) {
            return true;
        }
    }
    return false;
}

bool playbook_item_is_made(struct str id)
{
    static const struct str made[] = {
#define MADE(name, id) STR_INIT(id),
#include "playbook/made.def"
#undef MADE
    };
    for (size_t i = 0; i < ARRAY_LEN(made); i++) {
        if (str_eq(made[i], id)) {
            return true;
        }
    }
    return false;
}
