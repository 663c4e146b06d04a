#include "context/ticket.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_word(char c)
{
    char l = chr_lower(c);
    return chr_is_digit(c) || (l >= 'a' && l <= 'z') || c == '_';
}

static bool boundary(struct str s, size_t at)
{
    return at >= s.len || !is_word(s.ptr[at]);
}

static size_t digits(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && chr_is_digit(s.ptr[at + n])) {
        n++;
    }
    return n;
}

/* \b(CHG|CTASK|RITM|INC|PRB)\d{7,10}\b */
static size_t servicenow(struct str s, size_t at)
{
    static const struct str prefixes[] = {STR_INIT("CHG"), STR_INIT("CTASK"), STR_INIT("RITM"),
                                          STR_INIT("INC"), STR_INIT("PRB")};
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (!str_starts(str_from(s, at), prefixes[i])) {
            continue;
        }
        size_t n = digits(s, at + prefixes[i].len);
        size_t len = prefixes[i].len + n;
        return n >= 7 && n <= 10 && boundary(s, at + len) ? len : 0;
    }
    return 0;
}

/* \b[A-Z][A-Z0-9]{1,9}-\d{1,6}\b */
static size_t jira(struct str s, size_t at)
{
    size_t n = 0;
    if (at >= s.len || !is_upper(s.ptr[at])) {
        return 0;
    }
    while (at + n < s.len && (is_upper(s.ptr[at + n]) || chr_is_digit(s.ptr[at + n]))) {
        n++;
    }
    if (n < 2 || n > 10 || at + n >= s.len || s.ptr[at + n] != '-') {
        return 0;
    }
    size_t d = digits(s, at + n + 1);
    size_t len = n + 1 + d;
    return d >= 1 && d <= 6 && boundary(s, at + len) ? len : 0;
}

/* \b[0-9a-f]{40}\b */
static size_t commit(struct str s, size_t at)
{
    size_t n = 0;
    while (at + n < s.len && n < 40 &&
           (chr_is_digit(s.ptr[at + n]) || (s.ptr[at + n] >= 'a' && s.ptr[at + n] <= 'f'))) {
        n++;
    }
    return n == 40 && boundary(s, at + n) ? n : 0;
}

/* #\d{1,6}\b */
static size_t number(struct str s, size_t at)
{
    if (s.ptr[at] != '#') {
        return 0;
    }
    size_t d = digits(s, at + 1);
    return d >= 1 && d <= 6 && boundary(s, at + 1 + d) ? d + 1 : 0;
}

bool ticket_next(struct str text, size_t *at, struct str *out)
{
    for (size_t i = *at; i < text.len; i++) {
        size_t len = number(text, i);
        if (len == 0 && (i == 0 || !is_word(text.ptr[i - 1]))) {
            len = servicenow(text, i);
            len = len > 0 ? len : jira(text, i);
            len = len > 0 ? len : commit(text, i);
        }
        if (len > 0) {
            *out = str_make(text.ptr + i, len);
            *at = i + len;
            return true;
        }
    }
    *at = text.len;
    return false;
}

bool ticket_is(struct str ticket, const struct change *ch)
{
    if (ticket.len == 0) {
        return false;
    }
    if (ticket.ptr[0] == '#') {
        return str_eq(ch->id, ticket) || str_eq(ch->id, str_from(ticket, 1));
    }
    return str_ieq(ch->id, ticket) || (ticket.len == 40 && str_ieq(ch->commit, ticket));
}
