/*
 * listed - functions that exports list (--functions): known before any event names them.
 *
 * An export may not say the account (Cloudflare's list of scripts) or only a Google project's
 * number. Such a function waits, and is the one that an event names by the same provider, region
 * and name, where the lists have only one of that name; it is then told under the event's key.
 * Its code, role and runtime are of the day of the list: no state is taken from them, or a change
 * that the events tell would look like none.
 */
#include "inventory/inventory_priv.h"

/* Functions under one provider, region and name. */
struct listed_name {
    struct function_entry *entry;
    bool several;
};

static bool says_account(const struct function_key *k)
{
    uint64_t number;
    return k->account.len > 0 && !(str_eq(k->provider, STR("gcp")) && str_u64(k->account, &number));
}

static struct map_entry *entry_at(struct inventory *inv, struct map *m,
                                  const struct function_key *k, struct str account)
{
    buf_reset(&inv->scratch);
    buf_printf(&inv->scratch, "%.*s/%.*s/%.*s/%.*s", STR_ARG(k->provider), STR_ARG(account),
               STR_ARG(k->region), STR_ARG(k->name));
    return inv->scratch.failed ? NULL : map_intern(m, &inv->arena, buf_str(&inv->scratch));
}

static struct function_entry *made(struct inventory *inv, const struct function_key *k,
                                   struct str text)
{
    struct function_entry *f = ARENA_NEW(&inv->arena, struct function_entry);
    if (f != NULL) {
        f->function.key = *k;
        f->function.text = text;
        f->function.now.code_changed_us = TIME_NONE;
        f->function.before = f->function.now;
    }
    return f;
}

/* The entry of a listed function; one that waits is also found by its name alone. */
static struct function_entry *listed_entry(struct inventory *inv, const struct function_key *k)
{
    bool sure = says_account(k);
    struct map_entry *m = entry_at(inv, sure ? &inv->function_map : &inv->waiting, k, k->account);
    if (m == NULL || m->value != NULL) {
        return m == NULL ? NULL : m->value;
    }
    m->value = made(inv, k, m->key);
    struct function_entry *f = m->value;
    if (f == NULL || sure) {
        return f;
    }
    m = entry_at(inv, &inv->waiting_names, k, STR_EMPTY);
    if (m == NULL) {
        return NULL;
    }
    struct listed_name *name = m->value;
    if (name != NULL) {
        name->several = true;
        return f;
    }
    name = ARENA_NEW(&inv->arena, struct listed_name);
    if (name == NULL) {
        return NULL;
    }
    name->entry = f;
    m->value = name;
    return f;
}

struct function_entry *listed_take(struct inventory *inv, const struct function_key *k)
{
    if (inv->waiting_names.len == 0) {
        return NULL;
    }
    struct map_entry *m = entry_at(inv, &inv->waiting_names, k, STR_EMPTY);
    struct listed_name *name = m == NULL ? NULL : m->value;
    if (name == NULL || name->several || name->entry->taken) {
        return NULL;
    }
    name->entry->taken = true;
    return name->entry;
}

/* What several lists say of one function: its code from one, its URL from another. */
static bool merge(struct inventory *inv, struct function *f, const struct listed_function *l)
{
    struct listed_function *have = (struct listed_function *)(uintptr_t)f->listed;
    if (have == NULL) {
        have = ARENA_NEW(&inv->arena, struct listed_function);
        if (have == NULL) {
            return false;
        }
        *have = *l;
        f->listed = have;
        return true;
    }
    const struct {
        struct str *to;
        struct str from;
    } texts[] = {{&have->url, l->url},         {&have->role, l->role},
                 {&have->runtime, l->runtime}, {&have->code_hash, l->code_hash},
                 {&have->version, l->version}, {&have->modified_by, l->modified_by}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        *texts[i].to = texts[i].to->len == 0 ? texts[i].from : *texts[i].to;
    }
    have->modified_us = l->modified_us > have->modified_us ? l->modified_us : have->modified_us;
    return true;
}

bool listed_file_all(struct inventory *inv)
{
    for (size_t i = 0; i < inv->context->functions.len; i++) {
        const struct listed_function *l = &inv->context->functions.at[i];
        struct function_entry *f = listed_entry(inv, &l->key);
        bool fine = f != NULL && merge(inv, &f->function, l) && inventory_file_host(inv, f, l->url);
        for (size_t h = 0; fine && h < l->hosts.len; h++) {
            fine = inventory_file_host(inv, f, l->hosts.at[h]);
        }
        if (!fine) {
            return false;
        }
    }
    return true;
}

size_t inventory_waiting(const struct inventory *inv)
{
    return inv->waiting.len;
}

const struct function *inventory_waiting_at(const struct inventory *inv, size_t i)
{
    const struct function_entry *f = inv->waiting.at[i].value;
    return f == NULL || f->taken ? NULL : &f->function;
}
