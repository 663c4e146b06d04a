#include "cli/parse.h"

#include "base/timefmt.h"
#include "base/vec.h"
#include "cli/nearest.h"

struct pair {
    size_t option;
    struct str value;
};

struct parser {
    const struct cli_command *command;
    const struct str *words;
    size_t count;
    size_t at; /* next word */
    struct {
        VEC_OF(struct pair);
    } pairs;
    struct {
        VEC_OF(struct str);
    } operands;
    bool help;
};

static void parser_free(struct parser *p)
{
    VEC_FREE(&p->pairs);
    VEC_FREE(&p->operands);
}

bool cli_in_choices(const char *choices, struct str word)
{
    struct str rest = str_of(choices);
    struct str one;
    while (str_cut(&rest, '|', &one)) {
        if (str_eq(one, word)) {
            return true;
        }
    }
    return false;
}

bool cli_parse_time(struct str text, int64_t *us, bool *zoned, bool *is_date)
{
    *is_date = str_trim(text).len == 10;
    return time_parse_any(text, us, zoned);
}

static enum err_code check_value(const struct cli_option *o, struct str v, struct err *err)
{
    uint64_t number;
    int64_t us;
    bool zoned;
    bool is_date;
    if (o->value != CLI_FLAG && v.len == 0) {
        return err_set(err, ERR_USAGE, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
    }
    switch (o->value) {
    case CLI_CHOICE:
        if (!cli_in_choices(o->choices, v)) {
            return err_set(err, ERR_USAGE, "--%s does not know \"%.*s\"; it takes %s", o->name,
                           STR_ARG(str_head(v, 80)), o->choices);
        }
        break;
    case CLI_COUNT:
        if (!str_u64(v, &number) && (o->choices == NULL || !cli_in_choices(o->choices, v))) {
            return err_set(err, ERR_USAGE, "--%s takes a whole number%s%s, not \"%.*s\"", o->name,
                           o->choices == NULL ? "" : " or ", o->choices == NULL ? "" : o->choices,
                           STR_ARG(str_head(v, 80)));
        }
        break;
    case CLI_TIME:
        if (!cli_parse_time(v, &us, &zoned, &is_date)) {
            return err_set(err, ERR_USAGE,
                           "--%s takes a date or a time such as 2026-11-20 or "
                           "2026-11-20T09:12:00Z, not \"%.*s\"",
                           o->name, STR_ARG(str_head(v, 80)));
        }
        break;
    case CLI_FLAG:
    case CLI_TEXT:
    case CLI_FILE:
    case CLI_DIR:
        break;
    }
    return ERR_OK;
}

static enum err_code add_pair(struct parser *p, size_t option, struct str value, struct err *err)
{
    const struct cli_option *o = &p->command->options[option];
    enum err_code code = check_value(o, value, err);
    if (code != ERR_OK) {
        return code;
    }
    if (!o->repeatable && (o->value == CLI_FILE || o->value == CLI_DIR)) {
        for (size_t i = 0; i < p->pairs.len; i++) {
            if (p->pairs.at[i].option == option) {
                return err_set(err, ERR_USAGE, "--%s is given twice; it takes one %s", o->name,
                               o->arg);
            }
        }
    }
    struct pair pair = {option, value};
    if (!VEC_PUSH(&p->pairs, pair)) {
        return err_set(err, ERR_NOMEM, "no memory for the command line");
    }
    return ERR_OK;
}

static enum err_code unknown_long(const struct parser *p, struct str name, struct err *err)
{
    struct nearest near = {.typed = name};
    for (size_t i = 0; i < p->command->option_count; i++) {
        nearest_try(&near, p->command->options[i].name);
    }
    nearest_try(&near, "help");
    if (near.name != NULL) {
        return err_set(err, ERR_USAGE, "unknown option --%.*s; the nearest is --%s",
                       STR_ARG(str_head(name, 80)), near.name);
    }
    return err_set(err, ERR_USAGE, "unknown option --%.*s; faaswatch help %s lists them",
                   STR_ARG(str_head(name, 80)), p->command->name);
}

static enum err_code take_long(struct parser *p, struct str word, struct err *err)
{
    size_t eq = str_chr(word, '=');
    struct str name = eq == SIZE_MAX ? word : str_head(word, eq);
    if (str_eq(name, STR("help"))) {
        p->help = true;
        return ERR_OK;
    }
    for (size_t i = 0; i < p->command->option_count; i++) {
        const struct cli_option *o = &p->command->options[i];
        if (!str_eq(name, str_of(o->name))) {
            continue;
        }
        if (o->value == CLI_FLAG && eq != SIZE_MAX) {
            return err_set(err, ERR_USAGE, "--%s takes no value", o->name);
        }
        if (o->value == CLI_FLAG) {
            return add_pair(p, i, STR_EMPTY, err);
        }
        if (eq != SIZE_MAX) {
            return add_pair(p, i, str_from(word, eq + 1), err);
        }
        if (p->at == p->count) {
            return err_set(err, ERR_USAGE, "--%s needs a value: --%s %s", o->name, o->name, o->arg);
        }
        return add_pair(p, i, p->words[p->at++], err);
    }
    return unknown_long(p, name, err);
}

/* A word of short options, without its '-'. */
static enum err_code take_short(struct parser *p, struct str word, struct err *err)
{
    for (size_t at = 0; at < word.len; at++) {
        char c = word.ptr[at];
        if (c == 'h') {
            p->help = true;
            return ERR_OK;
        }
        size_t i = 0;
        while (i < p->command->option_count && p->command->options[i].letter != c) {
            i++;
        }
        if (i == p->command->option_count) {
            return err_set(err, ERR_USAGE, "unknown option -%.*s; faaswatch help %s lists them",
                           STR_ARG(str_head(str_from(word, at), 40)), p->command->name);
        }
        const struct cli_option *o = &p->command->options[i];
        if (o->value != CLI_FLAG) {
            struct str value = str_from(word, at + 1);
            if (value.len == 0 && p->at == p->count) {
                return err_set(err, ERR_USAGE, "-%c needs a value: -%c %s", c, c, o->arg);
            }
            return add_pair(p, i, value.len > 0 ? value : p->words[p->at++], err);
        }
        enum err_code code = add_pair(p, i, STR_EMPTY, err);
        if (code != ERR_OK) {
            return code;
        }
    }
    return ERR_OK;
}

static enum err_code check_operands(const struct parser *p, struct err *err)
{
    const struct cli_command *c = p->command;
    struct str form = str_of(c->operands);
    bool many = str_find(form, STR("…")) != SIZE_MAX;
    if (p->operands.len > 0 && form.len == 0) {
        return err_set(err, ERR_USAGE, "%s takes no operand, but got \"%.*s\"", c->name,
                       STR_ARG(str_head(p->operands.at[0], 80)));
    }
    if (p->operands.len > 1 && !many) {
        return err_set(err, ERR_USAGE, "%s takes one %s, but also got \"%.*s\"", c->name,
                       c->operands, STR_ARG(str_head(p->operands.at[1], 80)));
    }
    if (p->operands.len == 0 && form.len > 0 && form.ptr[0] != '[') {
        return err_set(err, ERR_USAGE, "%s needs %s: faaswatch %s %s", c->name, c->operands,
                       c->name, c->operands);
    }
    if (p->operands.len == 1 && str_chr(form, '|') != SIZE_MAX &&
        !cli_in_choices(c->operands, p->operands.at[0])) {
        return err_set(err, ERR_USAGE, "%s does not know \"%.*s\"; it takes %s", c->name,
                       STR_ARG(str_head(p->operands.at[0], 80)), c->operands);
    }
    return ERR_OK;
}

static enum err_code hand_out(const struct parser *p, struct arena *a, struct cli_args *out,
                              struct err *err)
{
    const struct cli_command *c = p->command;
    struct cli_given *given = ARENA_ARRAY(a, struct cli_given, c->option_count + 1);
    struct str *values = ARENA_ARRAY(a, struct str, p->pairs.len + 1);
    struct str *operands = ARENA_ARRAY(a, struct str, p->operands.len + 1);
    if (given == NULL || values == NULL || operands == NULL) {
        return err_set(err, ERR_NOMEM, "no memory for the command line");
    }
    for (size_t i = 0; i < c->option_count; i++) {
        given[i].values = values;
        for (size_t j = 0; j < p->pairs.len; j++) {
            if (p->pairs.at[j].option == i) {
                *values++ = p->pairs.at[j].value;
                given[i].count++;
            }
        }
    }
    for (size_t i = 0; i < p->operands.len; i++) {
        operands[i] = p->operands.at[i];
    }
    out->command = c;
    out->given = given;
    out->operands = operands;
    out->operand_count = p->operands.len;
    return ERR_OK;
}

static enum err_code take_word(struct parser *p, bool *only_operands, struct err *err)
{
    struct str word = p->words[p->at++];
    if (!*only_operands && str_eq(word, STR("--"))) {
        *only_operands = true;
        return ERR_OK;
    }
    if (!*only_operands && str_starts(word, STR("--"))) {
        return take_long(p, str_from(word, 2), err);
    }
    if (!*only_operands && word.len > 1 && word.ptr[0] == '-') {
        return take_short(p, str_from(word, 1), err);
    }
    if (!VEC_PUSH(&p->operands, word)) {
        return err_set(err, ERR_NOMEM, "no memory for the command line");
    }
    return ERR_OK;
}

enum err_code cli_parse(const struct cli_command *command, const struct str *words, size_t count,
                        struct arena *a, struct cli_args *out, bool *help, struct err *err)
{
    CLEANUP(parser_free)
    struct parser p = {.command = command, .words = words, .count = count};
    bool only_operands = false;
    while (p.at < p.count && !p.help) {
        enum err_code code = take_word(&p, &only_operands, err);
        if (code != ERR_OK) {
            return code;
        }
    }
    enum err_code code = p.help ? ERR_OK : check_operands(&p, err);
    if (code == ERR_OK) {
        code = hand_out(&p, a, out, err);
    }
    if (code == ERR_OK) {
        *help = p.help;
    }
    return code;
}
