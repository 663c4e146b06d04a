#include "model/attack.h"

#include "model/content.h"

static struct str table(void)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (str_eq(str_of(content_files[i].path), STR("attack/aliases.tsv"))) {
            return str_make(content_files[i].bytes, content_files[i].len);
        }
    }
    return STR_EMPTY;
}

/* The first row that has `id` in one column; *out: the other. */
static bool find(struct str id, bool is_new, struct str *out)
{
    struct str text = table();
    struct str line;
    struct str left;
    while (str_cut(&text, '\n', &line)) {
        if (str_starts(line, STR("#")) || !str_cut(&line, '\t', &left)) {
            continue;
        }
        if (str_ieq(is_new ? line : left, id)) {
            *out = is_new ? left : line;
            return true;
        }
    }
    return false;
}

struct str attack_old(struct str id)
{
    struct str out;
    return find(id, true, &out) ? out : id;
}

struct str attack_new(struct str id)
{
    struct str out;
    return find(id, false, &out) ? out : STR_EMPTY;
}
