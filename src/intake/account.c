#include "intake/account.h"

#include <stdlib.h>
#include <string.h>

bool account_skip(struct account *a, const struct skipped *entry)
{
    if (a->skipped.len > 0 && entry->records == 0) {
        struct skipped *last = &a->skipped.at[a->skipped.len - 1];
        if (last->file == entry->file && last->file_bytes == entry->file_bytes &&
            last->records == 0 && last->offset + last->length == entry->offset &&
            strcmp(last->reason, entry->reason) == 0) {
            last->length += entry->length;
            return true;
        }
    }
    return VEC_PUSH(&a->skipped, *entry);
}

bool account_unrecognised(struct account *a, uint32_t file, const char *reason, uint64_t records,
                          uint64_t bytes, uint64_t offset)
{
    /* Entries of a file stand together at the end. */
    for (size_t i = a->unrecognised.len; i > 0; i--) {
        struct unrecognised *u = &a->unrecognised.at[i - 1];
        if (u->file != file) {
            break;
        }
        if (u->reason == reason || strcmp(u->reason, reason) == 0) {
            u->records += records;
            u->bytes += bytes;
            u->first_offset = offset < u->first_offset ? offset : u->first_offset;
            return true;
        }
    }
    struct unrecognised fresh = {
        .file = file, .records = records, .bytes = bytes, .first_offset = offset, .reason = reason};
    return VEC_PUSH(&a->unrecognised, fresh);
}

bool account_merge(struct account *into, const struct account *from)
{
    for (size_t i = 0; i < from->skipped.len; i++) {
        if (!VEC_PUSH(&into->skipped, from->skipped.at[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < from->unrecognised.len; i++) {
        if (!VEC_PUSH(&into->unrecognised, from->unrecognised.at[i])) {
            return false;
        }
    }
    into->bytes_read += from->bytes_read;
    into->bytes_unpacked += from->bytes_unpacked;
    into->record_bytes += from->record_bytes;
    into->framing_bytes += from->framing_bytes;
    into->unrecognised_bytes += from->unrecognised_bytes;
    into->skipped_bytes += from->skipped_bytes;
    into->records += from->records;
    return true;
}

static int order(uint64_t x, uint64_t y)
{
    return (x > y) - (x < y);
}

static int by_place(const void *a, const void *b)
{
    const struct skipped *x = a;
    const struct skipped *y = b;
    int c = order(x->file, y->file);
    c = c != 0 ? c : order(x->file_bytes, y->file_bytes);
    c = c != 0 ? c : order(x->offset, y->offset);
    c = c != 0 ? c : order(x->length, y->length);
    return c != 0 ? c : strcmp(x->reason, y->reason);
}

static int by_file(const void *a, const void *b)
{
    const struct unrecognised *x = a;
    const struct unrecognised *y = b;
    int c = order(x->file, y->file);
    c = c != 0 ? c : order(x->first_offset, y->first_offset);
    return c != 0 ? c : strcmp(x->reason, y->reason);
}

void account_sort(struct account *a)
{
    if (a->skipped.len > 1) {
        qsort(a->skipped.at, a->skipped.len, sizeof(*a->skipped.at), by_place);
    }
    if (a->unrecognised.len > 1) {
        qsort(a->unrecognised.at, a->unrecognised.len, sizeof(*a->unrecognised.at), by_file);
    }
}

void account_free(struct account *a)
{
    VEC_FREE(&a->skipped);
    VEC_FREE(&a->unrecognised);
}
