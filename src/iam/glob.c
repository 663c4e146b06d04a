#include "iam/glob.h"

static bool same(char a, char b, unsigned flags)
{
    return (flags & IAM_GLOB_FOLD) != 0 ? chr_lower(a) == chr_lower(b) : a == b;
}

/* One step of the pattern at `p`: what it asks for, and how many bytes it takes. */
struct step {
    bool star, one;
    char literal;
    size_t len;
};

static struct step step_at(struct str pattern, size_t p, unsigned flags)
{
    char c = pattern.ptr[p];
    if (c == '\\' && (flags & IAM_GLOB_ESCAPED) != 0 && p + 1 < pattern.len) {
        return (struct step){.literal = pattern.ptr[p + 1], .len = 2};
    }
    return (struct step){.star = c == '*', .one = c == '?', .literal = c, .len = 1};
}

/* The last star is the only one worth going back to: an earlier one could do no better. `never`:
 * a byte of the text that `?` does not match, or 0 for none. */
static bool match(struct str pattern, struct str text, unsigned flags, char never)
{
    size_t p = 0;
    size_t t = 0;
    size_t star = SIZE_MAX; /* just behind the last star, and where its run ended */
    size_t run = 0;
    while (t < text.len) {
        struct step s = {0};
        if (p < pattern.len) {
            s = step_at(pattern, p, flags);
        }
        if (s.star) {
            p += s.len;
            star = p;
            run = t;
        } else if (s.len > 0 && (s.one ? never == '\0' || text.ptr[t] != never
                                       : same(s.literal, text.ptr[t], flags))) {
            p += s.len;
            t++;
        } else if (star != SIZE_MAX) {
            p = star;
            t = ++run;
        } else {
            return false;
        }
    }
    while (p < pattern.len && step_at(pattern, p, flags).star) {
        p++;
    }
    return p == pattern.len;
}

bool iam_glob(struct str pattern, struct str text, unsigned flags)
{
    return match(pattern, text, flags, '\0');
}

bool iam_glob_covers(struct str wide, struct str narrow)
{
    /* A star of `narrow` as a byte can only be swallowed by a star of `wide`: all that it stands for
     * is swallowed with it. By `?` it is not. */
    return match(wide, narrow, 0, '*');
}

bool iam_globs_meet(struct str a, struct str b)
{
    bool rows[2][IAM_GLOB_MEET_MAX + 1] = {{false}};
    if (a.len > IAM_GLOB_MEET_MAX || b.len > IAM_GLOB_MEET_MAX) {
        return true;
    }
    /* rows[i % 2][j]: the rests of a from i and of b from j have a text in common. */
    for (size_t i = a.len + 1; i-- > 0;) {
        bool *here = rows[i % 2];
        const bool *next = rows[(i + 1) % 2];
        for (size_t j = b.len + 1; j-- > 0;) {
            if (i == a.len && j == b.len) {
                here[j] = true;
            } else if (i < a.len && a.ptr[i] == '*') {
                here[j] = next[j] || (j < b.len && here[j + 1]);
            } else if (j < b.len && b.ptr[j] == '*') {
                here[j] = here[j + 1] || (i < a.len && next[j]);
            } else {
                here[j] = i < a.len && j < b.len &&
                          (a.ptr[i] == b.ptr[j] || a.ptr[i] == '?' || b.ptr[j] == '?') &&
                          next[j + 1];
            }
        }
    }
    return rows[0][0];
}

enum { ARN_HEAD = 5 }; /* fields before the one that may itself hold colons */

bool iam_arns_meet(struct str a, struct str b)
{
    struct str rest_a = a;
    struct str rest_b = b;
    for (unsigned i = 0; i < ARN_HEAD; i++) {
        size_t at_a = str_chr(rest_a, ':');
        size_t at_b = str_chr(rest_b, ':');
        if (at_a == SIZE_MAX || at_b == SIZE_MAX) {
            return iam_globs_meet(a, b); /* no ARN: "*" */
        }
        if (!iam_globs_meet(str_head(rest_a, at_a), str_head(rest_b, at_b))) {
            return false;
        }
        rest_a = str_from(rest_a, at_a + 1);
        rest_b = str_from(rest_b, at_b + 1);
    }
    return iam_globs_meet(rest_a, rest_b);
}
