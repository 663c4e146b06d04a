/*
 * Findings of Google's Security Command Center: as notifications carry them, and as
 * `gcloud scc findings list --format=json` prints them.
 */
#include "context/alerts/alerts_priv.h"

static enum alert_status status_of(const json_t *f)
{
    if (str_ieq(jtree_str(jtree_iget(f, "mute")), STR("MUTED"))) {
        return ALERT_FALSE_POSITIVE;
    }
    return str_ieq(jtree_str(jtree_iget(f, "state")), STR("INACTIVE")) ? ALERT_CLOSED : ALERT_OPEN;
}

static struct str severity_of(struct str text)
{
    static const struct str known[] = {STR_INIT("critical"), STR_INIT("high"), STR_INIT("medium"),
                                       STR_INIT("low")};
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_ieq(text, known[i])) {
            return known[i];
        }
    }
    return STR("low");
}

static enum err_code add_each(struct reader *r, const json_t *list, const char *key,
                              struct str_list *out, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);
        rc = reader_add(r, out, jtree_str(key == NULL ? v : jtree_iget(v, key)), err);
    }
    return rc;
}

static enum err_code fill_addresses(struct reader *r, const json_t *f, struct alert *a,
                                    struct err *err)
{
    enum err_code rc = reader_add(r, &a->addresses, jtree_str(jtree_at(f, "access.callerIp")), err);
    rc = rc ? rc : add_each(r, jtree_iget(f, "connections"), "destinationIp", &a->addresses, err);
    rc = rc ? rc : add_each(r, jtree_at(f, "indicator.ipAddresses"), NULL, &a->addresses, err);
    return rc;
}

static enum err_code fill(struct reader *r, const json_t *f, struct alert *a, struct err *err)
{
    const struct str times[] = {jtree_str(jtree_iget(f, "eventTime")),
                                jtree_str(jtree_iget(f, "createTime"))};
    struct str resource = jtree_str(jtree_iget(f, "resourceName"));
    size_t slash = str_rchr(resource, '/');
    a->kind = STR("scc");
    a->severity = severity_of(jtree_str(jtree_iget(f, "severity")));
    a->status = status_of(f);
    enum err_code rc = alert_time(r, times, ARRAY_LEN(times), &a->time_us, err);
    /* A service's or function's name; other resources have names of no function. */
    if (rc == ERR_OK && slash != SIZE_MAX &&
        (str_find(resource, STR("//run.")) != SIZE_MAX ||
         str_find(resource, STR("//cloudfunctions.")) != SIZE_MAX)) {
        rc = reader_add(r, &a->functions, str_from(resource, slash + 1), err);
    }
    rc = rc ? rc : reader_add(r, &a->actors, jtree_str(jtree_at(f, "access.principalEmail")), err);
    rc = rc ? rc : fill_addresses(r, f, a, err);
    rc = rc ? rc : reader_keep(r, jtree_str(jtree_iget(f, "name")), &a->id, err);
    return rc ? rc : reader_keep(r, jtree_str(jtree_iget(f, "category")), &a->text, err);
}

enum err_code alerts_scc(struct reader *r, const json_t *finding, struct err *err)
{
    struct alert a = {0};
    enum err_code rc = fill(r, jtree_get(finding, "finding"), &a, err);
    if (rc != ERR_OK) {
        alert_release(&a);
        return rc;
    }
    return alert_add(r, &a, err);
}
