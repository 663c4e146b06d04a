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
        if (ops->settles != 0) {
            json_paths_settle(paths, slots[ops->settles]);
        }
        if (ops->decide_a != ops->decide_b) {
            json_paths_decide(paths, slots[ops->decide_a], slots[ops->decide_b]);
        }
    }
    return ERR_OK;
}

enum { CERTAIN = 100 };

const struct source_ops *recognise(const struct recogniser *k, struct recognised *last,
                                   const struct json_record *json, struct origin origin,
                                   struct record *out)
{
    if (last->file != origin.file) {
        *last = (struct recognised){.file = origin.file};
    }
    if (last->source != 0) {
        size_t i = last->source - 1;
        struct record r = {.json = json, .slot = k->slots[i], .origin = origin};
        if (LIKELY(source_registry[i]->probe(&r) >= CERTAIN)) {
            *out = r;
            return source_registry[i];
        }
    }
    int most = 0;
    size_t best = 0;
    for (size_t i = 0; i < k->count && most < CERTAIN; i++) {
        struct record r = {.json = json, .slot = k->slots[i], .origin = origin};
        int sure = source_registry[i]->probe(&r);
        if (sure > most) {
            most = sure;
            best = i;
            *out = r;
        }
    }
    last->source = most > 0 ? (uint32_t)best + 1 : last->source;
    return most > 0 ? source_registry[best] : NULL;
}
