/* Who may do something, by what the book knows now. */
#include <stdlib.h>

#include "iam/book_priv.h"

static int by_arn(const void *a, const void *b)
{
    return str_cmp(((const struct iam_able *)a)->arn, ((const struct iam_able *)b)->arn);
}

enum err_code iam_book_who_can(const struct iam_book *b, struct str account, struct str action,
                               struct str resource, struct arena *a, const struct iam_able **out,
                               size_t *count, struct err *err)
{
    struct iam_scratch scratch = {.arena = a};
    struct iam_list targets = {&resource, 1};
    struct iam_able *at = ARENA_ARRAY(a, struct iam_able, b->principals.len + 1);
    size_t n = 0;
    for (size_t i = 0; at != NULL && i < b->principals.len; i++) {
        const struct principal *p = b->principals.at[i].value;
        struct str key = b->principals.at[i].key;
        struct iam_holder holder;
        if (p == NULL || p->gone || !str_eq(str_head(key, str_chr(key, '/')), account)) {
            continue;
        }
        if (!book_holder(p, NULL, NULL, a, &holder)) {
            return book_no_memory(err);
        }
        enum iam_answer answer = iam_grant_of(&holder, action, &targets, NULL, 0, &scratch).answer;
        if (answer != IAM_NO) {
            at[n++] = (struct iam_able){p->arn, p->name, p->is_role, answer == IAM_YES};
        }
    }
    if (at == NULL || scratch.failed) {
        return book_no_memory(err);
    }
    qsort(at, n, sizeof(*at), by_arn);
    *out = at;
    *count = n;
    return ERR_OK;
}
