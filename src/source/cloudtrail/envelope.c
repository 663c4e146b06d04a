#include "source/cloudtrail/envelope.h"

#include "source/cloudtrail/extract.h"
#include "source/cloudtrail/text.h"

/* A string field as text. False when the arena is full; anything but a string is "". */
static bool text(const struct record *r, struct arena *a, enum ct_field f, struct str *out)
{
    struct json_view v = record_view(r, f);
    if (LIKELY(v.kind == JSON_STRING && !v.escaped)) {
        *out = (struct str){v.ptr, v.len};
        return true;
    }
    *out = STR_EMPTY;
    return v.kind != JSON_STRING || json_text(v, a, out);
}

enum event_outcome ct_outcome_of(struct str code)
{
    /* AccessDeniedException, VpceAccessDenied, Client.UnauthorizedOperation,
     * NotAuthorizedException, AuthorizationErrorException, AuthFailure, … */
    static const struct str denied[] = {
        STR_INIT("AccessDenied"),  STR_INIT("Unauthorized"), STR_INIT("AuthorizationError"),
        STR_INIT("NotAuthorized"), STR_INIT("AuthFailure"),  STR_INIT("Forbidden"),
    };
    if (code.len == 0) {
        return OUTCOME_OK;
    }
    for (size_t i = 0; i < ARRAY_LEN(denied); i++) {
        if (str_ifind(code, denied[i]) != SIZE_MAX) {
            return OUTCOME_DENIED;
        }
    }
    return OUTCOME_FAILED;
}

static bool has_letter(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = chr_lower(s.ptr[i]);
        if (c >= 'a' && c <= 'z') {
            return true;
        }
    }
    return false;
}

/* An address, or the host name of a service that called for somebody ("AWS Internal" too). */
static void address(struct event *e, struct str caller)
{
    if (ip_parse(caller, &e->ip)) {
        e->address = caller;
        return;
    }
    e->address = STR_EMPTY;
    e->ip = (struct ip){0};
    if (has_letter(caller)) {
        e->who.invoked_by = caller;
    }
}

static void flags(const struct record *r, struct event *e)
{
    struct json_view category = record_view(r, CT_EVENT_CATEGORY);
    struct str c = {category.ptr, category.len};
    bool data = category.kind == JSON_STRING && str_eq(c, STR("Data"));
    bool network = category.kind == JSON_STRING && str_eq(c, STR("NetworkActivity"));
    e->data_event = data || (!network && json_truth(record_view(r, CT_MANAGEMENT)) == 0);
    e->read_only = json_truth(record_view(r, CT_READ_ONLY)) == 1;
    e->duplicate_key = r->json->duplicate;
}

/* Without recipientAccountId: the account of the identity, also on a shallow record. */
static bool account(const struct record *r, struct arena *a, struct event *e)
{
    if (e->account.len != 0) {
        return true;
    }
    struct json_view v = record_view(r, CT_WHO_ACCOUNT);
    if (v.kind == JSON_ABSENT) {
        struct json_view who = record_view(r, CT_WHO);
        v = who.kind == JSON_OBJECT ? json_member(who, STR("accountId")) : v;
    }
    return v.kind != JSON_STRING || json_text(v, a, &e->account);
}

/* CloudTrail's times are UTC; tools that keep copies write them without the Z. */
static int64_t time_of(struct str when)
{
    int64_t us;
    bool zoned;
    if (time_parse_rfc3339(when, &us) || time_parse_any(when, &us, &zoned)) {
        return us;
    }
    return TIME_NONE;
}

enum err_code ct_envelope(const struct record *r, struct arena *a, struct event *e, struct err *err)
{
    struct str when = STR_EMPTY, caller = STR_EMPTY;
    bool ok =
        text(r, a, CT_EVENT_TIME, &when) && text(r, a, CT_EVENT_SOURCE, &e->service) &&
        text(r, a, CT_EVENT_NAME, &e->name) && text(r, a, CT_REGION, &e->region) &&
        text(r, a, CT_RECIPIENT, &e->account) && text(r, a, CT_ADDRESS, &caller) &&
        text(r, a, CT_USER_AGENT, &e->user_agent) && text(r, a, CT_ERROR_CODE, &e->error_code) &&
        text(r, a, CT_ERROR_MESSAGE, &e->error_message) && text(r, a, CT_EVENT_ID, &e->record_id) &&
        text(r, a, CT_SHARED_ID, &e->shared_id) && account(r, a, e);
    if (!ok) {
        return err_set(err, ERR_LIMIT, "cloudtrail record: its texts do not fit in %zu bytes",
                       a->limit);
    }
    e->time_us = time_of(when);
    e->source = STR("aws.cloudtrail");
    e->action = ct_action(e->name);
    e->kind = EVENT_OTHER;
    e->outcome = ct_outcome_of(e->error_code);
    if (e->outcome == OUTCOME_OK && e->error_message.len != 0) {
        e->outcome = OUTCOME_FAILED; /* a failed console login has a message and no code */
    }
    address(e, caller);
    flags(r, e);
    e->count = 1;
    e->last_us = e->time_us;
    e->origin = r->origin;
    return ERR_OK;
}

/* A string field without escapes; "" for anything that is no string. False: it has escapes. */
static bool plain_text(const struct record *r, enum ct_field f, struct str *out)
{
    struct json_view v = record_view(r, f);
    bool string = v.kind == JSON_STRING;
    *out = string ? (struct str){v.ptr, v.len} : STR_EMPTY;
    return !string || !v.escaped;
}

bool ct_glance(const struct record *r, struct glance *out)
{
    struct str when;
    if (!plain_text(r, CT_EVENT_TIME, &when) || !plain_text(r, CT_EVENT_NAME, &out->name) ||
        !plain_text(r, CT_RECIPIENT, &out->account) || !plain_text(r, CT_ADDRESS, &out->caller) ||
        !plain_text(r, CT_EVENT_ID, &out->record_id) || out->account.len == 0) {
        return false;
    }
    out->time_us = time_of(when);
    return true;
}
