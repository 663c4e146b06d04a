#include "base/mem.h"
#include "intel/intel_priv.h"

struct intel *intel_new(void)
{
    struct intel *in = mem_alloc(1, sizeof(*in));
    if (in != NULL) {
        in->bad.texts = in->ranges.texts = in->harmless.texts = &in->texts;
    }
    return in;
}

void intel_free(struct intel *in)
{
    if (in == NULL) {
        return;
    }
    match_free(&in->bad_index);
    match_free(&in->range_index);
    match_free(&in->harmless_index);
    wild_free(&in->wild);
    store_free(&in->bad);
    store_free(&in->ranges);
    store_free(&in->harmless);
    VEC_FREE(&in->feeds);
    asn_free(in->asn);
    arena_free(&in->texts);
    mem_free(in);
}

/* Entries that will never be a hit, told beside their feed. */
static enum err_code count_set_aside(struct intel *in, struct err *err)
{
    for (size_t i = 0; i < in->feeds.len; i++) {
        in->feeds.at[i].set_aside = 0;
    }
    for (size_t i = 0; i < in->bad.entries.len; i++) {
        const struct store_entry *e = &in->bad.entries.at[i];
        struct str why = e->kind <= INTEL_HOST ? intel_harmless(in, e) : STR_EMPTY;
        if (why.len == 0) {
            continue;
        }
        struct feed_info *f = &in->feeds.at[in->bad.metas.at[e->meta].feed];
        if (f->set_aside++ == 0 && !arena_printf(&in->texts, &f->set_aside_first, "%.*s: %.*s",
                                                 (int)e->len, e->value, STR_ARG(why))) {
            return err_set(err, ERR_NOMEM, "no memory");
        }
    }
    return ERR_OK;
}

enum err_code intel_finish(struct intel *in, struct err *err)
{
    match_free(&in->bad_index);
    match_free(&in->range_index);
    match_free(&in->harmless_index);
    if (!in->allow_loaded) {
        enum err_code rc = intel_load_allow(in, err);
        if (rc) {
            return rc;
        }
        in->allow_loaded = true;
    }
    if (!match_build(&in->bad_index, &in->bad) || !match_build(&in->range_index, &in->ranges) ||
        !match_build(&in->harmless_index, &in->harmless)) {
        return err_set(err, ERR_NOMEM, "no memory to index %zu indicators",
                       in->bad.entries.len + in->ranges.entries.len);
    }
    return count_set_aside(in, err);
}

size_t intel_feed_count(const struct intel *in)
{
    return in->feeds.len;
}

const struct feed_info *intel_feed(const struct intel *in, size_t i)
{
    return &in->feeds.at[i];
}

size_t intel_count(const struct intel *in)
{
    size_t n = 0;
    for (size_t i = 0; i < in->feeds.len; i++) {
        n += in->feeds.at[i].is_range ? 0 : in->feeds.at[i].indicators;
    }
    return n;
}

bool intel_valid_at(int64_t from_us, int64_t until_us, int64_t at_us)
{
    return at_us == TIME_NONE || ((from_us == TIME_NONE || from_us <= at_us) &&
                                  (until_us == TIME_NONE || at_us < until_us));
}

static void count_one(struct intel *in, const struct store_meta *m, int64_t at_us)
{
    struct feed_info *f = &in->feeds.at[m->feed];
    if (!m->derived) {
        f->valid += intel_valid_at(m->from_us, m->until_us, at_us) ? 1 : 0;
        f->expired += m->until_us != TIME_NONE && at_us != TIME_NONE && at_us >= m->until_us;
    }
}

void intel_count_valid(struct intel *in, int64_t at_us)
{
    for (size_t i = 0; i < in->feeds.len; i++) {
        in->feeds.at[i].valid = in->feeds.at[i].expired = 0;
    }
    for (size_t i = 0; i < in->bad.entries.len; i++) {
        count_one(in, &in->bad.metas.at[in->bad.entries.at[i].meta], at_us);
    }
    for (size_t i = 0; i < in->wild.len; i++) {
        count_one(in, &in->bad.metas.at[wild_meta(&in->wild, i)], at_us);
    }
    const struct store *told[] = {&in->ranges, &in->harmless};
    for (size_t k = 0; k < ARRAY_LEN(told); k++) {
        for (size_t i = 0; i < told[k]->entries.len; i++) {
            uint32_t feed = told[k]->metas.at[told[k]->entries.at[i].meta].feed;
            if (feed != INTEL_NO_FEED) {
                in->feeds.at[feed].valid++;
            }
        }
    }
}
