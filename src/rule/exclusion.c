/*
 * Documents that hide hits: `exclusion:` with detections, a selection, owner, reason and expiry.
 */
#include "model/exclusion.h"

#include "base/timefmt.h"
#include "rule/rule_priv.h"

static bool read_text(struct loader *l, const struct yaml_node *n, const char *key, struct str *to)
{
    const struct yaml_node *v = yaml_get(n, str_of(key));
    struct str text = str_trim(yaml_text(v));
    if (text.len == 0) {
        return loader_refuse(l, v == NULL ? n->line : v->line,
                             "exclusion.%s is missing: an exclusion has an owner, a reason and an "
                             "end",
                             key);
    }
    return arena_dup(l->arena, text, to) || loader_no_memory(l);
}

/* A day ends what it names; or a time. */
static bool read_expiry(struct loader *l, const struct yaml_node *n, struct exclusion *x)
{
    struct str day;
    bool zoned;
    if (!read_text(l, n, "expires", &x->expires)) {
        return false;
    }
    if (!arena_printf(l->arena, &day, "%.*sT00:00:00Z", STR_ARG(str_head(x->expires, 10)))) {
        return loader_no_memory(l);
    }
    bool is_day = x->expires.len == 10 && time_parse_rfc3339(day, &x->expires_us);
    x->expires_us += is_day ? TIME_DAY_US : 0;
    return is_day || (time_parse_any(x->expires, &x->expires_us, &zoned) && zoned) ||
           loader_refuse(l, n->line, "exclusion.expires must be a day, such as 2026-12-31");
}

static bool read_rules(struct loader *l, const struct yaml_node *n, struct exclusion *x)
{
    const struct yaml_node *rules = yaml_get(n, STR("rules"));
    size_t count = rules == NULL ? 0 : rules->kind == YAML_LIST ? rules->count : 1;
    struct str *to = ARENA_ARRAY(l->arena, struct str, count + 1);
    if (to == NULL) {
        return loader_no_memory(l);
    }
    x->detections = to;
    if (count == 0) {
        return loader_refuse(l, n->line, "exclusion.rules names no detection; 'any' means all");
    }
    for (size_t i = 0; i < count; i++) {
        const struct yaml_node *item = rules->kind == YAML_LIST ? rules->items[i] : rules;
        if (!arena_dup(l->arena, str_trim(yaml_text(item)), &to[i])) {
            return loader_no_memory(l);
        }
        if (to[i].len == 0) {
            return loader_refuse(l, item->line, "exclusion.rules must be texts");
        }
    }
    x->detection_count = count == 1 && str_ieq(to[0], STR("any")) ? 0 : count;
    return true;
}

bool exclusion_is_key(struct str key)
{
    static const struct str keys[] = {STR_INIT("owner"), STR_INIT("reason"), STR_INIT("expires")};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (str_eq(key, keys[i])) {
            return true;
        }
    }
    return false;
}

bool exclusion_read(struct loader *l, const struct yaml_node *doc, struct filter *f)
{
    const struct yaml_node *n = yaml_get(doc, STR("exclusion"));
    struct exclusion *x = ARENA_NEW(l->arena, struct exclusion);
    if (x == NULL) {
        return loader_no_memory(l);
    }
    if (f->title.len == 0) {
        return loader_refuse(l, doc->line, "'title' is missing");
    }
    x->number = l->set->exclusions.len;
    x->title = f->title;
    f->exclusion = x;
    return load_check_detection(l, doc, "exclusion") && read_text(l, n, "owner", &x->owner) &&
           read_text(l, n, "reason", &x->reason) && read_expiry(l, n, x) && read_rules(l, n, x) &&
           (VEC_PUSH(&l->set->exclusions, x) || loader_no_memory(l));
}

/* On the records of one source. */
static bool bind_one(struct loader *l, const struct filter *f, const struct logsource_match *m)
{
    struct log_exclusion *b = ARENA_NEW(l->arena, struct log_exclusion);
    if (b == NULL) {
        return loader_no_memory(l);
    }
    l->log = m->log;
    l->ours = f->ours;
    l->fields.len = 0;
    b->about = f->exclusion;
    b->when = load_detection(l, yaml_get(f->doc, STR("exclusion")));
    b->kind = m->whole ? NULL : logsource_expr(l, m, f->doc->line);
    b->fields = ARENA_ARRAY(l->arena, struct field *, l->fields.len + 1);
    if (b->when == NULL || (!m->whole && b->kind == NULL)) {
        return false;
    }
    if (b->fields == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < l->fields.len; i++) {
        b->fields[b->field_count++] = l->fields.at[i];
    }
    return VEC_PUSH(&m->log->exclusions, b) || loader_no_memory(l);
}

bool exclusion_bind(struct loader *l, const struct filter *f, const struct logsource_match *m,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!bind_one(l, f, &m[i])) {
            return false;
        }
    }
    return true;
}

size_t rule_set_exclusions(const struct rule_set *s, const struct exclusion *const **out)
{
    *out = s->exclusions.at;
    return s->exclusions.len;
}

size_t rule_exclusions(struct rule_matcher *m, struct str source, const struct json_record *r,
                       int64_t time_us, const struct exclusion *const **out)
{
    const struct rule_log *log = m->set->exclusions.len == 0 ? NULL : rule_set_log(m->set, source);
    struct subject s = {.record = r, .matcher = m};
    size_t count = 0;
    *out = m->excluded;
    for (size_t i = 0; log != NULL && time_us != TIME_NONE && i < log->exclusions.len; i++) {
        const struct log_exclusion *x = log->exclusions.at[i];
        if (time_us < x->about->expires_us &&
            (x->kind == NULL || expr_eval(x->kind, &s) == TRUTH_YES) &&
            expr_eval(x->when, &s) == TRUTH_YES) {
            m->excluded[count++] = x->about;
        }
    }
    return count;
}
