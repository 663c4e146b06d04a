/*
 * man - the help of a command as mdoc(7), the language that both groff and mandoc read.
 */
#include <string.h>

#include "cli/help.h"

/* Pages carry the date of the release, not of the build: the same source, the same bytes. */
static const char released[] = "November 24, 2026";

/* Text of the table into roff: a backslash and a leading dot or quote mean something there. */
static void text(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (i == 0 && (c == '.' || c == '\'')) {
            buf_add_cstr(out, "\\&");
        }
        if (c == '\\') {
            buf_add_cstr(out, "\\e");
        } else if (c == '-') {
            buf_add_cstr(out, "\\-");
        } else {
            buf_addc(out, c);
        }
    }
}

/* An argument of a macro: words that look like macros or punctuation are kept as text. */
static void argument(struct buf *out, const char *s)
{
    buf_add_cstr(out, "\\&");
    text(out, str_of(s));
}

/* mdoc wants a line a sentence. */
static void sentences(struct buf *out, struct str s)
{
    s = str_trim(s);
    while (s.len > 0) {
        size_t end = str_find(s, STR(". "));
        struct str one = end == SIZE_MAX ? s : str_head(s, end + 1);
        text(out, str_trim(one));
        buf_addc(out, '\n');
        s = str_trim(str_from(s, one.len));
    }
}

static void paragraphs(struct buf *out, const char *details)
{
    struct str rest = str_of(details);
    struct str line;
    bool gap = true;
    while (str_cut(&rest, '\n', &line)) {
        if (line.len == 0) {
            gap = true;
        } else if (line.ptr[0] == ' ') {
            buf_add_cstr(out, ".Dl ");
            argument(out, "");
            text(out, str_trim(line));
            buf_addc(out, '\n');
        } else {
            buf_add_cstr(out, gap ? ".Pp\n" : "");
            gap = false;
            sentences(out, line);
        }
    }
}

static void head(struct buf *out, const char *name, const char *summary)
{
    buf_printf(out, ".Dd %s\n.Dt FAASWATCH", released);
    if (name != NULL) {
        buf_addc(out, '-');
        for (const char *p = name; *p != '\0'; p++) {
            buf_addc(out, (char)(*p >= 'a' && *p <= 'z' ? *p - ('a' - 'A') : *p));
        }
    }
    buf_printf(out, " 1\n.Os\n.Sh NAME\n.Nm faaswatch%s%s\n.Nd ", name == NULL ? "" : "-",
               name == NULL ? "" : name);
    text(out, str_of(summary));
    buf_addc(out, '\n');
}

static void statuses(struct buf *out)
{
    buf_add_cstr(out, ".Sh EXIT STATUS\n.Bl -tag -width Ds\n");
    for (const struct help_status *s = help_statuses; s->text != NULL; s++) {
        buf_printf(out, ".It %s\n", s->status);
        text(out, str_of(s->text));
        buf_addc(out, '\n');
    }
    buf_add_cstr(out, ".El\n.Pp\nWhere two apply: 2, 4, 3, 1.\n");
}

static void option_item(struct buf *out, const struct cli_option *o)
{
    buf_add_cstr(out, ".It ");
    if (o->letter != '\0') {
        buf_printf(out, "Fl %c , ", o->letter);
    }
    buf_add_cstr(out, "Fl ");
    text(out, STR("-"));
    text(out, str_of(o->name));
    if (o->arg != NULL) {
        buf_add_cstr(out, " Ar ");
        argument(out, o->arg);
    }
    buf_addc(out, '\n');
    CLEANUP(buf_free) struct buf line = {0};
    help_option_text(&line, o);
    buf_addc(&line, '.');
    sentences(out, buf_str(&line));
}

void man_command(struct buf *out, const struct cli_command *c)
{
    head(out, c->name, c->summary);
    buf_printf(out, ".Sh SYNOPSIS\n.Nm faaswatch %s\n", c->name);
    if (c->option_count > 0) {
        buf_add_cstr(out, ".Op Ar options\n");
    }
    if (c->operands[0] != '\0') {
        buf_add_cstr(out, ".Ar ");
        argument(out, c->operands);
        buf_addc(out, '\n');
    }
    buf_add_cstr(out, ".Sh DESCRIPTION\n");
    sentences(out, str_of(c->summary));
    if (c->details != NULL) {
        paragraphs(out, c->details);
    }
    if (c->option_count > 0) {
        buf_add_cstr(out, ".Pp\nThe options are:\n.Bl -tag -width Ds\n");
        for (size_t i = 0; i < c->option_count; i++) {
            option_item(out, &c->options[i]);
        }
        buf_add_cstr(out, ".El\n");
    }
    statuses(out);
    buf_add_cstr(out, ".Sh SEE ALSO\n.Xr faaswatch 1\n");
}

void man_overview(struct buf *out)
{
    head(out, NULL, "the SOC playbook for compromised serverless infrastructure");
    buf_add_cstr(out, ".Sh SYNOPSIS\n.Nm faaswatch\n.Ar command\n.Op Ar options\n.Op Ar operands\n"
                      ".Sh DESCRIPTION\n"
                      "Reads cloud audit logs as they lie in a bucket and what the organisation\n"
                      "knows besides, answers the four questions of the playbook for MITRE ATT&CK\n"
                      "T1584.007 with evidence, and decides whether a case goes to T2.\n"
                      "Nothing reaches the network.\n.Pp\n"
                      "The commands, each with a page of its own:\n.Bl -tag -width Ds\n");
    for (size_t i = 0; cli_registry[i] != NULL; i++) {
        if (!cli_registry[i]->hidden) {
            buf_add_cstr(out, ".It Cm ");
            argument(out, cli_registry[i]->name);
            buf_addc(out, '\n');
            text(out, str_of(cli_registry[i]->summary));
            buf_add_cstr(out, ".\n");
        }
    }
    buf_add_cstr(out,
                 ".El\n.Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
                 ".It Ev NO_COLOR\nWhen set to anything, no colour.\n"
                 ".It Ev CLICOLOR_FORCE\nWhen set to anything but 0, colour also into a pipe.\n"
                 ".It Ev TERM\nWith \\(lqdumb\\(rq, no colour and no progress bar.\n"
                 ".It Ev COLUMNS\nWidth of the terminal summary when standard output is no "
                 "terminal.\n.El\n");
    statuses(out);
}
