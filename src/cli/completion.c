#include "cli/completion.h"

#include "base/str.h"
#include "cli/cli.h"

/* "a|b" as "a b". */
static void spaced(struct buf *out, const char *choices)
{
    for (const char *p = choices; *p != '\0'; p++) {
        buf_addc(out, *p == '|' ? ' ' : *p);
    }
}

/* Inside single quotes; zsh descriptions must not hold brackets or colons. */
static void quoted(struct buf *out, const char *s, bool zsh)
{
    for (const char *p = s; *p != '\0'; p++) {
        if (*p == '\'') {
            buf_add_cstr(out, "'\\''");
        } else if (zsh && (*p == '[' || *p == ']' || *p == ':')) {
            buf_printf(out, "\\%c", *p);
        } else {
            buf_addc(out, *p);
        }
    }
}

static bool is_path(const struct cli_option *o)
{
    return o->value == CLI_FILE || o->value == CLI_DIR;
}

/* Words that may stand where an operand is expected: "bash|zsh|fish", or command names. */
static void operand_words(struct buf *out, const struct cli_command *c)
{
    struct str form = str_of(c->operands);
    if (str_chr(form, '|') != SIZE_MAX) {
        spaced(out, c->operands);
    } else if (str_eq(form, STR("[COMMAND]"))) {
        for (size_t i = 0; cli_registry[i] != NULL; i++) {
            buf_printf(out, "%s%s", i == 0 ? "" : " ", cli_registry[i]->name);
        }
    }
}

static bool operands_are_paths(const struct cli_command *c)
{
    return str_find(str_of(c->operands), STR("PATH")) != SIZE_MAX;
}

static void visible_commands(struct buf *out)
{
    bool first = true;
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        if (!cli_registry[i]->hidden) {
            buf_printf(out, "%s%s", first ? "" : " ", cli_registry[i]->name);
            first = false;
        }
    }
}

/* ---- bash ---- */

/* case "$prev" in … : the value of an option. */
static void bash_values(struct buf *out, const struct cli_command *c)
{
    buf_add_cstr(out, "        case $prev in\n");
    for (size_t i = 0; i < c->option_count; i++) {
        const struct cli_option *o = &c->options[i];
        if (o->value == CLI_FLAG) {
            continue;
        }
        buf_printf(out, "        --%s", o->name);
        if (o->letter != '\0') {
            buf_printf(out, "|-%c", o->letter);
        }
        buf_add_cstr(out, ") ");
        if (o->choices != NULL) {
            buf_add_cstr(out, "COMPREPLY=($(compgen -W '");
            spaced(out, o->choices);
            buf_add_cstr(out, "' -- \"$cur\")); return ;;\n");
        } else if (is_path(o)) {
            buf_add_cstr(out, "compopt -o filenames 2>/dev/null; "
                              "COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n");
        } else {
            buf_add_cstr(out, "return ;;\n");
        }
    }
    buf_add_cstr(out, "        esac\n");
}

static void bash_command(struct buf *out, const struct cli_command *c)
{
    buf_printf(out, "    %s)\n", c->name);
    bash_values(out, c);
    buf_add_cstr(out, "        if [[ $cur == -* ]]; then\n            words='--help");
    for (size_t i = 0; i < c->option_count; i++) {
        buf_printf(out, " --%s", c->options[i].name);
    }
    buf_add_cstr(out, "'\n");
    if (operands_are_paths(c)) {
        buf_add_cstr(out, "        else\n            compopt -o filenames 2>/dev/null\n"
                          "            COMPREPLY=($(compgen -f -- \"$cur\"))\n"
                          "            return\n");
    } else if (c->operands[0] != '\0') {
        buf_add_cstr(out, "        else\n            words='");
        operand_words(out, c);
        buf_add_cstr(out, "'\n");
    }
    buf_add_cstr(out, "        fi ;;\n");
}

void completion_bash(struct buf *out)
{
    buf_add_cstr(out, "# bash completion for faaswatch. Made by: faaswatch completion bash\n"
                      "_faaswatch() {\n"
                      "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
                      "    local command=${COMP_WORDS[1]} words=''\n"
                      "    # --option=value arrives as three words\n"
                      "    if [[ $cur == '=' ]]; then cur=''\n"
                      "    elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                      "    COMPREPLY=()\n"
                      "    if ((COMP_CWORD == 1)); then\n"
                      "        COMPREPLY=($(compgen -W '");
    visible_commands(out);
    buf_add_cstr(out, " --help --version' -- \"$cur\"))\n        return\n    fi\n"
                      "    case $command in\n");
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        bash_command(out, cli_registry[i]);
    }
    buf_add_cstr(out, "    esac\n"
                      "    COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
                      "complete -F _faaswatch faaswatch\n");
}

/* ---- zsh ---- */

static void zsh_option(struct buf *out, const struct cli_option *o)
{
    const char *star = o->repeatable ? "*" : "";
    buf_add_cstr(out, " \\\n            ");
    if (o->letter != '\0') {
        buf_printf(out, "%s{-%c%s,--%s%s}'[", o->repeatable ? "'*'" : "", o->letter,
                   o->value == CLI_FLAG ? "" : "+", o->name, o->value == CLI_FLAG ? "" : "=");
    } else {
        buf_printf(out, "'%s--%s%s[", star, o->name, o->value == CLI_FLAG ? "" : "=");
    }
    quoted(out, o->help, true);
    buf_addc(out, ']');
    if (o->value != CLI_FLAG) {
        buf_printf(out, ":%s:", o->arg);
        if (o->choices != NULL) {
            buf_addc(out, '(');
            spaced(out, o->choices);
            buf_addc(out, ')');
        } else if (is_path(o)) {
            buf_add_cstr(out, "_files");
        }
    }
    buf_addc(out, '\'');
}

static void zsh_command(struct buf *out, const struct cli_command *c)
{
    buf_printf(out, "        %s)\n            _arguments '--help[show help]'", c->name);
    for (size_t i = 0; i < c->option_count; i++) {
        zsh_option(out, &c->options[i]);
    }
    if (operands_are_paths(c)) {
        buf_add_cstr(out, " \\\n            '*:path:_files'");
    } else if (c->operands[0] != '\0') {
        buf_add_cstr(out, " \\\n            '*:operand:(");
        operand_words(out, c);
        buf_add_cstr(out, ")'");
    }
    buf_add_cstr(out, " ;;\n");
}

void completion_zsh(struct buf *out)
{
    buf_add_cstr(out, "#compdef faaswatch\n"
                      "# zsh completion for faaswatch. Made by: faaswatch completion zsh\n"
                      "_faaswatch() {\n    local -a commands\n    commands=(\n");
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        if (!cli_registry[i]->hidden) {
            buf_printf(out, "        '%s:", cli_registry[i]->name);
            quoted(out, cli_registry[i]->summary, true);
            buf_add_cstr(out, "'\n");
        }
    }
    buf_add_cstr(out, "    )\n    if ((CURRENT == 2)); then\n"
                      "        _describe command commands\n        return\n    fi\n"
                      "    local command=$words[2]\n"
                      "    shift words\n    ((CURRENT--))\n    case $command in\n");
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        zsh_command(out, cli_registry[i]);
    }
    buf_add_cstr(out, "    esac\n}\n_faaswatch \"$@\"\n");
}

/* ---- fish ---- */

static void fish_option(struct buf *out, const char *command, const struct cli_option *o)
{
    buf_printf(out, "complete -c faaswatch -n '__fish_seen_subcommand_from %s' -l %s", command,
               o->name);
    if (o->letter != '\0') {
        buf_printf(out, " -s %c", o->letter);
    }
    if (o->choices != NULL) {
        buf_add_cstr(out, " -x -a '");
        spaced(out, o->choices);
        buf_addc(out, '\'');
    } else if (o->value != CLI_FLAG) {
        buf_add_cstr(out, is_path(o) ? " -r -F" : " -x");
    }
    buf_add_cstr(out, " -d '");
    quoted(out, o->help, false);
    buf_add_cstr(out, "'\n");
}

void completion_fish(struct buf *out)
{
    buf_add_cstr(out, "# fish completion for faaswatch. Made by: faaswatch completion fish\n"
                      "complete -c faaswatch -f\n");
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        const struct cli_command *c = cli_registry[i];
        if (!c->hidden) {
            buf_printf(out, "complete -c faaswatch -n __fish_use_subcommand -a %s -d '", c->name);
            quoted(out, c->summary, false);
            buf_add_cstr(out, "'\n");
        }
        for (size_t j = 0; j < c->option_count; j++) {
            fish_option(out, c->name, &c->options[j]);
        }
        if (operands_are_paths(c)) {
            buf_printf(out, "complete -c faaswatch -n '__fish_seen_subcommand_from %s' -F\n",
                       c->name);
        } else if (c->operands[0] != '\0') {
            buf_printf(out, "complete -c faaswatch -n '__fish_seen_subcommand_from %s' -a '",
                       c->name);
            operand_words(out, c);
            buf_add_cstr(out, "'\n");
        }
    }
}
