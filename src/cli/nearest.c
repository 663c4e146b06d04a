/*
 * Optimal string alignment: Levenshtein's distance with swaps of neighbours, three rows kept.
 */
#include "cli/nearest.h"

#include <string.h>

enum { NAME_MAX_ = 63 };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

size_t nearest_distance(struct str a, struct str b)
{
    if (a.len > NAME_MAX_ || b.len > NAME_MAX_) {
        return a.len > b.len ? a.len : b.len;
    }
    size_t before[NAME_MAX_ + 1] = {0};
    size_t last[NAME_MAX_ + 1];
    size_t now[NAME_MAX_ + 1];
    for (size_t j = 0; j <= b.len; j++) {
        last[j] = j;
    }
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t change = chr_lower(a.ptr[i - 1]) == chr_lower(b.ptr[j - 1]) ? 0 : 1;
            now[j] = least(last[j] + 1, now[j - 1] + 1, last[j - 1] + change);
            if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1] &&
                before[j - 2] + 1 < now[j]) {
                now[j] = before[j - 2] + 1;
            }
        }
        memcpy(before, last, sizeof(before));
        memcpy(last, now, sizeof(last));
    }
    return last[b.len];
}

void nearest_try(struct nearest *n, const char *name)
{
    struct str s = str_of(name);
    size_t d = nearest_distance(n->typed, s);
    /* "--out" for "--output" and "--outptu" for "--output" are slips; "--x" is none. */
    bool begins = n->typed.len >= 2 && str_starts(s, n->typed);
    size_t most = n->typed.len / 3 + 1;
    if (begins) {
        d = 1;
    }
    if (d <= most && (n->name == NULL || d < n->distance)) {
        n->name = name;
        n->distance = d;
    }
}
