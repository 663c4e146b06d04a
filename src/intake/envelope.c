#include <string.h>

#include "codec/base64.h"
#include "intake/framer.h"

static const char REASON_TEXT[] = "a log message that is not JSON";
static const char REASON_DIGEST[] = "a CloudTrail digest file: it vouches for logs and is none";

/* ---- looking ---- */

enum peek { PEEK_KEY, PEEK_NONE, PEEK_MORE };

/* The key of the member at `i` (at its quote) and where its value begins. Keys that are long or
 * hold a backslash are no key of ours: PEEK_NONE. */
static enum peek peek_member(const struct framer *f, size_t i, struct str *key, size_t *value)
{
    size_t end = i + 1;
    while (end < f->len && end - i <= FRAME_KEY_MAX && f->buf[end] != '"' && f->buf[end] != '\\') {
        end++;
    }
    if (end == f->len) {
        return PEEK_MORE;
    }
    if (f->buf[end] != '"') {
        return PEEK_NONE;
    }
    size_t colon = framer_space(f, end + 1);
    if (colon == f->len) {
        return PEEK_MORE;
    }
    if (f->buf[colon] != ':') {
        return PEEK_NONE;
    }
    *value = framer_space(f, colon + 1);
    *key = (struct str){f->buf + i + 1, end - i - 1};
    return *value == f->len ? PEEK_MORE : PEEK_KEY;
}

/* The first member of the object at hand. */
static enum peek peek_first(const struct framer *f, struct str *key, size_t *value)
{
    size_t i = framer_space(f, f->at + 1);
    if (i == f->len) {
        return PEEK_MORE;
    }
    return f->buf[i] == '"' ? peek_member(f, i, key, value) : PEEK_NONE;
}

static bool may_wait(const struct framer *f)
{
    return !f->last && f->len - f->at < f->limits->record_bytes;
}

/* The text of a key as it was meant. */
static struct str key_text(struct framer *f, struct str key)
{
    struct str text = key;
    bool escaped = str_chr(key, '\\') != SIZE_MAX;
    if (escaped && key.len < 6 * (size_t)FRAME_KEY_MAX) {
        struct json_view v = {
            .ptr = key.ptr, .len = (uint32_t)key.len, .kind = JSON_STRING, .escaped = true};
        arena_reset(&f->arena);
        if (!json_text(v, &f->arena, &text)) {
            f->failed = true;
        }
    }
    return text;
}

/* Does the first element of the list whose bracket is at `i` begin with one of these keys? */
static bool first_begins(const struct framer *f, size_t i, const char *const *keys, size_t count)
{
    i = framer_space(f, i + 1);
    if (i >= f->len || f->buf[i] != '{') {
        return false;
    }
    i = framer_space(f, i + 1);
    struct str rest = {f->buf + i, f->len - i};
    for (size_t k = 0; k < count; k++) {
        struct str key = str_of(keys[k]);
        if (rest.len > key.len + 1 && rest.ptr[0] == '"' && rest.ptr[key.len + 1] == '"' &&
            str_starts(str_from(rest, 1), key)) {
            return true;
        }
    }
    return false;
}

/* A page of Google's Logging or Monitoring API, or what a subscription was asked for. "entries" is a word that
 * anybody may use: its elements must look like log entries. */
static bool is_google_list(const struct framer *f, struct str key, size_t bracket)
{
    static const char *const entry[] = {
        "logName",          "insertId",  "protoPayload", "jsonPayload", "textPayload",
        "httpRequest",      "resource",  "timestamp",    "severity",    "labels",
        "receiveTimestamp", "operation", "trace",        "spanId"};
    static const char *const message[] = {"ackId", "message"};
    static const char *const series[] = {"metric", "resource", "metricKind", "valueType", "points"};
    return (str_eq(key, STR("timeSeries")) &&
            first_begins(f, bracket, series, ARRAY_LEN(series))) ||
           (str_eq(key, STR("entries")) && first_begins(f, bracket, entry, ARRAY_LEN(entry))) ||
           (str_eq(key, STR("receivedMessages")) &&
            first_begins(f, bracket, message, ARRAY_LEN(message)));
}

/* A page of sign-ins: of Microsoft Graph, as Azure Monitor exports them, of Google's Reports API.
 * These keys are anybody's words, so the elements must look like what is meant. */
static bool is_sign_in_list(const struct framer *f, struct str key, size_t bracket)
{
    static const char *const graph[] = {"id", "createdDateTime", "@odata.type", "userDisplayName",
                                        "userPrincipalName"};
    static const char *const monitor[] = {
        "time", "resourceId", "category", "tenantId", "operationName", "Level", "callerIpAddress"};
    static const char *const report[] = {"kind", "id", "etag", "actor"};
    return (str_eq(key, STR("value")) && first_begins(f, bracket, graph, ARRAY_LEN(graph))) ||
           (str_eq(key, STR("records")) && first_begins(f, bracket, monitor, ARRAY_LEN(monitor))) ||
           (str_eq(key, STR("items")) && first_begins(f, bracket, report, ARRAY_LEN(report)));
}

/* What the answers of filter-log-events and get-log-events list. */
static bool is_log_list(const struct framer *f, struct str key, size_t bracket)
{
    static const char *const event[] = {"logStreamName", "timestamp", "message", "ingestionTime",
                                        "eventId"};
    return str_eq(key, STR("events")) && first_begins(f, bracket, event, ARRAY_LEN(event));
}

enum list_kind { LIST_NONE, LIST_RECORDS, LIST_MESSAGES, LIST_ROWS };

/* What the list under this key is, if its key alone tells. */
static enum list_kind list_of(const struct framer *f, struct str key, size_t bracket)
{
    if (str_eq(key, STR("Records")) || str_eq(key, STR("Events")) ||
        str_eq(key, STR("MetricDataResults")) || str_eq(key, STR("Findings")) ||
        str_eq(key, STR("workersInvocationsAdaptive")) || is_google_list(f, key, bracket) ||
        is_sign_in_list(f, key, bracket)) {
        return LIST_RECORDS;
    }
    if (is_log_list(f, key, bracket)) {
        return LIST_MESSAGES;
    }
    return str_eq(key, STR("results")) && log_is_rows(f, bracket) ? LIST_ROWS : LIST_NONE;
}

/* Is the list whose bracket is at `i` one of CloudTrail records, whatever its name? */
static bool lists_records(const struct framer *f, size_t i)
{
    static const char key[] = "\"eventVersion\"";
    i = framer_space(f, i + 1);
    if (i >= f->len || f->buf[i] != '{') {
        return false;
    }
    i = framer_space(f, i + 1);
    return f->len - i >= sizeof(key) - 1 && memcmp(f->buf + i, key, sizeof(key) - 1) == 0;
}

/* The answer of Cloudflare's API: {"result":[{…}],"success":true,…}. */
static bool is_result(const struct framer *f, struct str key, size_t bracket)
{
    size_t first = framer_space(f, bracket + 1);
    return str_eq(key, STR("result")) && first < f->len && f->buf[first] == '{';
}

/* Find the first member of the object at hand that is a list of records, and where its bracket is.
 * `answer`: it may be the answer of an API. LIST_NONE: there is none before the end or a fault. */
static enum list_kind find_list(struct framer *f, bool answer, size_t *bracket)
{
    bool payload = false;
    size_t i = framer_space(f, f->at + 1);
    while (i < f->len) {
        struct json_fault fault;
        size_t end;
        if (f->buf[i] != '"' || json_skip(f->variant, f->buf, f->len, i, &end, &fault) != JSON_OK) {
            return LIST_NONE;
        }
        struct str key = key_text(f, (struct str){f->buf + i + 1, end - i - 2});
        size_t value = framer_space(f, end);
        if (value >= f->len || f->buf[value] != ':') {
            return LIST_NONE;
        }
        value = framer_space(f, value + 1);
        if (value < f->len && f->buf[value] == '[') {
            enum list_kind kind = payload && str_eq(key, STR("logEvents")) ? LIST_MESSAGES
                                  : answer && is_result(f, key, value)     ? LIST_RECORDS
                                                                           : list_of(f, key, value);
            if (kind != LIST_NONE) {
                *bracket = value;
                return kind;
            }
        }
        bool type = str_eq(key, STR("messageType")); /* `key` may not outlive the next one */
        if (json_skip(f->variant, f->buf, f->len, value, &end, &fault) != JSON_OK) {
            return LIST_NONE;
        }
        payload = payload || (type && str_eq((struct str){f->buf + value, end - value},
                                             STR("\"DATA_MESSAGE\"")));
        i = framer_space(f, end);
        i = i < f->len && f->buf[i] == ',' ? framer_space(f, i + 1) : f->len;
    }
    return LIST_NONE;
}

static void open_list(struct framer *f, size_t bracket, enum list_kind kind, size_t length)
{
    bool messages = kind == LIST_MESSAGES;
    struct frame object = {
        .kind = FRAME_OBJECT, .payload = messages, .offset = f->base + f->at, .length = length};
    struct frame array = {.kind = FRAME_ARRAY,
                          .messages = messages,
                          .rows = kind == LIST_ROWS,
                          .offset = object.offset,
                          .length = length};
    framer_open(f, bracket, &object, &array);
}

/* ---- JSON inside strings ---- */

/* The text of a string; of one that holds base64, what that stands for. */
static bool text_of(struct framer *f, struct json_view v, bool base64, struct str *out)
{
    CLEANUP(buf_free) struct buf raw = {0};
    if (!json_text(v, &f->arena, out)) {
        return false;
    }
    if (!base64) {
        return true;
    }
    buf_init(&raw, f->limits->record_bytes);
    struct str text = *out;
    *out = STR_EMPTY; /* no base64: no object either */
    if (!base64_decode(text, &raw)) {
        return !raw.failed;
    }
    return arena_dup(&f->arena, buf_str(&raw), out);
}

/* Scan the JSON that a string holds. JSON_OK only when it is one object and nothing else. */
static enum json_status scan_text(struct framer *f, struct json_view v, bool base64,
                                  struct json_fault *fault)
{
    struct str text;
    buf_reset(&f->inner);
    if (v.len > f->limits->record_bytes) {
        fault->reason = "longer than a record may be (16 MiB)";
        return JSON_BAD;
    }
    arena_reset(&f->arena);
    if (!text_of(f, v, base64, &text) || !buf_reserve(&f->inner, text.len + JSON_PADDING)) {
        f->failed = true;
        fault->reason = "no memory";
        return JSON_BAD;
    }
    memcpy(f->inner.ptr, text.ptr, text.len);
    f->inner.len = text.len;
    json_pad(f->inner.ptr, text.len);
    if (str_trim(text).len == 0 || str_trim(text).ptr[0] != '{') {
        fault->reason = "no object in the string";
        return JSON_BAD;
    }
    size_t used;
    enum json_status status =
        json_scan(f->scanner, f->inner.ptr, text.len, 0, f->record, &used, fault);
    if (status == JSON_OK && str_trim(str_from(text, used)).len > 0) {
        fault->reason = "text behind the record in the string";
        return JSON_BAD;
    }
    return status;
}

/* An event of lookup-events: the record is a string in it. Some tools have decoded that already. */
static void lookup_event(struct framer *f, struct json_view inner, size_t n)
{
    struct origin origin = {.file = f->file, .inner = 0, .offset = f->base + f->at, .length = n};
    struct json_fault fault = {0};
    enum json_status status = scan_text(f, inner, false, &fault);
    if (f->failed) {
        return;
    }
    if (status != JSON_OK) {
        framer_refuse(f, n, fault.reason);
        return;
    }
    framer_emit(f, f->record, &origin, (struct str){f->buf + f->at, n}, n);
}

/* A message of Google's Pub/Sub: the record is its data, in base64. */
static void pubsub_message(struct framer *f, struct json_view data, size_t n)
{
    struct origin origin = {.file = f->file, .inner = 0, .offset = f->base + f->at, .length = n};
    struct json_fault fault = {0};
    enum json_status status = scan_text(f, data, true, &fault);
    if (f->failed) {
        return;
    }
    if (status != JSON_OK) {
        framer_unrecognised(f, n, REASON_TEXT);
        return;
    }
    framer_emit(f, f->record, &origin, (struct str){f->buf + f->at, n}, n);
}

/* The data of the message at hand; JSON_ABSENT when it is none of Pub/Sub's. */
static struct json_view pubsub_data(const struct framer *f)
{
    static const struct str marks[] = {STR_INIT("messageId"), STR_INIT("message_id"),
                                       STR_INIT("publishTime"), STR_INIT("attributes")};
    struct json_view message = json_got(f->own, f->slot[SLOT_MESSAGE]);
    for (size_t i = 0; message.kind == JSON_OBJECT && i < ARRAY_LEN(marks); i++) {
        if (json_member(message, marks[i]).kind != JSON_ABSENT) {
            return json_member(message, STR("data"));
        }
    }
    return (struct json_view){0};
}

/* A wrapping whose member `inner` is the record, as it stands; or, where no source knows that, the
 * wrapping itself. */
static enum framer_step wrapped(struct framer *f, struct json_view inner, size_t n)
{
    struct origin origin = {.file = f->file, .inner = -1, .offset = f->base + f->at, .length = n};
    struct json_fault fault = {0};
    const char *reason;
    size_t used;
    enum json_status status = json_scan(f->scanner, f->buf, f->len, (size_t)(inner.ptr - f->buf),
                                        f->record, &used, &fault);
    if (status != JSON_OK) {
        framer_refuse(f, n, fault.reason);
        return STEP_ON;
    }
    return framer_offer(f, f->record, &origin, (struct str){f->buf + f->at, n}, n, &reason)
               ? STEP_ON
               : framer_record(f);
}

/* ---- log messages ---- */

bool envelope_message(struct framer *f, struct json_view text, size_t n,
                      const struct origin *origin, struct str raw)
{
    struct json_fault fault = {0};
    const char *reason;
    enum json_status status = scan_text(f, text, false, &fault);
    if (f->failed) {
        return true;
    }
    if (status == JSON_OK) {
        return framer_offer(f, f->record, origin, raw, n, &reason);
    }
    if (str_starts(buf_str(&f->inner), STR("{\"eventVersion\""))) {
        framer_refuse(f, n, fault.reason); /* a record of CloudTrail that was cut */
        return true;
    }
    return text_message(f, buf_str(&f->inner), n, origin, raw);
}

static enum framer_step log_event(struct framer *f)
{
    size_t used = 0;
    struct json_fault fault = {0};
    enum json_status status =
        json_scan(f->own_scanner, f->buf, f->len, f->at, f->own, &used, &fault);
    if (status != JSON_OK) {
        return framer_fault(f, status, &fault);
    }
    if (framer_top(f)->key_len == 0) {
        recover_learn(f, f->at);
    }
    size_t end = used;
    struct frame *list = framer_top(f);
    struct json_view text = json_got(f->own, f->slot[SLOT_MESSAGE]);
    struct origin origin = {.file = f->file, .inner = list->index++};
    struct str raw;
    if (list->length > 0 && list->offset >= f->base) {
        origin.offset = list->offset;
        origin.length = list->length;
        raw = (struct str){f->buf + (list->offset - f->base), (size_t)list->length};
    } else { /* the payload is cut or very large: the log event stands for itself */
        origin.inner = 0;
        origin.offset = f->base + f->at;
        origin.length = end - f->at;
        raw = (struct str){f->buf + f->at, end - f->at};
    }
    if (text.kind != JSON_STRING) {
        framer_unrecognised(f, end - f->at, "a log event without a message");
        return STEP_ON;
    }
    struct str event = {f->buf + f->at, end - f->at};
    enum log_author author = log_author_of_event(f);
    size_t quote = (size_t)(text.ptr - f->buf) - 1;
    framer_count(f, quote - f->at, BYTES_FRAMING);
    size_t n = (size_t)text.len + 2;
    if (author > LOG_OF_INTERFACE || !envelope_message(f, text, n, &origin, raw)) {
        log_line(f, event, n, &origin, raw, author);
    }
    if (!f->failed) {
        framer_count(f, end - f->at, BYTES_FRAMING);
    }
    return STEP_ON;
}

/* ---- objects ---- */

static bool text_is(const struct framer *f, enum envelope_slot slot, struct str want)
{
    struct json_view v = json_got(f->own, f->slot[slot]);
    return v.kind == JSON_STRING && str_eq((struct str){v.ptr, v.len}, want);
}

static bool seen(const struct framer *f, enum envelope_slot slot)
{
    return json_has(f->own, f->slot[slot]);
}

/* Cloudflare's GraphQL: {"data":{"viewer":{"accounts":[{…}]}}}. The list of accounts of the answer at
 * hand; JSON_ABSENT when it is none. */
static struct json_view graphql_accounts(const struct framer *f)
{
    struct json_view data = json_got(f->own, f->slot[SLOT_DATA]);
    struct json_view viewer = data.kind == JSON_OBJECT ? json_member(data, STR("viewer")) : data;
    if (data.kind != JSON_OBJECT || viewer.kind != JSON_OBJECT) {
        return (struct json_view){0};
    }
    return json_member(viewer, STR("accounts"));
}

/* Enter that list: its elements are looked at like any others. */
static bool open_graphql(struct framer *f, size_t n)
{
    struct json_view accounts = graphql_accounts(f);
    if (accounts.kind != JSON_ARRAY || f->depth + 5 >= FRAMES_MAX) {
        return false;
    }
    struct frame object = {.kind = FRAME_OBJECT, .offset = f->base + f->at, .length = n};
    struct frame array = object;
    array.kind = FRAME_ARRAY;
    f->stack[++f->depth] = object; /* the answer, and "data" in it */
    f->stack[++f->depth] = object;
    framer_open(f, (size_t)(accounts.ptr - f->buf), &object, &array);
    return true;
}

/* What the object at hand, well-formed and `n` bytes long, is. */
static enum framer_step classify(struct framer *f, size_t n)
{
    size_t bracket;
    enum list_kind kind;
    if (seen(f, SLOT_LOG_EVENTS) && text_is(f, SLOT_MESSAGE_TYPE, STR("CONTROL_MESSAGE"))) {
        framer_count(f, n, BYTES_FRAMING); /* "is somebody there?", sent by the service */
        return STEP_ON;
    }
    bool answer = seen(f, SLOT_RESULT) && seen(f, SLOT_SUCCESS);
    bool pages = seen(f, SLOT_ENTRIES) || seen(f, SLOT_RECEIVED) || seen(f, SLOT_METRICS) ||
                 seen(f, SLOT_SERIES) || seen(f, SLOT_FINDINGS) || seen(f, SLOT_VALUE) ||
                 seen(f, SLOT_LIST) || seen(f, SLOT_ITEMS) || seen(f, SLOT_WORKERS);
    bool lines = seen(f, SLOT_LOG_EVENTS) || seen(f, SLOT_LOG_LIST) || seen(f, SLOT_RESULTS);
    if ((seen(f, SLOT_RECORDS) || seen(f, SLOT_EVENTS) || lines || answer || pages) &&
        (kind = find_list(f, answer, &bracket)) != LIST_NONE && bracket < f->at + n) {
        log_head_take(f);
        open_list(f, bracket, kind, n);
        return STEP_ON;
    }
    if (n > f->limits->record_bytes) {
        return framer_record(f);
    }
    if (open_graphql(f, n)) {
        return STEP_ON;
    }
    struct json_view event = json_got(f->own, f->slot[SLOT_CLOUDTRAIL_EVENT]);
    struct json_view detail = json_got(f->own, f->slot[SLOT_DETAIL]);
    struct json_view type = json_got(f->own, f->slot[SLOT_DETAIL_TYPE]);
    struct json_view cloud_event = json_got(f->own, f->slot[SLOT_SPEC_VERSION]);
    struct json_view data = json_got(f->own, f->slot[SLOT_DATA]);
    if (event.kind == JSON_STRING) {
        lookup_event(f, event, n);
    } else if (event.kind == JSON_OBJECT) {
        return wrapped(f, event, n);
    } else if (type.kind == JSON_STRING && detail.kind == JSON_OBJECT) {
        return wrapped(f, detail, n);
    } else if (cloud_event.kind == JSON_STRING && data.kind == JSON_OBJECT) {
        return wrapped(f, data, n);
    } else if (pubsub_data(f).kind == JSON_STRING) {
        pubsub_message(f, pubsub_data(f), n);
    } else {
        f->known = seen(f, SLOT_DIGEST) ? REASON_DIGEST : NULL;
        enum framer_step step = framer_record(f);
        f->known = NULL;
        return step;
    }
    return STEP_ON;
}

/* The object at hand in one look, when it is a record: most are. False: it takes a closer one. */
static bool plain_record(struct framer *f)
{
    size_t used = 0;
    struct json_fault fault;
    if (!f->slots_found) { /* of a file of plain CloudTrail nobody asks */
        framer_find_slots(f);
    }
    if (!f->one_scan ||
        json_scan(f->scanner, f->buf, f->len, f->at, f->record, &used, &fault) != JSON_OK) {
        return false;
    }
    size_t n = used - f->at;
    for (unsigned i = 0; i < f->words; i++) {
        if ((f->record->have[f->envelope[i].word] & f->envelope[i].bits) != 0) {
            return false;
        }
    }
    if (n > f->limits->record_bytes) {
        return false;
    }
    if (UNLIKELY(framer_top(f)->key_len == 0)) {
        recover_learn(f, f->at);
    }
    struct origin origin = {.file = f->file, .inner = -1, .offset = f->base + f->at, .length = n};
    framer_emit(f, f->record, &origin, (struct str){f->buf + f->at, n}, n);
    return true;
}

/* An object that does not begin like a record we know. */
static enum framer_step document(struct framer *f)
{
    size_t used = 0;
    struct json_fault fault = {0};
    enum json_status status =
        json_scan(f->own_scanner, f->buf, f->len, f->at, f->own, &used, &fault);
    if (status == JSON_OK) {
        if (framer_top(f)->key_len == 0) {
            recover_learn(f, f->at);
        }
        return classify(f, used - f->at);
    }
    if (status == JSON_CUT && may_wait(f)) {
        return STEP_MORE;
    }
    size_t bracket;
    enum list_kind kind = find_list(f, true, &bracket);
    if (kind != LIST_NONE) {
        log_head_walk(f, bracket); /* the look at hand came to no end */
        open_list(f, bracket, kind, 0);
        return STEP_ON;
    }
    return framer_fault(f, status, &fault);
}

enum framer_step envelope_object(struct framer *f)
{
    static const char common[] = "{\"eventVersion\":";
    if (framer_top(f)->messages) {
        return log_event(f);
    }
    if (f->len - f->at >= sizeof(common) &&
        memcmp(f->buf + f->at, common, sizeof(common) - 1) == 0) {
        return framer_record(f);
    }
    struct str key;
    size_t value;
    switch (peek_first(f, &key, &value)) {
    case PEEK_MORE:
        if (may_wait(f)) {
            return STEP_MORE;
        }
        break;
    case PEEK_KEY:
        if (f->buf[value] == '[') {
            enum list_kind kind = list_of(f, key, value);
            kind = kind == LIST_NONE && lists_records(f, value) ? LIST_RECORDS : kind;
            if (kind == LIST_RECORDS) {
                if (framer_top(f)->key_len == 0) {
                    recover_learn(f, f->at);
                }
                open_list(f, value, kind, 0);
                return STEP_ON;
            }
        }
        if (str_eq(key, STR("eventVersion"))) {
            return framer_record(f);
        }
        break;
    case PEEK_NONE:
        break;
    }
    return plain_record(f) ? STEP_ON : document(f);
}

enum framer_step envelope_member(struct framer *f)
{
    struct json_fault fault = {0};
    size_t end = 0;
    enum json_status status = json_skip(f->variant, f->buf, f->len, f->at, &end, &fault);
    if (status != JSON_OK) {
        return framer_fault(f, status, &fault);
    }
    size_t colon = framer_space(f, end);
    size_t value = colon < f->len ? framer_space(f, colon + 1) : f->len;
    if (value == f->len && may_wait(f)) {
        return STEP_MORE;
    }
    if (value == f->len || f->buf[colon] != ':') {
        recover_begin(f, "not a member of an envelope", 0, true, true);
        return STEP_ON;
    }
    struct frame *object = framer_top(f);
    struct str key = key_text(f, (struct str){f->buf + f->at + 1, end - f->at - 2});
    enum list_kind kind = f->buf[value] != '[' ? LIST_NONE
                          : object->payload && str_eq(key, STR("logEvents"))
                              ? LIST_MESSAGES
                              : list_of(f, key, value);
    if (kind != LIST_NONE || (f->buf[value] == '[' && lists_records(f, value))) {
        struct frame array = {.kind = FRAME_ARRAY,
                              .messages = kind == LIST_MESSAGES,
                              .rows = kind == LIST_ROWS,
                              .offset = object->offset,
                              .length = object->length};
        framer_open(f, value, NULL, &array);
        return STEP_ON;
    }
    status = json_skip(f->variant, f->buf, f->len, value, &end, &fault);
    if (status != JSON_OK) {
        return framer_fault(f, status, &fault);
    }
    if (end == f->len && may_wait(f) && !chr_is_space(f->buf[end - 1])) {
        return STEP_MORE; /* a number may go on behind the window */
    }
    framer_count(f, end - f->at, BYTES_FRAMING);
    return STEP_ON;
}
