#include "case/case_build.h"

#include <stdlib.h>

#include "base/buf.h"
#include "case/join.h"
#include "codec/digest.h"
#include "detect/tools.h"

enum { CASE_ID_DIGITS = 12 };

/* ---- what a case is about ---- */

/* Distinct events of all findings, in order. */
static bool make_timeline(struct case_file *c)
{
    for (size_t i = 0; i < c->findings.len; i++) {
        const struct finding *f = c->findings.at[i];
        for (size_t k = 0; k < f->events.len; k++) {
            if (!VEC_PUSH(&c->timeline, f->events.at[k])) {
                return false;
            }
        }
    }
    if (c->timeline.len == 0) {
        return true;
    }
    qsort(c->timeline.at, c->timeline.len, sizeof(const struct event *), event_ptr_cmp);
    size_t n = 1;
    for (size_t i = 1; i < c->timeline.len; i++) {
        if (c->timeline.at[i] != c->timeline.at[n - 1]) {
            c->timeline.at[n++] = c->timeline.at[i];
        }
    }
    c->timeline.len = n;
    return true;
}

/* *fresh: the text was not there yet. */
static bool see(struct map *seen, struct arena *scratch, char kind, struct str text, bool *fresh)
{
    struct str key;
    if (!arena_printf(scratch, &key, "%c%.*s", kind, STR_ARG(text))) {
        return false;
    }
    struct map_entry *entry = map_put(seen, key);
    if (entry == NULL) {
        return false;
    }
    *fresh = entry->value == NULL;
    entry->value = seen;
    return true;
}

static bool add_names(struct case_file *c, const struct event *e, struct map *seen,
                      struct arena *scratch)
{
    struct str text;
    bool fresh = false;
    if (e->function.name.len > 0) {
        if (!function_key_text(&e->function, scratch, &text) ||
            !see(seen, scratch, 'f', text, &fresh) ||
            (fresh && !VEC_PUSH(&c->functions, e->function))) {
            return false;
        }
    }
    if (e->actor != NULL) {
        if (!see(seen, scratch, 'a', e->actor->root, &fresh) ||
            (fresh && !VEC_PUSH(&c->actors, e->actor))) {
            return false;
        }
    }
    if (e->address.len > 0) {
        if (!see(seen, scratch, 'i', e->address, &fresh) ||
            (fresh && !VEC_PUSH(&c->addresses, e->address))) {
            return false;
        }
    }
    return true;
}

static bool name_all(struct case_file *c)
{
    CLEANUP(map_free) struct map seen = {0};
    CLEANUP(arena_free) struct arena scratch = {0};
    for (size_t i = 0; i < c->timeline.len; i++) {
        if (!add_names(c, c->timeline.at[i], &seen, &scratch)) {
            return false;
        }
    }
    return true;
}

static void measure(struct case_file *c)
{
    c->first_us = TIME_NONE;
    c->last_us = TIME_NONE;
    for (size_t i = 0; i < c->findings.len; i++) {
        const struct finding *f = c->findings.at[i];
        if (f->first_us != TIME_NONE && (c->first_us == TIME_NONE || f->first_us < c->first_us)) {
            c->first_us = f->first_us;
        }
        c->last_us = f->last_us > c->last_us ? f->last_us : c->last_us;
        c->severity = f->severity > c->severity ? f->severity : c->severity;
    }
}

/* Of the findings that make the case: was it ours that was abused, or somebody else's? */
static void tell_whose(struct case_file *c)
{
    bool ours = false;
    bool theirs = false;
    for (size_t i = 0; i < c->findings.len; i++) {
        const struct finding *f = c->findings.at[i];
        for (size_t k = 0; f->severity >= SEVERITY_MEDIUM && k < f->events.len; k++) {
            ours |= f->events.at[k]->function.name.len > 0;
            theirs |= event_has(f->events.at[k], ATTR_PLATFORM);
        }
    }
    c->whose = ours && theirs ? CASE_BOTH
               : ours         ? CASE_OURS
               : theirs       ? CASE_THEIRS
                              : CASE_NO_FUNCTION;
}

/* ---- title ---- */

/* Says that code changed, which most cases do: a better title is looked for first. */
static bool is_plain(const struct finding *f)
{
    return str_eq(f->detection->ref, STR("D02")) || str_eq(f->detection->ref, STR("D03")) ||
           str_eq(f->detection->ref, STR("D04"));
}

static const struct finding *telling(const struct case_file *c)
{
    for (size_t i = 0; i < c->findings.len; i++) {
        if (!is_plain(c->findings.at[i]) && c->findings.at[i]->severity == c->severity) {
            return c->findings.at[i];
        }
    }
    return c->findings.at[0];
}

/* "dana.k" of a mail address; the end of an ARN; else as it is. */
static struct str short_name(struct str root)
{
    size_t at = str_chr(root, '@');
    if (at != SIZE_MAX && at > 0) {
        return str_head(root, at);
    }
    at = str_starts(root, STR("arn:")) ? str_rchr(root, '/') : SIZE_MAX;
    return at == SIZE_MAX ? root : str_from(root, at + 1);
}

static bool make_title(struct case_file *c, struct arena *a)
{
    const struct finding *f = telling(c);
    struct str entity = f->entity;
    size_t slash = str_rchr(entity, '/');
    struct str who = f->actor != NULL ? short_name(f->actor->root) : STR_EMPTY;
    CLEANUP(buf_free) struct buf b = {0};
    if (c->functions.len == 1) {
        entity = c->functions.at[0].name;
    } else if (f->function.name.len > 0) {
        entity = f->function.name;
    } else if (slash != SIZE_MAX) {
        entity = str_from(entity, slash + 1);
    }
    buf_printf(&b, "%.*s", SAY(entity));
    if (c->functions.len > 1 && f->function.name.len > 0) {
        buf_printf(&b, " and %zu more", c->functions.len - 1);
    }
    buf_printf(&b, ": %.*s", SAY(f->detection->title));
    if (who.len > 0) {
        buf_printf(&b, " by %.*s", SAY(who));
    }
    return !b.failed && arena_dup(a, buf_str(&b), &c->title);
}

/* ---- id ---- */

/* The first event of the findings that make the case; what was attached as context may differ
 * between two runs over more or less history. */
static const struct event *first_evidence(const struct case_file *c)
{
    const struct event *first = NULL;
    for (size_t i = 0; i < c->findings.len; i++) {
        const struct finding *f = c->findings.at[i];
        if (f->severity >= SEVERITY_MEDIUM &&
            (first == NULL || event_cmp(f->events.at[0], first) < 0)) {
            first = f->events.at[0];
        }
    }
    return first;
}

static bool make_id(struct case_file *c, bool again, struct arena *a)
{
    const struct event *e = first_evidence(c);
    char id[CASE_ID_DIGITS + 1];
    CLEANUP(buf_free) struct buf b = {0};
    buf_printf(&b, "case\n%.*s", STR_ARG(e->record_id));
    if (e->record_id.len == 0 || again) {
        buf_printf(&b, "\n%.*s", STR_ARG(c->findings.at[0]->id));
    }
    return !b.failed && digest_hex_id(buf_str(&b), CASE_ID_DIGITS, id) &&
           arena_dup(a, str_of(id), &c->id);
}

/* Two cases can begin with the same record, when nothing but a pipeline joins them. */
static bool part_equal_ids(struct case_list *list, size_t from, struct arena *a)
{
    CLEANUP(map_free) struct map ids = {0};
    for (size_t i = from; i < list->len; i++) {
        struct case_file *c = list->at[i];
        bool taken = map_get(&ids, c->id) != NULL;
        struct map_entry *entry = NULL;
        if ((!taken || make_id(c, true, a)) && (entry = map_put(&ids, c->id)) != NULL) {
            entry->value = c;
        } else {
            return false;
        }
    }
    return true;
}

/* ---- build ---- */

static struct case_file *build_one(const struct finding_list *findings, const size_t *group,
                                   size_t which, struct arena *a)
{
    struct case_file *c = ARENA_NEW(a, struct case_file);
    bool ok = c != NULL;
    for (size_t i = which; i < findings->len && ok; i++) {
        ok = group[i] != which || VEC_PUSH(&c->findings, findings->at[i]);
    }
    if (ok) {
        measure(c);
        tell_whose(c);
        ok = make_timeline(c) && name_all(c) && make_title(c, a) && make_id(c, false, a);
    }
    if (!ok && c != NULL) {
        case_file_free(c);
    }
    return ok ? c : NULL;
}

static bool build_all(const struct finding_list *findings, const size_t *group, struct arena *a,
                      struct case_list *out)
{
    size_t had = out->len;
    for (size_t i = 0; i < findings->len; i++) {
        if (group[i] != i) {
            continue;
        }
        struct case_file *c = build_one(findings, group, i, a);
        if (c == NULL) {
            return false;
        }
        if (!VEC_PUSH(out, c)) {
            case_file_free(c);
            return false;
        }
    }
    return part_equal_ids(out, had, a);
}

enum err_code case_build(const struct finding_list *findings, const struct context *c,
                         const struct intel *intel, const struct inventory *inv, struct arena *a,
                         struct case_list *out, struct err *err)
{
    (void)inv;
    size_t had = out->len;
    size_t *group = mem_alloc(findings->len, sizeof(*group));
    if (group == NULL) {
        return err_set(err, ERR_NOMEM, "building cases: out of memory");
    }
    enum err_code rc = join_findings(findings, c, intel, group, err);
    if (rc == ERR_OK && !build_all(findings, group, a, out)) {
        while (out->len > had) {
            case_file_free(out->at[--out->len]);
        }
        rc =
            err_set(err, ERR_NOMEM, "building cases of %zu findings: out of memory", findings->len);
    }
    mem_free(group);
    return rc;
}
