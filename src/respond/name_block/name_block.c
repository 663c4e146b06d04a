/*
 * name_block - nobody of ours reaches somebody else's function by its name any more.
 */
#include "respond/draft.h"
#include "respond/foreign.h"

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    struct contact_iter it = {.file = c, .least = SEVERITY_MEDIUM, .foreign = true};
    for (const struct event *e = contact_next(&it); e != NULL; e = contact_next(&it)) {
        struct str host = contact_host(e);
        struct draft d;
        draft_begin(&d, c, a, "name_block", host);
        draft_why(&d, "hosts of ours have contact with %.*s, which is not ours", STR_ARG(host));
        draft_breaks(&d, "all hosts of ours that use this name, rightly or not");
        DRAFT_READ(&d, "dig +short {} | tee -a case-addresses.txt", host);
        draft_note(&d, DRAFT_COMMANDS, "the resolver that you have: unbound, or Route 53");
        DRAFT_COMMAND(&d, "unbound-control local_zone {} always_nxdomain", host);
        DRAFT_COMMAND(&d,
                      "aws route53resolver update-firewall-domains --firewall-domain-list-id "
                      "\"$BLOCKLIST\" --operation ADD --domains {}",
                      host);
        draft_note(&d, DRAFT_COMMANDS, "and the proxy, for clients that resolve elsewhere");
        DRAFT_COMMAND(&d, "echo {} >> /etc/squid/blocked-names.txt && squid -k reconfigure", host);
        DRAFT_UNDO_LINE(&d, "unbound-control local_zone_remove {}", host);
        DRAFT_UNDO_LINE(&d,
                        "aws route53resolver update-firewall-domains --firewall-domain-list-id "
                        "\"$BLOCKLIST\" --operation REMOVE --domains {}",
                        host);
        draft_note(&d, DRAFT_UNDO, "take the line out of /etc/squid/blocked-names.txt");
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_name_block;
const struct respond_ops respond_name_block = {
    .name = "name_block",
    .summary = "block somebody else's function by name, in DNS and proxy",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
