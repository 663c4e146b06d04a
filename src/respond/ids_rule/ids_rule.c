/*
 * ids_rule - the IPS drops contacts with somebody else's function, and the sensors tell of each.
 */
#include "respond/draft.h"
#include "respond/foreign.h"

/* Numbers for local rules; the case's id tells the rules of one case from another's. */
static bool rule_number(const struct case_file *c, size_t nth, struct arena *a, struct str *out)
{
    uint32_t n = 0;
    for (size_t i = 0; i < c->id.len && i < 5; i++) {
        n = n * 16 + (chr_is_digit(c->id.ptr[i]) ? (unsigned)(c->id.ptr[i] - '0')
                                                 : (unsigned)(chr_lower(c->id.ptr[i]) - 'a') + 10);
    }
    return arena_printf(a, out, "%u", 1000000U + (n + (unsigned)nth) % 900000U);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    struct contact_iter it = {.file = c, .least = SEVERITY_MEDIUM, .foreign = true};
    size_t nth = 0;
    for (const struct event *e = contact_next(&it); e != NULL; e = contact_next(&it), nth++) {
        struct str host = contact_host(e);
        struct str number;
        struct draft d;
        if (!rule_number(c, nth, a, &number)) {
            return err_set(err, ERR_NOMEM, "no memory for the plan");
        }
        draft_begin(&d, c, a, "ids_rule", host);
        draft_why(&d, "contacts with %.*s are dropped, and every attempt is told", STR_ARG(host));
        draft_breaks(&d,
                     "all hosts of ours that use this name; in IDS mode nothing, it only tells");
        draft_note(&d, DRAFT_COMMANDS, "Suricata: a rule, in /etc/suricata/rules/local.rules");
        DRAFT_COMMAND(&d,
                      "printf 'drop tls $HOME_NET any -> any any (msg:\"faaswatch case\"; tls.sni; "
                      "content:\"%s\"; nocase; endswith; sid:%s; rev:1;)\\n' {} {} >> "
                      "/etc/suricata/rules/local.rules && suricatasc -c reload-rules",
                      host, number);
        draft_note(&d, DRAFT_COMMANDS, "Zeek: an entry of the intelligence framework");
        DRAFT_COMMAND(&d, "printf '%s\\tIntel::DOMAIN\\tfaaswatch\\n' {} >> intel.dat", host);
        draft_note(&d, DRAFT_UNDO, "take both lines out again, and reload");
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_ids_rule;
const struct respond_ops respond_ids_rule = {
    .name = "ids_rule",
    .summary = "let the IPS drop contacts with somebody else's function, and the sensors tell",
    .phase = RESPOND_LOGGING,
    .plan = plan,
};
