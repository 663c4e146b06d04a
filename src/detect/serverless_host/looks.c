/*
 * looks - what a host name looks like.
 */
#include "detect/serverless_host/serverless_host.h"

enum { RANDOM_LABEL_MIN = 20, KIT_TAIL = 3, KIT_NAME_MIN = 3 };

/* Pairs of letters that are common in words and names of several languages, each with its first
 * letter's row. What is in no row is rare: a name of many rare pairs is no name. */
static const char *const common_after[26] = {
    "bcdgilmnprstuvwy",
    "aeiloruy",
    "aehiklotu",
    "aeiodrsu",
    "acdelmnprstvwx",
    "aefilortu",
    "aeghilnoru",
    "aeioutry",
    "acdefglmnorstv",
    "aeou",
    "aeilnosy",
    "aeilostuyd",
    "aebimopu",
    "acdegiknostuv",
    "bcdfgiklmnoprstuvw",
    "aehiloprstu",
    "u",
    "adeiklmnorstuy",
    "acehiklmopqstuwy",
    "aehiorstuwy",
    "abcdegilmnprst",
    "aeioy",
    "aehilnor",
    "acepti",
    "aeilmnost",
    "aeioz",
};

static bool is_common(char a, char b)
{
    for (const char *p = common_after[a - 'a']; *p != '\0'; p++) {
        if (*p == b) {
            return true;
        }
    }
    return false;
}

static bool is_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Words have common pairs of letters and few changes between letters and digits. */
bool label_is_random(struct str label)
{
    size_t pairs = 0;
    size_t rare = 0;
    for (size_t i = 1; i < label.len; i++) {
        char a = chr_lower(label.ptr[i - 1]);
        char b = chr_lower(label.ptr[i]);
        if (a == '-' || a == '_' || b == '-' || b == '_') {
            continue;
        }
        pairs++;
        rare += is_letter(a) && is_letter(b) ? !is_common(a, b) : is_letter(a) != is_letter(b);
    }
    return label.len >= RANDOM_LABEL_MIN && pairs > 0 && rare * 2 >= pairs;
}

static struct str before(struct str host, struct str end)
{
    return str_ends(host, end) ? str_head(host, host.len - end.len) : STR_EMPTY;
}

/* "…-a1b" */
static bool has_tail(struct str label)
{
    if (label.len < KIT_TAIL + 2 || label.ptr[label.len - KIT_TAIL - 1] != '-') {
        return false;
    }
    for (size_t i = label.len - KIT_TAIL; i < label.len; i++) {
        if (!chr_is_alnum(label.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool host_is_kit(struct str host)
{
    struct str railway = before(host, STR(".up.railway.app"));
    struct str worker = before(host, STR("-s-account.workers.dev"));
    size_t dot = str_rchr(worker, '.');
    if (railway.len > 0) {
        return str_chr(railway, '.') == SIZE_MAX && has_tail(railway);
    }
    return dot != SIZE_MAX && worker.len - dot - 1 >= KIT_NAME_MIN &&
           has_tail(str_head(worker, dot));
}
