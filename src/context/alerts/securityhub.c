/* Security Hub findings in the AWS Security Finding Format. */
#include "context/alerts/alerts_priv.h"

/* "arn:aws:lambda:eu-west-1:111122223333:function:pay" to "pay". */
static struct str function_name(struct str arn)
{
    size_t at = str_find(arn, STR(":function:"));
    struct str name = at == SIZE_MAX ? arn : str_from(arn, at + 10);
    return str_head(name, str_chr(name, ':') == SIZE_MAX ? name.len : str_chr(name, ':'));
}

static enum err_code add_resources(struct reader *r, const json_t *f, struct alert *a,
                                   struct err *err)
{
    const json_t *list = jtree_get(f, "Resources");
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct str type = jtree_str(jtree_get(one, "Type"));
        struct str id = jtree_str(jtree_get(one, "Id"));
        if (str_eq(type, STR("AwsLambdaFunction"))) {
            rc = reader_add(r, &a->functions, function_name(id), err);
            rc = rc == ERR_OK ? reader_add(r, &a->functions, id, err) : rc;
        } else if (str_starts(type, STR("AwsIam"))) {
            rc = reader_add(r, &a->actors, id, err);
        }
    }
    return rc;
}

static enum err_code add_addresses(struct reader *r, const json_t *f, struct alert *a,
                                   struct err *err)
{
    static const char *const paths[] = {
        "Network.SourceIpV4",
        "Network.SourceIpV6",
        "Network.DestinationIpV4",
        "Network.DestinationIpV6",
        "Action.NetworkConnectionAction.RemoteIpDetails.IpAddressV4",
        "Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4",
    };
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(paths); i++) {
        rc = reader_add(r, &a->addresses, jtree_str(jtree_at(f, paths[i])), err);
    }
    return rc;
}

static enum alert_status status_of(const json_t *f)
{
    struct str workflow = jtree_str(jtree_at(f, "Workflow.Status"));
    struct str verdict = jtree_str(jtree_get(f, "VerificationState"));
    if (str_eq(verdict, STR("FALSE_POSITIVE")) || str_eq(verdict, STR("BENIGN_POSITIVE"))) {
        return ALERT_FALSE_POSITIVE;
    }
    bool closed = str_eq(workflow, STR("RESOLVED")) || str_eq(workflow, STR("SUPPRESSED")) ||
                  str_eq(jtree_str(jtree_get(f, "RecordState")), STR("ARCHIVED"));
    return closed ? ALERT_CLOSED : ALERT_OPEN;
}

static struct str severity_of(const json_t *f)
{
    static const char *const names[] = {"informational", "low", "medium", "high", "critical"};
    struct str label = jtree_str(jtree_at(f, "Severity.Label"));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (str_ieq(label, str_of(names[i]))) {
            return str_of(names[i]);
        }
    }
    return STR_EMPTY;
}

static enum err_code fill(struct reader *r, const json_t *f, struct alert *a, struct err *err)
{
    const struct str times[] = {
        jtree_str(jtree_get(f, "FirstObservedAt")),
        jtree_str(jtree_get(f, "CreatedAt")),
        jtree_str(jtree_get(f, "UpdatedAt")),
    };
    a->kind = STR("securityhub");
    a->severity = severity_of(f);
    a->status = status_of(f);
    enum err_code rc = alert_time(r, times, ARRAY_LEN(times), &a->time_us, err);
    if (rc == ERR_OK) {
        rc = add_resources(r, f, a, err);
    }
    if (rc == ERR_OK) {
        rc = add_addresses(r, f, a, err);
    }
    if (rc == ERR_OK) {
        rc = reader_keep(r, jtree_str(jtree_get(f, "Id")), &a->id, err);
    }
    if (rc == ERR_OK) {
        rc = reader_keep(r, jtree_str(jtree_get(f, "Title")), &a->text, err);
    }
    return rc;
}

enum err_code alerts_securityhub(struct reader *r, const json_t *finding, struct err *err)
{
    struct alert a = {0};
    enum err_code rc = fill(r, finding, &a, err);
    if (rc != ERR_OK) {
        alert_release(&a);
        return rc;
    }
    return alert_add(r, &a, err);
}
