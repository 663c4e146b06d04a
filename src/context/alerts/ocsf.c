/*
 * Findings in OCSF (categories of class 2000 to 2999), as the newer Security Hub sends them.
 */
#include "context/alerts/alerts_priv.h"

enum { FINDINGS_FROM = 2000, FINDINGS_TO = 2999, VERDICT_FALSE_POSITIVE = 1, VERDICT_BENIGN = 5 };

bool alerts_is_ocsf(const json_t *j)
{
    json_int_t class = json_integer_value(jtree_get(j, "class_uid"));
    return class >= FINDINGS_FROM && class <= FINDINGS_TO &&
           json_is_object(jtree_get(j, "finding_info"));
}

static enum alert_status status_of(const json_t *f)
{
    /* 1 new, 2 in progress, 3 suppressed, 4 resolved, 5 archived */
    json_int_t status = json_integer_value(jtree_get(f, "status_id"));
    json_int_t verdict = json_integer_value(jtree_get(f, "verdict_id"));
    if (verdict == VERDICT_FALSE_POSITIVE || verdict == VERDICT_BENIGN) {
        return ALERT_FALSE_POSITIVE;
    }
    return status >= 3 && status <= 5 ? ALERT_CLOSED : ALERT_OPEN;
}

static struct str severity_of(const json_t *f)
{
    static const struct str names[] = {
        STR_INIT(""),     STR_INIT("informational"), STR_INIT("low"),     STR_INIT("medium"),
        STR_INIT("high"), STR_INIT("critical"),      STR_INIT("critical")};
    json_int_t id = json_integer_value(jtree_get(f, "severity_id"));
    return id > 0 && (size_t)id < ARRAY_LEN(names) ? names[id] : STR_EMPTY;
}

/* Milliseconds since 1970, or a text beside it. */
static enum err_code time_of(struct reader *r, const json_t *f, int64_t *out, struct err *err)
{
    static const char *const numbers[] = {"finding_info.first_seen_time",
                                          "finding_info.created_time", "time"};
    const struct str texts[] = {jtree_str(jtree_at(f, "finding_info.first_seen_time_dt")),
                                jtree_str(jtree_at(f, "finding_info.created_time_dt")),
                                jtree_str(jtree_get(f, "time_dt"))};
    for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
        json_int_t ms = json_integer_value(jtree_at(f, numbers[i]));
        if (ms > 0 && ms < INT64_MAX / 1000) {
            *out = ms * 1000;
            return ERR_OK;
        }
    }
    return alert_time(r, texts, ARRAY_LEN(texts), out, err);
}

static enum err_code add_resources(struct reader *r, const json_t *f, struct alert *a,
                                   struct err *err)
{
    const json_t *list = jtree_get(f, "resources");
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        struct str type = jtree_str(jtree_get(one, "type"));
        struct str id = jtree_str(jtree_get(one, "uid"));
        bool function = str_find(type, STR("Lambda")) != SIZE_MAX;
        bool actor =
            str_find(type, STR("IAM")) != SIZE_MAX || str_find(type, STR("Iam")) != SIZE_MAX;
        rc = function ? reader_add(r, &a->functions, id, err)
             : actor  ? reader_add(r, &a->actors, id, err)
                      : ERR_OK;
    }
    return rc;
}

static enum err_code add_evidences(struct reader *r, const json_t *f, struct alert *a,
                                   struct err *err)
{
    const json_t *list = jtree_get(f, "evidences");
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        rc = reader_add(r, &a->addresses, jtree_str(jtree_at(one, "src_endpoint.ip")), err);
        rc = rc ? rc
                : reader_add(r, &a->addresses, jtree_str(jtree_at(one, "dst_endpoint.ip")), err);
        rc = rc ? rc : reader_add(r, &a->actors, jtree_str(jtree_at(one, "actor.user.uid")), err);
    }
    return rc;
}

static enum err_code fill(struct reader *r, const json_t *f, struct alert *a, struct err *err)
{
    a->kind = STR("ocsf");
    a->severity = severity_of(f);
    a->status = status_of(f);
    enum err_code rc = time_of(r, f, &a->time_us, err);
    rc = rc ? rc : add_resources(r, f, a, err);
    rc = rc ? rc : add_evidences(r, f, a, err);
    rc = rc ? rc : reader_keep(r, jtree_str(jtree_at(f, "finding_info.uid")), &a->id, err);
    return rc ? rc : reader_keep(r, jtree_str(jtree_at(f, "finding_info.title")), &a->text, err);
}

enum err_code alerts_ocsf(struct reader *r, const json_t *finding, struct err *err)
{
    struct alert a = {0};
    enum err_code rc = fill(r, finding, &a, err);
    if (rc != ERR_OK) {
        alert_release(&a);
        return rc;
    }
    return alert_add(r, &a, err);
}
