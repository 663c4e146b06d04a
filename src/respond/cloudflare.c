#include "respond/cloudflare.h"

#include "base/buf.h"
#include "codec/json_write.h"

bool cf_did_in(const struct event *e, const char *service, const char *action)
{
    static const struct str prefix = STR_INIT("cloudflare.");
    return e->outcome == OUTCOME_OK && str_starts(e->service, prefix) &&
           str_eq(str_from(e->service, prefix.len), str_of(service)) &&
           str_eq(e->action, str_of(action));
}

bool cf_did(const struct event *e, const char *action)
{
    return cf_did_in(e, "workers", action);
}

static bool only_dots(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] != '.') {
            return false;
        }
    }
    return true;
}

static struct str keep(struct draft *d, const struct buf *b)
{
    struct str out;
    if (b->failed || !arena_dup(d->arena, buf_str(b), &out)) {
        d->failed = true;
        return STR_EMPTY;
    }
    return out;
}

struct str cf_part(struct draft *d, struct str text)
{
    CLEANUP(buf_free) struct buf b = {0};
    bool dots = only_dots(text);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool plain = chr_is_alnum(c) || c == '-' || c == '_' || c == '~' || (c == '.' && !dots);
        if (plain) {
            buf_addc(&b, c);
        } else {
            buf_printf(&b, "%%%02X", (unsigned)(unsigned char)c);
        }
    }
    return keep(d, &b);
}

struct str cf_json(struct draft *d, const struct cf_member members[3])
{
    CLEANUP(buf_free) struct buf b = {0};
    struct json_writer w = json_writer_of(&b, 0);
    json_object_begin(&w);
    for (size_t i = 0; i < 3 && members[i].key != NULL; i++) {
        json_key(&w, str_of(members[i].key));
        json_str(&w, members[i].value);
    }
    json_object_end(&w);
    return keep(d, &b);
}
