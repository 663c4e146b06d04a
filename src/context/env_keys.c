/* The settings, a function a key; docs/env.md documents each. */
#include <stddef.h>

#include "context/env.h"
#include "context/table.h"

/* A key of a struct that is a text, a list or a time: the value goes to a member. */
#define MEMBER(fn, type, reader, member)                                                           \
    static enum err_code fn(struct env_reader *er, const struct yaml_node *v, void *to,            \
                            struct err *err)                                                       \
    {                                                                                              \
        return reader(er, v, &((type *)to)->member, err);                                          \
    }

static enum err_code nomem(struct err *err)
{
    return err_set(err, ERR_NOMEM, "no memory for the settings");
}

static enum err_code kept(struct env_reader *er, struct str s, struct str **out, struct err *err)
{
    struct str *copy = ARENA_NEW(&er->c->arena, struct str);
    if (copy == NULL || !arena_dup(&er->c->arena, s, copy)) {
        return nomem(err);
    }
    *out = copy;
    return ERR_OK;
}

/* ---- accounts ---- */

struct account_in {
    struct env_account account;
    bool stated;
};

MEMBER(account_id, struct account_in, env_text, account.id)
MEMBER(account_alias, struct account_in, env_text, account.alias)
MEMBER(account_kind, struct account_in, env_text, account.kind)

static enum err_code account_production(struct env_reader *er, const struct yaml_node *v, void *to,
                                        struct err *err)
{
    struct account_in *in = to;
    in->stated = yaml_bool(v, &in->account.production);
    return in->stated ? ERR_OK : env_bad(er, v->line, err, "production must be true or false");
}

static bool is_production(struct str kind)
{
    static const char *const others[] = {"dev", "development", "test", "sandbox", "staging"};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (str_ieq(kind, str_of(others[i]))) {
            return false;
        }
    }
    return true;
}

static enum err_code add_account(struct env_reader *er, const struct yaml_node *v, void *to,
                                 struct err *err)
{
    static const struct env_key keys[] = {{"id", account_id},
                                          {"alias", account_alias},
                                          {"kind", account_kind},
                                          {"production", account_production}};
    struct env *e = to;
    struct account_in in = {0};
    enum err_code rc = v->kind == YAML_SCALAR
                           ? env_text(er, v, &in.account.id, err)
                           : env_walk(er, v, "accounts", keys, ARRAY_LEN(keys), &in, err);
    if (rc != ERR_OK) {
        return rc;
    }
    if (in.account.id.len == 0) {
        return env_bad(er, v->line, err, "an account needs an id");
    }
    if (!in.stated) {
        in.account.production = is_production(in.account.kind);
    }
    return VEC_PUSH(&e->accounts, in.account) ? ERR_OK : nomem(err);
}

static enum err_code key_accounts(struct env_reader *er, const struct yaml_node *v, void *to,
                                  struct err *err)
{
    return env_each(er, v, add_account, to, err);
}

/* ---- address ranges ---- */

static enum err_code add_ranges(struct env_reader *er, const struct yaml_node *v,
                                enum range_kind kind, struct env *e, struct err *err)
{
    struct str_list texts = {0};
    enum err_code rc = env_list(er, v, &texts, err);
    for (size_t i = 0; rc == ERR_OK && i < texts.len; i++) {
        struct env_range range = {.kind = kind};
        if (!ip_prefix_parse(texts.at[i], &range.prefix)) {
            rc = env_bad(er, v->line, err, "'%.*s' is no address range (write 203.0.113.0/24)",
                         STR_ARG(str_head(texts.at[i], 60)));
        } else if (!VEC_PUSH(&e->ranges, range)) {
            rc = nomem(err);
        }
    }
    VEC_FREE(&texts);
    return rc;
}

#define RANGE(fn, kind)                                                                            \
    static enum err_code fn(struct env_reader *er, const struct yaml_node *v, void *to,            \
                            struct err *err)                                                       \
    {                                                                                              \
        return add_ranges(er, v, kind, to, err);                                                   \
    }
RANGE(range_internal, RANGE_INTERNAL)
RANGE(range_office, RANGE_OFFICE)
RANGE(range_nat, RANGE_NAT)
RANGE(range_ci, RANGE_CI)
RANGE(range_proxy, RANGE_PROXY)
RANGE(range_partner, RANGE_PARTNER)
RANGE(range_server, RANGE_SERVER)

static enum err_code key_ranges(struct env_reader *er, const struct yaml_node *v, void *to,
                                struct err *err)
{
    static const struct env_key keys[] = {{"internal", range_internal}, {"office", range_office},
                                          {"nat", range_nat},           {"ci", range_ci},
                                          {"proxy", range_proxy},       {"partner", range_partner},
                                          {"server", range_server}};
    return env_walk(er, v, "address_ranges", keys, ARRAY_LEN(keys), to, err);
}

/* ---- pipelines ---- */

MEMBER(pipeline_name, struct env_pipeline, env_text, name)
MEMBER(pipeline_repository, struct env_pipeline, env_text, repository)
MEMBER(pipeline_accounts, struct env_pipeline, env_list, accounts)

static enum err_code add_pipeline(struct env_reader *er, const struct yaml_node *v, void *to,
                                  struct err *err)
{
    static const struct env_key keys[] = {{"name", pipeline_name},
                                          {"repository", pipeline_repository},
                                          {"accounts", pipeline_accounts}};
    struct env *e = to;
    struct env_pipeline in = {0};
    enum err_code rc = v->kind == YAML_SCALAR
                           ? env_text(er, v, &in.name, err)
                           : env_walk(er, v, "pipelines", keys, ARRAY_LEN(keys), &in, err);
    if (rc == ERR_OK && in.name.len == 0) {
        rc = env_bad(er, v->line, err, "a pipeline needs a name");
    }
    if (rc == ERR_OK && !VEC_PUSH(&e->pipelines, in)) {
        rc = nomem(err);
    }
    if (rc != ERR_OK) {
        VEC_FREE(&in.accounts);
    }
    return rc;
}

static enum err_code key_pipelines(struct env_reader *er, const struct yaml_node *v, void *to,
                                   struct err *err)
{
    return env_each(er, v, add_pipeline, to, err);
}

/* ---- vendors ---- */

MEMBER(vendor_name, struct env_vendor, env_text, name)
MEMBER(vendor_principals, struct env_vendor, env_list, principals)
MEMBER(vendor_actions, struct env_vendor, env_list, actions)
MEMBER(vendor_layers, struct env_vendor, env_list, layer_accounts)
MEMBER(vendor_sinks, struct env_vendor, env_list, log_sinks)
MEMBER(vendor_until, struct env_vendor, env_time_end, until_us)

static enum err_code add_vendor(struct env_reader *er, const struct yaml_node *v, void *to,
                                struct err *err)
{
    static const struct env_key keys[] = {
        {"name", vendor_name},       {"principals", vendor_principals},
        {"actions", vendor_actions}, {"layer_accounts", vendor_layers},
        {"log_sinks", vendor_sinks}, {"until", vendor_until}};
    struct env *e = to;
    struct env_vendor in = {.until_us = TIME_NONE};
    enum err_code rc = env_walk(er, v, "vendors", keys, ARRAY_LEN(keys), &in, err);
    if (rc == ERR_OK && in.name.len == 0) {
        rc = env_bad(er, v->line, err, "a vendor needs a name");
    }
    if (rc == ERR_OK && !VEC_PUSH(&e->vendors, in)) {
        rc = nomem(err);
    }
    if (rc != ERR_OK) {
        VEC_FREE(&in.principals);
        VEC_FREE(&in.actions);
        VEC_FREE(&in.layer_accounts);
        VEC_FREE(&in.log_sinks);
    }
    return rc;
}

static enum err_code key_vendors(struct env_reader *er, const struct yaml_node *v, void *to,
                                 struct err *err)
{
    return env_each(er, v, add_vendor, to, err);
}

/* ---- exercises ---- */

MEMBER(exercise_name, struct env_exercise, env_text, name)
MEMBER(exercise_contact, struct env_exercise, env_text, contact)
MEMBER(exercise_from, struct env_exercise, env_time, window.from_us)
MEMBER(exercise_to, struct env_exercise, env_time_end, window.to_us)
MEMBER(exercise_principals, struct env_exercise, env_list, principals)
MEMBER(exercise_addresses, struct env_exercise, env_list, addresses)
MEMBER(exercise_scope, struct env_exercise, env_list, scope)

static enum err_code add_exercise(struct env_reader *er, const struct yaml_node *v, void *to,
                                  struct err *err)
{
    static const struct env_key keys[] = {{"name", exercise_name},
                                          {"contact", exercise_contact},
                                          {"from", exercise_from},
                                          {"to", exercise_to},
                                          {"principals", exercise_principals},
                                          {"addresses", exercise_addresses},
                                          {"scope", exercise_scope}};
    struct env *e = to;
    struct env_exercise in = {.window = {TIME_NONE, TIME_NONE}};
    enum err_code rc = env_walk(er, v, "exercises", keys, ARRAY_LEN(keys), &in, err);
    if (rc == ERR_OK &&
        (in.name.len == 0 || in.window.from_us == TIME_NONE || in.window.to_us == TIME_NONE)) {
        rc = env_bad(er, v->line, err, "an exercise needs name, from and to");
    }
    if (rc == ERR_OK && !VEC_PUSH(&e->exercises, in)) {
        rc = nomem(err);
    }
    if (rc != ERR_OK) {
        VEC_FREE(&in.principals);
        VEC_FREE(&in.addresses);
        VEC_FREE(&in.scope);
    }
    return rc;
}

static enum err_code key_exercises(struct env_reader *er, const struct yaml_node *v, void *to,
                                   struct err *err)
{
    return env_each(er, v, add_exercise, to, err);
}

/* ---- freezes, standard changes ---- */

MEMBER(freeze_from, struct span, env_time, from_us)
MEMBER(freeze_to, struct span, env_time_end, to_us)

static enum err_code add_freeze(struct env_reader *er, const struct yaml_node *v, void *to,
                                struct err *err)
{
    static const struct env_key keys[] = {{"from", freeze_from}, {"to", freeze_to}};
    struct env *e = to;
    struct span in = {TIME_NONE, TIME_NONE};
    enum err_code rc = env_walk(er, v, "freezes", keys, ARRAY_LEN(keys), &in, err);
    if (rc == ERR_OK && (in.from_us == TIME_NONE || in.to_us <= in.from_us)) {
        rc = env_bad(er, v->line, err, "a freeze needs from, and a later to");
    }
    return rc == ERR_OK && !VEC_PUSH(&e->freezes, in) ? nomem(err) : rc;
}

static enum err_code key_freezes(struct env_reader *er, const struct yaml_node *v, void *to,
                                 struct err *err)
{
    return env_each(er, v, add_freeze, to, err);
}

MEMBER(standard_template, struct env_standard_change, env_text, template)
MEMBER(standard_resources, struct env_standard_change, env_list, resources)
MEMBER(standard_pipelines, struct env_standard_change, env_list, pipelines)

static enum err_code add_standard(struct env_reader *er, const struct yaml_node *v, void *to,
                                  struct err *err)
{
    static const struct env_key keys[] = {{"template", standard_template},
                                          {"resources", standard_resources},
                                          {"pipelines", standard_pipelines}};
    struct env *e = to;
    struct env_standard_change in = {0};
    enum err_code rc = env_walk(er, v, "standard_changes", keys, ARRAY_LEN(keys), &in, err);
    if (rc == ERR_OK && (in.template.len == 0 || in.resources.len == 0 || in.pipelines.len == 0)) {
        rc = env_bad(er, v->line, err, "a standard change needs template, resources and pipelines");
    }
    if (rc == ERR_OK && !VEC_PUSH(&e->standard_changes, in)) {
        rc = nomem(err);
    }
    if (rc != ERR_OK) {
        VEC_FREE(&in.resources);
        VEC_FREE(&in.pipelines);
    }
    return rc;
}

static enum err_code key_standard(struct env_reader *er, const struct yaml_node *v, void *to,
                                  struct err *err)
{
    return env_each(er, v, add_standard, to, err);
}

/* ---- change_required ---- */

static enum err_code required_mode(struct env_reader *er, const struct yaml_node *v, void *to,
                                   struct err *err)
{
    struct env *e = to;
    enum err_code rc = env_text(er, v, &e->change_required, err);
    if (rc == ERR_OK && !str_eq(e->change_required, STR("ticket")) &&
        !str_eq(e->change_required, STR("all")) && !str_eq(e->change_required, STR("none"))) {
        rc = env_bad(er, v->line, err, "change_required is ticket, all or none");
    }
    return rc;
}

MEMBER(required_accounts, struct env, env_list, change_required_accounts)

static enum err_code key_required(struct env_reader *er, const struct yaml_node *v, void *to,
                                  struct err *err)
{
    static const struct env_key keys[] = {{"mode", required_mode}, {"accounts", required_accounts}};
    return v->kind == YAML_SCALAR
               ? required_mode(er, v, to, err)
               : env_walk(er, v, "change_required", keys, ARRAY_LEN(keys), to, err);
}

/* ---- maps ---- */

static enum err_code put_text(struct env_reader *er, struct map *m, struct str key,
                              const struct yaml_node *v, struct err *err)
{
    struct str text;
    struct str *copy = NULL;
    enum err_code rc = env_text(er, v, &text, err);
    if (rc == ERR_OK) {
        rc = kept(er, text, &copy, err);
    }
    if (rc != ERR_OK) {
        return rc;
    }
    struct map_entry *entry = map_put(m, key);
    if (entry == NULL) {
        return nomem(err);
    }
    entry->value = copy;
    return ERR_OK;
}

static enum err_code need_map(const struct env_reader *er, const struct yaml_node *v,
                              const char *what, struct err *err)
{
    return v->kind == YAML_MAP ? ERR_OK : env_bad(er, v->line, err, "%s must have keys", what);
}

static enum err_code key_delays(struct env_reader *er, const struct yaml_node *v, void *to,
                                struct err *err)
{
    struct env *e = to;
    enum err_code rc = need_map(er, v, "delays", err);
    for (size_t i = 0; rc == ERR_OK && i < v->count; i++) {
        int64_t us;
        const struct yaml_node *value = v->pairs[i].value;
        if (!env_duration(yaml_text(value), &us)) {
            return env_bad(er, v->pairs[i].line, err, "'%.*s' is no delay (write 15m, 2h)",
                           STR_ARG(str_head(yaml_text(value), 40)));
        }
        rc = put_text(er, &e->delays, v->pairs[i].key, value, err);
    }
    return rc;
}

static enum err_code key_thresholds(struct env_reader *er, const struct yaml_node *v, void *to,
                                    struct err *err)
{
    struct env *e = to;
    enum err_code rc = need_map(er, v, "thresholds", err);
    for (size_t i = 0; rc == ERR_OK && i < v->count; i++) {
        double number;
        const struct yaml_node *value = v->pairs[i].value;
        if (!str_f64(yaml_text(value), &number)) {
            return env_bad(er, v->pairs[i].line, err, "'%.*s' is no number",
                           STR_ARG(str_head(yaml_text(value), 40)));
        }
        rc = put_text(er, &e->thresholds, v->pairs[i].key, value, err);
    }
    return rc;
}

static enum err_code put_zone(struct env_reader *er, struct env *e, struct str key,
                              const struct yaml_node *v, struct err *err)
{
    int64_t us;
    if (!time_parse_offset(yaml_text(v), &us)) {
        return env_bad(er, v->line, err, "'%.*s' is no offset (write \"+01:00\" or UTC)",
                       STR_ARG(str_head(yaml_text(v), 40)));
    }
    return put_text(er, &e->timezone, key, v, err);
}

static enum err_code key_timezone(struct env_reader *er, const struct yaml_node *v, void *to,
                                  struct err *err)
{
    if (v->kind == YAML_SCALAR) {
        return put_zone(er, to, STR("*"), v, err);
    }
    enum err_code rc = need_map(er, v, "timezone", err);
    for (size_t i = 0; rc == ERR_OK && i < v->count; i++) {
        rc = put_zone(er, to, v->pairs[i].key, v->pairs[i].value, err);
    }
    return rc;
}

/* ---- columns ---- */

/* Keys are looked up in C strings later, so the copies end in a NUL. */
static enum err_code add_header(struct env_reader *er, const struct yaml_node *v, void *to,
                                struct err *err)
{
    struct str_list *list = to;
    struct str text;
    enum err_code rc = env_text(er, v, &text, err);
    if (rc != ERR_OK) {
        return rc;
    }
    return arena_dup(&er->c->arena, text, &text) && VEC_PUSH(list, text) ? ERR_OK : nomem(err);
}

static enum err_code check_column(const struct env_reader *er, struct str kind, struct str column,
                                  unsigned line, struct err *err)
{
    for (size_t i = 0; context_registry[i] != NULL; i++) {
        const struct context_ops *ops = context_registry[i];
        if (!str_eq(kind, str_of(context_kind_name(ops->kind)))) {
            continue;
        }
        struct env_key names[TABLE_COLUMNS_MAX] = {{0}};
        for (size_t k = 0; k < ops->column_count; k++) {
            if (str_eq(column, str_of(ops->columns[k].name))) {
                return ERR_OK;
            }
            names[k].name = ops->columns[k].name;
        }
        return env_bad(er, line, err, "columns: %s has no column '%.*s'; the nearest is '%s'",
                       context_kind_name(ops->kind), STR_ARG(str_head(column, 40)),
                       env_nearest(column, names, ops->column_count));
    }
    return env_bad(er, line, err,
                   "columns: '%.*s' is no kind (changes, people, projects, builds, processes, "
                   "alerts)",
                   STR_ARG(str_head(kind, 40)));
}

static enum err_code put_column(struct env_reader *er, struct env *e, struct str kind,
                                struct str column, const struct yaml_pair *pair, struct err *err)
{
    enum err_code rc = check_column(er, kind, column, pair->line, err);
    if (rc != ERR_OK) {
        return rc;
    }
    struct str key;
    struct str_list *texts = ARENA_NEW(&er->c->arena, struct str_list);
    if (texts == NULL ||
        !arena_printf(&er->c->arena, &key, "%.*s.%.*s", STR_ARG(kind), STR_ARG(column))) {
        return nomem(err);
    }
    struct map_entry *entry = map_put(&e->columns, key);
    if (entry == NULL) {
        return nomem(err);
    }
    if (entry->value == NULL) {
        entry->value = texts;
    }
    return env_each(er, pair->value, add_header, entry->value, err);
}

/* Both "changes.start: X" and "changes: {start: X}". */
static enum err_code key_columns(struct env_reader *er, const struct yaml_node *v, void *to,
                                 struct err *err)
{
    enum err_code rc = need_map(er, v, "columns", err);
    for (size_t i = 0; rc == ERR_OK && i < v->count; i++) {
        const struct yaml_pair *pair = &v->pairs[i];
        if (pair->value->kind != YAML_MAP) {
            size_t dot = str_chr(pair->key, '.');
            size_t n = dot == SIZE_MAX ? pair->key.len : dot;
            rc = put_column(er, to, str_head(pair->key, n), str_from(pair->key, n + 1), pair, err);
            continue;
        }
        for (size_t k = 0; rc == ERR_OK && k < pair->value->count; k++) {
            const struct yaml_pair *in = &pair->value->pairs[k];
            rc = put_column(er, to, pair->key, in->key, in, err);
        }
    }
    return rc;
}

/* ---- the top ---- */

MEMBER(key_organization, struct env, env_text, organization)
MEMBER(key_jewels, struct env, env_list, crown_jewels)
MEMBER(key_public, struct env, env_list, public_functions)
MEMBER(key_break_glass, struct env, env_list, break_glass)
MEMBER(key_shared, struct env, env_list, shared_accounts)
MEMBER(key_layers, struct env, env_list, layer_accounts)

const struct env_key env_keys[] = {
    {"accounts", key_accounts},       {"organization", key_organization},
    {"address_ranges", key_ranges},   {"crown_jewels", key_jewels},
    {"public_functions", key_public}, {"pipelines", key_pipelines},
    {"vendors", key_vendors},         {"exercises", key_exercises},
    {"break_glass", key_break_glass}, {"shared_accounts", key_shared},
    {"freezes", key_freezes},         {"standard_changes", key_standard},
    {"job_families", work_read},      {"change_required", key_required},
    {"delays", key_delays},           {"layer_accounts", key_layers},
    {"thresholds", key_thresholds},   {"columns", key_columns},
    {"timezone", key_timezone},
};
const size_t env_key_count = ARRAY_LEN(env_keys);
