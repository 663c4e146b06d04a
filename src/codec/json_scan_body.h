/*
 * The scan itself, compiled once a variant. A variant's file defines F(name), which makes the
 * names of its own, and before it includes this file:
 *
 *   F(string_end_escaped)(p, end)  p is in a string; its closing quote, or some place not before
 *                                  `end`
 *   F(skip_brackets)(w, p, depth)  p is at an opening bracket with `depth` brackets around it; what
 *                                  lies behind its partner, or NULL after a fault
 *   F(spoiled)(start, limit, ...)  as json_kernel.spoiled
 *   F(is_key)(p, e)                does e->pattern stand at p? reads p[0..31]
 *   F(string_stop)(p, end)         the first quote or backslash at p or behind it; some place not
 *                                  before `end` when there is none before it
 *   F(skip_blank)(p, end)          the first byte at p or behind it that is not white space; may
 *                                  stop anywhere at or behind `end`
 *
 * Bounds: a cursor that is less than `end` may be read at up to JSON_PADDING bytes. A cursor moves
 * past `end` by a few bytes of padding at most before the next comparison with `end` stops it.
 */
/* ---- values ---- */

/* p is behind the opening quote. The closing one, or some place not before `end`. */
INLINE const char *F(string_end)(const char *p, const char *end, bool *escaped)
{
    p = F(string_stop)(p, end);
    *escaped = false;
    if (UNLIKELY(*p == '\\') && p < end) {
        *escaped = true;
        return F(string_end_escaped)(p, end);
    }
    return p;
}

/* p is less than w->end and not at a string or a bracket. */
INLINE const char *F(scalar)(struct json_walk *w, const char *p, uint8_t *kind)
{
    if (memcmp(p, "true", 4) == 0) {
        *kind = JSON_TRUE;
        return p + 4;
    }
    if (memcmp(p, "null", 4) == 0) {
        *kind = JSON_NULL;
        return p + 4;
    }
    if (memcmp(p, "false", 5) == 0) {
        *kind = JSON_FALSE;
        return p + 5;
    }
    *kind = JSON_NUMBER;
    return *p == '-' || chr_is_digit(*p) ? json_strict_number(w, p) : json_strict_literal(w, p);
}

/* A value nobody looks into, at p < w->end. */
INLINE const char *F(unwanted)(struct json_walk *w, const char *p, unsigned depth)
{
    return UNLIKELY(w->s != NULL && w->s->strict) ? json_strict_value(w, p, depth)
                                                  : F(skip_brackets)(w, p, depth);
}

INLINE void F(set)(struct json_record *out, int slot, struct json_view v)
{
    out->view[slot] = v;
    out->have[(unsigned)slot / 64] |= (uint64_t)1 << ((unsigned)slot % 64);
}

static const char *F(object)(struct json_walk *w, struct json_node *n, const char *p,
                             unsigned depth);

/* Walk the subtrees that waited for the decision. False after a fault. */
NOINLINE bool F(walk_waiting)(struct json_walk *w)
{
    w->mode = JSON_MODE_FULL;
    for (size_t i = 0; i < w->waiting; i++) {
        const struct json_waiting *it = &w->s->waiting[i];
        if (F(object)(w, it->entry->child, it->at, 1) == NULL) {
            return false;
        }
    }
    w->waiting = 0;
    return true;
}

/* A top-level string was found: decide if both that it takes are there. False after a fault. */
NOINLINE bool F(decide)(struct json_walk *w, int slot)
{
    const struct json_scanner *s = w->s;
    struct json_view v[2];
    if ((s->settle[(unsigned)slot / 64] >> ((unsigned)slot % 64) & 1U) != 0) {
        return F(walk_waiting)(w);
    }
    if (slot != s->decide[0] && slot != s->decide[1]) {
        return true;
    }
    for (int i = 0; i < 2; i++) {
        v[i] = json_got(w->out, s->decide[i]);
        if (v[i].kind != JSON_STRING || v[i].escaped) {
            return true;
        }
    }
    if (s->wanted(s->wanted_arg, (struct str){v[0].ptr, v[0].len},
                  (struct str){v[1].ptr, v[1].len})) {
        return F(walk_waiting)(w);
    }
    w->mode = JSON_MODE_SHALLOW;
    w->out->shallow = true;
    return true;
}

/* The object or array of member e, at p < w->end. */
NOINLINE const char *F(subtree)(struct json_walk *w, struct json_entry *e, const char *p,
                                unsigned depth)
{
    const char *start = p;
    bool object = *p == '{';
    if (object && e->child != NULL && w->mode == JSON_MODE_FULL) {
        p = F(object)(w, e->child, p, depth);
    } else {
        if (object && e->child != NULL && w->mode == JSON_MODE_UNDECIDED) {
            w->s->waiting[w->waiting++] = (struct json_waiting){e, p};
        }
        p = F(unwanted)(w, p, depth);
    }
    if (p == NULL) {
        return NULL;
    }
    struct str raw = {start, (size_t)(p - start)};
    if (e->slot >= 0) {
        F(set)
        (w->out, e->slot,
         (struct json_view){
             .ptr = start, .len = (uint32_t)raw.len, .kind = object ? JSON_OBJECT : JSON_ARRAY});
    }
    if (!object && e->child != NULL) {
        json_learn_through(w->out, e->child, raw);
    }
    return p;
}

/* The value of member e, at p < w->end. */
INLINE const char *F(member)(struct json_walk *w, struct json_entry *e, const char *p,
                             unsigned depth)
{
    if (LIKELY(*p == '"')) {
        bool escaped;
        const char *text = p + 1;
        p = F(string_end)(text, w->end, &escaped);
        if (UNLIKELY(p >= w->end)) {
            return json_fail(w, p, "");
        }
        if (e->slot >= 0) {
            F(set)
            (w->out, e->slot,
             (struct json_view){.ptr = text,
                                .len = (uint32_t)(p - text),
                                .kind = JSON_STRING,
                                .escaped = escaped});
            if (UNLIKELY(w->mode == JSON_MODE_UNDECIDED) && !F(decide)(w, e->slot)) {
                return NULL;
            }
        }
        return p + 1;
    }
    if (*p == '{' || *p == '[') {
        return F(subtree)(w, e, p, depth);
    }
    const char *start = p;
    uint8_t kind;
    p = F(scalar)(w, p, &kind);
    if (p != NULL && e->slot >= 0) {
        F(set)
        (w->out, e->slot,
         (struct json_view){.ptr = start, .len = (uint32_t)(p - start), .kind = kind});
    }
    return p;
}

/* ---- objects ---- */

/* The key at *at was not the one that was guessed. Its entry; *at is moved behind the colon. NULL
 * after a fault. */
NOINLINE struct json_entry *F(key)(struct json_walk *w, struct json_node *n,
                                   struct json_entry *before, const char **at)
{
    const char *p = *at;
    if (p >= w->end || *p != '"') {
        (void)json_fail(w, p, "a key in quotes is missing");
        return NULL;
    }
    bool escaped;
    const char *text = p + 1;
    p = F(string_end)(text, w->end, &escaped);
    if (p >= w->end) {
        (void)json_fail(w, p, "");
        return NULL;
    }
    struct json_entry *e = json_learn_key(w, n, (struct str){text, (size_t)(p - text)}, escaped);
    if (e->pattern_len != 0) {
        before->second = before->next;
        before->next = e;
    }
    p = F(skip_blank)(p + 1, w->end);
    if (p >= w->end || *p != ':') {
        (void)json_fail(w, p, "a colon is missing");
        return NULL;
    }
    *at = p + 1;
    return e;
}

/* The object at p, with `depth` brackets around it; the result is behind it. */
static const char *F(object)(struct json_walk *w, struct json_node *n, const char *p,
                             unsigned depth)
{
    const char *end = w->end;
    struct json_entry *before = &n->head;
    uint32_t stamp = w->s->stamp;
    unsigned members = 0;
    p = F(skip_blank)(p + 1, end);
    if (UNLIKELY(*p == '}') && p < end) {
        return p + 1;
    }
    for (;;) {
        const char *key = p;
        struct json_entry *e = before->next;
        if (LIKELY(e != NULL && F(is_key)(p, e))) {
            p += e->pattern_len;
        } else if (e != NULL && before->second != NULL && F(is_key)(p, before->second)) {
            e = before->second;
            p += e->pattern_len;
        } else {
            e = F(key)(w, n, before, &p);
            if (UNLIKELY(e == NULL)) {
                return NULL;
            }
        }
        if (*p == ' ') { /* how texts are laid out for people: one blank */
            p++;
        }
        p = F(skip_blank)(p, end);
        if (UNLIKELY(p >= end)) {
            return json_fail(w, p, "");
        }
        if (UNLIKELY(++members > JSON_KEYS_MAX)) {
            return json_fail_limit(w, JSON_TOO_WIDE, key);
        }
        before = e;
        if (UNLIKELY(e->stamp == stamp)) { /* the first one counts */
            json_learn_again(w, n, e, key);
            e = &n->other;
        }
        e->stamp = stamp;
        p = F(member)(w, e, p, depth + 1);
        if (UNLIKELY(p == NULL)) {
            return NULL;
        }
        if (LIKELY(*p == ',')) {
            p++;
        } else {
            p = F(skip_blank)(p, end);
            if (UNLIKELY(p >= end || (*p != ',' && *p != '}'))) {
                return json_fail(w, p, "a comma or a closing bracket is missing");
            }
            if (*p++ == '}') {
                return p;
            }
        }
        p = F(skip_blank)(p, end);
    }
}

/* ---- what the kernel offers ---- */

static const char *F(skip)(struct json_walk *w, const char *p)
{
    if (*p == '"') {
        bool escaped;
        p = F(string_end)(p + 1, w->end, &escaped);
        return p >= w->end ? json_fail(w, p, "") : p + 1;
    }
    if (*p == '{' || *p == '[') {
        return F(unwanted)(w, p, 0);
    }
    uint8_t kind;
    const char *stop = F(scalar)(w, p, &kind);
    return stop > w->end ? json_fail(w, stop, "") : stop;
}

static const char *F(value)(struct json_walk *w, const char *p)
{
    if (*p != '{') {
        return F(skip)(w, p);
    }
    p = F(object)(w, w->s->root, p, 0);
    if (w->mode != JSON_MODE_UNDECIDED || w->waiting == 0) {
        return p;
    }
    /* After a fault too: what waits lies before it, and may hold an earlier one. */
    struct json_walk before = *w;
    if (!F(walk_waiting)(w)) {
        return NULL;
    }
    if (p == NULL) {
        *w = before;
    }
    return p;
}

static const struct json_kernel F(kernel) = {F(value), F(skip), F(spoiled)};
