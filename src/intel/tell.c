#include "base/utf8.h"
#include "intel/intel_priv.h"

enum { TEXT_MAX = 120 };

static void add_day(struct buf *b, const char *what, int64_t us)
{
    char text[TIME_TEXT_MAX];
    if (us != TIME_NONE) {
        (void)time_format(us, text);
        buf_printf(b, ", %s %.10s", what, text);
    }
}

bool intel_hit_text(const struct intel_hit *hit, struct arena *a, struct str *out)
{
    const struct indicator *in = &hit->best;
    CLEANUP(buf_free) struct buf b = {0};
    size_t slash = str_rchr(hit->feed, '/');
    struct str feed = slash == SIZE_MAX ? hit->feed : str_from(hit->feed, slash + 1);
    buf_printf(&b, "listed as %s by %u feed%s: %s %.*s of %.*s, confidence %u",
               intel_class_name(in->class), hit->feeds, hit->feeds == 1 ? "" : "s",
               in->derived ? "host of a URL," : "entry", STR_ARG(utf8_head(in->value, TEXT_MAX)),
               STR_ARG(utf8_head(feed, TEXT_MAX)), (unsigned)in->confidence);
    add_day(&b, "valid from", in->from_us);
    add_day(&b, "valid until", in->until_us);
    if (in->tlp != TLP_NONE) {
        buf_printf(&b, ", %s", intel_tlp_name(in->tlp));
    }
    if (in->note.len > 0) {
        buf_printf(&b, ", %.*s", STR_ARG(utf8_head(in->note, TEXT_MAX)));
    }
    if (hit->partial) {
        buf_add_cstr(&b, "; one part of a pattern, the others were not seen with it");
    }
    if (hit->shared) {
        buf_printf(&b, "; in a shared range %.*s", STR_ARG(utf8_head(hit->range, TEXT_MAX)));
    }
    if (hit->shared && hit->range_version.len > 0) {
        buf_printf(&b, " (%.*s)", STR_ARG(utf8_head(hit->range_version, TEXT_MAX)));
    }
    return !b.failed && arena_dup(a, buf_str(&b), out);
}
