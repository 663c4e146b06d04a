/*
 * A flag byte, an expression, a line feed, a text: where the expression matches, the text that it
 * is said to need is there. If not, a rule would be silent without anybody knowing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "rule/rule_priv.h"

enum { STEPS_MAX = 20000 };

static bool matches(pcre2_code *re, struct str text)
{
    pcre2_match_data *m = pcre2_match_data_create(1, NULL);
    pcre2_match_context *limits = pcre2_match_context_create(NULL);
    if (m == NULL || limits == NULL) {
        abort();
    }
    (void)pcre2_set_match_limit(limits, STEPS_MAX);
    int rc = pcre2_match(re, (PCRE2_SPTR)text.ptr, text.len, 0, 0, m, limits);
    pcre2_match_context_free(limits);
    pcre2_match_data_free(m);
    return rc >= 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str all = {(const char *)data, size};
    struct str rest = str_from(all, 1);
    size_t end = str_chr(rest, '\n');
    if (size == 0 || end == SIZE_MAX) {
        return 0;
    }
    bool caseless = (data[0] & 1U) != 0;
    struct str pattern = str_head(rest, end);
    struct str text = str_from(rest, end + 1);
    int code;
    PCRE2_SIZE at;
    uint32_t options = (caseless ? PCRE2_CASELESS : 0U) | PCRE2_UTF | PCRE2_MATCH_INVALID_UTF |
                       PCRE2_NEVER_BACKSLASH_C;
    pcre2_code *re = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &at, NULL);
    if (re == NULL) {
        return 0;
    }
    struct arena arena = {0};
    struct str need;
    if (!regex_required(pattern, caseless, &arena, &need)) {
        abort();
    }
    size_t found = caseless ? str_ifind(text, need) : str_find(text, need);
    if (found == SIZE_MAX && matches(re, text)) {
        abort();
    }
    arena_free(&arena);
    pcre2_code_free(re);
    return 0;
}
