/*
 * allow - names and addresses that feeds list by mistake: content/network/allow.tsv, MISP warning
 * lists of names, and one's own ranges.
 */
#include "intel/intel_priv.h"
#include "model/content.h"

static enum err_code add(struct intel *in, const struct indicator *what, struct err *err)
{
    return store_add(&in->harmless, what) ? ERR_OK : err_set(err, ERR_NOMEM, "no memory");
}

enum err_code intel_allow(struct intel *in, const struct ip_prefix *range, struct str why,
                          struct err *err)
{
    char text[IP_TEXT_MAX];
    CLEANUP(buf_free) struct buf b = {0};
    buf_add(&b, str_make(text, ip_format(&range->ip, text)));
    buf_printf(&b, "/%u", range->bits - (ip_is_v4(&range->ip) ? IP_V4_BITS : 0U));
    if (b.failed) {
        return err_set(err, ERR_NOMEM, "no memory");
    }
    return add(in,
               &(struct indicator){.value = buf_str(&b),
                                   .kind = INTEL_IP,
                                   .prefix = *range,
                                   .note = why,
                                   .feed = INTEL_NO_FEED,
                                   .from_us = TIME_NONE,
                                   .until_us = TIME_NONE},
               err);
}

/* A line: name or address, tab, why. */
static enum err_code add_line(struct intel *in, struct str line, struct err *err)
{
    struct str what;
    CLEANUP(arena_free) struct arena scratch = {0};
    struct indicator entry = {.feed = INTEL_NO_FEED, .from_us = TIME_NONE, .until_us = TIME_NONE};
    if (line.len == 0 || line.ptr[0] == '#') {
        return ERR_OK;
    }
    if (!str_cut(&line, '\t', &what) || line.len == 0 ||
        !intel_observable(what, &scratch, &entry) || entry.kind > INTEL_HOST) {
        return err_set(err, ERR_SYNTAX, "network/allow.tsv: no name or address with a reason: %.*s",
                       STR_ARG(what));
    }
    entry.note = line;
    return add(in, &entry, err);
}

enum err_code intel_load_allow(struct intel *in, struct err *err)
{
    for (size_t i = 0; content_files[i].path != NULL; i++) {
        if (!str_eq(str_of(content_files[i].path), STR("network/allow.tsv"))) {
            continue;
        }
        struct str text = str_make(content_files[i].bytes, content_files[i].len);
        struct str line;
        while (str_cut(&text, '\n', &line)) {
            enum err_code rc = add_line(in, str_trim(line), err);
            if (rc) {
                return rc;
            }
        }
    }
    return ERR_OK;
}
