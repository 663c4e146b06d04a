#include "engine/recognise.h"

#include "base/mem.h"

void recogniser_free(struct recogniser *r)
{
    for (size_t i = 0; i < r->count; i++) {
        mem_free(r->slots[i]);
    }
    *r = (struct recogniser){0};
}

enum err_code recogniser_init(struct recogniser *r, struct json_paths *paths, struct err *err)
{
    *r = (struct recogniser){0};
    for (size_t i = 0; source_registry[i] != NULL && i < SOURCES_MAX; i++) {
        const struct source_ops *ops = source_registry[i];
        unsigned *slots = mem_alloc(ops->field_count, sizeof(*slots));
        if (slots == NULL) {
            return err_set(err, ERR_NOMEM, "no memory for sources");
        }
        r->slots[r->count++] = slots;
        enum err_code rc = source_add_fields(ops, paths, slots, err);
        if (rc) {
            return rc;
        }
        if (ops->decide_a != ops->decide_b) {
            json_paths_decide(paths, slots[ops->decide_a], slots[ops->decide_b]);
        }
    }
    return ERR_OK;
}

const struct source_ops *recognise(const struct recogniser *k, const struct json_record *json,
                                   struct origin origin, struct record *out)
{
    const struct source_ops *best = NULL;
    int most = 0;
    for (size_t i = 0; i < k->count && most < 100; i++) {
        struct record r = {.json = json, .slot = k->slots[i], .origin = origin};
        int sure = source_registry[i]->probe(&r);
        if (sure > most) {
            most = sure;
            best = source_registry[i];
            *out = r;
        }
    }
    return best;
}
