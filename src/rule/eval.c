#include "rule/rule_priv.h"

static enum truth eval_and(const struct expr *e, const struct subject *s)
{
    enum truth all = TRUTH_YES;
    for (size_t i = 0; i < e->count; i++) {
        enum truth t = expr_eval(e->child[i], s);
        if (t == TRUTH_NO) {
            return TRUTH_NO;
        }
        all = t == TRUTH_UNKNOWN ? t : all;
    }
    return all;
}

static enum truth eval_at_least(const struct expr *e, const struct subject *s, size_t need)
{
    size_t yes = 0;
    size_t maybe = 0;
    for (size_t i = 0; i < e->count && yes < need; i++) {
        enum truth t = expr_eval(e->child[i], s);
        yes += t == TRUTH_YES ? 1 : 0;
        maybe += t == TRUTH_UNKNOWN ? 1 : 0;
    }
    if (yes >= need) {
        return TRUTH_YES;
    }
    return yes + maybe >= need ? TRUTH_UNKNOWN : TRUTH_NO;
}

static enum truth opposite(enum truth t)
{
    if (t == TRUTH_UNKNOWN) {
        return t;
    }
    return t == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
}

/* Depth is bounded by the readers of conditions and selections. */
enum truth expr_eval(const struct expr *e, const struct subject *s)
{
    switch (e->kind) {
    case EXPR_TEST:
        return test_probe(e->test, s);
    case EXPR_AND:
        return eval_and(e, s);
    case EXPR_OR:
        return eval_at_least(e, s, 1);
    case EXPR_AT_LEAST:
        return eval_at_least(e, s, e->need);
    case EXPR_NOT:
        return opposite(expr_eval(e->child[0], s));
    }
    return TRUTH_NO;
}
