/* Alert lines of Suricata's eve.json. */
#include "context/alerts/alerts_priv.h"

static struct str severity_of(const json_t *alert)
{
    switch (json_integer_value(jtree_get(alert, "severity"))) {
    case 1:
        return STR("high");
    case 2:
        return STR("medium");
    default:
        return STR("low");
    }
}

static enum err_code fill(struct reader *r, const json_t *line, struct alert *a, struct err *err)
{
    const json_t *alert = jtree_get(line, "alert");
    a->kind = STR("suricata");
    a->severity = severity_of(alert);
    a->status = ALERT_OPEN;
    /* eve.json states the offset of the sensor's zone. */
    enum err_code rc = reader_time(r, "timestamp", jtree_str(jtree_get(line, "timestamp")),
                                   ZONE_NEEDED, &a->time_us, NULL, err);
    if (rc == ERR_OK) {
        rc = reader_add(r, &a->addresses, jtree_str(jtree_get(line, "src_ip")), err);
    }
    if (rc == ERR_OK) {
        rc = reader_add(r, &a->addresses, jtree_str(jtree_get(line, "dest_ip")), err);
    }
    struct str number = STR_EMPTY;
    if (rc == ERR_OK) {
        rc = jtree_text(r, jtree_get(alert, "signature_id"), &number, err);
    }
    if (rc == ERR_OK) {
        rc = reader_keep(r, number, &a->id, err);
    }
    if (rc == ERR_OK) {
        rc = reader_keep(r, jtree_str(jtree_get(alert, "signature")), &a->text, err);
    }
    return rc;
}

enum err_code alerts_suricata(struct reader *r, const json_t *line, struct err *err)
{
    if (!str_eq(jtree_str(jtree_get(line, "event_type")), STR("alert"))) {
        return ERR_OK;
    }
    struct alert a = {0};
    enum err_code rc = fill(r, line, &a, err);
    if (rc != ERR_OK) {
        alert_release(&a);
        return rc;
    }
    return alert_add(r, &a, err);
}
