#include "inventory/inventory.h"

#include "base/mem.h"
#include "inventory/inventory_priv.h"

enum { HOSTS_MAX = 256 }; /* of one function; more are known, but not listed */

struct inventory *inventory_new(const struct context *c)
{
    struct inventory *inv = mem_alloc(1, sizeof(*inv));
    if (inv == NULL) {
        return NULL;
    }
    inv->context = c;
    arena_init(&inv->arena, 0);
    buf_init(&inv->scratch, 0);
    if (!listed_file_all(inv)) {
        inventory_free(inv);
        return NULL;
    }
    return inv;
}

void inventory_free(struct inventory *inv)
{
    if (inv == NULL) {
        return;
    }
    for (size_t i = 0; i < inv->roles.len; i++) {
        struct function_list *list = inv->roles.at[i].value;
        if (list != NULL) {
            VEC_FREE(list);
        }
    }
    map_free(&inv->actors);
    map_free(&inv->issued);
    map_free(&inv->users);
    map_free(&inv->shared);
    map_free(&inv->accounts);
    map_free(&inv->function_map);
    map_free(&inv->roles);
    map_free(&inv->hosts);
    map_free(&inv->waiting);
    map_free(&inv->waiting_names);
    sign_in_release(inv);
    buf_free(&inv->scratch);
    arena_free(&inv->arena);
    mem_free(inv);
}

enum err_code inventory_resolve(struct inventory *inv, struct event **events, size_t count,
                                struct err *err)
{
    bool ok = actor_resolve_all(inv, events, count) && deployment_find_all(inv, events, count) &&
              agents_lead_back(inv, events, count) && sign_in_file_all(inv, events, count);
    for (size_t i = 0; ok && i < count; i++) {
        ok = actor_note_account(inv, events[i]);
    }
    if (!ok) {
        return err_set(err, ERR_NOMEM, "finding the actors of %zu events: out of memory", count);
    }
    return ERR_OK;
}

/* ---- functions ---- */

static bool key_text(struct inventory *inv, const struct function_key *k, struct str *out)
{
    buf_reset(&inv->scratch);
    buf_printf(&inv->scratch, "%.*s/%.*s/%.*s/%.*s", STR_ARG(k->provider), STR_ARG(k->account),
               STR_ARG(k->region), STR_ARG(k->name));
    *out = buf_str(&inv->scratch);
    return !inv->scratch.failed;
}

static struct function_entry *entry_of(struct inventory *inv, const struct function_key *k)
{
    struct str text;
    if (!key_text(inv, k, &text)) {
        return NULL;
    }
    struct map_entry *m = map_intern(&inv->function_map, &inv->arena, text);
    if (m == NULL) {
        return NULL;
    }
    if (m->value == NULL) {
        struct function_entry *f = listed_take(inv, k);
        f = f != NULL ? f : ARENA_NEW(&inv->arena, struct function_entry);
        if (f == NULL) {
            return NULL;
        }
        f->function.key = *k;
        f->function.text = m->key;
        f->function.now.code_changed_us = TIME_NONE;
        f->function.before = f->function.now;
        m->value = f;
    }
    return m->value;
}

/* File the function under its role, and no longer under the one before. */
static bool file_role(struct inventory *inv, struct function_entry *f)
{
    struct str role = f->function.now.role;
    if (role.len == 0 || str_eq(role, f->filed_role)) {
        return true;
    }
    struct map_entry *m = map_put(&inv->roles, role);
    if (m == NULL) {
        return false;
    }
    if (m->value == NULL) {
        m->value = ARENA_NEW(&inv->arena, struct function_list);
    }
    struct function_list *list = m->value;
    if (list == NULL || !VEC_PUSH(list, &f->function)) {
        return false;
    }
    struct function_list *old = map_get(&inv->roles, f->filed_role);
    for (size_t i = 0; old != NULL && i < old->len; i++) {
        if (old->at[i] == &f->function) {
            old->at[i] = old->at[--old->len];
            break;
        }
    }
    f->filed_role = role;
    return true;
}

struct str inventory_host(struct str url)
{
    size_t at = str_find(url, STR("://"));
    struct str host = at == SIZE_MAX ? url : str_from(url, at + 3);
    size_t end = 0;
    while (end < host.len && host.ptr[end] != '/' && host.ptr[end] != ':') {
        end++;
    }
    host = str_head(host, end);
    return str_chr(host, '*') == SIZE_MAX ? host : STR_EMPTY;
}

/* In lower case. The first that claims a name has it. */
bool inventory_file_host(struct inventory *inv, struct function_entry *f, struct str url)
{
    struct str host = inventory_host(url);
    if (host.len == 0) {
        return true;
    }
    buf_reset(&inv->scratch);
    for (size_t i = 0; i < host.len; i++) {
        buf_addc(&inv->scratch, chr_lower(host.ptr[i]));
    }
    struct map_entry *m =
        inv->scratch.failed ? NULL : map_intern(&inv->hosts, &inv->arena, buf_str(&inv->scratch));
    if (m == NULL) {
        return false;
    }
    if (m->value == NULL) {
        m->value = f;
    }
    return m->value != f || f->function.hosts.len >= HOSTS_MAX ||
           state_list_add(&inv->arena, &f->function.hosts, m->key, true);
}

bool inventory_tells_host(const struct event *e)
{
    bool request = e->kind == EVENT_INVOKE || e->kind == EVENT_RUN;
    return e->function.name.len > 0 && e->outcome == OUTCOME_OK &&
           (!request || str_starts(e->source, STR("cloudflare.")));
}

/* Names under which it answers. */
static bool file_hosts(struct inventory *inv, struct function_entry *f, const struct event *e)
{
    bool fine = true;
    for (size_t i = 0; fine && i < e->attr_count; i++) {
        if (e->attrs[i].id == ATTR_URL) {
            fine = inventory_file_host(inv, f, e->attrs[i].value);
        }
    }
    return fine;
}

const struct function *inventory_of_host(const struct inventory *inv, struct str host)
{
    const struct function_entry *f = map_get(&inv->hosts, host);
    return f == NULL ? NULL : &f->function;
}

struct function *inventory_replay(struct inventory *inv, const struct event *e)
{
    if (e->function.name.len == 0) {
        return NULL;
    }
    struct function_entry *f = entry_of(inv, &e->function);
    if (f == NULL) {
        inv->out_of_memory = true;
        return NULL;
    }
    f->function.before = f->function.now;
    if (inventory_tells_host(e) && !file_hosts(inv, f, e)) {
        inv->out_of_memory = true;
    }
    if (e->kind == EVENT_INVOKE) {
        f->function.invocations += e->count;
    }
    /* An undated change could be older than all that is known. */
    bool changes = e->kind == EVENT_CHANGE && e->outcome == OUTCOME_OK && e->time_us != TIME_NONE &&
                   !event_has(e, ATTR_DRY_RUN);
    if (changes) {
        f->function.changes += e->count;
        if (!state_apply(inv, &f->function, e) || !file_role(inv, f)) {
            inv->out_of_memory = true;
        }
    }
    return &f->function;
}

bool inventory_out_of_memory(const struct inventory *inv)
{
    return inv->out_of_memory;
}

size_t inventory_functions(const struct inventory *inv)
{
    return inv->function_map.len;
}

const struct function *inventory_function_at(const struct inventory *inv, size_t i)
{
    const struct function_entry *f = inv->function_map.at[i].value;
    return f == NULL ? NULL : &f->function;
}

const struct function *inventory_find(const struct inventory *inv, const struct function_key *k)
{
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    buf_printf(&b, "%.*s/%.*s/%.*s/%.*s", STR_ARG(k->provider), STR_ARG(k->account),
               STR_ARG(k->region), STR_ARG(k->name));
    const struct function_entry *f = b.failed ? NULL : map_get(&inv->function_map, buf_str(&b));
    return f == NULL ? NULL : &f->function;
}

size_t inventory_functions_of_role(const struct inventory *inv, struct str role_arn,
                                   const struct function *const **out)
{
    const struct function_list *list = map_get(&inv->roles, role_arn);
    if (list == NULL) {
        *out = NULL;
        return 0;
    }
    *out = list->at;
    return list->len;
}

/* ---- accounts ---- */

bool inventory_account_seen(const struct inventory *inv, struct str account)
{
    return map_find(&inv->accounts, account) != NULL;
}

bool inventory_account_is_ours(const struct inventory *inv, struct str account)
{
    const struct env *env = &inv->context->env;
    return env->accounts.len != 0 ? env_account_is_ours(env, account)
                                  : inventory_account_seen(inv, account);
}

size_t inventory_actor_accounts(const struct inventory *inv, const struct actor *a)
{
    (void)inv;
    return ((const struct actor_entry *)(const void *)a)->accounts.len;
}
