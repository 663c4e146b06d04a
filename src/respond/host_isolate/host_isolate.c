/*
 * host_isolate - take a host of ours off the network that has contact as malware has.
 */
#include "respond/draft.h"
#include "respond/foreign.h"

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    struct contact_iter it = {.file = c, .least = SEVERITY_HIGH};
    for (const struct event *e = contact_next(&it); e != NULL; e = contact_next(&it)) {
        struct str host = e->address;
        struct str with = contact_host(e);
        struct draft d;
        if (host.len == 0) {
            continue;
        }
        draft_begin(&d, c, a, "host_isolate", host);
        draft_why(&d, "%.*s has contact with %.*s as malware has", STR_ARG(host),
                  STR_ARG(with.len > 0 ? with : STR("a listed address")));
        draft_breaks(&d, "whoever works on the host, and what it serves");
        draft_note(&d, DRAFT_BEFORE,
                   "keep its memory first: what makes the contacts may be nowhere "
                   "else");
        draft_note(&d, DRAFT_COMMANDS,
                   "with the endpoint agent where there is one, else at the gateway:");
        DRAFT_COMMAND(&d, "nft add element inet filter quarantine '{' {} '}'", host);
        DRAFT_UNDO_LINE(&d, "nft delete element inet filter quarantine '{' {} '}'", host);
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_host_isolate;
const struct respond_ops respond_host_isolate = {
    .name = "host_isolate",
    .summary = "take a host of ours off the network",
    .phase = RESPOND_ACTOR,
    .plan = plan,
};
