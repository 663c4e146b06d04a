/*
 * Any bytes as a feed of each format: what is loaded can be found and told, entries and reasons fit
 * together, and a failure says why. The first byte chooses the name the feed goes by.
 */
#include <stdint.h>
#include <stdlib.h>

#include "intel/intel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void told(const struct intel_hit *hit)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str text;
    check(hit->best.value.len > 0 && hit->feeds > 0);
    check(hit->best.confidence <= 100);
    check(intel_hit_text(hit, &a, &text) && text.len > 0);
}

static void ask(const struct intel *in, struct str text)
{
    struct intel_hit hit;
    struct ip ip = {.byte = {[10] = 0xff, [11] = 0xff, [12] = 203, [14] = 113, [15] = 7}};
    struct str host = str_head(text, 60);
    struct intel_seen seen = {.ip = &ip, .host = host, .url = text, .port = 443};
    if (intel_find_seen(in, &seen, TIME_NONE, &hit)) {
        told(&hit);
    }
    if (intel_find_host(in, STR("www.bad.example"), 1793577600 * TIME_SECOND_US, &hit)) {
        told(&hit);
    }
    if (intel_find_hash(in, str_head(text, 64), TIME_NONE, &hit)) {
        told(&hit);
    }
    if (intel_find_url(in, host, STR("/a?b=c"), TIME_NONE, &hit)) {
        told(&hit);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"feed", "manifest.json", "ips-v4", "c2.csv", "x/hosts.txt"};
    if (size == 0) {
        return 0;
    }
    struct str text = {(const char *)data + 1, size - 1};
    struct intel *in = intel_new();
    struct err err = {0};
    check(in != NULL);
    enum err_code rc = intel_load_text(in, str_of(names[data[0] % ARRAY_LEN(names)]), text, &err);
    check((rc == ERR_OK) == (err.code == ERR_OK) && (rc == ERR_OK || err.msg[0] != '\0'));
    check(rc == ERR_OK || (intel_feed_count(in) == 0 && intel_count(in) == 0));
    check(intel_finish(in, &err) == ERR_OK);
    if (rc == ERR_OK) {
        const struct feed_info *f = intel_feed(in, 0);
        check((f->rejected > 0) == (f->rejected_first.len > 0));
        intel_count_valid(in, TIME_NONE);
        check(f->valid == f->indicators && f->expired == 0);
    }
    ask(in, text);
    intel_free(in);
    return 0;
}
