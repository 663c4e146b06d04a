#include "inventory/sign_in.h"

#include <math.h>

#include "inventory/inventory_priv.h"

enum { LOGS_MAX = 16, KEY_MAX = 320 };

/* ---- names ---- */

/* Lower case, in the scratch buffer; "" when it is no name. */
static struct str key_of(char out[KEY_MAX], struct str name)
{
    if (name.len == 0 || name.len > KEY_MAX) {
        return STR_EMPTY;
    }
    for (size_t i = 0; i < name.len; i++) {
        out[i] = chr_lower(name.ptr[i]);
    }
    return (struct str){out, name.len};
}

static struct str last_part(struct str root)
{
    size_t at = str_rchr(root, '/');
    return at == SIZE_MAX ? root : str_from(root, at + 1);
}

static struct sign_in_list *list_of(struct inventory *inv, struct map *m, struct str name)
{
    char text[KEY_MAX];
    struct str key = key_of(text, name);
    struct map_entry *e = key.len == 0 ? NULL : map_intern(m, &inv->arena, key);
    if (e != NULL && e->value == NULL) {
        e->value = ARENA_NEW(&inv->arena, struct sign_in_list);
    }
    return e == NULL ? NULL : e->value;
}

static const struct sign_in_list *find(const struct map *m, struct str name)
{
    char text[KEY_MAX];
    struct str key = key_of(text, name);
    return key.len == 0 ? NULL : map_get(m, key);
}

/* ---- filling ---- */

bool inventory_note_sign_in_log(struct inventory *inv, struct str source, int64_t first_us,
                                int64_t last_us)
{
    for (size_t i = 0; i < inv->sign_in_logs.len; i++) {
        struct sign_in_log *l = &inv->sign_in_logs.at[i];
        if (str_eq(l->source, source)) {
            l->first_us = first_us < l->first_us ? first_us : l->first_us;
            l->last_us = last_us > l->last_us ? last_us : l->last_us;
            return true;
        }
    }
    return inv->sign_in_logs.len >= LOGS_MAX ||
           VEC_PUSH(&inv->sign_in_logs, ((struct sign_in_log){source, first_us, last_us}));
}

size_t inventory_sign_in_logs(const struct inventory *inv, const struct sign_in_log **out)
{
    *out = inv->sign_in_logs.at;
    return inv->sign_in_logs.len;
}

bool sign_in_file_all(struct inventory *inv, struct event **events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct event *e = events[i];
        if (!e->sign_in || e->time_us == TIME_NONE || e->actor == NULL) {
            continue;
        }
        const struct person *p = context_person(inv->context, e->actor);
        struct str name = p != NULL ? p->id : e->actor->root;
        struct str local = str_head(e->actor->root, str_chr(e->actor->root, '@'));
        if (name.len == 0 || name.len > KEY_MAX) {
            continue;
        }
        struct sign_in_list *whole = list_of(inv, &inv->sign_ins, name);
        if (!inventory_note_sign_in_log(inv, e->source, e->time_us, e->time_us) || whole == NULL ||
            !VEC_PUSH(whole, e)) {
            return false;
        }
        if (p == NULL && local.len > 0) {
            struct sign_in_list *part = list_of(inv, &inv->sign_in_locals, local);
            if (part == NULL || !VEC_PUSH(part, e)) {
                return false;
            }
        }
    }
    return true;
}

void sign_in_release(struct inventory *inv)
{
    struct map *const maps[] = {&inv->sign_ins, &inv->sign_in_locals};
    for (size_t m = 0; m < ARRAY_LEN(maps); m++) {
        for (size_t i = 0; i < maps[m]->len; i++) {
            struct sign_in_list *l = maps[m]->at[i].value;
            if (l != NULL) {
                VEC_FREE(l);
            }
        }
        map_free(maps[m]);
    }
    VEC_FREE(&inv->sign_in_logs);
}

/* ---- looking ---- */

static const struct sign_in_list *by_text(const struct inventory *inv, struct str name)
{
    const struct sign_in_list *l = find(&inv->sign_ins, name);
    return l != NULL || str_chr(name, '@') != SIZE_MAX ? l : find(&inv->sign_in_locals, name);
}

const struct sign_in_list *inventory_sign_ins(const struct inventory *inv,
                                              const struct actor *actor, struct str session_name)
{
    const struct person *p = context_person(inv->context, actor);
    const struct sign_in_list *l = NULL;
    if (p != NULL) {
        l = find(&inv->sign_ins, p->id);
    }
    l = l != NULL ? l : by_text(inv, last_part(actor->root));
    if (l == NULL && str_chr(session_name, '@') != SIZE_MAX) {
        p = context_person_named(inv->context, session_name);
        l = by_text(inv, p != NULL ? p->id : session_name);
    }
    return l;
}

bool sign_in_expected(const struct event *e)
{
    if (e->sign_in || e->outcome != OUTCOME_OK || e->actor == NULL || e->actor->pipeline ||
        e->actor->shared || e->time_us == TIME_NONE) {
        return false;
    }
    if (e->kind == EVENT_ASSUME && str_eq(e->action, STR("AssumeRoleWithSAML"))) {
        return true;
    }
    return e->who.kind == IDENTITY_SSO && e->actor->kind == IDENTITY_SSO && e->actor->resolved &&
           e->who.account.len != 0;
}

/* ---- networks and places ---- */

static struct str operator_of(const struct event *e)
{
    struct str s = event_attr_get(e, ATTR_OPERATOR);
    return str_head(s, str_chr(s, ' ')); /* the number alone: names are spelt in many ways */
}

/* The same operator, or the same /24 or /48. */
static bool same_network(const struct event *a, const struct event *b)
{
    struct str x = operator_of(a);
    struct str y = operator_of(b);
    if (x.len != 0 && y.len != 0 && str_eq(x, y)) {
        return true;
    }
    if (a->address.len == 0 || b->address.len == 0) {
        return false;
    }
    size_t bytes = ip_is_v4(&a->ip) ? 15 : 6;
    return memcmp(a->ip.byte, b->ip.byte, bytes) == 0;
}

bool sign_in_network_known(const struct sign_in_list *list, const struct event *e)
{
    unsigned seen = 0;
    unsigned days = 0;
    int64_t day = INT64_MIN;
    if (list == NULL || e->address.len == 0) {
        return true;
    }
    for (size_t i = 0; i < list->len; i++) {
        const struct event *s = list->at[i];
        if (s->time_us >= time_shift(e->time_us, -TIME_HOUR_US)) {
            break; /* of the same coming in */
        }
        if (s->outcome != OUTCOME_OK || s->address.len == 0) {
            continue;
        }
        if (same_network(s, e)) {
            return true;
        }
        seen++;
        days += s->time_us / TIME_DAY_US != day;
        day = s->time_us / TIME_DAY_US;
    }
    return seen < SIGN_INS_KNOWN_MIN || days < SIGN_IN_DAYS_MIN;
}

static bool place_of(const struct event *e, double *lat, double *lon)
{
    struct str s = event_attr_get(e, ATTR_PLACE);
    size_t comma = str_chr(s, ',');
    return comma != SIZE_MAX && str_f64(str_head(s, comma), lat) &&
           str_f64(str_from(s, comma + 1), lon);
}

/* Great-circle distance (haversine), kilometres. */
static double distance_km(double lat1, double lon1, double lat2, double lon2)
{
    const double rad = M_PI / 180;
    double a = sin((lat2 - lat1) * rad / 2);
    double b = sin((lon2 - lon1) * rad / 2);
    double h = a * a + cos(lat1 * rad) * cos(lat2 * rad) * b * b;
    return 2 * 6371 * asin(sqrt(h > 1 ? 1 : h));
}

static bool is_own(const struct inventory *inv, const struct event *e)
{
    enum range_kind kind;
    return env_range_of(&inv->context->env, &e->ip, &kind);
}

/* Could nobody have been at both? Our own networks and proxies are everywhere at once. */
static bool is_too_far(const struct inventory *inv, const struct event *a, const struct event *b,
                       double *km)
{
    double lat1, lon1, lat2, lon2;
    *km = 0;
    if (a->address.len == 0 || b->address.len == 0 || is_own(inv, a) || is_own(inv, b) ||
        same_network(a, b)) {
        return false;
    }
    double hours = (double)(b->time_us - a->time_us) / (double)TIME_HOUR_US;
    if (place_of(a, &lat1, &lon1) && place_of(b, &lat2, &lon2)) {
        *km = distance_km(lat1, lon1, lat2, lon2);
        return *km >= TRAVEL_KM_MIN && *km > TRAVEL_KM_PER_HOUR_MAX * hours;
    }
    struct str x = event_attr_get(a, ATTR_COUNTRY);
    struct str y = event_attr_get(b, ATTR_COUNTRY);
    /* Providers spell countries differently: only one provider's word is held against its own. */
    return hours <= 1 && str_eq(a->source, b->source) && x.len != 0 && y.len != 0 && !str_ieq(x, y);
}

static const struct event *elsewhere(const struct inventory *inv, const struct sign_in_list *l,
                                     size_t at, double *km)
{
    for (size_t i = at; i-- > 0 && time_gap(l->at[i]->time_us, l->at[at]->time_us) >= 0 &&
                        time_gap(l->at[i]->time_us, l->at[at]->time_us) <= TIME_DAY_US;) {
        if (l->at[i]->outcome == OUTCOME_OK && is_too_far(inv, l->at[i], l->at[at], km)) {
            return l->at[i];
        }
    }
    *km = 0;
    return NULL;
}

/* ---- the way in ---- */

static int64_t before_of(struct str source)
{
    bool google = str_eq(source, STR("google.workspace_login")) || str_eq(source, STR("gcp.audit"));
    return google ? SIGN_IN_BEFORE_GOOGLE_US : SIGN_IN_BEFORE_US;
}

static bool same_sign_in(const struct event *a, const struct event *b)
{
    struct str x = event_attr_get(a, ATTR_SIGN_IN);
    struct str y = event_attr_get(b, ATTR_SIGN_IN);
    return x.len != 0 && str_eq(x, y) && str_eq(a->source, b->source);
}

/* First position whose time is not before `us`. */
static size_t position_of(const struct sign_in_list *l, int64_t us)
{
    size_t low = 0;
    size_t high = l == NULL ? 0 : l->len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (l->at[mid]->time_us < us) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

static void weigh_all(struct way_in *w, const struct sign_in_list *l, size_t end)
{
    size_t from = position_of(l, w->sign_in->time_us - SIGN_IN_BEFORE_US);
    for (size_t i = from; i < end; i++) {
        const struct event *s = l->at[i];
        if (s != w->sign_in && !same_sign_in(s, w->sign_in)) {
            continue;
        }
        struct str mfa = event_attr_get(s, ATTR_MFA);
        if (str_eq(mfa, STR("Yes"))) {
            w->mfa = WAY_MFA_YES;
        } else if (str_eq(mfa, STR("No")) && w->mfa == WAY_MFA_UNKNOWN) {
            w->mfa = WAY_MFA_NO;
        }
        w->risky = w->risky || event_has(s, ATTR_RISK);
    }
}

struct way_in inventory_way_in(const struct inventory *inv, const struct actor *actor,
                               struct str session_name, int64_t at_us)
{
    struct way_in w = {.source = STR_EMPTY};
    for (size_t i = 0; i < inv->sign_in_logs.len && !w.covered; i++) {
        const struct sign_in_log *log = &inv->sign_in_logs.at[i];
        w.covered = log->first_us <= at_us - before_of(log->source) && log->last_us >= at_us;
        w.source = w.covered ? log->source : w.source;
    }
    const struct sign_in_list *l = inventory_sign_ins(inv, actor, session_name);
    size_t end = position_of(l, at_us + SIGN_IN_SKEW_US + 1);
    size_t first = position_of(l, at_us - SIGN_IN_BEFORE_GOOGLE_US);
    size_t at = end;
    while (w.sign_in == NULL && at > first) {
        const struct event *s = l->at[--at];
        if (s->outcome == OUTCOME_OK && s->time_us >= at_us - before_of(s->source)) {
            w.sign_in = s;
        }
    }
    if (w.sign_in != NULL) {
        w.source = w.sign_in->source;
        weigh_all(&w, l, end);
        w.new_network = !sign_in_network_known(l, w.sign_in);
        w.from = elsewhere(inv, l, at, &w.km);
    }
    return w;
}
