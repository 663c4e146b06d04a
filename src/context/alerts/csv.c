/* Alerts and incidents as a table. */
#include "context/alerts/alerts_priv.h"

enum { TIME, KIND, SEVERITY, STATUS, ADDRESSES, FUNCTIONS, ACTORS, TEXT, ID, COLUMNS };
_Static_assert((int)COLUMNS == (int)ALERTS_COLUMNS, "the header says how many");

const struct column alerts_columns[] = {
    [TIME] = {"time", "timestamp|opened_at|opened|created_at|created|date", true, false},
    [KIND] = {"kind", "type|category|source", true, false},
    [SEVERITY] = {"severity", "priority|level", false, false},
    [STATUS] = {"status", "state", false, false},
    [ADDRESSES] = {"addresses", "address|ip|ips|src_ip|source_ip|dest_ip", false, true},
    [FUNCTIONS] = {"functions", "function|function_name|configuration_item|cmdb_ci", false, true},
    [ACTORS] = {"actors", "actor|user|principal", false, true},
    [TEXT] = {"text", "title|short_description|description|summary|message", false, true},
    [ID] = {"id", "number|alert_id|key", false, false},
};

static enum alert_status status_of(struct str s)
{
    static const char *const closed[] = {"closed",         "resolved", "done",
                                         "suppressed",     "archived", "closed - resolved",
                                         "closed complete"};
    static const char *const wrong[] = {"false positive", "false-positive", "false_positive", "fp",
                                        "benign"};
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        if (str_ieq(str_trim(s), str_of(wrong[i]))) {
            return ALERT_FALSE_POSITIVE;
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(closed); i++) {
        if (str_ieq(str_trim(s), str_of(closed[i]))) {
            return ALERT_CLOSED;
        }
    }
    return ALERT_OPEN;
}

static enum err_code fill(struct reader *r, const struct row *row, struct alert *a, struct err *err)
{
    const struct {
        unsigned column;
        struct str *to;
    } texts[] = {{KIND, &a->kind}, {SEVERITY, &a->severity}, {TEXT, &a->text}, {ID, &a->id}};
    const struct {
        unsigned column;
        struct str_list *to;
    } lists[] = {{ADDRESSES, &a->addresses}, {FUNCTIONS, &a->functions}, {ACTORS, &a->actors}};

    enum err_code rc = reader_time(r, "time", row->cell[TIME], ZONE_NEEDED, &a->time_us, NULL, err);
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(texts); i++) {
        rc = reader_keep(r, row->cell[texts[i].column], texts[i].to, err);
    }
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(lists); i++) {
        rc = reader_add_all(r, lists[i].to, row->cell[lists[i].column], err);
    }
    a->status = status_of(row->cell[STATUS]);
    return rc;
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct alert a = {0};
    enum err_code rc = fill(r, row, &a, err);
    if (rc != ERR_OK) {
        alert_release(&a);
        return rc;
    }
    return alert_add(r, &a, err);
}

enum err_code alerts_read_csv(struct reader *r, struct str text, struct err *err)
{
    static const struct table table = {alerts_columns, COLUMNS, read_row};
    return table_read_csv(r, &table, text, err);
}
