#include "intake/table.h"

#include <string.h>

#include "base/utf8.h"

static const char REASON_WIDE[] = "a table header with more than 512 columns";
static const char REASON_LONG[] = "a table header longer than 64 KiB";
static const char REASON_PATH[] = "a #path that is not UTF-8; its table goes without";
const char table_reason_comment[] = "a comment, and no header of a known kind of table";

void table_init(struct table *t)
{
    *t = (struct table){0};
    arena_init(&t->texts, 4 * (size_t)TABLE_HEADER_MAX);
    table_reset(t);
}

void table_free(struct table *t)
{
    arena_free(&t->texts);
}

void table_reset(struct table *t)
{
    struct arena texts = t->texts;
    arena_reset(&texts);
    *t = (struct table){.sep = '\t',
                        .unset = STR("-"),
                        .empty = STR("(empty)"),
                        .set_sep = STR(","),
                        .path_slot = -1,
                        .texts = texts};
}

/* The slot of a column, or -1 when nobody asked for it. */
static int slot_of(const struct json_scanner *s, struct str name)
{
    return json_scanner_slot(s, &name, 1);
}

/* Take the names of a header. False when there are too many. */
static bool set_columns(struct table *t, const struct json_scanner *s, struct str names, char sep)
{
    struct str name;
    t->count = 0;
    t->wanted = 0;
    while (str_cut(&names, sep, &name)) {
        name = str_trim(name);
        if (t->quotes != QUOTES_NONE && name.len >= 2 && name.ptr[0] == '"' &&
            name.ptr[name.len - 1] == '"') {
            name = (struct str){name.ptr + 1, name.len - 2};
        }
        if (t->count == TABLE_COLUMNS_MAX) {
            return false;
        }
        int slot = slot_of(s, name);
        if (slot >= 0) {
            t->column[t->wanted++] =
                (struct table_column){.index = t->count, .slot = (int16_t)slot};
        }
        t->count++;
    }
    return true;
}

/* ---- Zeek ---- */

/* What stands behind a key: "#unset_field\t-". The separator is a blank in the first line. */
static bool value_of(const struct table *t, struct str line, struct str key, struct str *out)
{
    if (!str_starts(line, key) || line.len <= key.len || line.ptr[key.len] != t->sep) {
        return false;
    }
    *out = str_from(line, key.len + 1);
    return true;
}

static int hex_of(char c)
{
    char l = chr_lower(c);
    return chr_is_digit(c) ? c - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* "\x09", or the byte itself. */
static char separator_of(struct str s)
{
    if (s.len == 4 && s.ptr[0] == '\\' && s.ptr[1] == 'x' && hex_of(s.ptr[2]) >= 0 &&
        hex_of(s.ptr[3]) >= 0) {
        return (char)(hex_of(s.ptr[2]) * 16 + hex_of(s.ptr[3]));
    }
    return s.len == 1 ? s.ptr[0] : '\t';
}

static uint8_t type_of(struct str name)
{
    static const struct str numbers[] = {
        STR_INIT("time"), STR_INIT("interval"), STR_INIT("count"),
        STR_INIT("int"),  STR_INIT("port"),     STR_INIT("double"),
    };
    size_t bracket = str_chr(name, '[');
    if (bracket != SIZE_MAX) {
        struct str inner = str_from(name, bracket + 1);
        inner = str_head(inner, inner.len == 0 ? 0 : inner.len - 1);
        for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
            if (str_eq(inner, numbers[i])) {
                return COLUMN_NUMBERS;
            }
        }
        return COLUMN_TEXTS;
    }
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        if (str_eq(name, numbers[i])) {
            return COLUMN_NUMBER;
        }
    }
    return str_eq(name, STR("bool")) ? COLUMN_BOOL : COLUMN_TEXT;
}

static void set_types(struct table *t, struct str types)
{
    struct str type;
    size_t at = 0;
    for (unsigned i = 0; str_cut(&types, t->sep, &type) && at < t->wanted; i++) {
        if (t->column[at].index == i) {
            t->column[at++].type = type_of(type);
        }
    }
}

/* A text of the header, kept. An empty one stays as it was: nothing could be told from it. */
static const char *keep(struct table *t, struct str s, struct str *out)
{
    return s.len == 0 || arena_dup(&t->texts, s, out) ? NULL : REASON_LONG;
}

static const char *zeek_fields(struct table *t, const struct json_scanner *s, struct str names)
{
    t->active = false;
    t->zeek = true;
    t->undecided = false;
    t->quotes = QUOTES_NONE;
    t->header = STR_EMPTY;
    if (!set_columns(t, s, names, t->sep)) {
        return REASON_WIDE;
    }
    t->path_slot = slot_of(s, STR("_path"));
    t->active = true;
    return NULL;
}

/* ---- W3C ---- */

static const char *w3c_fields(struct table *t, const struct json_scanner *s, struct str names)
{
    table_reset(t);
    t->quotes = QUOTES_SPACED;
    t->undecided = true;
    if (!set_columns(t, s, str_trim(names), ' ')) {
        return REASON_WIDE;
    }
    t->active = t->count > 0;
    return NULL;
}

/* Marks that go with a header and change nothing. */
static bool says_nothing(struct str line)
{
    static const struct str marks[] = {
        STR_INIT("#open"),    STR_INIT("#close"),       STR_INIT("#Software:"),
        STR_INIT("#Date:"),   STR_INIT("#Start-Date:"), STR_INIT("#End-Date:"),
        STR_INIT("#Remark:"), STR_INIT("#GMT-Offset:"),
    };
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        if (str_starts(line, marks[i])) {
            return true;
        }
    }
    return false;
}

const char *table_comment(struct table *t, const struct json_scanner *s, struct str line)
{
    struct str value;
    if (str_starts(line, STR("#separator "))) {
        table_reset(t);
        t->sep = separator_of(str_from(line, sizeof("#separator ") - 1));
        return NULL;
    }
    if (str_starts(line, STR("#Fields:"))) {
        return line.len > TABLE_HEADER_MAX
                   ? REASON_LONG
                   : w3c_fields(t, s, str_from(line, sizeof("#Fields:") - 1));
    }
    if (str_starts(line, STR("#Version:"))) {
        t->active = false;
        return NULL;
    }
    if (line.len > TABLE_HEADER_MAX) {
        return str_starts(line, STR("#fields")) ? REASON_LONG : table_reason_comment;
    }
    if (value_of(t, line, STR("#fields"), &value)) {
        return zeek_fields(t, s, value);
    }
    if (value_of(t, line, STR("#types"), &value)) {
        set_types(t, value);
        return NULL;
    }
    if (value_of(t, line, STR("#path"), &value)) {
        t->path = STR_EMPTY;
        if (utf8_fault(value) != SIZE_MAX) {
            return REASON_PATH;
        }
        return keep(t, value, &t->path);
    }
    if (value_of(t, line, STR("#unset_field"), &value)) {
        return keep(t, value, &t->unset);
    }
    if (value_of(t, line, STR("#empty_field"), &value)) {
        return keep(t, value, &t->empty);
    }
    if (value_of(t, line, STR("#set_separator"), &value)) {
        return keep(t, value, &t->set_sep);
    }
    return says_nothing(line) ? NULL : table_reason_comment;
}

/* ---- a line of names ---- */

bool table_header(struct table *t, const struct json_scanner *s, struct str line)
{
    static const struct {
        char sep;
        enum table_quotes quotes;
    } kinds[] = {{'\t', QUOTES_NONE}, {',', QUOTES_CSV}, {' ', QUOTES_SPACED}};
    enum { COLUMNS_LEAST = 3 };
    for (size_t i = 0; line.len <= TABLE_HEADER_MAX && i < ARRAY_LEN(kinds); i++) {
        table_reset(t);
        t->sep = kinds[i].sep;
        t->quotes = kinds[i].quotes;
        if (set_columns(t, s, line, t->sep) && t->wanted >= COLUMNS_LEAST &&
            t->wanted * 2 >= t->count && arena_dup(&t->texts, line, &t->header)) {
            t->unset = t->quotes == QUOTES_CSV ? STR_EMPTY : t->unset;
            t->active = true;
            return true;
        }
    }
    table_reset(t);
    return false;
}
