#include "intake/framer.h"

#include <string.h>

#include "intake/account.h"

/* A longer run of zero bytes is no padding: something was lost there. */
#define ZEROS_MAX (UINT64_C(64) * 1024)

const char framer_reason_long[] = "longer than a record may be (16 MiB)";
const char framer_reason_none[] = "not JSON: no record begins here";
static const char REASON_CUT[] = "the text ends inside a record";
static const char REASON_OPEN[] = "the text ends before an array or envelope is closed";

static const struct str slot_keys[SLOTS_] = {
    [SLOT_RECORDS] = STR_INIT("Records"),
    [SLOT_EVENTS] = STR_INIT("Events"),
    [SLOT_LOG_EVENTS] = STR_INIT("logEvents"),
    [SLOT_MESSAGE_TYPE] = STR_INIT("messageType"),
    [SLOT_MESSAGE] = STR_INIT("message"),
    [SLOT_CLOUDTRAIL_EVENT] = STR_INIT("CloudTrailEvent"),
    [SLOT_DETAIL_TYPE] = STR_INIT("detail-type"),
    [SLOT_DETAIL] = STR_INIT("detail"),
    [SLOT_DIGEST] = STR_INIT("digestS3Object"),
    [SLOT_RESULT] = STR_INIT("result"),
    [SLOT_SUCCESS] = STR_INIT("success"),
    [SLOT_ENTRIES] = STR_INIT("entries"),
    [SLOT_RECEIVED] = STR_INIT("receivedMessages"),
    [SLOT_SPEC_VERSION] = STR_INIT("specversion"),
    [SLOT_DATA] = STR_INIT("data"),
    [SLOT_LOG_GROUP] = STR_INIT("logGroup"),
    [SLOT_LOG_GROUP_NAME] = STR_INIT("logGroupName"),
    [SLOT_LOG_STREAM] = STR_INIT("logStream"),
    [SLOT_LOG_STREAM_NAME] = STR_INIT("logStreamName"),
    [SLOT_OWNER] = STR_INIT("owner"),
    [SLOT_RESULTS] = STR_INIT("results"),
    [SLOT_LOG_LIST] = STR_INIT("events"),
    [SLOT_METRICS] = STR_INIT("MetricDataResults"),
    [SLOT_SERIES] = STR_INIT("timeSeries"),
    [SLOT_FINDINGS] = STR_INIT("Findings"),
    [SLOT_VALUE] = STR_INIT("value"),
    [SLOT_LIST] = STR_INIT("records"),
    [SLOT_ITEMS] = STR_INIT("items"),
    [SLOT_WORKERS] = STR_INIT("workersInvocationsAdaptive"),
};

enum err_code intake_add_paths(struct json_paths *paths, struct err *err)
{
    unsigned slot;
    for (size_t i = 0; i < SLOTS_; i++) {
        enum err_code rc = json_paths_add(paths, &slot_keys[i], 1, &slot, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

void framer_find_slots(struct framer *f)
{
    f->slots_found = true;
    f->one_scan = true;
    f->words = 0;
    for (size_t i = 0; f->one_scan && i < SLOTS_; i++) {
        int slot = json_scanner_slot(f->scanner, &slot_keys[i], 1);
        unsigned word = (unsigned)(slot < 0 ? 0 : slot) / 64;
        unsigned at = 0;
        while (at < f->words && f->envelope[at].word != word) {
            at++;
        }
        if (at == f->words) {
            f->envelope[f->words].word = word;
            f->envelope[f->words++].bits = 0;
        }
        f->one_scan = slot >= 0;
        f->envelope[at].bits |= slot < 0 ? 0 : (uint64_t)1 << ((unsigned)slot % 64);
    }
}

bool framer_init(struct framer *f, const struct intake_limits *limits)
{
    *f = (struct framer){.limits = limits, .variant = json_variant_best()};
    arena_init(&f->arena, limits->record_bytes * 2 + 4096);
    buf_init(&f->inner, limits->record_bytes + JSON_PADDING);
    buf_init(&f->line, limits->record_bytes + JSON_PADDING);
    buf_init(&f->log_head, 8 * (size_t)LOG_HEAD_TEXT_MAX);
    f->own = mem_alloc(1, sizeof(*f->own));
    f->record = mem_alloc(1, sizeof(*f->record));
    f->paths = json_paths_new();
    if (f->own == NULL || f->record == NULL || f->paths == NULL) {
        return false;
    }
    for (size_t i = 0; i < SLOTS_; i++) {
        if (json_paths_add(f->paths, &slot_keys[i], 1, &f->slot[i], NULL) != ERR_OK) {
            return false;
        }
    }
    f->own_scanner = json_scanner_new(f->paths, f->variant);
    table_init(&f->table);
    for (size_t i = 0; i < TABLE_SHAPES; i++) {
        table_init(&f->shape[i]);
    }
    return f->own_scanner != NULL;
}

void framer_free(struct framer *f)
{
    json_scanner_free(f->own_scanner);
    json_paths_free(f->paths);
    mem_free(f->own);
    mem_free(f->record);
    arena_free(&f->arena);
    buf_free(&f->inner);
    buf_free(&f->line);
    buf_free(&f->log_head);
    table_free(&f->table);
    for (size_t i = 0; i < TABLE_SHAPES; i++) {
        table_free(&f->shape[i]);
    }
}

void framer_begin(struct framer *f, uint32_t file, struct json_scanner *scanner,
                  const struct intake_sink *sink, struct account *acc)
{
    f->file = file;
    f->scanner = scanner;
    f->sink = sink;
    f->acc = acc;
    f->failed = false;
    f->depth = 0;
    f->stack[0] = (struct frame){.kind = FRAME_TOP};
    f->fresh = true;
    f->cut = false;
    f->skip.active = false;
    f->zeros = 0;
    f->faults = 0;
    f->wasted = 0;
    f->known = NULL;
    f->slots_found = false;
    f->first_line = true;
    f->log_text = false;
    log_head_forget(f);
    table_reset(&f->table);
    for (size_t i = 0; i < TABLE_SHAPES; i++) {
        f->shape[i].active = false;
    }
}

/* ---- counting ---- */

void framer_count(struct framer *f, size_t n, enum bytes what)
{
    f->at += n;
    switch (what) {
    case BYTES_RECORD:
        f->acc->record_bytes += n;
        break;
    case BYTES_FRAMING:
        f->acc->framing_bytes += n;
        break;
    case BYTES_UNRECOGNISED:
        f->acc->unrecognised_bytes += n;
        break;
    case BYTES_SKIPPED:
        f->acc->skipped_bytes += n;
        break;
    }
}

void framer_unrecognised(struct framer *f, size_t n, const char *reason)
{
    if (!account_unrecognised(f->acc, f->file, reason, 1, n, f->base + f->at)) {
        f->failed = true;
    }
    framer_count(f, n, BYTES_UNRECOGNISED);
}

void framer_refuse(struct framer *f, size_t n, const char *reason)
{
    struct skipped s = {
        .file = f->file, .offset = f->base + f->at, .length = n, .reason = reason, .records = 1};
    if (!account_skip(f->acc, &s)) {
        f->failed = true;
    }
    framer_count(f, n, BYTES_SKIPPED);
}

bool framer_offer(struct framer *f, const struct json_record *json, const struct origin *origin,
                  struct str raw, size_t n, const char **reason)
{
    struct intake_record r = {.json = json, .origin = *origin, .raw = raw};
    *reason = NULL;
    switch (f->sink->record(f->sink->arg, &r, reason)) {
    case INTAKE_TAKEN:
        f->acc->records++;
        framer_count(f, n, BYTES_RECORD);
        break;
    case INTAKE_UNRECOGNISED:
        return false;
    case INTAKE_REFUSED:
    default:
        framer_refuse(f, n, *reason == NULL ? "could not be used" : *reason);
        break;
    }
    return true;
}

void framer_emit(struct framer *f, const struct json_record *json, const struct origin *origin,
                 struct str raw, size_t n)
{
    const char *reason;
    if (!framer_offer(f, json, origin, raw, n, &reason)) {
        reason = f->known != NULL ? f->known : reason;
        framer_unrecognised(f, n, reason == NULL ? "of no known source" : reason);
    }
}

/* ---- records ---- */

enum framer_step framer_fault(struct framer *f, enum json_status status,
                              const struct json_fault *fault)
{
    size_t left = f->len - f->at;
    if (status == JSON_CUT && !f->last && left < f->limits->record_bytes) {
        return STEP_MORE;
    }
    f->wasted += status == JSON_CUT ? left : fault->offset - f->at;
    const char *reason = status != JSON_CUT ? fault->reason
                         : f->last          ? REASON_CUT
                                            : framer_reason_long;
    /* What is only too deep or too wide is well-formed: nothing in it is taken for a record. */
    recover_begin(f, reason, 1, true, status == JSON_CUT || status == JSON_BAD);
    return STEP_ON;
}

enum framer_step framer_record(struct framer *f)
{
    size_t used = 0;
    struct json_fault fault = {0};
    enum json_status status =
        json_scan(f->scanner, f->buf, f->len, f->at, f->record, &used, &fault);
    if (UNLIKELY(status != JSON_OK)) {
        return framer_fault(f, status, &fault);
    }
    size_t n = used - f->at;
    if (UNLIKELY(n > f->limits->record_bytes)) {
        framer_refuse(f, n, framer_reason_long);
        return STEP_ON;
    }
    if (UNLIKELY(framer_top(f)->key_len == 0)) {
        recover_learn(f, f->at);
    }
    struct origin origin = {.file = f->file, .inner = -1, .offset = f->base + f->at, .length = n};
    framer_emit(f, f->record, &origin, (struct str){f->buf + f->at, n}, n);
    return STEP_ON;
}

/* Nothing that a record could begin with. Where it is alone between commas it is skipped alone;
 * else it is a piece of something broken, and brackets in it prove nothing. */
static enum framer_step stray(struct framer *f, size_t end)
{
    size_t next = framer_space(f, end);
    bool alone = next < f->len && (f->buf[next] == ',' || f->buf[next] == ']');
    recover_begin(f, framer_reason_none, 0, alone || framer_top(f)->key_len == 0, true);
    return STEP_ON;
}

/* A number, literal or string where a record should be. */
static enum framer_step scalar(struct framer *f)
{
    struct json_fault fault = {0};
    size_t end = f->at;
    if (f->buf[end] == '"') {
        enum json_status status = json_skip(f->variant, f->buf, f->len, f->at, &end, &fault);
        if (status != JSON_OK) {
            return framer_fault(f, status, &fault);
        }
    } else {
        while (end < f->len && end - f->at < FRAME_KEY_MAX && !chr_is_space(f->buf[end]) &&
               memchr(",:]}[{\"", f->buf[end], 7) == NULL) {
            end++;
        }
    }
    size_t next = framer_space(f, end);
    if (next == f->len && !f->last && f->len - f->at < f->limits->record_bytes) {
        return STEP_MORE;
    }
    bool separate = next == f->len || f->buf[next] == ',' || f->buf[next] == ']';
    if (end == f->at || !separate ||
        json_check((struct str){f->buf + f->at, end - f->at}, &fault) != JSON_OK) {
        return stray(f, end);
    }
    framer_unrecognised(f, end - f->at, "a value that is no object");
    return STEP_ON;
}

/* ---- containers ---- */

void framer_open(struct framer *f, size_t bracket, const struct frame *object,
                 const struct frame *array)
{
    if (f->depth + 2 >= FRAMES_MAX) {
        /* Only documents that were cut and follow one another pile up like this. */
        if (!recover_allowed(f)) {
            return;
        }
        struct skipped s = {.file = f->file, .offset = f->base + f->at, .reason = REASON_OPEN};
        if (!account_skip(f->acc, &s)) {
            f->failed = true;
        }
        f->depth = 0;
    }
    framer_count(f, bracket + 1 - f->at, BYTES_FRAMING);
    if (object != NULL) {
        f->stack[++f->depth] = *object;
    }
    f->stack[++f->depth] = *array;
}

static enum framer_step open_array(struct framer *f)
{
    if (f->depth + 1 >= FRAMES_MAX) {
        recover_begin(f, "arrays nested deeper than records can be (16 levels)", 0, true, false);
        return STEP_ON;
    }
    framer_count(f, 1, BYTES_FRAMING);
    f->stack[++f->depth] = (struct frame){.kind = FRAME_ARRAY};
    return STEP_ON;
}

static enum framer_step close_frame(struct framer *f)
{
    framer_count(f, 1, BYTES_FRAMING);
    f->depth--;
    return STEP_ON;
}

static enum framer_step in_array(struct framer *f)
{
    switch (f->buf[f->at]) {
    case ']':
        return close_frame(f);
    case '{':
        return envelope_object(f);
    case '[':
        return framer_top(f)->rows ? log_row(f) : open_array(f);
    case '}':
        recover_begin(f, "a bracket that closes nothing", 0, true, true);
        return STEP_ON;
    default:
        return scalar(f);
    }
}

static enum framer_step in_object(struct framer *f)
{
    switch (f->buf[f->at]) {
    case '}':
        return close_frame(f);
    case '"':
        return envelope_member(f);
    case '{':
        /* A list of records that a damaged byte closed too early: what follows are records all
         * the same. Its bracket, which then closes nothing, is the skipped entry. */
        return envelope_object(f);
    default:
        recover_begin(f, "not a member of an envelope", 0, true, true);
        return STEP_ON;
    }
}

/* ---- the text ---- */

static enum framer_step zeros(struct framer *f)
{
    size_t n = 0;
    while (f->at + n < f->len && f->buf[f->at + n] == '\0') {
        n++;
    }
    uint64_t padding = f->zeros < ZEROS_MAX ? ZEROS_MAX - f->zeros : 0;
    size_t framing = n < padding ? n : (size_t)padding;
    f->zeros += n;
    framer_count(f, framing, BYTES_FRAMING);
    if (n > framing) {
        struct skipped s = {.file = f->file,
                            .offset = f->base + f->at,
                            .length = n - framing,
                            .reason = "more zero bytes than padding has (64 KiB)"};
        if (!account_skip(f->acc, &s)) {
            f->failed = true;
        }
        framer_count(f, n - framing, BYTES_SKIPPED);
    }
    return STEP_ON;
}

static enum framer_step in_text(struct framer *f)
{
    static const char mark[] = {'\xef', '\xbb', '\xbf'}; /* byte order mark */
    char c = f->buf[f->at];
    if (c == '{' || c == '[') {
        f->zeros = 0;
        f->first_line = false;
        return c == '{' ? envelope_object(f) : open_array(f);
    }
    if (c == '\0') {
        return zeros(f);
    }
    f->zeros = 0;
    if (c == '\x1e') { /* JSON text sequences, RFC 7464 */
        framer_count(f, 1, BYTES_FRAMING);
        return STEP_ON;
    }
    if (c == mark[0]) {
        size_t left = f->len - f->at;
        if (left < sizeof(mark) && !f->last) {
            return STEP_MORE;
        }
        if (left >= sizeof(mark) && memcmp(f->buf + f->at, mark, sizeof(mark)) == 0) {
            framer_count(f, sizeof(mark), BYTES_FRAMING);
            return STEP_ON;
        }
    }
    return text_line(f);
}

/* UTF-16 and UTF-32 show in the first bytes: a mark, or a zero beside a bracket. */
static enum framer_step begin_text(struct framer *f)
{
    if (f->len - f->at < 2 && !f->last) {
        return STEP_MORE;
    }
    f->fresh = false;
    if (f->len - f->at < 2) {
        return STEP_ON;
    }
    char a = f->buf[f->at];
    char b = f->buf[f->at + 1];
    if ((a == '\xff' && b == '\xfe') || (a == '\xfe' && b == '\xff') ||
        ((a == '{' || a == '[') && b == '\0') || (a == '\0' && (b == '{' || b == '['))) {
        recover_all(f, "UTF-16 or UTF-32 text: convert it to UTF-8");
    }
    return STEP_ON;
}

static enum framer_step step(struct framer *f)
{
    if (f->skip.active) {
        return recover_on(f);
    }
    if (f->fresh) {
        return begin_text(f);
    }
    if (f->table.active && f->depth == 0) {
        return text_table(f);
    }
    if (f->log_text && f->depth == 0) {
        return text_log(f);
    }
    size_t i = f->at;
    while (i < f->len && (chr_is_space(f->buf[i]) || f->buf[i] == ',')) {
        i++;
    }
    framer_count(f, i - f->at, BYTES_FRAMING);
    if (i == f->len) {
        return STEP_ON;
    }
    switch (framer_top(f)->kind) {
    case FRAME_ARRAY:
        return in_array(f);
    case FRAME_OBJECT:
        return in_object(f);
    case FRAME_TOP:
    default:
        return in_text(f);
    }
}

/* The text is over: what is open stays open, and the next text begins anew. */
static void finish(struct framer *f)
{
    if (f->skip.active) {
        f->cut = true;
        recover_end(f);
    }
    if (f->depth > 0 && !f->cut) {
        struct skipped s = {.file = f->file, .offset = f->base + f->at, .reason = REASON_OPEN};
        if (!account_skip(f->acc, &s)) {
            f->failed = true;
        }
    }
    f->depth = 0;
    f->stack[0] = (struct frame){.kind = FRAME_TOP};
    f->fresh = true;
    f->cut = false;
    f->zeros = 0;
    f->first_line = true;
    f->log_text = false;
    log_head_forget(f);
    table_reset(&f->table);
}

size_t framer_take(struct framer *f, const struct window *w)
{
    f->buf = w->buf;
    f->len = w->len;
    f->base = w->offset;
    f->last = w->last;
    f->at = 0;
    while (f->at < f->len && !f->failed && step(f) == STEP_ON) {
    }
    if (f->last && !f->failed) {
        finish(f);
    }
    return f->at;
}
