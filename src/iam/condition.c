/* condition - the operators of the Condition element. */
#include "base/ip.h"
#include "base/timefmt.h"
#include "iam/glob.h"
#include "iam/request.h"

enum { ARN_FIELDS = 6 };

/* The next field of an ARN; the last takes the rest. An escaped byte never ends one. */
static struct str arn_field(struct str *rest, unsigned number, bool escaped)
{
    struct str field = *rest;
    if (number + 1 == ARN_FIELDS) {
        *rest = STR_EMPTY;
        return field;
    }
    size_t i = 0;
    while (i < rest->len && rest->ptr[i] != ':') {
        i += escaped && rest->ptr[i] == '\\' && i + 1 < rest->len ? 2 : 1;
    }
    field = str_head(field, i);
    *rest = str_from(*rest, i + 1);
    return field;
}

/* Each of the six fields by itself. */
static bool arn_matches(struct str pattern, struct str text, unsigned flags)
{
    bool escaped = (flags & IAM_GLOB_ESCAPED) != 0;
    for (unsigned i = 0; i < ARN_FIELDS; i++) {
        bool last = pattern.len == 0 && text.len == 0;
        if (last && i > 0) {
            return true;
        }
        struct str p = arn_field(&pattern, i, escaped);
        if (!iam_glob(p, arn_field(&text, i, false), flags)) {
            return false;
        }
    }
    return true;
}

static bool time_of(struct str s, int64_t *out)
{
    int64_t seconds;
    bool zoned;
    if (str_i64(s, &seconds)) {
        return !__builtin_mul_overflow(seconds, TIME_SECOND_US, out);
    }
    return time_parse_any(s, out, &zoned);
}

/* -1, 0, 1; 2: not to be compared. */
static int order_dates(struct str have, struct str want)
{
    int64_t a;
    int64_t b;
    if (!time_of(have, &a) || !time_of(want, &b)) {
        return 2;
    }
    return (a > b) - (a < b);
}

static int order_numbers(struct str have, struct str want)
{
    double a;
    double b;
    if (!str_f64(have, &a) || !str_f64(want, &b)) {
        return 2;
    }
    return (a > b) - (a < b);
}

static bool address_in(struct str have, struct str want)
{
    struct ip ip;
    struct ip_prefix prefix;
    return ip_parse(have, &ip) && ip_prefix_parse(want, &prefix) && ip_in(&ip, &prefix);
}

/* Does the value of the request match the policy's, negation left aside? */
static bool compare(enum iam_operator op, struct str have, struct str want, unsigned glob)
{
    switch (op) {
    case IAM_OP_STRING_EQUALS:
    case IAM_OP_STRING_NOT_EQUALS:
    case IAM_OP_BINARY_EQUALS:
        return str_eq(have, want);
    case IAM_OP_STRING_EQUALS_FOLD:
    case IAM_OP_STRING_NOT_EQUALS_FOLD:
    case IAM_OP_BOOL:
        return str_ieq(have, want);
    case IAM_OP_STRING_LIKE:
    case IAM_OP_STRING_NOT_LIKE:
        return iam_glob(want, have, glob);
    case IAM_OP_ARN_EQUALS:
    case IAM_OP_ARN_NOT_EQUALS:
    case IAM_OP_ARN_LIKE:
    case IAM_OP_ARN_NOT_LIKE:
        return arn_matches(want, have, glob);
    case IAM_OP_NUMERIC_EQUALS:
    case IAM_OP_NUMERIC_NOT_EQUALS:
        return order_numbers(have, want) == 0;
    case IAM_OP_NUMERIC_LESS:
        return order_numbers(have, want) == -1;
    case IAM_OP_NUMERIC_LESS_EQUALS:
        return order_numbers(have, want) <= 0;
    case IAM_OP_NUMERIC_GREATER:
        return order_numbers(have, want) == 1;
    case IAM_OP_NUMERIC_GREATER_EQUALS:
        return order_numbers(have, want) == 0 || order_numbers(have, want) == 1;
    case IAM_OP_DATE_EQUALS:
    case IAM_OP_DATE_NOT_EQUALS:
        return order_dates(have, want) == 0;
    case IAM_OP_DATE_LESS:
        return order_dates(have, want) == -1;
    case IAM_OP_DATE_LESS_EQUALS:
        return order_dates(have, want) <= 0;
    case IAM_OP_DATE_GREATER:
        return order_dates(have, want) == 1;
    case IAM_OP_DATE_GREATER_EQUALS:
        return order_dates(have, want) == 0 || order_dates(have, want) == 1;
    case IAM_OP_IP:
    case IAM_OP_NOT_IP:
        return address_in(have, want);
    case IAM_OP_NULL:
    case IAM_OP_MAX_:
        break;
    }
    return false;
}

static bool takes_wildcards(enum iam_operator op)
{
    return op == IAM_OP_STRING_LIKE || op == IAM_OP_STRING_NOT_LIKE ||
           (op >= IAM_OP_ARN_EQUALS && op <= IAM_OP_ARN_NOT_LIKE);
}

static bool takes_variables(enum iam_operator op)
{
    return op <= IAM_OP_STRING_NOT_LIKE || (op >= IAM_OP_ARN_EQUALS && op <= IAM_OP_ARN_NOT_LIKE);
}

/* One value of the request against all of the policy's: does it match any? Negated: none? */
static enum iam_answer value_holds(const struct iam_condition *c, struct str have, bool variables,
                                   const struct iam_request *r, struct iam_scratch *s)
{
    enum iam_answer any = IAM_NO;
    for (size_t i = 0; i < c->values.len && any != IAM_YES; i++) {
        struct str want = c->values.at[i];
        bool filled = false;
        enum iam_answer known = IAM_YES;
        if (variables && takes_variables(c->op)) {
            known = iam_fill_in(want, r, takes_wildcards(c->op), s, &want, &filled);
        }
        if (known == IAM_YES && !compare(c->op, have, want, filled ? IAM_GLOB_ESCAPED : 0)) {
            known = IAM_NO;
        }
        any = iam_or(any, known);
    }
    return iam_operator_is_negated(c->op) ? iam_not(any) : any;
}

static enum iam_answer null_holds(const struct iam_condition *c, bool present)
{
    for (size_t i = 0; i < c->values.len; i++) {
        if (str_ieq(c->values.at[i], present ? STR("false") : STR("true"))) {
            return IAM_YES;
        }
    }
    return IAM_NO;
}

static enum iam_answer absent_holds(const struct iam_condition *c)
{
    if (c->if_exists || c->quantifier == IAM_FOR_ALL) {
        return IAM_YES;
    }
    if (c->quantifier == IAM_FOR_ANY) {
        return IAM_NO;
    }
    return iam_operator_is_negated(c->op) ? IAM_YES : IAM_NO;
}

enum iam_answer iam_condition_holds(const struct iam_condition *c, bool variables,
                                    const struct iam_request *r, struct iam_scratch *s)
{
    const struct iam_key *key = iam_key_find(r, c->key);
    if (key == NULL && !r->complete) {
        s->missing_key = c->key;
        return IAM_DEPENDS;
    }
    bool present = key != NULL && key->values.len > 0;
    if (c->op == IAM_OP_NULL) {
        return null_holds(c, present);
    }
    if (!present) {
        return absent_holds(c);
    }
    /* Of several values without a quantifier: any, but none may match a negated operator. */
    bool all = c->quantifier == IAM_FOR_ALL ||
               (c->quantifier == IAM_SINGLE && iam_operator_is_negated(c->op));
    enum iam_answer answer = all ? IAM_YES : IAM_NO;
    for (size_t i = 0; i < key->values.len; i++) {
        enum iam_answer one = value_holds(c, key->values.at[i], variables, r, s);
        answer = all ? iam_and(answer, one) : iam_or(answer, one);
    }
    return answer;
}
