/*
 * GuardDuty findings: keys with a capital in get-findings, without in EventBridge and exports.
 */
#include "context/alerts/alerts_priv.h"

enum { WALK_MAX = 256 };

static struct str severity_of(const json_t *v)
{
    double s = json_number_value(v);
    if (s >= 9) {
        return STR("critical");
    }
    if (s >= 7) {
        return STR("high");
    }
    return s >= 4 ? STR("medium") : STR("low");
}

/* Addresses of the other side, wherever the kind of action keeps them. Walks breadth first over a
 * bounded list: findings are small. */
static enum err_code add_remote(struct reader *r, const json_t *action, struct str_list *out,
                                struct err *err)
{
    const json_t *todo[WALK_MAX];
    size_t len = 0;
    todo[len++] = action;
    for (size_t i = 0; i < len; i++) {
        const char *key;
        json_t *v;
        json_object_foreach((json_t *)(uintptr_t)todo[i], key, v)
        {
            if (str_ieq(str_of(key), STR("remoteIpDetails"))) {
                enum err_code rc = reader_add(r, out, jtree_str(jtree_iget(v, "ipAddressV4")), err);
                if (rc == ERR_OK) {
                    rc = reader_add(r, out, jtree_str(jtree_iget(v, "ipAddressV6")), err);
                }
                if (rc != ERR_OK) {
                    return rc;
                }
            } else if ((json_is_object(v) || json_is_array(v)) && len < WALK_MAX) {
                todo[len++] = v;
            }
        }
        for (size_t k = 0; json_is_array(todo[i]) && k < json_array_size(todo[i]); k++) {
            if (len < WALK_MAX) {
                todo[len++] = json_array_get(todo[i], k);
            }
        }
    }
    return ERR_OK;
}

static enum err_code fill(struct reader *r, const json_t *f, struct alert *a, struct err *err)
{
    const struct str times[] = {
        jtree_str(jtree_iget(f, "createdAt")),
        jtree_str(jtree_at(f, "service.eventFirstSeen")),
        jtree_str(jtree_iget(f, "updatedAt")),
    };
    const struct str functions[] = {
        jtree_str(jtree_at(f, "resource.lambdaDetails.functionName")),
        jtree_str(jtree_at(f, "resource.lambdaDetails.functionArn")),
    };
    const struct str actors[] = {
        jtree_str(jtree_at(f, "resource.accessKeyDetails.userName")),
        jtree_str(jtree_at(f, "resource.accessKeyDetails.principalId")),
        jtree_str(jtree_at(f, "resource.accessKeyDetails.accessKeyId")),
    };
    a->kind = STR("guardduty");
    a->severity = severity_of(jtree_iget(f, "severity"));
    bool archived = json_is_true(jtree_at(f, "service.archived"));
    bool useless = str_ieq(jtree_str(jtree_at(f, "service.userFeedback")), STR("NOT_USEFUL"));
    a->status = archived && useless ? ALERT_FALSE_POSITIVE : archived ? ALERT_CLOSED : ALERT_OPEN;

    enum err_code rc = alert_time(r, times, ARRAY_LEN(times), &a->time_us, err);
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(functions); i++) {
        rc = reader_add(r, &a->functions, functions[i], err);
    }
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(actors); i++) {
        rc = reader_add(r, &a->actors, actors[i], err);
    }
    if (rc == ERR_OK) {
        rc = add_remote(r, jtree_at(f, "service.action"), &a->addresses, err);
    }
    if (rc == ERR_OK) {
        rc = reader_keep(r, jtree_str(jtree_iget(f, "id")), &a->id, err);
    }
    struct str title = jtree_str(jtree_iget(f, "title"));
    struct str type = jtree_str(jtree_iget(f, "type"));
    if (rc == ERR_OK &&
        !arena_printf(&r->c->arena, &a->text, "%.*s: %.*s", STR_ARG(type), STR_ARG(title))) {
        rc = reader_nomem(r, err);
    }
    return rc;
}

enum err_code alerts_guardduty(struct reader *r, const json_t *finding, struct err *err)
{
    struct alert a = {0};
    enum err_code rc = fill(r, finding, &a, err);
    if (rc != ERR_OK) {
        alert_release(&a);
        return rc;
    }
    return alert_add(r, &a, err);
}
