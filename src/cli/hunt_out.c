#include "cli/hunt_out.h"

#include "report/json_parts.h"
#include "report/show.h"
#include "report/stix_parts.h"

enum { LISTED = 20 }; /* groups of a mark at the prompt */

static struct str path_of(const struct hunt_result *r, uint32_t file)
{
    return file < r->inputs.len ? r->inputs.at[file].path : STR("?");
}

/* Records that are not the cases' own. */
static uint64_t elsewhere(const struct hunt_group *g)
{
    return g->count - g->known;
}

/* ---- the prompt ---- */

static void tell_group(struct buf *out, const struct hunt_result *r, const struct hunt_group *g,
                       const struct report_options *o)
{
    const struct str parts[] = {g->source, g->account, g->region, g->function};
    buf_add_cstr(out, "    ");
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (parts[i].len > 0) {
            show_text(out, parts[i]);
            buf_addc(out, ' ');
        }
    }
    buf_add_cstr(out, " ");
    show_count(out, g->count);
    if (g->known > 0) {
        buf_printf(out, " (%llu of the case)", (unsigned long long)g->known);
    }
    buf_add_cstr(out, "  ");
    show_range(out, g->first_us, g->last_us, o);
    buf_add_cstr(out, "\n      ");
    show_text(out, path_of(r, g->places[0].file));
    buf_printf(out, " at %llu\n", (unsigned long long)g->places[0].offset);
}

static void tell_mark(struct buf *out, const struct hunt_seeds *s, const struct hunt_result *r,
                      size_t mark, size_t from, size_t to, const struct report_options *o)
{
    const struct mark *m = &s->marks.at[mark].mark;
    uint64_t count = 0;
    for (size_t i = from; i < to; i++) {
        count += elsewhere(&r->groups.at[i]);
    }
    buf_printf(out, "\n%s ", mark_kind_name(m->kind));
    show_text(out, m->value);
    buf_add_cstr(out, count > 0 ? ": " : ": only in the case itself\n");
    if (count > 0) {
        show_plural(out, count, "record elsewhere", "records elsewhere");
        buf_addc(out, '\n');
    }
    size_t told = 0;
    for (size_t i = from; i < to; i++) {
        if (elsewhere(&r->groups.at[i]) > 0 && told++ < LISTED) {
            tell_group(out, r, &r->groups.at[i], o);
        }
    }
    if (told > LISTED) {
        buf_printf(out, "    … and %zu more places: --format json\n", told - LISTED);
    }
}

void hunt_out_text(struct buf *out, const struct hunt_seeds *s, const struct hunt_result *r)
{
    struct report_options o = {.zone_name = STR("UTC"), .width = 100};
    size_t found = 0;
    for (size_t i = 0; i < r->groups.len;) {
        size_t to = i;
        while (to < r->groups.len && r->groups.at[to].mark == r->groups.at[i].mark) {
            to++;
        }
        tell_mark(out, s, r, r->groups.at[i].mark, i, to, &o);
        found++;
        i = to;
    }
    buf_printf(out, "\n%zu of %zu marks found in ", found, s->marks.len);
    show_plural(out, r->account.records, "record", "records");
    buf_add_cstr(out, ", ");
    show_bytes(out, r->account.bytes_unpacked);
    buf_add_cstr(out, "; skipped ");
    show_bytes(out, r->account.skipped_bytes);
    buf_addc(out, '\n');
    if (r->full) {
        buf_add_cstr(out, "More places than can be told apart: the counts are whole, places are "
                          "not.\n");
    }
}

/* ---- JSON ---- */

static void group_json(struct json_writer *w, const struct hunt_seeds *s,
                       const struct hunt_result *r, const struct hunt_group *g)
{
    const struct hunt_mark *m = &s->marks.at[g->mark];
    json_object_begin(w);
    json_parts_mark(w, &m->mark);
    json_parts_str(w, "cases", m->cases);
    json_parts_str(w, "source", g->source);
    json_parts_str(w, "account", g->account);
    json_parts_str(w, "region", g->region);
    json_parts_str(w, "function", g->function);
    json_parts_u64(w, "count", g->count);
    json_parts_u64(w, "known", g->known);
    json_parts_u64(w, "denied", g->denied);
    json_parts_time(w, "first", g->first_us);
    json_parts_time(w, "last", g->last_us);
    json_key(w, STR("evidence"));
    json_array_begin(w);
    for (size_t i = 0; i < g->place_count; i++) {
        json_object_begin(w);
        json_parts_str(w, "path", path_of(r, g->places[i].file));
        json_parts_u64(w, "offset", g->places[i].offset);
        json_parts_u64(w, "length", g->places[i].length);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

static void inputs_json(struct json_writer *w, const struct hunt_result *r)
{
    const struct account *a = &r->account;
    json_key(w, STR("inputs"));
    json_object_begin(w);
    json_parts_u64(w, "files", r->inputs.len);
    json_parts_u64(w, "bytes_read", a->bytes_read);
    json_parts_u64(w, "bytes_unpacked", a->bytes_unpacked);
    json_parts_u64(w, "record_bytes", a->record_bytes);
    json_parts_u64(w, "framing_bytes", a->framing_bytes);
    json_parts_u64(w, "unrecognised_bytes", a->unrecognised_bytes);
    json_parts_u64(w, "skipped_bytes", a->skipped_bytes);
    json_parts_u64(w, "records", a->records);
    json_parts_u64(w, "looked_into", r->looked_into);
    json_key(w, STR("skipped"));
    json_array_begin(w);
    for (size_t i = 0; i < a->skipped.len; i++) {
        json_object_begin(w);
        json_parts_str(w, "path", path_of(r, a->skipped.at[i].file));
        json_parts_u64(w, "offset", a->skipped.at[i].offset);
        json_parts_u64(w, "length", a->skipped.at[i].length);
        json_parts_str(w, "unit", a->skipped.at[i].file_bytes ? STR("file") : STR("unpacked"));
        json_parts_str(w, "reason", str_of(a->skipped.at[i].reason));
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}

void hunt_out_json(struct buf *out, const struct hunt_seeds *s, const struct hunt_result *r)
{
    struct json_writer w = json_writer_of(out, 2);
    json_object_begin(&w);
    json_parts_str(&w, "schema", STR("faaswatch.hunt/1"));
    json_parts_str(&w, "version", STR(FW_VERSION));
    inputs_json(&w, r);
    json_parts_u64(&w, "marks", s->marks.len);
    json_key(&w, STR("complete"));
    json_bool(&w, !r->full);
    json_key(&w, STR("findings"));
    json_array_begin(&w);
    for (size_t i = 0; i < r->groups.len; i++) {
        group_json(&w, s, r, &r->groups.at[i]);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

/* ---- STIX ---- */

static const struct case_file *case_of(const struct hunt_seeds *s, struct str ids)
{
    struct str rest = ids;
    struct str id;
    for (size_t i = 0; str_cut(&rest, ' ', &id) && i < 1; i++) {
        for (size_t k = 0; k < s->result.cases.len; k++) {
            if (str_eq(s->result.cases.at[k]->id, id)) {
                return s->result.cases.at[k];
            }
        }
    }
    return NULL;
}

static void sighting(struct stix *x, const struct hunt_seeds *s, const struct hunt_group *g)
{
    const struct hunt_mark *m = &s->marks.at[g->mark];
    const struct case_file *c = case_of(s, m->cases);
    char indicator[STIX_ID_MAX];
    char id[STIX_ID_MAX];
    CLEANUP(buf_free) struct buf note = {0};
    struct stix_claim claim = {.source = c == NULL ? m->cases : c->id,
                               .title = c == NULL ? STR("a hunt") : c->title,
                               .malicious = c != NULL && c->decision.escalate && m->mark.external,
                               .from_us = c == NULL ? g->first_us : c->first_us};
    if (!stix_indicator(x, &m->mark, &claim, indicator)) {
        return;
    }
    buf_printf(&note, "%.*s %.*s %.*s %.*s", STR_ARG(g->source), STR_ARG(g->account),
               STR_ARG(g->region), STR_ARG(g->function));
    struct stix_sight sight = {.count = g->count,
                               .first_us = g->first_us,
                               .last_us = g->last_us,
                               .place = g->account.len > 0 ? g->account : g->source,
                               .note = str_trim(buf_str(&note))};
    stix_sighting(x, &m->mark, indicator, &sight, id);
    x->failed = x->failed || note.failed;
}

bool hunt_out_stix(struct buf *out, const struct hunt_seeds *s, const struct hunt_result *r)
{
    struct stix x;
    CLEANUP(buf_free) struct buf name = {0};
    buf_add_cstr(&name, "hunt");
    for (size_t i = 0; i < s->result.cases.len; i++) {
        buf_printf(&name, "\n%.*s", STR_ARG(s->result.cases.at[i]->id));
    }
    stix_begin(&x, out, buf_str(&name));
    for (size_t i = 0; i < r->groups.len; i++) {
        sighting(&x, s, &r->groups.at[i]);
    }
    bool fine = stix_end(&x) && !name.failed;
    buf_addc(out, '\n');
    return fine && !out->failed;
}
