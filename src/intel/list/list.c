/*
 * list - one indicator a line: addresses, CIDRs, names, URLs; hosts files; "address<TAB>count".
 *
 * A comment line of the form
 *     # faaswatch: class=c2 confidence=80 from=2026-11-01 until=2026-12-01
 * states what holds for the lines below it. Else the words of the file name hint at the class.
 */
#include "intel/intel.h"

static int probe(struct str path, struct str head)
{
    (void)path;
    struct str line;
    unsigned seen = 0;
    unsigned good = 0;
    CLEANUP(arena_free) struct arena scratch = {0};
    while (seen < 20 && str_cut(&head, '\n', &line)) {
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';') {
            continue;
        }
        if (head.len == 0 && seen > 0) {
            break; /* the last line may be cut */
        }
        seen++;
        struct indicator in;
        struct str rest = line;
        struct str first = line;
        for (size_t i = 0; i < line.len; i++) {
            if (line.ptr[i] == ' ' || line.ptr[i] == '\t') {
                first = str_head(line, i);
                rest = str_trim(str_from(line, i));
                break;
            }
        }
        good += intel_observable_or_hash(first, &scratch, &in) ||
                        intel_observable_or_hash(rest, &scratch, &in)
                    ? 1
                    : 0;
    }
    if (seen == 0) {
        return 10; /* only comments so far: nothing speaks against it */
    }
    return good * 2 >= seen ? 50 : 0;
}

struct state {
    const struct intel_sink *sink;
    struct indicator defaults;
    bool counted; /* "address<TAB>number of lists" */
};

static void directive(struct state *s, struct str line)
{
    struct str word;
    while (str_cut(&line, ' ', &word)) {
        size_t eq = str_chr(word, '=');
        if (eq == SIZE_MAX) {
            continue;
        }
        struct str key = str_head(word, eq);
        struct str value = str_trim(str_from(word, eq + 1));
        uint64_t n;
        int64_t us;
        bool zoned;
        if (str_eq(key, STR("class"))) {
            (void)!intel_class_parse(value, &s->defaults.class);
        } else if (str_eq(key, STR("confidence")) && str_u64(value, &n) && n <= 100) {
            s->defaults.confidence = (uint8_t)n;
        } else if (str_eq(key, STR("from")) && time_parse_any(value, &us, &zoned)) {
            s->defaults.from_us = us;
        } else if (str_eq(key, STR("until")) && time_parse_any(value, &us, &zoned)) {
            s->defaults.until_us = us;
        } else if (str_eq(key, STR("note"))) {
            s->defaults.note = value;
        }
    }
}

/* First token of the line, without a trailing comment. */
static struct str take_token(struct str *line)
{
    size_t i = 0;
    while (i < line->len && !chr_is_space(line->ptr[i]) && line->ptr[i] != ',') {
        i++;
    }
    struct str token = str_head(*line, i);
    *line = str_trim(str_from(*line, i + (i < line->len && line->ptr[i] == ',' ? 1 : 0)));
    return token;
}

static bool is_sink_address(struct str s)
{
    return str_eq(s, STR("0.0.0.0")) || str_eq(s, STR("127.0.0.1")) || str_eq(s, STR("::")) ||
           str_eq(s, STR("::1"));
}

/* How many lists carry it, to confidence: 3 lists 60, 8 lists 85. */
static uint8_t confidence_of_count(uint64_t lists)
{
    uint64_t c = 45 + lists * 5;
    return (uint8_t)(c > 95 ? 95 : c);
}

static enum err_code one_line(struct state *s, struct str line, uint64_t number, struct err *err)
{
    struct str token = take_token(&line);
    /* A hosts file: the address is where the name is sent to, not what is meant. */
    if (is_sink_address(token) && line.len > 0 && line.ptr[0] != '#') {
        token = take_token(&line);
    }
    struct indicator in = s->defaults;
    if (!intel_observable_or_hash(token, s->sink->texts, &in)) {
        if (!str_eq(token, STR("localhost"))) {
            s->sink->reject(s->sink->arg, number, "no address, network, name, URL or hash");
        }
        return ERR_OK;
    }
    uint64_t lists;
    if (str_u64(line, &lists) && lists > 0 && lists < 100) {
        in.confidence = confidence_of_count(lists);
        in.note = line;
    }
    return intel_add_observable(s->sink, &in, err);
}

static enum err_code read_list(struct str path, struct str text, const struct intel_sink *sink,
                               struct str *version, struct err *err)
{
    (void)version;
    size_t slash = str_rchr(path, '/');
    struct state s = {.sink = sink};
    s.defaults = (struct indicator){
        .confidence = 50,
        .from_us = TIME_NONE,
        .until_us = TIME_NONE,
        .class = intel_class_guess(slash == SIZE_MAX ? path : str_from(path, slash + 1))};
    struct str line;
    uint64_t number = 0;
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        text = str_from(text, 3);
    }
    while (str_cut(&text, '\n', &line)) {
        number++;
        line = str_trim(line);
        if (line.len == 0 || line.ptr[0] == ';' || str_starts(line, STR("//"))) {
            continue;
        }
        if (line.ptr[0] == '#') {
            size_t at = str_find(line, STR("faaswatch:"));
            if (at != SIZE_MAX) {
                directive(&s, str_from(line, at + 10));
            }
            continue;
        }
        enum err_code rc = one_line(&s, line, number, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

const struct intel_ops intel_list = {
    .name = "list",
    .summary = "plain lists, hosts files, CIDR lists, address and count",
    .probe = probe,
    .read = read_list,
};
