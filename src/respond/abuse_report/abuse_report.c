/*
 * abuse_report - tell the platform whose customer's function is used against us.
 */
#include "respond/draft.h"
#include "respond/foreign.h"

static const struct {
    struct str provider;
    const char *where;
} desks[] = {
    {STR_INIT("aws"), "https://support.aws.amazon.com/#/contacts/report-abuse"},
    {STR_INIT("azure"), "https://msrc.microsoft.com/report/abuse"},
    {STR_INIT("cloudflare"), "https://abuse.cloudflare.com"},
    {STR_INIT("google"), "https://support.google.com/code/contact/cloud_platform_report"},
    {STR_INIT("netlify"), "https://www.netlify.com/abuse"},
    {STR_INIT("vercel"), "https://vercel.com/abuse"},
};

static const char *desk_of(struct str provider)
{
    for (size_t i = 0; i < ARRAY_LEN(desks); i++) {
        if (str_eq(desks[i].provider, provider)) {
            return desks[i].where;
        }
    }
    return "the abuse desk of the platform";
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    struct contact_iter it = {.file = c, .least = SEVERITY_HIGH, .foreign = true};
    for (const struct event *e = contact_next(&it); e != NULL; e = contact_next(&it)) {
        struct str platform = event_attr_get(e, ATTR_PLATFORM);
        struct str host = contact_host(e);
        struct draft d;
        if (platform.len == 0) {
            continue;
        }
        draft_begin(&d, c, a, "abuse_report", host);
        draft_why(&d, "%.*s can stop %.*s, and knows who made it", STR_ARG(platform),
                  STR_ARG(host));
        draft_breaks(&d, "nothing of ours; the attacker may learn that the name is known");
        draft_note(&d, DRAFT_COMMANDS, "report the name, the times in UTC and our addresses at:");
        draft_note(&d, DRAFT_COMMANDS, desk_of(platform));
        DRAFT_READ(&d, "curl --silent --show-error --head https://{} > abuse-evidence.txt", host);
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_abuse_report;
const struct respond_ops respond_abuse_report = {
    .name = "abuse_report",
    .summary = "report somebody else's function to its platform",
    .phase = RESPOND_LOGGING,
    .plan = plan,
};
