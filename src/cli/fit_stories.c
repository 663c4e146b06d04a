/*
 * fit_stories - closed cases, a folder each, triaged and labelled.
 *
 * A folder is what tests/stories holds: logs/, context files, and story.json with `given` (options of
 * triage), `expect` (cases with their answers) and `turns` (another file in place of one). Only what
 * names a file is taken of `given`; the answers that matter are "legitimate" and "suspicious".
 */
#include "cli/parse.h"
#include "cli/playbook.h"
#include "cli/triage_args.h"
#include "codec/json.h"
#include "sys/file.h"
#include "sys/walk.h"

enum {
    STORY_BYTES_MAX = 1024 * 1024,
    WORDS_MAX = 64,
    SWAPS_MAX = 16,
    HELD_BACK = 4 /* one in so many */
};

void answered_list_free(struct answered_list *l)
{
    VEC_FREE(l);
    arena_free(&l->arena);
}

struct swap {
    struct str name, other;
};

struct reading {
    struct answered_list *list;
    const struct playbook *book;
    const int *column;
    struct str playbook;
    struct str folder, name; /* "closed/no_ticket", "no_ticket" */
    struct swap swaps[SWAPS_MAX];
    size_t swap_count;
    struct err *err;
};

static enum err_code no_memory(const struct reading *r)
{
    return err_set(r->err, ERR_NOMEM, "no memory for the closed cases");
}

static enum err_code bad(const struct reading *r, const char *what)
{
    return err_set(r->err, ERR_SCHEMA, "%.*s/story.json: %s", STR_ARG(str_head(r->folder, 120)),
                   what);
}

/* ---- options ---- */

/* The file of the story that a word names, replaced where the turn says so. */
static bool path_of(const struct reading *r, struct str word, struct str *out)
{
    for (size_t i = 0; i < r->swap_count; i++) {
        if (str_eq(r->swaps[i].name, word)) {
            word = r->swaps[i].other;
            break;
        }
    }
    return arena_printf(&r->list->arena, out, "%.*s/%.*s", STR_ARG(r->folder), STR_ARG(word));
}

/* `given` to words of a command line: files below the folder, the rest as it stands. */
static enum err_code words_of(const struct reading *r, struct json_view given, struct str *words,
                              size_t *count)
{
    struct json_iter it = json_iter_of(given);
    struct json_view key;
    struct json_view v;
    struct str word;
    bool file = false;
    *count = 0;
    if (given.kind != JSON_ARRAY) {
        return bad(r, "'given' must be a list of options");
    }
    while (json_iter_next(&it, &key, &v)) {
        if (*count + 4 > WORDS_MAX) {
            return bad(r, "'given' has too many words");
        }
        if (v.kind != JSON_STRING || !json_text(v, &r->list->arena, &word)) {
            return bad(r, "'given' must be a list of texts");
        }
        bool option = str_starts(word, STR("--"));
        if (file && !option && !path_of(r, word, &word)) {
            return no_memory(r);
        }
        file = option && !str_eq(word, STR("--since")) && !str_eq(word, STR("--until")) &&
               !str_eq(word, STR("--tz"));
        words[(*count)++] = word;
    }
    if (r->playbook.len > 0) {
        words[(*count)++] = STR("--playbook");
        words[(*count)++] = r->playbook;
    }
    return path_of(r, STR("logs"), &words[(*count)++]) ? ERR_OK : no_memory(r);
}

/* ---- answers ---- */

/* Is the text in a function's name, an actor, an address or the title? */
static bool is_about(const struct case_file *c, struct str about)
{
    bool found = str_find(c->title, about) != SIZE_MAX;
    for (size_t i = 0; !found && i < c->functions.len; i++) {
        found = str_find(c->functions.at[i].name, about) != SIZE_MAX;
    }
    for (size_t i = 0; !found && i < c->actors.len; i++) {
        found = str_find(c->actors.at[i]->root, about) != SIZE_MAX;
    }
    for (size_t i = 0; !found && i < c->addresses.len; i++) {
        found = str_find(c->addresses.at[i], about) != SIZE_MAX;
    }
    return found;
}

static bool held_back(struct str name)
{
    uint32_t hash = 2166136261U; /* FNV-1a: the same in every run */
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619U;
    }
    return hash % HELD_BACK == 0;
}

/* By walking: a run seeds the hashes anew, and the index of a playbook loaded before is void. */
static const struct playbook_item *find_item(const struct playbook *p, struct str id)
{
    for (size_t i = 0; i < p->item_count; i++) {
        if (str_eq(p->items[i].id, id)) {
            return &p->items[i];
        }
    }
    return NULL;
}

static void add_items(const struct reading *r, struct answered *a, const struct item *at,
                      size_t len)
{
    for (size_t i = 0; i < len; i++) {
        const struct playbook_item *it = find_item(r->book, at[i].id);
        if (at[i].weight == 0 || it == NULL) {
            continue;
        }
        int column = r->column[it - r->book->items];
        if (column < 0) {
            a->row.offset += at[i].weight;
        } else {
            a->items[a->row.len++] = (uint32_t)column;
        }
    }
}

static bool is_hard(const struct answer *a)
{
    for (size_t i = 0; i < a->items.len; i++) {
        if (a->items.at[i].hard && a->items.at[i].weight != 0) {
            return true;
        }
    }
    return false;
}

static enum err_code add_answer(const struct reading *r, const struct answer *a, struct str label)
{
    bool suspicious = str_eq(label, STR("suspicious"));
    struct answered out = {.held_back = held_back(r->name)};
    if ((!suspicious && !str_eq(label, STR("legitimate"))) || !a->raised || is_hard(a)) {
        r->list->left_out++;
        return ERR_OK;
    }
    out.items = ARENA_ARRAY(&r->list->arena, uint32_t, a->items.len + a->against.len + 1);
    if (out.items == NULL || !arena_dup(&r->list->arena, r->name, &out.story)) {
        return no_memory(r);
    }
    add_items(r, &out, a->items.at, a->items.len);
    add_items(r, &out, a->against.at, a->against.len);
    out.row.items = out.items;
    out.row.suspicious = suspicious;
    return VEC_PUSH(r->list, out) ? ERR_OK : no_memory(r);
}

static enum err_code add_case(const struct reading *r, const struct case_file *c,
                              struct json_view answers)
{
    static const char *const names[QUESTION_MAX_] = {"Q1", "Q2", "Q3", "Q4"};
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        struct json_view v = json_member(answers, str_of(names[q]));
        struct str label;
        if (v.kind != JSON_STRING) {
            continue;
        }
        if (!json_text(v, &r->list->arena, &label)) {
            return no_memory(r);
        }
        enum err_code rc = add_answer(r, &c->answers[q], label);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code take_answers(const struct reading *r, const struct result *result,
                                  struct json_view expect)
{
    struct json_view list = json_member(expect, STR("cases"));
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view v;
    enum err_code rc = ERR_OK;
    while (rc == ERR_OK && list.kind == JSON_ARRAY && json_iter_next(&it, &key, &v)) {
        struct str about;
        struct json_view text = json_member(v, STR("about"));
        if (text.kind != JSON_STRING || !json_text(text, &r->list->arena, &about)) {
            return bad(r, "a case of 'expect' must say what it is 'about'");
        }
        for (size_t i = 0; rc == ERR_OK && i < result->cases.len; i++) {
            if (is_about(result->cases.at[i], about)) {
                rc = add_case(r, result->cases.at[i], json_member(v, STR("answers")));
                break;
            }
        }
    }
    return rc;
}

/* ---- a run ---- */

static enum err_code triage_one(const struct reading *r, struct json_view given,
                                struct json_view expect)
{
    static const struct cli_command command = {.name = "triage",
                                               .operands = "PATH…",
                                               .options = triage_option_table,
                                               .option_count = TRIAGE_OPTIONS};
    CLEANUP(triage_job_free) struct triage_job job = {0};
    struct cli_args args;
    struct str words[WORDS_MAX];
    size_t count;
    bool help;
    struct triage *t = NULL;
    enum err_code rc = words_of(r, given, words, &count);
    rc = rc ? rc : cli_parse(&command, words, count, &r->list->arena, &args, &help, r->err);
    rc = rc ? rc : triage_job_of(&args, &job, r->err);
    job.engine.jobs = 1;
    rc = rc ? rc : triage_run(&job.engine, &t, r->err);
    if (rc) {
        return err_wrap(r->err, rc, "%.*s", STR_ARG(str_head(r->folder, 120)));
    }
    rc = take_answers(r, triage_result(t), expect);
    triage_free(t);
    return rc;
}

static enum err_code take_swaps(struct reading *r, struct json_view replace)
{
    struct json_iter it = json_iter_of(replace);
    struct json_view key;
    struct json_view v;
    r->swap_count = 0;
    while (replace.kind == JSON_OBJECT && json_iter_next(&it, &key, &v)) {
        struct swap *s = &r->swaps[r->swap_count];
        if (r->swap_count == SWAPS_MAX || v.kind != JSON_STRING) {
            return bad(r, "'replace' must name a few files");
        }
        if (!json_text(key, &r->list->arena, &s->name) ||
            !json_text(v, &r->list->arena, &s->other)) {
            return no_memory(r);
        }
        r->swap_count++;
    }
    return ERR_OK;
}

/* A turn that replaces logs is another story: its logs are not below logs/. */
static bool swaps_logs(const struct reading *r)
{
    for (size_t i = 0; i < r->swap_count; i++) {
        if (str_starts(r->swaps[i].name, STR("logs/"))) {
            return true;
        }
    }
    return false;
}

static enum err_code read_story(struct reading *r)
{
    CLEANUP(buf_free) struct buf text = {0};
    struct str path;
    struct json_view key;
    struct json_view turn;
    if (!arena_printf(&r->list->arena, &path, "%.*s/story.json", STR_ARG(r->folder))) {
        return no_memory(r);
    }
    buf_init(&text, STORY_BYTES_MAX);
    enum err_code rc = file_read(path, &text, r->err);
    struct json_view root = rc ? (struct json_view){0} : json_view_of(buf_str(&text));
    if (rc == ERR_OK && root.kind != JSON_OBJECT) {
        rc = bad(r, "it is no JSON object");
    }
    r->swap_count = 0;
    struct json_view given = json_member(root, STR("given"));
    rc = rc ? rc : triage_one(r, given, json_member(root, STR("expect")));
    struct json_view turns = json_member(root, STR("turns"));
    struct json_iter it = json_iter_of(turns);
    while (rc == ERR_OK && turns.kind == JSON_ARRAY && json_iter_next(&it, &key, &turn)) {
        struct json_view own = json_member(turn, STR("given"));
        rc = take_swaps(r, json_member(turn, STR("replace")));
        if (rc == ERR_OK && !swaps_logs(r)) {
            rc = triage_one(r, own.kind == JSON_ARRAY ? own : given,
                            json_member(turn, STR("expect")));
        }
    }
    return rc;
}

/* The folder of ".../NAME/story.json", which lies right below `dir`. */
static bool story_of(struct str dir, struct str file, struct str *folder, struct str *name)
{
    static const char tail[] = "/story.json";
    size_t slash;
    if (!str_ends(file, str_of(tail))) {
        return false;
    }
    *folder = str_head(file, file.len - (sizeof(tail) - 1));
    slash = str_rchr(*folder, '/');
    *name = slash == SIZE_MAX ? *folder : str_from(*folder, slash + 1);
    struct str above = slash == SIZE_MAX ? STR_EMPTY : str_head(*folder, slash);
    return str_eq(above, dir);
}

enum err_code answered_read(struct str dir, struct str playbook, const struct playbook *p,
                            const int *column, struct answered_list *out, struct err *err)
{
    struct walk_list files = {0};
    struct reading r = {.list = out, .book = p, .column = column, .playbook = playbook, .err = err};
    while (dir.len > 1 && str_ends(dir, STR("/"))) {
        dir = str_head(dir, dir.len - 1);
    }
    enum err_code rc = walk_files(dir, &out->arena, &files, err);
    for (size_t i = 0; rc == ERR_OK && i < files.len; i++) {
        if (story_of(dir, files.at[i].path, &r.folder, &r.name)) {
            out->stories++;
            rc = read_story(&r);
        }
    }
    VEC_FREE(&files);
    return rc;
}
