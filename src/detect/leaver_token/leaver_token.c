/*
 * leaver_token - D119, posture: CI works with the personal key of somebody who left.
 *
 * Only as long as the key is used from CI's ranges (--env), from a network and by a tool that it was
 * used by before its owner left, or before the window. Anything else is a leaver's key in use, which
 * the playbook holds for suspicious by itself.
 */
#include <string.h>

#include "detect/tools.h"

enum { USES_MAX = 64 }; /* pairs of network and tool remembered of one key */

static const struct str techniques[] = {STR_INIT("T1078.004"), STR_INIT("T1552.001")};

static const struct detection detection = {
    .id = STR_INIT("faaswatch.leaver_token"),
    .ref = STR_INIT("D119"),
    .title = STR_INIT("CI uses the key of somebody who left"),
    .description = STR_INIT("A personal long-lived key is used in CI as it always was, and its "
                            "owner left. Give CI an identity of its own."),
    .severity = SEVERITY_LOW,
    .confidence = 0.9,
    .question = QUESTION_NONE,
    .indicator = KI4,
    .entity = ENTITY_ACTOR,
    .techniques = techniques,
    .technique_count = ARRAY_LEN(techniques),
    .tactic = STR_INIT("persistence"),
    .ours = true,
    .is_posture = true};

struct use {
    uint8_t network[15]; /* /24 of IPv4, /48 of IPv6 */
    struct str tool;
};

struct token {
    struct use at[USES_MAX];
    size_t len;
};

struct tokens {
    struct map keys; /* access key to struct token */
};

/* "aws-cli/2.17.20 md/…" is aws-cli. */
static struct str tool_of(const struct event *e)
{
    size_t end = 0;
    while (end < e->user_agent.len && e->user_agent.ptr[end] != '/' &&
           !chr_is_space(e->user_agent.ptr[end])) {
        end++;
    }
    return str_head(e->user_agent, end);
}

static struct use use_of(const struct event *e)
{
    struct use u = {.tool = tool_of(e)};
    memcpy(u.network, e->ip.byte, ip_is_v4(&e->ip) ? 15 : 6);
    return u;
}

static bool is_known(const struct token *t, const struct use *u)
{
    for (size_t i = 0; i < t->len; i++) {
        if (memcmp(t->at[i].network, u->network, sizeof(u->network)) == 0 &&
            str_eq(t->at[i].tool, u->tool)) {
            return true;
        }
    }
    return false;
}

/* A key that does not run out: a session's key begins with ASIA. */
static bool is_long_lived(const struct event *e)
{
    return e->who.kind == IDENTITY_USER && e->who.access_key.len > 0 &&
           !str_starts(e->who.access_key, STR("ASIA")) && !e->who.console;
}

static enum err_code on_event(void *state, const struct detect_view *v, struct err *err)
{
    struct tokens *s = state;
    const struct event *e = v->event;
    const struct person *p = e->actor == NULL || !is_long_lived(e) || e->address.len == 0 ||
                                     e->time_us == TIME_NONE || e->actor->shared
                                 ? NULL
                                 : context_person(v->context, e->actor);
    (void)err;
    if (p == NULL || p->status != PERSON_TERMINATED || p->terminated_us == TIME_NONE) {
        return ERR_OK;
    }
    struct map_entry *m = map_put(&s->keys, e->who.access_key);
    if (m != NULL && m->value == NULL) {
        m->value = ARENA_NEW(v->arena, struct token);
    }
    struct token *t = m == NULL ? NULL : m->value;
    if (t == NULL) {
        return ERR_NOMEM;
    }
    struct use u = use_of(e);
    bool left = e->time_us > p->terminated_us;
    bool history = !left || (v->since_us != TIME_NONE && e->time_us < v->since_us);
    bool known = is_known(t, &u);
    if (history && !known && t->len < USES_MAX) {
        t->at[t->len++] = u;
    }
    enum range_kind kind;
    bool ci = env_range_of(&v->context->env, &e->ip, &kind) && kind == RANGE_CI;
    if (!left || !known || !ci) {
        return ERR_OK;
    }
    return detect_say(v, &detection, SEVERITY_LOW,
                      "CI works with the key %.*s of %.*s, who left; network and tool (%.*s) are "
                      "those of before",
                      SAY(e->who.access_key), SAY(p->id), SAY(u.tool));
}

static void release(void *state)
{
    map_free(&((struct tokens *)state)->keys);
}

extern const struct detect_ops detect_leaver_token;
const struct detect_ops detect_leaver_token = {
    .detections = &detection,
    .detection_count = 1,
    .state_size = sizeof(struct tokens),
    .on_event = on_event,
    .release = release,
};
