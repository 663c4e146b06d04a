#include "context/alerts/alerts_priv.h"

#define FORMATS                                                                                    \
    "GuardDuty findings JSON, Security Hub findings JSON (ASFF, OCSF), Google Security Command "   \
    "Center "                                                                                      \
    "findings JSON, Suricata eve.json, CSV with a header line"

void alert_release(struct alert *a)
{
    VEC_FREE(&a->addresses);
    VEC_FREE(&a->functions);
    VEC_FREE(&a->actors);
}

/* ---- addresses ---- */

enum { ADDRESS_MAX = 80 };

/* "203.0.113[.]10" to "203.0.113.10": how people write addresses so that nobody follows them. */
static struct str without_brackets(struct str s, char out[ADDRESS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s.len && n < ADDRESS_MAX; i++) {
        bool marked = i + 2 < s.len && (s.ptr[i] == '[' || s.ptr[i] == '(') &&
                      (s.ptr[i + 1] == '.' || s.ptr[i + 1] == ':') &&
                      (s.ptr[i + 2] == ']' || s.ptr[i + 2] == ')');
        i += marked ? 1 : 0;
        out[n++] = s.ptr[i];
        i += marked ? 1 : 0;
    }
    return str_make(out, n);
}

/* "203.0.113.10:443", "[2001:db8::1]:443" */
static struct str without_port(struct str s)
{
    if (str_starts(s, STR("["))) {
        size_t end = str_chr(s, ']');
        return end == SIZE_MAX ? s : str_head(str_from(s, 1), end - 1);
    }
    size_t first = str_chr(s, ':');
    return first != SIZE_MAX && first == str_rchr(s, ':') ? str_head(s, first) : s;
}

/* One spelling an address: events are compared with it byte by byte. Ranges keep their length; a
 * name stays as it is. */
static bool spell_address(struct arena *a, struct str *text)
{
    char plain[ADDRESS_MAX];
    char spelt[IP_TEXT_MAX];
    struct ip_prefix p;
    struct str s = without_port(without_brackets(str_trim(*text), plain));
    if (text->len >= ADDRESS_MAX || !ip_prefix_parse(s, &p)) {
        return true;
    }
    (void)ip_format(&p.ip, spelt);
    unsigned shown = ip_is_v4(&p.ip) && p.bits >= IP_V4_BITS ? p.bits - IP_V4_BITS : p.bits;
    return p.bits == 8 * sizeof(p.ip.byte) ? arena_dup(a, str_of(spelt), text)
                                           : arena_printf(a, text, "%s/%u", spelt, shown);
}

enum err_code alert_add(struct reader *r, struct alert *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; i < a->addresses.len && rc == ERR_OK; i++) {
        rc = spell_address(&r->c->arena, &a->addresses.at[i]) ? ERR_OK : reader_nomem(r, err);
    }
    if (rc != ERR_OK) {
        alert_release(a);
        return rc;
    }
    if (a->time_us == TIME_NONE) {
        rc = err_set(err, ERR_SYNTAX, "the alert has no time");
    } else if (!VEC_PUSH(&r->c->alerts, *a)) {
        rc = reader_nomem(r, err);
    }
    if (rc != ERR_OK) {
        alert_release(a);
        return rc;
    }
    reader_newest(r, a->time_us);
    return ERR_OK;
}

enum err_code alert_time(struct reader *r, const struct str *texts, size_t count, int64_t *out,
                         struct err *err)
{
    for (size_t i = 0; i < count; i++) {
        if (texts[i].len > 0) {
            return reader_time(r, "time", texts[i], ZONE_UTC, out, NULL, err);
        }
    }
    return err_set(err, ERR_SYNTAX, "the alert has no time");
}

enum product {
    PRODUCT_NONE,
    PRODUCT_GUARDDUTY,
    PRODUCT_SECURITYHUB,
    PRODUCT_SURICATA,
    PRODUCT_SCC,
    PRODUCT_OCSF
};

static enum product product_of(const json_t *j)
{
    if (jtree_get(j, "event_type") != NULL && jtree_get(j, "timestamp") != NULL) {
        return PRODUCT_SURICATA;
    }
    if (alerts_is_ocsf(j)) {
        return PRODUCT_OCSF;
    }
    if (jtree_get(j, "ProductArn") != NULL) {
        return PRODUCT_SECURITYHUB;
    }
    if (jtree_iget(j, "service") != NULL && jtree_iget(j, "type") != NULL &&
        jtree_iget(j, "resource") != NULL) {
        return PRODUCT_GUARDDUTY;
    }
    if (jtree_iget(jtree_get(j, "finding"), "category") != NULL) {
        return PRODUCT_SCC;
    }
    return PRODUCT_NONE;
}

static enum err_code read_one(struct reader *r, const json_t *j, struct err *err)
{
    switch (product_of(j)) {
    case PRODUCT_GUARDDUTY:
        return alerts_guardduty(r, j, err);
    case PRODUCT_SECURITYHUB:
        return alerts_securityhub(r, j, err);
    case PRODUCT_SURICATA:
        return alerts_suricata(r, j, err);
    case PRODUCT_SCC:
        return alerts_scc(r, j, err);
    case PRODUCT_OCSF:
        return alerts_ocsf(r, j, err);
    case PRODUCT_NONE:
        break;
    }
    return err_set(err, ERR_SYNTAX, "not an alert as the rest of the file has them");
}

/* EventBridge puts a finding, or findings, under "detail". */
static const json_t *inside(const json_t *j)
{
    const json_t *detail = jtree_get(j, "detail");
    j = detail != NULL ? detail : j;
    const json_t *list = jtree_iget(j, "findings");
    list = list != NULL ? list : jtree_get(j, "listFindingsResults");
    return list != NULL ? list : j;
}

static enum err_code read_doc(struct reader *r, const json_t *root, void *arg, struct err *err)
{
    (void)arg;
    const json_t *found = inside(root);
    bool is_list = json_is_array(found);
    size_t n = is_list ? json_array_size(found) : 1;
    r->line = is_list ? 0 : r->line;
    for (size_t i = 0; i < n; i++) {
        const json_t *j = is_list ? inside(json_array_get(found, i)) : found;
        struct err row_err = {0};
        r->record++;
        if (r->record == 1 && product_of(j) == PRODUCT_NONE) {
            return reader_no_format(r, FORMATS, err);
        }
        enum err_code rc = reader_row(r, read_one(r, j, &row_err), &row_err, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_alerts(struct context *c, struct str path, struct str text,
                                 struct err *err)
{
    struct reader r = {.c = c, .kind = CONTEXT_ALERTS, .path = path};
    if (jtree_looks(text)) {
        return jtree_each(&r, text, read_doc, NULL, err);
    }
    return alerts_read_csv(&r, text, err);
}

extern const struct context_ops context_alerts;
const struct context_ops context_alerts = {
    .kind = CONTEXT_ALERTS,
    .summary = "alerts and incidents: " FORMATS,
    .columns = alerts_columns,
    .column_count = ALERTS_COLUMNS,
    .read = read_alerts,
};
