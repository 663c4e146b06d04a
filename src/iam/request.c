#include "iam/request.h"

#include "base/buf.h"

const char *iam_answer_name(enum iam_answer a)
{
    static const char *const names[] = {"no", "depends", "yes"};
    return (unsigned)a < ARRAY_LEN(names) ? names[a] : "?";
}

const struct iam_key *iam_key_find(const struct iam_request *r, struct str name)
{
    for (size_t i = 0; i < r->key_count; i++) {
        if (str_ieq(r->keys[i].name, name)) {
            return &r->keys[i];
        }
    }
    return NULL;
}

/* ---- variables ---- */

static void add(struct buf *b, struct str text, bool escaped)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (escaped && (c == '*' || c == '?' || c == '\\')) {
            buf_addc(b, '\\');
        }
        buf_addc(b, c);
    }
}

/* `inside` stands between "${" and "}". */
static enum iam_answer add_variable(struct buf *b, struct str inside, const struct iam_request *r,
                                    bool escaped, struct iam_scratch *s)
{
    if (inside.len == 1 && (inside.ptr[0] == '*' || inside.ptr[0] == '?' || inside.ptr[0] == '$')) {
        add(b, inside, escaped);
        return IAM_YES;
    }
    size_t comma = str_chr(inside, ',');
    struct str name = str_trim(str_head(inside, comma));
    struct str other = comma == SIZE_MAX ? STR_EMPTY : str_trim(str_from(inside, comma + 1));
    const struct iam_key *key = iam_key_find(r, name);
    if (key == NULL && !r->complete) {
        s->missing_key = name;
        return IAM_DEPENDS;
    }
    if (key != NULL && key->values.len == 1) {
        add(b, key->values.at[0], escaped);
        return IAM_YES;
    }
    if (other.len >= 2 && other.ptr[0] == '\'' && other.ptr[other.len - 1] == '\'') {
        add(b, str_make(other.ptr + 1, other.len - 2), escaped);
        return IAM_YES;
    }
    return IAM_NO; /* absent, or of several values: it can be replaced by none */
}

/* As add, but wildcards of the policy's own text stay wildcards. */
static void add_own(struct buf *b, struct str text, bool escaped)
{
    for (size_t i = 0; i < text.len; i++) {
        if (escaped && text.ptr[i] == '\\') {
            buf_addc(b, '\\');
        }
        buf_addc(b, text.ptr[i]);
    }
}

enum iam_answer iam_fill_in(struct str value, const struct iam_request *r, bool escaped,
                            struct iam_scratch *s, struct str *out, bool *changed)
{
    *out = value;
    *changed = false;
    if (str_find(value, STR("${")) == SIZE_MAX) {
        return IAM_YES;
    }
    CLEANUP(buf_free) struct buf b = {0};
    enum iam_answer answer = IAM_YES;
    while (value.len > 0) {
        size_t from = str_find(value, STR("${"));
        size_t len = from == SIZE_MAX ? SIZE_MAX : str_chr(str_from(value, from), '}');
        if (len == SIZE_MAX) {
            add_own(&b, value, escaped);
            break;
        }
        add_own(&b, str_head(value, from), escaped);
        struct str inside = str_head(str_from(value, from + 2), len - 2);
        answer = iam_and(answer, add_variable(&b, inside, r, escaped, s));
        value = str_from(value, from + len + 1);
    }
    if (b.failed || !arena_dup(s->arena, buf_str(&b), out)) {
        s->failed = true;
        return IAM_DEPENDS;
    }
    *changed = true;
    return answer;
}
