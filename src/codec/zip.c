#include "codec/zip.h"

#include <string.h>

enum {
    END_SIZE = 22,
    END_COMMENT_MAX = 65535,
    LOCATOR_SIZE = 20, /* of the zip64 end record */
    END64_SIZE = 56,
    CENTRAL_SIZE = 46,
    LOCAL_SIZE = 30,
    TAIL_STEP = 4096,
    EXTRA_ZIP64 = 1,
    FLAG_ENCRYPTED = 1,
};

static const char REASON_END[] = "a zip archive without its end record: it was cut";

static uint64_t number(const unsigned char *p, size_t bytes)
{
    uint64_t n = 0;
    for (size_t i = bytes; i-- > 0;) {
        n = n << 8 | p[i];
    }
    return n;
}

static bool fetch(const struct zip *z, uint64_t at, void *out, size_t len)
{
    return at <= z->in.size && len <= z->in.size - at && z->in.read(z->in.arg, at, out, len);
}

/* The end record stands at the very end, but for a comment. The last one whose comment fits counts:
 * a comment may hold something that looks like one. */
static bool find_end(const struct zip *z, unsigned char record[END_SIZE], uint64_t *at)
{
    unsigned char part[TAIL_STEP + END_SIZE];
    uint64_t lowest =
        z->in.size > END_SIZE + END_COMMENT_MAX ? z->in.size - END_SIZE - END_COMMENT_MAX : 0;
    uint64_t to = z->in.size;
    while (to >= lowest + END_SIZE) {
        uint64_t from = to > lowest + sizeof(part) ? to - sizeof(part) : lowest;
        size_t len = (size_t)(to - from);
        if (!fetch(z, from, part, len)) {
            return false;
        }
        for (size_t i = len - END_SIZE + 1; i-- > 0;) {
            uint64_t behind = z->in.size - (from + i) - END_SIZE;
            if (memcmp(part + i, "PK\5\6", 4) == 0 && number(part + i + 20, 2) == behind) {
                memcpy(record, part + i, END_SIZE);
                *at = from + i;
                return true;
            }
        }
        if (from == lowest) {
            return false;
        }
        to = from + END_SIZE - 1;
    }
    return false;
}

struct directory {
    uint64_t entries, size, offset;
    uint64_t end; /* where the record behind it begins */
};

/* What the zip64 end record says, when there is one. */
static bool widen(const struct zip *z, uint64_t end_at, struct directory *d)
{
    unsigned char locator[LOCATOR_SIZE];
    unsigned char record[END64_SIZE];
    if (end_at < LOCATOR_SIZE || !fetch(z, end_at - LOCATOR_SIZE, locator, sizeof(locator)) ||
        memcmp(locator, "PK\6\7", 4) != 0) {
        return true; /* none; then the plain numbers are meant */
    }
    uint64_t at = number(locator + 8, 8);
    if (!fetch(z, at, record, sizeof(record)) || memcmp(record, "PK\6\6", 4) != 0) {
        return false;
    }
    d->entries = number(record + 32, 8);
    d->size = number(record + 40, 8);
    d->offset = number(record + 48, 8);
    d->end = at;
    return true;
}

bool zip_begin(struct zip *z, const struct zip_input *in, const char **reason)
{
    unsigned char end[END_SIZE];
    uint64_t end_at = 0;
    *z = (struct zip){.in = *in};
    if (in->size < END_SIZE || !find_end(z, end, &end_at)) {
        *reason = REASON_END;
        return false;
    }
    if (number(end + 4, 2) != number(end + 6, 2)) {
        *reason = "a zip archive in several parts: join them first";
        return false;
    }
    struct directory d = {.entries = number(end + 10, 2),
                          .size = number(end + 12, 4),
                          .offset = number(end + 16, 4),
                          .end = end_at};
    if (!widen(z, end_at, &d)) {
        *reason = "a zip archive with a broken zip64 end record";
        return false;
    }
    /* The directory ends where the record begins; what its offset lacks stands before the archive. */
    if (d.size > d.end || d.offset > d.end - d.size) {
        *reason = "a zip archive whose directory lies outside of it";
        return false;
    }
    z->next = d.end - d.size;
    z->shift = z->next - d.offset;
    z->end = d.end;
    z->left = d.entries;
    return true;
}

/* Numbers too large for the entry stand in an extra field, in this order. */
static bool widen_member(const struct zip *z, uint64_t at, size_t len, struct zip_member *m)
{
    uint64_t *fields[] = {&m->size, &m->packed, &m->header};
    unsigned char head[4];
    bool wanted = m->size == UINT32_MAX || m->packed == UINT32_MAX || m->header == UINT32_MAX;
    while (wanted && len >= sizeof(head)) {
        if (!fetch(z, at, head, sizeof(head))) {
            return false;
        }
        size_t size = (size_t)number(head + 2, 2);
        at += sizeof(head);
        len -= sizeof(head);
        if (size > len) {
            return false;
        }
        if (number(head, 2) == EXTRA_ZIP64) {
            for (size_t i = 0; i < 3; i++) {
                unsigned char wide[8];
                if (*fields[i] != UINT32_MAX) {
                    continue;
                }
                if (size < sizeof(wide) || !fetch(z, at, wide, sizeof(wide))) {
                    return false;
                }
                *fields[i] = number(wide, sizeof(wide));
                at += sizeof(wide);
                size -= sizeof(wide);
            }
            return true;
        }
        at += size;
        len -= size;
    }
    return !wanted;
}

/* Find the data behind the local header. */
static const char *locate(const struct zip *z, struct zip_member *m)
{
    unsigned char local[LOCAL_SIZE];
    if (m->header > z->in.size - z->shift) {
        return "a zip member that lies outside the archive";
    }
    m->header += z->shift;
    if (!fetch(z, m->header, local, sizeof(local)) || memcmp(local, "PK\3\4", 4) != 0) {
        return "a zip member without its header";
    }
    if (number(local + 8, 2) != m->method) {
        return "a zip member whose two headers differ";
    }
    m->data = m->header + LOCAL_SIZE + number(local + 26, 2) + number(local + 28, 2);
    if (m->data > z->in.size || m->packed > z->in.size - m->data) {
        return "a zip member that lies outside the archive";
    }
    return NULL;
}

enum zip_status zip_next(struct zip *z, struct zip_member *out, const char **reason)
{
    unsigned char e[CENTRAL_SIZE];
    *out = (struct zip_member){.header = z->next};
    if (z->next == z->end && z->left == 0) {
        return ZIP_END;
    }
    if (z->left == 0 || z->end - z->next < CENTRAL_SIZE || !fetch(z, z->next, e, sizeof(e)) ||
        memcmp(e, "PK\1\2", 4) != 0) {
        /* Without a sound entry there is no way to the next one. */
        *reason = z->left == 0 ? "a zip directory longer than it says"
                               : "a zip directory that is broken or cut";
        z->next = z->end;
        z->left = 0;
        return ZIP_SPOILED;
    }
    size_t name = (size_t)number(e + 28, 2);
    size_t extra = (size_t)number(e + 30, 2);
    uint64_t extra_at = z->next + CENTRAL_SIZE + name;
    uint64_t length = CENTRAL_SIZE + name + extra + number(e + 32, 2);
    if (length > z->end - z->next) {
        *reason = "a zip directory that is broken or cut";
        z->next = z->end;
        z->left = 0;
        return ZIP_SPOILED;
    }
    z->next += length;
    z->left--;
    out->encrypted = (number(e + 8, 2) & FLAG_ENCRYPTED) != 0;
    out->method = (uint16_t)number(e + 10, 2);
    out->crc = (uint32_t)number(e + 16, 4);
    out->packed = number(e + 20, 4);
    out->size = number(e + 24, 4);
    out->header = number(e + 42, 4);
    if (!widen_member(z, extra_at, extra, out)) {
        *reason = "a zip member whose zip64 numbers are missing";
        return ZIP_SPOILED;
    }
    *reason = locate(z, out);
    return *reason == NULL ? ZIP_FINE : ZIP_SPOILED;
}
