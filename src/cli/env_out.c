#include "cli/env_out.h"

#include "base/utf8.h"
#include "codec/json_write.h"
#include "report/show.h"

static const struct report_options utc = {0};

/* A text of any bytes as YAML: JSON's strings are YAML's. */
static void quoted(struct buf *out, struct str s)
{
    buf_addc(out, '"');
    json_add_escaped(out, s);
    buf_addc(out, '"');
}

static void evidence(struct buf *out, const struct proposal *p)
{
    buf_add_cstr(out, "##   ");
    show_plural(out, p->count, "record", "records");
    if (p->first_us != TIME_NONE) {
        buf_add_cstr(out, ", ");
        show_minute(out, p->first_us, &utc);
        buf_add_cstr(out, " to ");
        show_minute(out, p->last_us, &utc);
    }
    if (p->why.len > 0) {
        buf_add_cstr(out, "; ");
        show_text(out, p->why);
    }
    buf_addc(out, '\n');
}

/* ---- a setting each ---- */

static void item(struct buf *out, const struct proposal *p)
{
    buf_add_cstr(out, "#   - ");
    quoted(out, p->value);
    buf_addc(out, '\n');
}

static void organization(struct buf *out, const struct proposal *p)
{
    buf_add_cstr(out, "# organization: ");
    quoted(out, p->value);
    buf_addc(out, '\n');
}

static void range(struct buf *out, const struct proposal *p)
{
    buf_add_cstr(out, "#     - ");
    quoted(out, p->value);
    buf_addc(out, '\n');
}

static void vendor(struct buf *out, const struct proposal *p)
{
    buf_add_cstr(out, "#   - name: ");
    quoted(out, p->value);
    buf_add_cstr(out, "\n#     principals: [");
    quoted(out, p->value);
    buf_add_cstr(out, "]\n#     actions: [");
    size_t shown = p->actions.len > PROPOSE_ACTIONS_MAX ? PROPOSE_ACTIONS_MAX : p->actions.len;
    for (size_t i = 0; i < shown; i++) {
        buf_add_cstr(out, i > 0 ? ", " : "");
        quoted(out, p->actions.at[i]);
    }
    buf_add_cstr(out, "]\n");
    if (shown < p->actions.len) {
        buf_add_cstr(out, "##   it used more actions than these\n");
    }
}

/* ---- the whole ---- */

static const struct {
    const char *about; /* lines of their own */
    const char *key;   /* "" where each proposal is a key itself */
    void (*write)(struct buf *out, const struct proposal *p);
} sections[PROPOSE_KIND_MAX_] = {
    [PROPOSE_ACCOUNT] = {"Accounts whose logs these are. Once one is listed, the others count as\n"
                         "## strangers: list all of yours. Say `kind: dev` of those without "
                         "production.",
                         "# accounts:\n", item},
    [PROPOSE_ORGANIZATION] = {"Your organisation: grants inside it are not \"outside\". Keep one.",
                              "", organization},
    [PROPOSE_PIPELINE] = {"What changes functions and is no person. Whoever took over a role looks "
                          "the same:\n## accept only what you know to be a pipeline.",
                          "# pipelines:\n", item},
    [PROPOSE_RANGE] =
        {"Addresses that many people come from: the office, or its NAT. Nothing that\n"
         "## comes from there is joined to a case by its address.",
         "# address_ranges:\n#   office:\n", range},
    [PROPOSE_VENDOR] = {"Accounts that are not yours and act in yours. A vendor or partner, or "
                        "somebody who\n## got in: ask who let them in before you accept one. Add "
                        "`until: DATE`.",
                        "# vendors:\n", vendor},
    [PROPOSE_LAYER_ACCOUNT] = {"Publishers of layers that your functions run.",
                               "# layer_accounts:\n", item},
    [PROPOSE_PUBLIC] =
        {"Functions that anybody may call. Accept those that are meant to be public.",
         "# public_functions:\n", item},
};

static void head(struct buf *out, const struct estate *e)
{
    buf_add_cstr(out, "## Proposed by 'faaswatch env init' from ");
    show_plural(out, e->scan.account.records, "record", "records");
    if (e->from_us != TIME_NONE) {
        buf_add_cstr(out, ", ");
        show_range(out, e->from_us, e->to_us, &utc);
        buf_add_cstr(out, " UTC");
    }
    buf_add_cstr(out,
                 ".\n"
                 "## Nothing in here counts: every setting is commented out. Accept one by taking "
                 "the\n"
                 "## \"# \" at the begin of its lines away, its key's line too. What each is for: "
                 "docs/env.md.\n"
                 "## An intruder who was there when the logs were written may be among the "
                 "proposals.\n");
}

bool env_text_of(struct buf *out, const struct estate *e, const struct proposal_list *list)
{
    head(out, e);
    enum proposal_kind last = PROPOSE_KIND_MAX_;
    for (size_t i = 0; i < list->len; i++) {
        const struct proposal *p = &list->at[i];
        if (p->kind != last) {
            buf_printf(out, "\n## %s\n%s", sections[p->kind].about, sections[p->kind].key);
            last = p->kind;
        }
        evidence(out, p);
        sections[p->kind].write(out, p);
    }
    if (list->len == 0) {
        buf_add_cstr(out, "\n## The logs suggest nothing that is not set already.\n");
    }
    return !out->failed;
}
