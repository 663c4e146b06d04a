/* Does a record name what is at stake: the layer, grant, URL, policy, trust or log it changes? A
 * record that is approved for a deployment does not approve a grant that it never speaks of. */
#include "context/match_priv.h"
#include "context/read.h"

static bool is_word(char c)
{
    c = chr_lower(c);
    return (c >= 'a' && c <= 'z') || chr_is_digit(c) || c == '-' || c == '_';
}

static bool has_word(struct str text, struct str word)
{
    for (size_t from = 0; from < text.len;) {
        size_t at = str_ifind(str_from(text, from), word);
        if (at == SIZE_MAX) {
            return false;
        }
        at += from;
        size_t end = at + word.len;
        if ((at == 0 || !is_word(text.ptr[at - 1])) &&
            (end == text.len || !is_word(text.ptr[end]))) {
            return true;
        }
        from = at + 1;
    }
    return false;
}

bool match_names(const struct change *ch, struct str word)
{
    if (word.len == 0) {
        return false;
    }
    if (has_word(ch->text, word) || has_word(ch->service, word)) {
        return true;
    }
    for (size_t i = 0; i < ch->resources.len; i++) {
        if (has_word(ch->resources.at[i], word)) {
            return true;
        }
    }
    return false;
}

/* One of several words that people use for the same thing. */
static bool names_one(const struct change *ch, const struct str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (match_names(ch, words[i])) {
            return true;
        }
    }
    return false;
}

#define NAMES_ONE(ch, ...)                                                                         \
    names_one((ch), (const struct str[]){__VA_ARGS__},                                             \
              ARRAY_LEN(((const struct str[]){__VA_ARGS__})))

/* "arn:aws:lambda:r:a:layer:tracing:3": whole, or by the layer's name. */
static bool names_layer(const struct change *ch, struct str arn)
{
    size_t at = str_find(arn, STR(":layer:"));
    struct str rest = at == SIZE_MAX ? STR_EMPTY : str_from(arn, at + 7);
    struct str name = STR_EMPTY;
    (void)!str_cut(&rest, ':', &name);
    return match_names(ch, arn) || match_names(ch, name);
}

/* Account id, ARN or service that is let in; '*' is everybody. */
static bool names_principal(const struct change *ch, struct str principal)
{
    if (str_eq(principal, STR("*"))) {
        return NAMES_ONE(ch, STR("public"), STR("publicly"), STR("everyone"), STR("anyone"),
                         STR("unauthenticated"));
    }
    struct str account = principal;
    if (str_starts(principal, STR("arn:"))) {
        struct str rest = principal;
        for (int i = 0; i < 5; i++) {
            account = STR_EMPTY;
            (void)!str_cut(&rest, ':', &account);
        }
    }
    size_t dot = str_chr(principal, '.');
    bool service = str_ends(principal, STR(".amazonaws.com"));
    return match_names(ch, principal) || match_names(ch, account) ||
           (service && match_names(ch, str_head(principal, dot)));
}

/* A policy by ARN or by its name. */
static bool names_policy(const struct change *ch, struct str policy)
{
    return match_names(ch, policy) || match_names(ch, path_base(policy));
}

enum stake { STAKE_NONE, STAKE_NAMED, STAKE_UNNAMED };

static enum stake stake(bool named)
{
    return named ? STAKE_NAMED : STAKE_UNNAMED;
}

static enum stake stake_of_value(const struct change *ch, const struct attr *a)
{
    switch ((unsigned)a->id) {
    case ATTR_LAYER:
        return stake(names_layer(ch, a->value));
    case ATTR_URL_AUTH:
        if (str_eq(a->value, STR("NONE")) || str_eq(a->value, STR("ApplicationManaged"))) {
            return stake(NAMES_ONE(ch, STR("public"), STR("function url"), STR("public url"),
                                   STR("unauthenticated")));
        }
        return STAKE_NONE;
    case ATTR_GRANT_PRINCIPAL:
        return stake(names_principal(ch, a->value));
    case ATTR_POLICY_ARN:
        return stake(names_policy(ch, a->value));
    case ATTR_BOUNDARY:
        return stake(names_policy(ch, a->value) || match_names(ch, STR("boundary")));
    case ATTR_CODE_SIGNING:
        return stake(NAMES_ONE(ch, STR("code signing"), STR("signing")));
    case ATTR_TRAIL:
    case ATTR_LOG_GROUP:
        return stake(match_names(ch, a->value) || match_names(ch, path_base(a->value)));
    case ATTR_DESTINATION:
    case ATTR_TRIGGER_SOURCE:
        return stake(match_names(ch, a->value) || match_names(ch, path_base(a->value)));
    default:
        return STAKE_NONE;
    }
}

/* A trust policy is named by the word and the role. */
static enum stake stake_of_trust(const struct matching *mt, const struct change *ch)
{
    if (!str_eq(mt->e->action, STR("UpdateAssumeRolePolicy"))) {
        return STAKE_NONE;
    }
    return stake(NAMES_ONE(ch, STR("trust"), STR("trust policy"), STR("assume")) &&
                 match_names(ch, event_attr_get(mt->e, ATTR_TARGET_ROLE)));
}

bool match_names_nature(const struct matching *mt, const struct change *ch)
{
    enum stake all = stake_of_trust(mt, ch);
    for (size_t i = 0; i < mt->e->attr_count && all != STAKE_UNNAMED; i++) {
        enum stake one = stake_of_value(ch, &mt->e->attrs[i]);
        all = one == STAKE_NONE ? all : one;
    }
    return all == STAKE_NAMED;
}
