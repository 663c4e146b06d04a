#include "report/hunt_fields.h"

#include "base/utf8.h"
#include "codec/base64.h"
#include "report/mask.h"
#include "report/mask_shape.h"

enum { DAYS_BEFORE = 30 };

#define REQUEST(name)     "json_extract_scalar(requestparameters, '$." name "')"
#define KQL_REQUEST(name) "tostring(parse_json(RequestParameters)." name ")"

/* clang-format off */
const struct hunt_field hunt_fields[] = {
    {MARK_CODE_HASH, HUNT_CLOUDTRAIL, HUNT_EQUALS, "responseElements.codeSha256",
     "json_extract_scalar(responseelements, '$.codeSha256')",
     "tostring(parse_json(ResponseElements).codeSha256)"},
    {MARK_LAYER, HUNT_CLOUDTRAIL, HUNT_CONTAINS, "requestParameters.layers",
     "requestparameters", "RequestParameters"},
    {MARK_HANDLER, HUNT_CLOUDTRAIL, HUNT_EQUALS, "requestParameters.handler",
     REQUEST("handler"), KQL_REQUEST("handler")},
    {MARK_STATEMENT_ID, HUNT_CLOUDTRAIL, HUNT_EQUALS, "requestParameters.statementId",
     REQUEST("statementId"), KQL_REQUEST("statementId")},
    {MARK_GRANT_PRINCIPAL, HUNT_CLOUDTRAIL, HUNT_EQUALS, "requestParameters.principal",
     REQUEST("principal"), KQL_REQUEST("principal")},
    {MARK_ROLE, HUNT_CLOUDTRAIL, HUNT_EQUALS, "requestParameters.role",
     REQUEST("role"), KQL_REQUEST("role")},
    {MARK_ISSUED_KEY, HUNT_CLOUDTRAIL, HUNT_EQUALS, "userIdentity.accessKeyId",
     "useridentity.accesskeyid", "UserIdentityAccessKeyId"},
    {MARK_ACCESS_KEY, HUNT_CLOUDTRAIL, HUNT_EQUALS, "userIdentity.accessKeyId",
     "useridentity.accesskeyid", "UserIdentityAccessKeyId"},
    {MARK_TARGET_USER, HUNT_CLOUDTRAIL, HUNT_EQUALS, "userIdentity.userName",
     "useridentity.username", "UserIdentityUserName"},
    {MARK_TARGET_USER, HUNT_CLOUDTRAIL, HUNT_EQUALS, "requestParameters.userName",
     REQUEST("userName"), KQL_REQUEST("userName")},
    {MARK_TARGET_ROLE, HUNT_CLOUDTRAIL, HUNT_EQUALS,
     "userIdentity.sessionContext.sessionIssuer.userName",
     "useridentity.sessioncontext.sessionissuer.username", "SessionIssuerUserName"},
    {MARK_TARGET_ROLE, HUNT_CLOUDTRAIL, HUNT_EQUALS, "requestParameters.roleName",
     REQUEST("roleName"), KQL_REQUEST("roleName")},
    {MARK_HOST, HUNT_DNS, HUNT_EQUALS, "query", NULL, NULL},
    {MARK_ADDRESS, HUNT_CLOUDTRAIL, HUNT_EQUALS, "sourceIPAddress",
     "sourceipaddress", "SourceIpAddress"},
    {MARK_ADDRESS, HUNT_GCP_AUDIT, HUNT_EQUALS, "protoPayload.requestMetadata.callerIp", NULL, NULL},
    {MARK_SESSION_NAME, HUNT_CLOUDTRAIL, HUNT_ENDS, "userIdentity.arn",
     "useridentity.arn", "UserIdentityArn"},
    {MARK_SESSION_NAME, HUNT_CLOUDTRAIL, HUNT_EQUALS, "requestParameters.roleSessionName",
     REQUEST("roleSessionName"), KQL_REQUEST("roleSessionName")},
    {MARK_ACTOR, HUNT_CLOUDTRAIL, HUNT_ENDS, "userIdentity.arn",
     "useridentity.arn", "UserIdentityArn"},
    {MARK_ACTOR, HUNT_GCP_AUDIT, HUNT_EQUALS,
     "protoPayload.authenticationInfo.principalEmail", NULL, NULL},
    {MARK_USER_AGENT, HUNT_CLOUDTRAIL, HUNT_EQUALS, "userAgent", "useragent", "UserAgent"},
    {MARK_CHANGE, HUNT_CLOUDTRAIL, HUNT_CONTAINS, "requestParameters.description",
     REQUEST("description"), KQL_REQUEST("description")},
    {MARK_CHANGE, HUNT_CLOUDTRAIL, HUNT_ENDS, "userIdentity.arn",
     "useridentity.arn", "UserIdentityArn"},
    {MARK_FUNCTION, HUNT_CLOUDTRAIL, HUNT_CONTAINS, "requestParameters.functionName",
     REQUEST("functionName"), KQL_REQUEST("functionName")},
};
/* clang-format on */
const size_t hunt_field_count = ARRAY_LEN(hunt_fields);

static int digit(char c)
{
    char l = chr_lower(c);
    return chr_is_digit(l) ? l - '0' : l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

/* "c3863ec1…" as AWS writes it. Other hashes stay as they are. */
static void add_hash(struct buf *out, struct str hex)
{
    char bytes[32];
    bool fine = hex.len == 2 * sizeof(bytes);
    for (size_t i = 0; fine && i < sizeof(bytes); i++) {
        int high = digit(hex.ptr[2 * i]);
        int low = digit(hex.ptr[2 * i + 1]);
        fine = high >= 0 && low >= 0;
        bytes[i] = (char)(fine ? high * 16 + low : 0);
    }
    if (fine) {
        base64_encode((struct str){bytes, sizeof(bytes)}, out);
    } else {
        buf_add(out, hex);
    }
}

bool hunt_value(const struct mark *m, enum hunt_log log, struct buf *out)
{
    CLEANUP(buf_free) struct buf plain = {0};
    struct str rest = m->value;
    uint32_t code;
    buf_reset(out);
    while (utf8_next(&rest, &code)) {
        if (utf8_is_unsafe(code) || code == 0xfffd) {
            return false;
        }
    }
    if (mask_key_id(m->value) == m->value.len) {
        buf_add(out, m->value);
        return m->value.len > 0;
    }
    mask_add(&plain, m->value);
    out->failed = out->failed || plain.failed;
    if (!str_eq(buf_str(&plain), m->value)) {
        return false; /* what is masked cannot be looked for */
    }
    if (m->kind == MARK_CODE_HASH && log == HUNT_CLOUDTRAIL) {
        add_hash(out, m->value);
    } else {
        buf_add(out, m->value);
    }
    return true;
}

void hunt_window(const struct case_file *c, int64_t *from_us, int64_t *to_us)
{
    int64_t first = c->first_us == TIME_NONE ? 0 : c->first_us;
    int64_t last = c->last_us == TIME_NONE ? first : c->last_us;
    *from_us = first - DAYS_BEFORE * TIME_DAY_US;
    *to_us = last + TIME_DAY_US;
}
