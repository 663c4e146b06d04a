#include "context/env.h"

static void list_free(struct str_list *l)
{
    VEC_FREE(l);
}

static void lists_free(struct env *e)
{
    for (size_t i = 0; i < e->pipelines.len; i++) {
        list_free(&e->pipelines.at[i].accounts);
    }
    for (size_t i = 0; i < e->exercises.len; i++) {
        list_free(&e->exercises.at[i].principals);
        list_free(&e->exercises.at[i].addresses);
        list_free(&e->exercises.at[i].scope);
    }
    for (size_t i = 0; i < e->vendors.len; i++) {
        list_free(&e->vendors.at[i].principals);
        list_free(&e->vendors.at[i].actions);
        list_free(&e->vendors.at[i].layer_accounts);
        list_free(&e->vendors.at[i].log_sinks);
    }
    for (size_t i = 0; i < e->standard_changes.len; i++) {
        list_free(&e->standard_changes.at[i].resources);
        list_free(&e->standard_changes.at[i].pipelines);
    }
    for (size_t i = 0; i < e->job_families.len; i++) {
        list_free(&e->job_families.at[i].names);
    }
    for (size_t i = 0; i < e->columns.len; i++) {
        if (e->columns.at[i].value != NULL) {
            list_free(e->columns.at[i].value);
        }
    }
}

void env_free(struct env *e)
{
    lists_free(e);
    VEC_FREE(&e->accounts);
    VEC_FREE(&e->ranges);
    VEC_FREE(&e->pipelines);
    VEC_FREE(&e->exercises);
    VEC_FREE(&e->vendors);
    VEC_FREE(&e->standard_changes);
    VEC_FREE(&e->freezes);
    VEC_FREE(&e->job_families);
    list_free(&e->crown_jewels);
    list_free(&e->public_functions);
    list_free(&e->break_glass);
    list_free(&e->shared_accounts);
    list_free(&e->layer_accounts);
    list_free(&e->change_required_accounts);
    map_free(&e->columns);
    map_free(&e->timezone);
    map_free(&e->delays);
    map_free(&e->thresholds);
    *e = (struct env){0};
}

const char *range_kind_name(enum range_kind k)
{
    static const char *const names[RANGE_KIND_MAX_] = {
        [RANGE_INTERNAL] = "internal", [RANGE_OFFICE] = "office",
        [RANGE_NAT] = "nat",           [RANGE_CI] = "ci",
        [RANGE_PROXY] = "proxy",       [RANGE_PARTNER] = "partner",
        [RANGE_SERVER] = "server",
    };
    return (unsigned)k < RANGE_KIND_MAX_ ? names[k] : "unknown";
}

static const struct env_account *account_of(const struct env *e, struct str id)
{
    for (size_t i = 0; i < e->accounts.len; i++) {
        if (str_eq(e->accounts.at[i].id, id)) {
            return &e->accounts.at[i];
        }
    }
    return NULL;
}

bool env_account_is_ours(const struct env *e, struct str account)
{
    return account.len > 0 && account_of(e, account) != NULL;
}

bool env_account_is_production(const struct env *e, struct str account)
{
    const struct env_account *a = account_of(e, account);
    return a == NULL || a->production;
}

bool env_change_required(const struct env *e, struct str account)
{
    if (str_ieq(e->change_required, STR("none"))) {
        return false;
    }
    if (e->change_required_accounts.len > 0) {
        return env_any(&e->change_required_accounts, account);
    }
    if (e->change_required.len > 0) {
        return true;
    }
    const struct env_account *a = account_of(e, account);
    return a == NULL || !(str_ieq(a->kind, STR("dev")) || str_ieq(a->kind, STR("test")) ||
                          str_ieq(a->kind, STR("sandbox")));
}

bool env_range_of(const struct env *e, const struct ip *ip, enum range_kind *out)
{
    const struct env_range *best = NULL;
    for (size_t i = 0; i < e->ranges.len; i++) {
        const struct env_range *r = &e->ranges.at[i];
        if (ip_in(ip, &r->prefix) && (best == NULL || r->prefix.bits > best->prefix.bits)) {
            best = r;
        }
    }
    if (best != NULL) {
        *out = best->kind;
    }
    return best != NULL;
}

bool env_outside_ci(const struct env *e, const struct ip *ip)
{
    bool known = false;
    for (size_t i = 0; i < e->ranges.len; i++) {
        known = known || e->ranges.at[i].kind == RANGE_CI;
    }
    enum range_kind kind;
    bool ours = env_range_of(e, ip, &kind) &&
                (kind == RANGE_CI || kind == RANGE_NAT || kind == RANGE_INTERNAL);
    return known && !ours && !ip_is_private(ip);
}

bool env_pattern(struct str pattern, struct str text)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX; /* the last '*', and what it has taken so far */
    size_t taken = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            taken = t;
        } else if (p < pattern.len && chr_lower(pattern.ptr[p]) == chr_lower(text.ptr[t])) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++taken;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*') {
        p++;
    }
    return p == pattern.len;
}

bool env_any(const struct str_list *patterns, struct str text)
{
    for (size_t i = 0; i < patterns->len; i++) {
        if (env_pattern(patterns->at[i], text)) {
            return true;
        }
    }
    return false;
}

bool env_duration(struct str text, int64_t *out_us)
{
    static const struct {
        const char *unit;
        int64_t us;
    } units[] = {
        {"s", TIME_SECOND_US}, {"m", TIME_MINUTE_US}, {"min", TIME_MINUTE_US},
        {"h", TIME_HOUR_US},   {"d", TIME_DAY_US},
    };
    size_t n = 0;
    uint64_t value;
    while (n < text.len && chr_is_digit(text.ptr[n])) {
        n++;
    }
    if (n > 9 || !str_u64(str_head(text, n), &value)) {
        return false;
    }
    struct str unit = str_trim(str_from(text, n));
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (str_ieq(unit, str_of(units[i].unit)) && (int64_t)value < INT64_MAX / units[i].us) {
            *out_us = (int64_t)value * units[i].us;
            return true;
        }
    }
    return false;
}

int64_t env_delay_us(const struct env *e, struct str source, int64_t usual_us)
{
    int64_t us;
    const struct str *text = map_get(&e->delays, source);
    return text != NULL && env_duration(*text, &us) ? us : usual_us;
}

double env_threshold(const struct env *e, struct str name, double usual)
{
    double v;
    const struct str *text = map_get(&e->thresholds, name);
    return text != NULL && str_f64(*text, &v) ? v : usual;
}
