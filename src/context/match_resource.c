/* What the record is about, against what the event is about. */
#include "context/match_priv.h"
#include "context/read.h"

enum { FIXED_MIN = 3, TEXT_NAME_MIN = 4, ID_MIN = 6 };

/* Letters of a pattern that are not '*'. */
static size_t fixed_length(struct str pattern)
{
    size_t n = 0;
    for (size_t i = 0; i < pattern.len; i++) {
        n += pattern.ptr[i] != '*';
    }
    return n;
}

/* "arn:aws:lambda:..." to "lambda:...": partitions do not matter. */
static struct str without_partition(struct str arn)
{
    struct str rest = arn;
    struct str part;
    if (!str_istarts(arn, STR("arn:")) || !str_cut(&rest, ':', &part) ||
        !str_cut(&rest, ':', &part)) {
        return STR_EMPTY;
    }
    return rest;
}

/* "pay-checkout" begins "pay-checkout-AB12CD": a tool made the suffix. */
static bool begins(struct str name, struct str prefix)
{
    return prefix.len >= FIXED_MIN && name.len > prefix.len && str_istarts(name, prefix) &&
           (name.ptr[prefix.len] == '-' || name.ptr[prefix.len] == '_');
}

static bool is_qualified(struct str pattern, struct str target)
{
    return pattern.len > target.len && str_istarts(pattern, target) &&
           pattern.ptr[target.len] == ':';
}

/* A pattern of the record against one name of the thing. */
static enum match_resource one_name(struct str pattern, struct str target)
{
    if (target.len == 0) {
        return RESOURCE_NONE;
    }
    if (str_chr(pattern, '*') != SIZE_MAX) {
        if (!env_pattern(pattern, target)) {
            return RESOURCE_NONE;
        }
        return fixed_length(pattern) < FIXED_MIN ? RESOURCE_ACCOUNT : RESOURCE_SERVICE;
    }
    if (str_ieq(pattern, target) || is_qualified(pattern, target)) {
        return RESOURCE_EXACT;
    }
    return begins(target, pattern) ? RESOURCE_SERVICE : RESOURCE_NONE;
}

static enum match_resource most(enum match_resource a, enum match_resource b)
{
    return a > b ? a : b;
}

/* ---- paths of Google Cloud and Cloudflare ---- */

/* "//run.googleapis.com/projects/P/locations/L/services/S", "namespaces/P/services/S",
 * "accounts/A/workers/scripts/S". */
struct place {
    struct str account, region, name;
};

static bool is_one_of(struct str s, const char *names)
{
    struct str rest = str_of(names);
    struct str name;
    while (str_cut(&rest, '|', &name)) {
        if (str_eq(s, name)) {
            return true;
        }
    }
    return false;
}

static bool place_of(struct str path, struct place *out)
{
    struct str key = STR_EMPTY;
    struct str part;
    *out = (struct place){.account = STR_EMPTY};
    for (; str_cut(&path, '/', &part); key = part) {
        if (is_one_of(key, "projects|namespaces|accounts")) {
            out->account = part;
        } else if (is_one_of(key, "locations|regions")) {
            out->region = part;
        } else if (is_one_of(key, "services|functions|jobs|workerPools|scripts") &&
                   out->account.len > 0) {
            out->name = part;
        }
    }
    return out->name.len > 0;
}

static bool is_number(struct str s)
{
    size_t i = 0;
    while (i < s.len && chr_is_digit(s.ptr[i])) {
        i++;
    }
    return s.len > 0 && i == s.len;
}

static enum match_resource one_place(const struct place *p, const struct function_key *f)
{
    /* A project has a number too, and the logs tell which project that is only now and then. */
    bool number = is_number(p->account) && !is_number(f->account);
    if ((!number && !env_pattern(p->account, f->account)) ||
        (p->region.len > 0 && f->region.len > 0 && !env_pattern(p->region, f->region))) {
        return RESOURCE_NONE;
    }
    enum match_resource r = one_name(p->name, f->name);
    return number && r > RESOURCE_SERVICE ? RESOURCE_SERVICE : r;
}

/* Against a function: by name, ARN, the provider's path, or the key that reports show. */
static enum match_resource one_function(const struct matching *mt, struct str pattern)
{
    const struct function_key *f = &mt->e->function;
    struct str arn = without_partition(pattern);
    if (arn.len > 0) {
        return one_name(arn, str_of(mt->arn));
    }
    struct str rest = pattern;
    if (str_istarts(pattern, f->provider) && f->provider.len > 0 &&
        str_chr(pattern, '/') == f->provider.len) {
        struct str part[4] = {{0}};
        size_t n = 0;
        while (n < 4 && str_cut(&rest, '/', &part[n])) {
            n++;
        }
        return n == 4 && str_eq(part[1], f->account) && str_ieq(part[2], f->region)
                   ? one_name(part[3], f->name)
                   : RESOURCE_NONE;
    }
    struct place p;
    return place_of(pattern, &p) ? one_place(&p, f) : one_name(pattern, f->name);
}

/* What an event is about that concerns no function. */
static enum match_resource one_target(const struct matching *mt, struct str pattern)
{
    static const enum event_attr targets[] = {
        ATTR_TARGET_ROLE, ATTR_TARGET_USER, ATTR_TARGET_GROUP, ATTR_POLICY_ARN,
        ATTR_LOG_GROUP,   ATTR_TRAIL,       ATTR_RULE,         ATTR_API,
        ATTR_STACK,       ATTR_LAYER,       ATTR_PROVIDER,     ATTR_REPOSITORY,
    };
    enum match_resource best = RESOURCE_NONE;
    for (size_t i = 0; i < mt->e->attr_count; i++) {
        for (size_t k = 0; k < ARRAY_LEN(targets); k++) {
            struct str value = mt->e->attrs[i].value;
            if (mt->e->attrs[i].id != targets[k]) {
                continue;
            }
            best = most(best, one_name(pattern, value));
            if (str_starts(value, STR("arn:"))) {
                best = most(best, one_name(pattern, path_base(value)));
                size_t colon = str_rchr(value, ':');
                best = most(best, one_name(pattern, str_from(value, colon + 1)));
            }
        }
    }
    return best;
}

static const struct env_account *account_of(const struct matching *mt)
{
    for (size_t i = 0; i < mt->c->env.accounts.len; i++) {
        if (str_eq(mt->c->env.accounts.at[i].id, mt->e->account)) {
            return &mt->c->env.accounts.at[i];
        }
    }
    return NULL;
}

/* "prod" is "production". */
static bool same_environment(struct str a, struct str b)
{
    return a.len >= FIXED_MIN && b.len >= FIXED_MIN && (str_istarts(a, b) || str_istarts(b, a));
}

static bool names_account(const struct matching *mt, struct str text)
{
    const struct env_account *a = account_of(mt);
    return text.len > 0 && (str_eq(text, mt->e->account) ||
                            (a != NULL && a->alias.len > 0 && str_ieq(text, a->alias)));
}

static bool names_environment(const struct matching *mt, struct str text)
{
    const struct env_account *a = account_of(mt);
    return names_account(mt, text) || (a != NULL && same_environment(text, a->kind));
}

/* The service of the record is the project that the function belongs to, or begins its name. */
static bool names_service(const struct matching *mt, struct str service)
{
    struct str name = mt->e->function.name;
    if (service.len == 0 || name.len == 0) {
        return false;
    }
    for (size_t i = 0; i < mt->c->projects.len; i++) {
        const struct project *p = &mt->c->projects.at[i];
        if (str_ieq(p->project, service) && env_any(&p->functions, name)) {
            return true;
        }
    }
    return begins(name, service) || str_ieq(name, service);
}

enum match_resource match_resource_of(const struct matching *mt, const struct change *ch,
                                      bool *names_others)
{
    bool function = mt->e->function.name.len > 0;
    const struct change prose = {.text = ch->text};
    enum match_resource best = RESOURCE_NONE;
    bool others = false;
    for (size_t i = 0; i < ch->resources.len; i++) {
        struct str pattern = ch->resources.at[i];
        enum match_resource r = function ? one_function(mt, pattern) : one_target(mt, pattern);
        if (r == RESOURCE_NONE && names_account(mt, pattern)) {
            r = RESOURCE_ACCOUNT;
        }
        if (r == RESOURCE_NONE && names_service(mt, pattern)) {
            r = RESOURCE_SERVICE;
        }
        others = others || r == RESOURCE_NONE;
        best = most(best, r);
    }
    if (best < RESOURCE_SERVICE && names_service(mt, ch->service)) {
        best = RESOURCE_SERVICE;
    }
    if (best < RESOURCE_SERVICE && function && mt->e->function.name.len >= TEXT_NAME_MIN &&
        match_names(&prose, mt->e->function.name)) {
        best = RESOURCE_SERVICE;
    }
    if (best == RESOURCE_NONE && names_environment(mt, ch->environment)) {
        best = RESOURCE_ACCOUNT;
    }
    *names_others = others;
    return best;
}

/* ---- another place ---- */

/* "lambda:REGION:ACCOUNT:function:NAME…", a provider's path, or the key that reports show, of a
 * function with this name. */
static bool is_namesake(const struct matching *mt, struct str pattern)
{
    struct str rest = without_partition(pattern);
    bool arn = rest.len > 0;
    struct str name = STR_EMPTY;
    struct place p;
    if (!arn && place_of(pattern, &p)) {
        return env_pattern(p.name, mt->e->function.name);
    }
    rest = arn ? rest : pattern;
    /* The name is the fifth part of an ARN without its partition, the fourth of a key. */
    for (int i = 0; i < (arn ? 5 : 4); i++) {
        if (!str_cut(&rest, arn ? ':' : '/', &name)) {
            return false;
        }
    }
    return str_ieq(name, mt->e->function.name);
}

static bool names_other_account(const struct matching *mt, struct str text)
{
    for (size_t i = 0; i < mt->c->env.accounts.len; i++) {
        const struct env_account *a = &mt->c->env.accounts.at[i];
        if (!str_eq(a->id, mt->e->account) &&
            (str_eq(text, a->id) || (a->alias.len > 0 && str_ieq(text, a->alias)))) {
            return true;
        }
    }
    return false;
}

static bool names_other_environment(const struct matching *mt, struct str text)
{
    const struct env_account *own = account_of(mt);
    if (own == NULL || names_environment(mt, text)) {
        return false;
    }
    for (size_t i = 0; i < mt->c->env.accounts.len; i++) {
        if (same_environment(text, mt->c->env.accounts.at[i].kind)) {
            return true;
        }
    }
    return names_other_account(mt, text);
}

/* The text names another of our accounts, and not this one. Ids only: "prod" is a word too. */
static bool text_elsewhere(const struct matching *mt, struct str text)
{
    const struct env_account *own = account_of(mt);
    const struct change prose = {.text = text};
    bool there = false;
    if (own == NULL || match_names(&prose, own->id) ||
        (own->alias.len > 0 && match_names(&prose, own->alias))) {
        return false;
    }
    for (size_t i = 0; !there && i < mt->c->env.accounts.len; i++) {
        struct str id = mt->c->env.accounts.at[i].id;
        there = id.len >= ID_MIN && match_names(&prose, id);
    }
    return there;
}

bool match_names_elsewhere(const struct matching *mt, const struct change *ch)
{
    bool function = mt->e->function.name.len > 0;
    bool there = false;
    bool here = false;
    for (size_t i = 0; i < ch->resources.len; i++) {
        struct str pattern = ch->resources.at[i];
        bool placed = function && is_namesake(mt, pattern);
        bool fits = placed && one_function(mt, pattern) != RESOURCE_NONE;
        there = there || (placed && !fits) || names_other_account(mt, pattern);
        here = here || fits || names_account(mt, pattern);
    }
    there = there || text_elsewhere(mt, ch->text);
    return (there && !here) ||
           (ch->environment.len > 0 && names_other_environment(mt, ch->environment));
}
