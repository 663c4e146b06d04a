#include <string.h>

#include "intake/account.h"
#include "intake/framer.h"

enum { FAULTS_PER_MIB = 64, FAULTS_MAX = 100000, LOOK_MAX = 4096 };
#define WASTED_FREE (UINT64_C(32) << 20)

static const char REASON_MANY[] = "too many faults before this (64 a MiB): the rest was not read";

/* The first key of the object at `i`, quotes included, when it is short, plain and all there. */
static struct str first_key(const struct framer *f, size_t i)
{
    size_t from = framer_space(f, i + 1);
    if (from >= f->len || f->buf[from] != '"') {
        return STR_EMPTY;
    }
    for (size_t to = from + 1; to < f->len && to - from < FRAME_KEY_MAX; to++) {
        if (f->buf[to] == '\\' || (unsigned char)f->buf[to] < ' ') {
            return STR_EMPTY;
        }
        if (f->buf[to] == '"') {
            return (struct str){f->buf + from, to + 1 - from};
        }
    }
    return STR_EMPTY;
}

void recover_learn(struct framer *f, size_t object)
{
    struct str key = first_key(f, object);
    struct frame *top = framer_top(f);
    if (key.len <= sizeof(top->key)) {
        memcpy(top->key, key.ptr, key.len);
        top->key_len = (uint8_t)key.len;
    }
}

bool recover_allowed(struct framer *f)
{
    uint64_t done = f->base + f->at;
    f->faults++;
    if (f->faults > FAULTS_MAX || f->faults > FAULTS_PER_MIB * (1 + (done >> 20)) ||
        f->wasted > WASTED_FREE + 4 * done) {
        recover_all(f, REASON_MANY);
        return false;
    }
    return true;
}

void recover_begin(struct framer *f, const char *reason, uint64_t records, bool balance,
                   bool candidates)
{
    uint64_t done = f->base + f->at;
    if (!recover_allowed(f)) {
        return;
    }
    if (candidates && framer_top(f)->key_len == 0 && f->buf[f->at] == '{') {
        recover_learn(f, f->at);
    }
    f->skip = (struct skip){.active = true,
                            .balance = balance,
                            .candidates = candidates,
                            .raw = ' ',
                            .mark = ' ',
                            .start = done,
                            .records = records,
                            .reason = reason};
}

void recover_all(struct framer *f, const char *reason)
{
    f->skip =
        (struct skip){.active = true, .all = true, .start = f->base + f->at, .reason = reason};
}

void recover_end(struct framer *f)
{
    struct skip *s = &f->skip;
    uint64_t end = f->base + f->at;
    struct skipped entry = {.file = f->file,
                            .offset = s->start,
                            .length = end - s->start,
                            .reason = s->reason,
                            .records = s->records};
    if (!account_skip(f->acc, &entry)) {
        f->failed = true;
    }
    s->active = false;
}

/* Does the object at `i` begin with this key, quotes included, and a colon? */
static enum look key_at(const struct framer *f, size_t i, struct str key)
{
    size_t from = framer_space(f, i + 1);
    size_t left = f->len - from;
    size_t known = left < key.len ? left : key.len;
    if (memcmp(f->buf + from, key.ptr, known) != 0) {
        return LOOK_NO;
    }
    size_t colon = known < key.len ? f->len : framer_space(f, from + known);
    if (colon == f->len) {
        return f->last || f->len - i > LOOK_MAX ? LOOK_NO : LOOK_MORE;
    }
    return f->buf[colon] == ':' ? LOOK_YES : LOOK_NO;
}

/* Does the object at `i` begin like the records of a frame that is open, or like CloudTrail's? */
static enum look known_at(const struct framer *f, size_t i, unsigned *depth)
{
    enum look found = key_at(f, i, STR("\"eventVersion\""));
    for (unsigned d = f->depth + 1; d-- > 0 && found != LOOK_YES;) {
        const struct frame *frame = &f->stack[d];
        if (frame->key_len > 0) {
            enum look here = key_at(f, i, (struct str){frame->key, frame->key_len});
            found = here == LOOK_NO ? found : here;
            *depth = d;
        }
    }
    return found;
}

/* Could a record begin with the bracket at `i`? On a line of its own it could; elsewhere when it
 * begins like others. A member's value does not: it stands behind a colon. *out_depth is the frame
 * that it belongs to: those within were cut. */
static enum look record_at(const struct framer *f, size_t i, unsigned *out_depth)
{
    const struct skip *s = &f->skip;
    unsigned depth = f->depth;
    enum look found = LOOK_NO;
    if (s->raw == '\n') {
        found = f->buf[i] == '{' || f->depth == 0 ? LOOK_YES : LOOK_NO;
    } else if (f->buf[i] == '{' && s->mark != ':') {
        found = known_at(f, i, &depth);
    }
    while (f->stack[depth].kind == FRAME_OBJECT) { /* records stand in lists, not beside them */
        depth--;
    }
    *out_depth = depth;
    return found;
}

enum way { WAY_ON, WAY_END_BEFORE, WAY_END_BEHIND };

/* What one byte does to the value being skipped. */
static enum way balance_byte(struct skip *s, char c)
{
    bool first = !s->begun;
    s->begun = true;
    if (s->in_string) {
        if (s->escaped) {
            s->escaped = false;
        } else if (c == '\\') {
            s->escaped = true;
        } else if (c == '"' || c == '\n') { /* no string holds a line feed: it was not closed */
            s->in_string = false;
            return s->depth == 0 && c == '"' ? WAY_END_BEHIND : WAY_ON;
        }
        return WAY_ON;
    }
    switch (c) {
    case '"':
        s->in_string = true;
        return WAY_ON;
    case '{':
    case '[':
        s->depth++;
        return WAY_ON;
    case '}':
    case ']':
        if (s->depth == 0) {
            return first ? WAY_END_BEHIND : WAY_END_BEFORE;
        }
        return --s->depth == 0 ? WAY_END_BEHIND : WAY_ON;
    case ',':
        return s->depth == 0 && !first ? WAY_END_BEFORE : WAY_ON;
    default:
        return WAY_ON;
    }
}

/* Bytes that mean something to balance_byte or begin a record. */
static bool means_something(char c)
{
    switch (c) {
    case '"':
    case '\\':
    case '{':
    case '}':
    case '[':
    case ']':
    case ',':
    case '\n':
        return true;
    default:
        return false;
    }
}

static void count_skipped(struct framer *f, size_t to)
{
    framer_count(f, to - f->at, BYTES_SKIPPED);
}

void recover_line(struct framer *f, const char *reason)
{
    if (!recover_allowed(f)) {
        return;
    }
    f->skip = (struct skip){
        .active = true, .line = true, .start = f->base + f->at, .records = 1, .reason = reason};
}

static enum framer_step line_on(struct framer *f)
{
    const char *feed = memchr(f->buf + f->at, '\n', f->len - f->at);
    count_skipped(f, feed == NULL ? f->len : (size_t)(feed - f->buf));
    if (feed != NULL) {
        recover_end(f);
    }
    return STEP_ON;
}

enum framer_step recover_on(struct framer *f)
{
    struct skip *s = &f->skip;
    if (s->line) {
        return line_on(f);
    }
    size_t i = s->all ? f->len : f->at;
    while (i < f->len) {
        char c = f->buf[i];
        if ((c == '{' || c == '[') && s->candidates && s->begun) {
            unsigned depth;
            enum look look = record_at(f, i, &depth);
            if (look == LOOK_MORE) {
                break;
            }
            if (look == LOOK_YES) {
                count_skipped(f, i);
                recover_end(f);
                f->depth = depth;
                return STEP_ON;
            }
        }
        if (s->raw == '\n' && s->candidates && s->begun && f->depth == 0) {
            enum look look = text_begins(f, i);
            if (look == LOOK_MORE) {
                break;
            }
            if (look == LOOK_YES) {
                count_skipped(f, i);
                recover_end(f);
                return STEP_ON;
            }
        }
        enum way way = s->balance ? balance_byte(s, c) : WAY_ON;
        s->begun = true;
        i += way == WAY_END_BEFORE ? 0 : 1;
        if (way != WAY_ON) {
            count_skipped(f, i);
            recover_end(f);
            return STEP_ON;
        }
        s->raw = c;
        s->mark = chr_is_space(c) ? s->mark : c;
        if (!means_something(c) && !s->escaped) { /* a run of plain bytes changes nothing */
            while (i < f->len && !means_something(f->buf[i])) {
                s->raw = f->buf[i];
                s->mark = chr_is_space(s->raw) ? s->mark : s->raw;
                i++;
            }
        }
    }
    count_skipped(f, i);
    return i < f->len ? STEP_MORE : STEP_ON;
}
