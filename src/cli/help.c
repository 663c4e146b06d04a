#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "report/layout.h"

enum { LEFT = 26 }; /* column where an option's sentence begins */

const struct help_status help_statuses[] = {
    {"0", "done, nothing at or above --fail-on"},
    {"1", "done, something at or above --fail-on"},
    {"2", "usage or configuration, or an output that exists; nothing was done"},
    {"3", "done, but some input could not be read"},
    {"4", "internal error"},
    {"130", "interrupted"},
    {NULL, NULL},
};

void help_option_text(struct buf *out, const struct cli_option *o)
{
    buf_add_cstr(out, o->help);
    const char *open = " (";
    if (o->value == CLI_CHOICE) {
        buf_add_cstr(out, open);
        struct str rest = str_of(o->choices);
        struct str one;
        for (bool first = true; str_cut(&rest, '|', &one); first = false) {
            buf_add_cstr(out, first ? "" : ", ");
            buf_add(out, one);
        }
        open = "; ";
    }
    if (o->fallback != NULL) {
        buf_printf(out, "%sdefault: %s", open, o->fallback);
        open = "; ";
    }
    if (o->repeatable) {
        buf_printf(out, "%srepeatable", open);
        open = "; ";
    }
    buf_add_cstr(out, strcmp(open, "; ") == 0 ? ")" : "");
}

static void left_column(struct buf *out, const struct cli_option *o)
{
    if (o->letter != '\0') {
        buf_printf(out, "  -%c, --%s", o->letter, o->name);
    } else {
        buf_printf(out, "      --%s", o->name);
    }
    if (o->arg != NULL) {
        buf_printf(out, " %s", o->arg);
    }
}

static void row(struct buf *out, struct str left, struct str text)
{
    buf_add(out, left);
    size_t at = utf8_width(left);
    if (at + 2 > LEFT) {
        buf_addc(out, '\n');
        at = 0;
    }
    layout_pad(out, LEFT - at);
    layout_wrap(out, text, HELP_WIDTH, LEFT, LEFT);
    buf_addc(out, '\n');
}

static void option_row(struct buf *out, const struct cli_option *o)
{
    CLEANUP(buf_free) struct buf left = {0};
    CLEANUP(buf_free) struct buf text = {0};
    left_column(&left, o);
    help_option_text(&text, o);
    row(out, buf_str(&left), buf_str(&text));
}

static void paragraphs(struct buf *out, const char *details)
{
    struct str rest = str_of(details);
    struct str line;
    while (str_cut(&rest, '\n', &line)) {
        bool alone = line.len > 0 && line.ptr[0] == ' ';
        layout_pad(out, alone ? 2 : 0);
        layout_wrap(out, line, HELP_WIDTH, alone ? 2 : 0, alone ? 4 : 0);
        buf_addc(out, '\n');
    }
}

void help_command(struct buf *out, const struct cli_command *c)
{
    static const struct cli_option help = {.name = "help", .letter = 'h', .help = "show this"};
    buf_printf(out, "usage: faaswatch %s%s%s%s\n\n", c->name,
               c->option_count > 0 ? " [options]" : "", c->operands[0] != '\0' ? " " : "",
               c->operands);
    layout_wrap(out, str_of(c->summary), HELP_WIDTH, 0, 0);
    buf_add_cstr(out, ".\n");
    if (c->details != NULL) {
        buf_addc(out, '\n');
        paragraphs(out, c->details);
    }
    buf_add_cstr(out, "\noptions:\n");
    for (size_t i = 0; i < c->option_count; i++) {
        option_row(out, &c->options[i]);
    }
    option_row(out, &help);
}

void help_overview(struct buf *out)
{
    buf_add_cstr(out, "usage: faaswatch COMMAND [options] …\n\n");
    layout_wrap(out,
                STR("The SOC playbook for MITRE ATT&CK T1584.007, Compromise Infrastructure: "
                    "Serverless: reads cloud audit logs, answers the playbook's questions with "
                    "evidence, and decides whether a case goes to T2."),
                HELP_WIDTH, 0, 0);
    buf_add_cstr(out, "\n\ncommands:\n");
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        const struct cli_command *c = cli_registry[i];
        if (c->hidden) {
            continue;
        }
        CLEANUP(buf_free) struct buf left = {0};
        buf_printf(&left, "  %s%s%s", c->name, c->operands[0] != '\0' ? " " : "", c->operands);
        row(out, buf_str(&left), str_of(c->summary));
    }
    buf_add_cstr(out, "\nexit status:\n");
    for (const struct help_status *s = help_statuses; s->text != NULL; s++) {
        CLEANUP(buf_free) struct buf left = {0};
        buf_printf(&left, "  %s", s->status);
        row(out, buf_str(&left), str_of(s->text));
    }
    buf_add_cstr(out, "\nfaaswatch help COMMAND says more. To begin: faaswatch triage logs/\n");
}
