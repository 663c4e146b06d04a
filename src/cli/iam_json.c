#include "cli/iam.h"
#include "codec/json_write.h"

static void text(struct json_writer *w, const char *key, struct str value)
{
    json_key(w, str_of(key));
    json_str(w, value);
}

static void way_json(struct json_writer *w, const struct iam_way *way)
{
    json_object_begin(w);
    text(w, "id", way->path->id);
    text(w, "kind", str_of(iam_path_kind_name(way->path->kind)));
    json_key(w, STR("via"));
    json_array_begin(w);
    for (size_t i = 0; i < way->path->permissions.len; i++) {
        json_str(w, way->path->permissions.at[i]);
    }
    json_array_end(w);
    json_key(w, STR("certain"));
    json_bool(w, way->answer == IAM_YES);
    text(w, "depends_on", way->missing_key);
    text(w, "reach", str_of(iam_reach_name(way->reach)));
    text(w, "source", way->path->source);
    json_object_end(w);
}

static void finding_json(struct json_writer *w, const struct iam_finding *f)
{
    json_object_begin(w);
    text(w, "id", f->id);
    text(w, "severity", str_of(severity_name(f->severity)));
    text(w, "text", f->text);
    text(w, "policy", f->policy);
    json_key(w, STR("statement"));
    json_u64(w, f->statement);
    json_object_end(w);
}

static void said_json(struct json_writer *w, const struct iam_said *said)
{
    json_object_begin(w);
    text(w, "path", said->subject->path);
    text(w, "principal", said->subject->name);
    json_key(w, STR("score"));
    json_f64(w, said->report.extent.score);
    json_key(w, STR("allowed_actions"));
    json_u64(w, said->report.extent.allowed);
    json_key(w, STR("escalation_paths"));
    json_array_begin(w);
    for (size_t i = 0; i < said->report.ways.len; i++) {
        way_json(w, &said->report.ways.at[i]);
    }
    json_array_end(w);
    json_key(w, STR("findings"));
    json_array_begin(w);
    for (size_t i = 0; i < said->report.findings.len; i++) {
        finding_json(w, &said->report.findings.at[i]);
    }
    json_array_end(w);
    json_object_end(w);
}

void iam_check_json(struct buf *out, const struct iam_said *said, size_t count,
                    const struct iam_subjects *from)
{
    struct json_writer w = json_writer_of(out, 2);
    json_object_begin(&w);
    text(&w, "schema", STR("faaswatch.iam/1"));
    json_key(&w, STR("policies"));
    json_array_begin(&w);
    for (size_t i = 0; i < count; i++) {
        said_json(&w, &said[i]);
    }
    json_array_end(&w);
    json_key(&w, STR("problems"));
    json_array_begin(&w);
    for (size_t i = 0; i < from->problems.len; i++) {
        json_str(&w, from->problems.at[i]);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

/* ---- diff ---- */

static double score_of(const struct iam_said *said)
{
    return said == NULL ? 0 : said->report.extent.score;
}

static void actions_json(struct json_writer *w, const char *key, const struct iam_said *without,
                         const struct iam_said *with, const struct iam_catalog *c)
{
    json_key(w, str_of(key));
    json_array_begin(w);
    for (size_t i = 0; i < iam_catalog_count(c); i++) {
        if (iam_said_allows(with, i) && !iam_said_allows(without, i)) {
            json_str(w, iam_catalog_at(c, i)->name);
        }
    }
    for (size_t i = 0; with != NULL && i < with->subject->permissions.len; i++) {
        if (!iam_said_lists(without, with->subject->permissions.at[i])) {
            json_str(w, with->subject->permissions.at[i]);
        }
    }
    json_array_end(w);
}

static void ways_json(struct json_writer *w, const char *key, const struct iam_said *without,
                      const struct iam_said *with)
{
    json_key(w, str_of(key));
    json_array_begin(w);
    for (size_t i = 0; with != NULL && i < with->report.ways.len; i++) {
        const struct iam_way *way = &with->report.ways.at[i];
        if (iam_said_way(without, way->path) == NULL) {
            way_json(w, way);
        }
    }
    json_array_end(w);
}

static void change_json(struct json_writer *w, const struct iam_change *c,
                        const struct iam_catalog *catalog)
{
    const struct iam_said *any = c->after != NULL ? c->after : c->before;
    json_object_begin(w);
    text(w, "path", any->subject->path);
    text(w, "principal", any->subject->name);
    text(w, "state",
         c->before == NULL  ? STR("added")
         : c->after == NULL ? STR("removed")
                            : STR("changed"));
    json_key(w, STR("score_before"));
    json_f64(w, score_of(c->before));
    json_key(w, STR("score_after"));
    json_f64(w, score_of(c->after));
    json_key(w, STR("jump"));
    json_bool(w, iam_score_jumped(score_of(c->before), score_of(c->after)));
    actions_json(w, "newly_allowed", c->before, c->after, catalog);
    actions_json(w, "no_longer_allowed", c->after, c->before, catalog);
    ways_json(w, "escalation_paths_new", c->before, c->after);
    ways_json(w, "escalation_paths_gone", c->after, c->before);
    json_object_end(w);
}

void iam_diff_json(struct buf *out, const struct iam_change *changes, size_t count,
                   const struct iam_catalog *c)
{
    struct json_writer w = json_writer_of(out, 2);
    json_object_begin(&w);
    text(&w, "schema", STR("faaswatch.iam-diff/1"));
    json_key(&w, STR("changes"));
    json_array_begin(&w);
    for (size_t i = 0; i < count; i++) {
        change_json(&w, &changes[i], c);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}
