/*
 * What is at stake in an event, and whether the record names it. On the safe side: what cannot be
 * seen is not named, and of several things each must be.
 */
#include "context/match_priv.h"
#include "context/read.h"

/* `word` whole in `text`; '-' and '_' belong to a word. One letter is no name. */
static bool has_word(struct str text, struct str word)
{
    return word.len >= 2 && str_has_word(text, word, "-_");
}

bool match_names(const struct change *ch, struct str word)
{
    bool found = has_word(ch->text, word) || has_word(ch->service, word);
    for (size_t i = 0; !found && i < ch->resources.len; i++) {
        found = has_word(ch->resources.at[i], word);
    }
    return found;
}

/* One of "a|b|c" anywhere in what the record says. */
static bool says(const struct change *ch, const char *phrases)
{
    struct str rest = str_of(phrases);
    struct str phrase;
    while (str_cut(&rest, '|', &phrase)) {
        bool found = str_ifind(ch->text, phrase) != SIZE_MAX;
        for (size_t i = 0; !found && i < ch->resources.len; i++) {
            found = str_ifind(ch->resources.at[i], phrase) != SIZE_MAX;
        }
        if (found) {
            return true;
        }
    }
    return false;
}

/* These very words. */
static bool says_text(const struct change *ch, struct str text)
{
    return text.len >= 4 && str_ifind(ch->text, text) != SIZE_MAX;
}

/* An image without digest and tag. */
static struct str image_path(struct str image)
{
    image = str_head(image, str_chr(image, '@'));
    size_t colon = str_rchr(image, ':'), slash = str_rchr(image, '/');
    return colon != SIZE_MAX && (slash == SIZE_MAX || colon > slash) ? str_head(image, colon)
                                                                     : image;
}

static bool says_public(const struct change *ch)
{
    return says(ch, "public|anonymous|unauthenticated|no auth|without auth|auth none|authtype "
                    "none|auth type none|everyone");
}

/* The last part of an ARN or path: what people write. */
static struct str short_name(struct str s)
{
    struct str name = path_base(s);
    size_t colon = str_rchr(name, ':');
    return colon == SIZE_MAX ? name : str_from(name, colon + 1);
}

static bool names_thing(const struct change *ch, struct str s)
{
    return match_names(ch, s) || match_names(ch, short_name(s));
}

/* The nth piece between colons, from 0. */
static struct str piece(struct str s, size_t n)
{
    struct str part = STR_EMPTY;
    for (size_t i = 0; i <= n; i++) {
        if (!str_cut(&s, ':', &part)) {
            return STR_EMPTY;
        }
    }
    return part;
}

enum nature { NATURE_ABSENT, NATURE_UNNAMED, NATURE_NAMED };

static enum nature nature_of(bool named)
{
    return named ? NATURE_NAMED : NATURE_UNNAMED;
}

static bool action_has(const struct event *e, const char *part)
{
    return str_find(e->action, str_of(part)) != SIZE_MAX;
}

/* ---- layers ---- */

/* Publishers that --env allows, or a vendor brings, need no naming. */
static bool is_allowed_publisher(const struct env *env, struct str account)
{
    for (size_t i = 0; i < env->vendors.len; i++) {
        if (env_any(&env->vendors.at[i].layer_accounts, account)) {
            return true;
        }
    }
    return env_any(&env->layer_accounts, account);
}

/* "arn:aws:lambda:region:account:layer:name:version": by name, or by its ARN with or without the
 * version. */
static bool names_layer(const struct change *ch, struct str arn)
{
    size_t colon = str_rchr(arn, ':');
    struct str name = piece(arn, 6);
    return match_names(ch, arn) || (colon != SIZE_MAX && match_names(ch, str_head(arn, colon))) ||
           (name.len > 0 && match_names(ch, name));
}

/* Layers of others must all be named; of ours, one: which of them is new is not known here. */
static enum nature layers(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    size_t own = 0;
    size_t own_named = 0;
    size_t others = 0;
    size_t others_named = 0;
    if (action_has(e, "UpdateFunctionCode")) {
        return NATURE_ABSENT;
    }
    for (size_t i = 0; i < e->attr_count; i++) {
        if (e->attrs[i].id != ATTR_LAYER) {
            continue;
        }
        struct str arn = e->attrs[i].value;
        struct str account = piece(arn, 4);
        bool named = names_layer(ch, arn);
        if (account.len == 0 || str_eq(account, e->account)) {
            own++;
            own_named += named;
        } else if (!is_allowed_publisher(&mt->c->env, account)) {
            others++;
            others_named += named;
        }
    }
    if (others > 0) {
        return nature_of(others_named == others);
    }
    return own > 0 ? nature_of(own_named > 0) : NATURE_ABSENT;
}

/* ---- grants ---- */

/* Each run of twelve digits in `text` that is not our own account must be named; *any: there was
 * one. */
static bool names_accounts(const struct event *e, const struct change *ch, struct str text,
                           bool *any)
{
    for (size_t i = 0; i < text.len;) {
        size_t n = 0;
        while (i + n < text.len && chr_is_digit(text.ptr[i + n])) {
            n++;
        }
        struct str id = str_make(text.ptr + i, n);
        if (n == 12 && !str_eq(id, e->account)) {
            *any = true;
            if (!match_names(ch, id)) {
                return false;
            }
        }
        i += n > 0 ? n : 1;
    }
    return true;
}

static bool names_principal(const struct event *e, const struct change *ch, struct str principal)
{
    bool account = false;
    if (str_eq(principal, STR("*")) || str_ieq(principal, STR("allUsers")) ||
        str_ieq(principal, STR("allAuthenticatedUsers"))) {
        return says_public(ch);
    }
    if (str_iends(principal, STR(".amazonaws.com"))) {
        struct str service = str_head(principal, principal.len - 14);
        return match_names(ch, principal) || match_names(ch, service) ||
               (str_ieq(service, STR("apigateway")) && says(ch, "api gateway"));
    }
    if (!names_accounts(e, ch, principal, &account)) {
        return false;
    }
    return account || names_thing(ch, principal);
}

static enum nature grants(const struct matching *mt, const struct change *ch)
{
    enum nature n = NATURE_ABSENT;
    for (size_t i = 0; i < mt->e->attr_count; i++) {
        if (mt->e->attrs[i].id == ATTR_GRANT_PRINCIPAL) {
            if (!names_principal(mt->e, ch, mt->e->attrs[i].value)) {
                return NATURE_UNNAMED;
            }
            n = NATURE_NAMED;
        }
    }
    return n;
}

/* ---- public doors ---- */

/* Google Cloud states a service whole: what is in it need not be new. */
static bool is_google(const struct event *e)
{
    return str_eq(e->function.provider, STR("gcp"));
}

/* Callers no longer checked must be named. From where a service is reached is named when the
 * record says so, and else not what it is about: whether it changed is not known here. */
static enum nature google_doors(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    if (!is_google(e)) {
        return NATURE_ABSENT;
    }
    if (event_attr_is(e, ATTR_INVOKER_CHECK, STR("off"))) {
        return nature_of(says_public(ch) || says(ch, "invoker"));
    }
    bool open =
        event_attr_is(e, ATTR_INGRESS, STR("all")) || event_attr_is(e, ATTR_DEFAULT_URL, STR("on"));
    return open && (says_public(ch) || says(ch, "ingress|internet")) ? NATURE_NAMED : NATURE_ABSENT;
}

/* "host/project" of an image: two parts, so that a registry of many is not one. */
static struct str registry(struct str image)
{
    size_t first = str_chr(image, '/');
    size_t second = first == SIZE_MAX ? SIZE_MAX : str_chr(str_from(image, first + 1), '/');
    return second == SIZE_MAX ? image : str_head(image, first + 1 + second);
}

/* An image is named by itself or its registry; a record need not say either. */
static enum nature google_images(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    for (size_t i = 0; is_google(e) && i < e->attr_count; i++) {
        struct str image = image_path(e->attrs[i].value);
        if (e->attrs[i].id == ATTR_CODE_LOCATION &&
            (match_names(ch, image) || says_text(ch, registry(image)))) {
            return NATURE_NAMED;
        }
    }
    return NATURE_ABSENT;
}

/* Audit logs that a policy takes away. */
static enum nature google_audit(const struct matching *mt, const struct change *ch)
{
    return event_has(mt->e, ATTR_AUDIT_GONE)
               ? nature_of(says(ch, "audit log|audit config|auditconfig|data access"))
               : NATURE_ABSENT;
}

static enum nature doors(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    bool api = event_has(e, ATTR_API) || event_has(e, ATTR_ROUTE);
    bool url = action_has(e, "FunctionUrl") ||
               (!api && (event_has(e, ATTR_URL) || event_has(e, ATTR_URL_AUTH)));
    if (is_google(e)) {
        return NATURE_ABSENT;
    }
    if (!url && !(api && event_has(e, ATTR_URL_AUTH))) {
        return NATURE_ABSENT;
    }
    bool named = url ? says(ch, "function url|functionurl|lambda url|public url") ||
                           (event_has(e, ATTR_URL) && says(ch, "on.aws"))
                     : says(ch, "api|endpoint|route|gateway");
    /* The application itself checks, or nobody does: anyone may knock. */
    struct str auth = event_attr_get(e, ATTR_URL_AUTH);
    if (str_ieq(auth, STR("NONE")) || str_ieq(auth, STR("ApplicationManaged"))) {
        named = named && says_public(ch);
    }
    return nature_of(named);
}

/* ---- trust, policies ---- */

static enum nature trust(const struct matching *mt, const struct change *ch)
{
    struct str doc = event_attr_get(mt->e, ATTR_TRUST_DOCUMENT);
    bool any = false;
    if (doc.len == 0) {
        return NATURE_ABSENT;
    }
    bool federated = str_find(doc, STR("oidc-provider/")) != SIZE_MAX ||
                     str_find(doc, STR("saml-provider/")) != SIZE_MAX;
    bool wild = str_find(doc, STR("\"*\"")) != SIZE_MAX;
    return nature_of(match_names(ch, event_attr_get(mt->e, ATTR_TARGET_ROLE)) &&
                     says(ch, "trust|assume") && names_accounts(mt->e, ch, doc, &any) &&
                     (!wild || says_public(ch)) &&
                     (!federated || says(ch, "oidc|saml|federat|github|gitlab")));
}

static bool allows_all(struct str doc)
{
    return str_find(doc, STR("\"*\"")) != SIZE_MAX || str_find(doc, STR("\"*:*\"")) != SIZE_MAX ||
           str_ifind(doc, STR("\"iam:*\"")) != SIZE_MAX;
}

static enum nature policies(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    struct str policy = event_attr_get(e, ATTR_POLICY_ARN);
    struct str doc = event_attr_get(e, ATTR_POLICY_DOCUMENT);
    if (action_has(e, "PermissionsBoundary")) {
        return nature_of(says(ch, "boundary"));
    }
    if (e->kind != EVENT_IDENTITY || (policy.len == 0 && doc.len == 0)) {
        return NATURE_ABSENT;
    }
    bool named = policy.len > 0 ? names_thing(ch, policy) : says(ch, "policy|permission");
    if (allows_all(doc)) {
        named = named && says(ch, "admin|full access|*:*|iam:*|all actions");
    }
    return nature_of(named);
}

static enum nature credentials(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    struct str user = event_attr_get(e, ATTR_TARGET_USER);
    if (user.len == 0 || !(action_has(e, "AccessKey") || action_has(e, "LoginProfile") ||
                           action_has(e, "CreateUser") || action_has(e, "AddUserToGroup") ||
                           action_has(e, "ServiceSpecificCredential"))) {
        return NATURE_ABSENT;
    }
    struct str group = event_attr_get(e, ATTR_TARGET_GROUP);
    return nature_of(match_names(ch, user) && (group.len == 0 || match_names(ch, group)) &&
                     says(ch, "key|credential|password|login|user|account|group|rotat"));
}

/* ---- signing, triggers, destinations, logging ---- */

static enum nature signing(const struct matching *mt, const struct change *ch)
{
    return action_has(mt->e, "CodeSigning") ? nature_of(says(ch, "signing")) : NATURE_ABSENT;
}

static enum nature triggers(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    struct str source = event_attr_get(e, ATTR_TRIGGER_SOURCE);
    struct str pattern = event_attr_get(e, ATTR_TRIGGER_PATTERN);
    struct str rule = event_attr_get(e, ATTR_RULE);
    bool whole = is_google(e) && str_ends(e->action, STR("Function"));
    if (whole || (source.len == 0 && pattern.len == 0 && rule.len == 0)) {
        return NATURE_ABSENT;
    }
    bool named =
        (source.len > 0 && names_thing(ch, source)) || (rule.len > 0 && names_thing(ch, rule));
    if (str_find(pattern, STR("aws.iam")) != SIZE_MAX ||
        str_find(pattern, STR("iam.amazonaws.com")) != SIZE_MAX) {
        named = named && match_names(ch, STR("iam"));
    }
    return nature_of(named);
}

static enum nature destinations(const struct matching *mt, const struct change *ch)
{
    enum nature n = NATURE_ABSENT;
    for (size_t i = 0; i < mt->e->attr_count; i++) {
        if (mt->e->attrs[i].id == ATTR_DESTINATION) {
            if (!names_thing(ch, mt->e->attrs[i].value)) {
                return NATURE_UNNAMED;
            }
            n = NATURE_NAMED;
        }
    }
    return n;
}

/* What is turned off must be named, and that it is turned off. */
static enum nature logging(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    if (e->kind != EVENT_LOGGING) {
        return NATURE_ABSENT;
    }
    struct str trail = event_attr_get(e, ATTR_TRAIL);
    struct str group = event_attr_get(e, ATTR_LOG_GROUP);
    bool named = (trail.len > 0 && names_thing(ch, trail)) ||
                 (group.len > 0 && (match_names(ch, group) || match_names(ch, short_name(group))));
    if (action_has(e, "Stop") || action_has(e, "Delete") || action_has(e, "Disable")) {
        named = named && says(ch, "stop|delet|disabl|turn off|remov|decommission|suspend|retire|"
                                  "migrat");
    } else if (action_has(e, "Selector")) {
        named = named && says(ch, "selector|data event|narrow");
    } else if (action_has(e, "Retention")) {
        named = named && says(ch, "retention");
    } else {
        named = named && says(ch, "log|trail|detector|guardduty|monitor|subscription");
    }
    return nature_of(named);
}

/* A new execution role, where nothing else is at stake. */
static enum nature role(const struct matching *mt, const struct change *ch)
{
    struct str arn = event_attr_get(mt->e, ATTR_ROLE);
    return arn.len > 0 && action_has(mt->e, "UpdateFunctionConfiguration")
               ? nature_of(names_thing(ch, arn))
               : NATURE_ABSENT;
}

/* ---- Workers ---- */

/* "https://acme.example/login*" as people write it: "acme.example/login". */
static bool names_route(const struct change *ch, struct str route)
{
    size_t scheme = str_find(route, STR("://"));
    struct str text = scheme == SIZE_MAX ? route : str_from(route, scheme + 3);
    while (text.len > 0 && (text.ptr[text.len - 1] == '*' || text.ptr[text.len - 1] == '/')) {
        text.len--;
    }
    while (text.len > 0 && (text.ptr[0] == '*' || text.ptr[0] == '.')) {
        text = str_from(text, 1);
    }
    if (text.len < 4) { /* everything in the zone */
        return says(ch, "all routes|all traffic|whole zone|entire zone|*/*");
    }
    bool found = str_ifind(ch->text, text) != SIZE_MAX;
    for (size_t i = 0; !found && i < ch->resources.len; i++) {
        found = str_ifind(ch->resources.at[i], text) != SIZE_MAX;
    }
    return found;
}

static enum nature workers(const struct matching *mt, const struct change *ch)
{
    const struct event *e = mt->e;
    struct str route = event_attr_get(e, ATTR_ROUTE);
    struct str secret = event_attr_get(e, ATTR_SECRET);
    struct str user = event_attr_get(e, ATTR_TARGET_USER);
    if (str_eq(e->service, STR("cloudflare.iam"))) {
        bool token = action_has(e, "Token");
        return nature_of(token ? says(ch, "token") : user.len > 0 && names_thing(ch, user));
    }
    if (!str_eq(e->service, STR("cloudflare.workers"))) {
        return NATURE_ABSENT;
    }
    if (route.len > 0) {
        return nature_of(names_route(ch, route));
    }
    if (action_has(e, "WorkersDev")) {
        bool opens = event_attr_is(e, ATTR_STATE, STR("true")) ||
                     event_attr_is(e, ATTR_PREVIEWS, STR("true"));
        return opens ? nature_of(says(ch, "workers.dev|preview")) : NATURE_ABSENT;
    }
    if (action_has(e, "Schedules")) {
        return nature_of(says(ch, "cron|schedule"));
    }
    if (action_has(e, "Tail")) {
        return nature_of(says(ch, "tail"));
    }
    return secret.len > 0 ? nature_of(match_names(ch, secret) || says(ch, "secret"))
                          : NATURE_ABSENT;
}

bool match_names_nature(const struct matching *mt, const struct change *ch)
{
    static enum nature (*const natures[])(const struct matching *, const struct change *) = {
        layers,   grants,       doors,   trust,   policies,     credentials,   signing,
        triggers, destinations, logging, workers, google_doors, google_images, google_audit,
    };
    bool any = false;
    for (size_t i = 0; i < ARRAY_LEN(natures); i++) {
        enum nature n = natures[i](mt, ch);
        if (n == NATURE_UNNAMED) {
            return false;
        }
        any = any || n == NATURE_NAMED;
    }
    return any || role(mt, ch) == NATURE_NAMED;
}
