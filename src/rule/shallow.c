/*
 * A test against a record that was read at its top level only: what can be said without reading on.
 *
 * Of a field below the top level a shallow record has the text that the field lies in, unread. When
 * that text has no escapes, keys and values stand in it as they are. So where a test's key does not
 * stand there, the field is absent; and where none of its values does, none is the field's. Both
 * take one search of some hundred bytes, against reading the record anew, and settle nearly all
 * records: a rule asks for something rare. What they do not settle is unknown, and read.
 */
#include "rule/rule_priv.h"

enum { LOOK_VALUES_MAX = 16 }; /* a test with more of them is settled by its key only */

/* Does some value of the test occur in a text where values stand as they are? */
static bool may_hold_in(const struct test *t, struct str text)
{
    if (t->kind != TEST_PATTERN || t->count > LOOK_VALUES_MAX) {
        return true;
    }
    for (size_t i = 0; i < t->count; i++) {
        const struct pattern *p = &t->at.pattern[i];
        bool whole = p->kind <= PATTERN_CONTAINS && !p->has_number;
        if (!whole || (t->cased ? str_find(text, p->text) : str_ifind(text, p->text)) != SIZE_MAX) {
            return true;
        }
    }
    return false;
}

/* Has the text no escapes? Several rules look at one text in a row. */
static bool is_plain(struct rule_matcher *m, struct str text)
{
    if (m->looked_at != text.ptr) {
        m->looked_at = text.ptr;
        m->looked_plain = str_chr(text, '\\') == SIZE_MAX;
    }
    return m->looked_plain;
}

static enum look look_at(const struct test *t, const struct field_path *p,
                         const struct json_record *r, struct rule_matcher *m)
{
    if (json_has(r, p->slot)) {
        return LOOK_UNKNOWN;
    }
    struct json_view top = p->key_count == 1 ? (struct json_view){0} : json_got(r, p->top);
    if (top.kind != JSON_OBJECT) {
        return top.kind == JSON_ARRAY ? LOOK_UNKNOWN : LOOK_ABSENT;
    }
    struct str text = {top.ptr, top.len};
    if (!is_plain(m, text)) {
        return LOOK_UNKNOWN;
    }
    if (str_find(text, p->quoted) == SIZE_MAX) {
        return LOOK_ABSENT;
    }
    return may_hold_in(t, text) ? LOOK_UNKNOWN : LOOK_OTHER;
}

enum look shallow_look(const struct test *t, const struct json_record *r, struct rule_matcher *m)
{
    enum look all = LOOK_ABSENT;
    for (size_t i = 0; i < t->field->path_count && all != LOOK_UNKNOWN; i++) {
        enum look one = look_at(t, &t->field->path[i], r, m);
        all = one == LOOK_ABSENT ? all : one;
    }
    return all;
}
