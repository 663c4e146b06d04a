/*
 * ServiceNow Table API, table change_request. A field is a string, a reference {"link","value"},
 * or with sysparm_display_value=all {"display_value","value"}. Dates are UTC in values, and in
 * the exporting user's zone in display values: a state in words tells that it is the latter.
 */
#include <stdio.h>

#include "base/buf.h"
#include "context/changes/changes_priv.h"

/* What the record means: the raw value. */
static struct str raw(const json_t *record, const char *key)
{
    const json_t *field = jtree_get(record, key);
    return json_is_object(field) ? str_trim(jtree_str(jtree_get(field, "value")))
                                 : str_trim(jtree_str(field));
}

/* The field that holds a canonical column: the user's (`columns:`), else the usual one. */
static const char *field_of(const struct reader *r, const json_t *record, const char *canonical,
                            const char *usual)
{
    const struct str_list *own = columns_mapped(r, canonical);
    for (size_t i = 0; own != NULL && i < own->len; i++) {
        if (jtree_get(record, own->at[i].ptr) != NULL) { /* kept texts end in a NUL */
            return own->at[i].ptr;
        }
    }
    return usual;
}

static bool is_sys_id(struct str s)
{
    bool hex = s.len == 32;
    for (size_t i = 0; hex && i < s.len; i++) {
        hex = chr_is_digit(s.ptr[i]) || (s.ptr[i] >= 'a' && s.ptr[i] <= 'f');
    }
    return hex;
}

/* What a person reads: the display value, else the value. */
static struct str shown(const json_t *record, const char *key)
{
    struct str s = jtree_str(jtree_get(jtree_get(record, key), "display_value"));
    return s.len > 0 ? str_trim(s) : raw(record, key);
}

/* Mail if the export has it (sysparm_fields=assigned_to.email), else the display value. */
static struct str person(const json_t *record, const char *key)
{
    char mail_key[80];
    int n = snprintf(mail_key, sizeof(mail_key), "%s.email", key);
    struct str mail = n > 0 && (size_t)n < sizeof(mail_key) ? raw(record, mail_key) : STR_EMPTY;
    return mail.len > 0 ? mail : shown(record, key);
}

static bool is_number(struct str s)
{
    int64_t n;
    return str_i64(s, &n);
}

static enum err_code read_times(struct reader *r, const json_t *record, struct change *ch,
                                struct err *err)
{
    const struct {
        const char *canonical, *usual, *other;
        int64_t *to;
    } times[] = {
        {"start", "start_date", "work_start", &ch->start_us},
        {"end", "end_date", "work_end", &ch->end_us},
        {"approved_at", "approval_set", "approval_set", &ch->approved_us},
        {"created_at", "sys_created_on", "opened_at", &ch->created_us},
        {"updated_at", "sys_updated_on", "sys_updated_on", &ch->updated_us},
    };
    struct str state = raw(record, "state");
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        const char *key = field_of(r, record, times[i].canonical, times[i].usual);
        key = raw(record, key).len > 0 ? key : times[i].other;
        bool both = json_is_object(jtree_get(record, key));
        bool utc = both || state.len == 0 || is_number(state);
        enum err_code rc = reader_time(r, key, raw(record, key), utc ? ZONE_UTC : ZONE_NEEDED,
                                       times[i].to, NULL, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_prose(struct reader *r, const json_t *record, struct change *ch,
                                struct err *err)
{
    static const char *const keys[] = {"short_description", "description", "implementation_plan",
                                       "justification"};
    CLEANUP(buf_free) struct buf text = {0};
    buf_init(&text, CSV_FIELD_MAX);
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        struct str part = shown(record, keys[i]);
        if (part.len > 0) {
            buf_add_cstr(&text, text.len > 0 ? "\n" : "");
            buf_add(&text, part);
        }
    }
    return reader_keep(r, buf_str(&text), &ch->text, err);
}

static enum err_code read_texts(struct reader *r, const json_t *record, struct change *ch,
                                struct err *err)
{
    const struct {
        const char *canonical, *usual;
        bool person;
        struct str *to;
    } texts[] = {
        {"assignee", "assigned_to", true, &ch->assignee},
        {"requester", "requested_by", true, &ch->requester},
        {"approver", "approver", true, &ch->approver},
        {"group", "assignment_group", false, &ch->group},
        {"service", "business_service", false, &ch->service},
        {"template", "std_change_producer_version", false, &ch->template},
        {"environment", "u_environment", false, &ch->environment},
        {"repository", "u_repository", false, &ch->repository},
        {"commit", "u_commit", false, &ch->commit},
    };
    enum err_code rc = reader_keep(r, raw(record, "number"), &ch->id, err);
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(texts); i++) {
        const char *key = field_of(r, record, texts[i].canonical, texts[i].usual);
        rc = reader_keep(r, texts[i].person ? person(record, key) : shown(record, key), texts[i].to,
                         err);
    }
    if (rc == ERR_OK && ch->requester.len == 0) {
        rc = reader_keep(r, person(record, "opened_by"), &ch->requester, err);
    }
    return rc;
}

static enum err_code read_resources(struct reader *r, const json_t *record, struct change *ch,
                                    struct err *err)
{
    const char *const keys[] = {field_of(r, record, "resources", "u_resources"), "cmdb_ci",
                                "affected_cis"};
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(keys); i++) {
        struct str text = shown(record, keys[i]);
        /* A bare sys_id names nothing that an event could name. */
        rc = is_sys_id(text) ? ERR_OK : reader_add_all(r, &ch->resources, text, err);
    }
    return rc;
}

static enum err_code read_words(struct reader *r, const json_t *record, struct change *ch,
                                struct err *err)
{
    ch->type = change_type_of(raw(record, "type"));
    ch->approval = approval_of(raw(record, field_of(r, record, "approval", "approval")));
    return change_state_of(r, raw(record, "state"), &ch->state, err);
}

/* sysparm_fields leaves out what was not asked for. */
static enum err_code check_fields(struct reader *r, const json_t *record, struct change *ch,
                                  struct err *err)
{
    (void)ch;
    static const struct {
        const char *canonical, *usual, *other;
    } needed[] = {
        {"state", "state", "state"},
        {"approval", "approval", "approval"},
        {"start", "start_date", "work_start"},
        {"end", "end_date", "work_end"},
    };
    for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
        const char *key = field_of(r, record, needed[i].canonical, needed[i].usual);
        if (jtree_get(record, key) == NULL && jtree_get(record, needed[i].other) == NULL) {
            return err_set(err, ERR_SCHEMA,
                           "the records have no field %s: add it to sysparm_fields, or name "
                           "another in --env: columns: {changes.%s: <field>}",
                           needed[i].usual, needed[i].canonical);
        }
    }
    return ERR_OK;
}

enum err_code changes_servicenow(struct reader *r, const json_t *record, struct err *err)
{
    static enum err_code (*const parts[])(struct reader *, const json_t *, struct change *,
                                          struct err *) = {
        check_fields, read_words, read_times, read_texts, read_prose, read_resources};
    struct change ch = {0};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        enum err_code rc = parts[i](r, record, &ch, err);
        if (rc != ERR_OK) {
            change_release(&ch);
            return rc;
        }
    }
    return change_add(r, &ch, err);
}
