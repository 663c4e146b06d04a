/*
 * sign_in_missing - D118: a session by single sign-on that no identity provider knows of.
 *
 * Judged at the end, when it is known whether the log given is that of the provider which these people
 * come through: some session of theirs is in it, or the person is.
 */
#include "detect/tools.h"
#include "inventory/sign_in.h"

static const struct str techniques[] = {STR_INIT("T1606.002"), STR_INIT("T1550.001"),
                                        STR_INIT("T1078.004")};

static const struct detection detection = {
    .id = STR_INIT("faaswatch.sign_in_missing"),
    .ref = STR_INIT("D118"),
    .title = STR_INIT("Session by single sign-on without a sign-in"),
    .description =
        STR_INIT("The identity provider's log covers the time, and has no sign-in of the "
                 "person: a stolen session or a forged assertion. Wrong when people come "
                 "through another provider too."),
    .severity = SEVERITY_HIGH,
    .confidence = 0.7,
    .question = Q1,
    .indicator = KI4,
    .entity = ENTITY_ACTOR,
    .techniques = techniques,
    .technique_count = ARRAY_LEN(techniques),
    .tactic = STR_INIT("credential-access"),
    .ours = true};

struct sessions {
    struct map seen; /* actor's root and key: sessions that were looked at */
    struct arena keys;
    struct {
        VEC_OF(const struct event *);
    } missing;
    bool proved; /* some session does have its sign-in here */
};

/* One look a session, at its first event. */
static enum err_code is_first(struct sessions *s, const struct event *e, bool *out)
{
    CLEANUP(buf_free) struct buf key;
    buf_init(&key, 0);
    buf_printf(&key, "%.*s\n%.*s", STR_ARG(e->actor->root), STR_ARG(e->who.access_key));
    if (e->who.access_key.len == 0) {
        buf_printf(&key, "\n%lld", (long long)(e->time_us / TIME_HOUR_US));
    }
    struct map_entry *m = key.failed ? NULL : map_intern(&s->seen, &s->keys, buf_str(&key));
    if (m == NULL) {
        return ERR_NOMEM;
    }
    *out = m->value == NULL;
    m->value = s;
    return ERR_OK;
}

static struct str session_name(const struct event *e)
{
    struct str asked = event_attr_get(e, ATTR_SESSION_NAME);
    return asked.len != 0 ? asked : e->who.session_name;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct sessions *s = state;
    const struct event *e = v->event;
    const struct sign_in_log *logs;
    bool first = false;
    (void)err;
    if (v->inventory == NULL || inventory_sign_in_logs(v->inventory, &logs) == 0 ||
        !sign_in_expected(e)) {
        return ERR_OK;
    }
    enum err_code rc = is_first(s, e, &first);
    if (rc != ERR_OK || !first) {
        return rc;
    }
    struct way_in w = inventory_way_in(v->inventory, e->actor, session_name(e), e->time_us);
    if (w.sign_in != NULL) {
        s->proved = true;
    } else if (w.covered) {
        return VEC_PUSH(&s->missing, e) ? ERR_OK : ERR_NOMEM;
    }
    return ERR_OK;
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    struct sessions *s = state;
    (void)err;
    for (size_t i = 0; i < s->missing.len; i++) {
        const struct event *e = s->missing.at[i];
        const struct sign_in_list *own =
            inventory_sign_ins(v->inventory, e->actor, session_name(e));
        struct way_in w = inventory_way_in(v->inventory, e->actor, session_name(e), e->time_us);
        bool known = s->proved || own != NULL;
        enum err_code rc =
            detect_say_at(v, e, &detection, known ? SEVERITY_HIGH : SEVERITY_LOW,
                          "%.*s has a session by single sign-on (%.*s), and %.*s has no sign-in of "
                          "theirs before it%s",
                          SAY(event_who(e)), SAY(e->action), SAY(w.source),
                          known ? "" : "; nor of anybody else's session: is it the right log?");
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static void release(void *state)
{
    struct sessions *s = state;
    map_free(&s->seen);
    arena_free(&s->keys);
    VEC_FREE(&s->missing);
}

extern const struct detect_ops detect_sign_in_missing;
const struct detect_ops detect_sign_in_missing = {
    .detections = &detection,
    .detection_count = 1,
    .state_size = sizeof(struct sessions),
    .on_event = on_event,
    .finish = finish,
    .release = release,
};
