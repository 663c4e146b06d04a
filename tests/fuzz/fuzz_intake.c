/*
 * Any bytes as a file: every byte of what they unpack to is accounted for, and nothing else
 * happens.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "intake/intake.h"

struct counted {
    uint64_t records;
};

static enum intake_verdict take(void *arg, const struct intake_record *r, const char **reason)
{
    struct counted *c = arg;
    c->records++;
    if (r->json->len % 5 == 0) {
        *reason = "every fifth, to see that path too";
        return INTAKE_UNRECOGNISED;
    }
    return INTAKE_TAKEN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct json_paths *paths;
    static struct json_scanner *scanner;
    static struct intake *intake;
    if (intake == NULL) {
        /* Small limits, so that the streaming and the skipping of long records are met. */
        struct intake_limits limits = intake_limits_default;
        limits.whole_bytes = 4096;
        limits.record_bytes = 16384;
        limits.file_bytes = 8 << 20;
        unsigned slot;
        paths = json_paths_new();
        if (paths == NULL || json_paths_add_dotted(paths, STR("eventName"), &slot, NULL)) {
            abort();
        }
        scanner = json_scanner_new(paths, json_variant_best());
        intake = intake_new(&limits);
        if (scanner == NULL || intake == NULL) {
            abort();
        }
    }
    struct account acc = {0};
    struct counted counted = {0};
    struct intake_sink sink = {.arg = &counted, .record = take};
    struct str bytes = {(const char *)data, size};
    struct err err = {0};
    if (intake_bytes(intake, bytes, 0, scanner, &sink, &acc, &err) != ERR_OK) {
        abort();
    }
    if (acc.record_bytes + acc.framing_bytes + acc.unrecognised_bytes + acc.skipped_bytes !=
        acc.bytes_unpacked) {
        abort();
    }
    account_free(&acc);
    return 0;
}
