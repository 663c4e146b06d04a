#include "respond/foreign.h"

struct str contact_host(const struct event *e)
{
    struct str host = event_attr_get(e, ATTR_URL);
    for (size_t i = 0; i < host.len; i++) {
        char c = host.ptr[i];
        if (!chr_is_alnum(c) && c != '.' && c != '-' && c != '_') {
            return STR_EMPTY;
        }
    }
    return host;
}

const struct event *contact_next(struct contact_iter *it)
{
    const struct case_file *c = it->file;
    for (; it->finding < c->findings.len; it->finding++, it->event = 0) {
        const struct finding *f = c->findings.at[it->finding];
        while (f->severity >= it->least && it->event < f->events.len) {
            const struct event *e = f->events.at[it->event++];
            bool theirs = e->function.name.len == 0 && contact_host(e).len > 0;
            if (e->kind == EVENT_TRAFFIC && (theirs || !it->foreign)) {
                return e;
            }
        }
    }
    return NULL;
}
