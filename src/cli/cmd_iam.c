#include "base/utf8.h"
#include "cli/iam.h"
#include "codec/json_write.h"

struct said_list {
    VEC_OF(struct iam_said);
};

static void said_list_release(struct said_list *l)
{
    for (size_t i = 0; i < l->len; i++) {
        iam_report_free(&l->at[i].report);
    }
    VEC_FREE(l);
}

static int no_memory(void)
{
    cli_error("out of memory while permissions were checked");
    return CLI_INTERNAL;
}

static int say_all(struct iam_work *w, const struct iam_subjects *s, struct said_list *out)
{
    for (size_t i = 0; i < s->list.len; i++) {
        struct iam_said said = {0};
        int status = iam_say(w, &s->list.at[i], &said);
        if (status == CLI_DONE && VEC_PUSH(out, said)) {
            continue;
        }
        iam_report_free(&said.report);
        return status == CLI_DONE ? no_memory() : status;
    }
    return CLI_DONE;
}

static int read_all(struct iam_work *w, const struct str *paths, size_t count,
                    struct iam_subjects *out)
{
    int status = CLI_DONE;
    for (size_t i = 0; status == CLI_DONE && i < count; i++) {
        status = iam_read(w, paths[i], out);
    }
    return status == CLI_DONE ? iam_resolve(w, out) : status;
}

static bool wants_json(const struct cli_args *args)
{
    return str_eq(cli_get(args, "format"), STR("json"));
}

static int finish(const struct buf *out, bool complete)
{
    if (out->failed || !cli_print(buf_str(out))) {
        return CLI_INTERNAL;
    }
    return complete ? CLI_DONE : CLI_INCOMPLETE;
}

/* ---- check ---- */

static int check(const struct cli_args *args, struct iam_work *w, const struct str *paths,
                 size_t count)
{
    CLEANUP(iam_subjects_free) struct iam_subjects subjects = {0};
    CLEANUP(said_list_release) struct said_list said = {0};
    CLEANUP(buf_free) struct buf out = {0};
    int status = read_all(w, paths, count, &subjects);
    if (status == CLI_DONE) {
        status = say_all(w, &subjects, &said);
    }
    if (status != CLI_DONE) {
        return status;
    }
    if (wants_json(args)) {
        iam_check_json(&out, said.at, said.len, &subjects);
    } else {
        iam_check_text(&out, said.at, said.len);
    }
    return finish(&out, subjects.problems.len == 0);
}

/* ---- diff ---- */

static const struct iam_said *said_of(const struct said_list *l, const struct iam_said *like)
{
    bool alone = l->len == 1 && like->subject->name.len == 0 && l->at[0].subject->name.len == 0;
    for (size_t i = 0; i < l->len; i++) {
        if (alone ||
            (like->subject->name.len > 0 && str_eq(l->at[i].subject->name, like->subject->name))) {
            return &l->at[i];
        }
    }
    return NULL;
}

static bool lists_more(const struct iam_said *a, const struct iam_said *b)
{
    for (size_t i = 0; i < a->subject->permissions.len; i++) {
        if (!iam_said_lists(b, a->subject->permissions.at[i])) {
            return true;
        }
    }
    return false;
}

static bool differ(const struct iam_said *a, const struct iam_said *b, size_t actions)
{
    if (a == NULL || b == NULL || a->report.ways.len != b->report.ways.len) {
        return true;
    }
    for (size_t i = 0; i < a->report.ways.len; i++) {
        if (iam_said_way(b, a->report.ways.at[i].path) == NULL) {
            return true;
        }
    }
    if (lists_more(a, b) || lists_more(b, a)) {
        return true;
    }
    for (size_t i = 0; i < actions; i++) {
        if (iam_said_allows(a, i) != iam_said_allows(b, i)) {
            return true;
        }
    }
    return a->report.extent.score < b->report.extent.score ||
           a->report.extent.score > b->report.extent.score;
}

struct changes {
    VEC_OF(struct iam_change);
};

static void changes_release(struct changes *c)
{
    VEC_FREE(c);
}

static bool compare(const struct said_list *before, const struct said_list *after, size_t actions,
                    struct changes *out)
{
    for (size_t i = 0; i < after->len; i++) {
        struct iam_change c = {said_of(before, &after->at[i]), &after->at[i]};
        if (differ(c.before, c.after, actions) && !VEC_PUSH(out, c)) {
            return false;
        }
    }
    for (size_t i = 0; i < before->len; i++) {
        struct iam_change c = {&before->at[i], NULL};
        if (said_of(after, c.before) == NULL && !VEC_PUSH(out, c)) {
            return false;
        }
    }
    return true;
}

static int diff(const struct cli_args *args, struct iam_work *w, const struct str *paths,
                size_t count)
{
    CLEANUP(iam_subjects_free) struct iam_subjects old = {0};
    CLEANUP(iam_subjects_free) struct iam_subjects new = {0};
    CLEANUP(said_list_release) struct said_list before = {0};
    CLEANUP(said_list_release) struct said_list after = {0};
    CLEANUP(changes_release) struct changes changes = {0};
    CLEANUP(buf_free) struct buf out = {0};
    if (count != 2) {
        cli_error("iam diff takes two files: faaswatch iam diff OLD NEW");
        return CLI_USAGE;
    }
    int status = read_all(w, &paths[0], 1, &old);
    status = status != CLI_DONE ? status : read_all(w, &paths[1], 1, &new);
    status = status != CLI_DONE ? status : say_all(w, &old, &before);
    status = status != CLI_DONE ? status : say_all(w, &new, &after);
    if (status != CLI_DONE) {
        return status;
    }
    if (!compare(&before, &after, iam_catalog_count(w->catalog), &changes)) {
        return no_memory();
    }
    if (wants_json(args)) {
        iam_diff_json(&out, changes.at, changes.len, w->catalog);
    } else {
        iam_diff_text(&out, changes.at, changes.len, w->catalog);
    }
    return finish(&out, old.problems.len == 0 && new.problems.len == 0);
}

/* ---- who-can ---- */

static void tell_holder(struct json_writer *w, struct buf *out, const struct iam_subject *s,
                        const struct iam_grant *g)
{
    struct str policy = g->policy == NULL ? STR_EMPTY : g->policy->name;
    unsigned statement = g->by == NULL ? 0 : g->by->number;
    if (w == NULL) {
        utf8_add_visible(out, s->name.len > 0 ? s->name : s->path);
        if (g->by != NULL) {
            buf_printf(out, "  by statement %u of ", statement);
            utf8_add_visible(out, policy);
        }
        if (g->answer == IAM_DEPENDS) {
            buf_add_cstr(out, ", depends on ");
            utf8_add_visible(out, g->missing_key);
        }
        buf_addc(out, '\n');
        return;
    }
    json_object_begin(w);
    const struct {
        const char *key;
        struct str value;
    } texts[] = {{"path", s->path},
                 {"principal", s->name},
                 {"answer", str_of(iam_answer_name(g->answer))},
                 {"depends_on", g->missing_key},
                 {"reach", str_of(iam_reach_name(g->reach))},
                 {"policy", policy}};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        json_key(w, str_of(texts[i].key));
        json_str(w, texts[i].value);
    }
    json_key(w, STR("statement"));
    json_u64(w, statement);
    json_object_end(w);
}

/* Any resource of the action's service, or the one that was named. */
static bool target_of(struct iam_work *w, struct str action, struct str resource, struct str *out)
{
    struct str service = str_head(action, str_chr(action, ':'));
    *out = resource;
    if (resource.len > 0) {
        return true;
    }
    if (str_eq(service, STR("sts"))) {
        service = STR("iam"); /* roles */
    }
    return arena_printf(&w->arena, out, "arn:*:%.*s:*", STR_ARG(service));
}

/* Of another provider than AWS: is it listed? */
static struct iam_grant listed_grant(const struct iam_subject *s, struct str permission)
{
    const struct iam_said said = {.subject = s};
    bool has = iam_said_lists(&said, permission);
    return (struct iam_grant){.answer = has ? IAM_YES : IAM_NO,
                              .reach = has ? IAM_REACH_ANY : IAM_REACH_NONE,
                              .missing_key = STR_EMPTY};
}

static int who_can(const struct cli_args *args, struct iam_work *w, const struct str *words,
                   size_t count)
{
    CLEANUP(iam_subjects_free) struct iam_subjects subjects = {0};
    CLEANUP(buf_free) struct buf out = {0};
    struct iam_scratch scratch = {.arena = &w->arena};
    struct str target;
    if (count < 2) {
        cli_error("iam who-can takes an action and files: faaswatch iam who-can "
                  "lambda:UpdateFunctionCode account.json");
        return CLI_USAGE;
    }
    int status = read_all(w, words + 1, count - 1, &subjects);
    if (status != CLI_DONE) {
        return status;
    }
    if (!target_of(w, words[0], cli_get(args, "resource"), &target)) {
        return no_memory();
    }
    struct iam_list targets = {&target, 1};
    struct json_writer json = json_writer_of(&out, 2);
    struct json_writer *writer = wants_json(args) ? &json : NULL;
    if (writer != NULL) {
        json_object_begin(writer);
        json_key(writer, STR("schema"));
        json_str(writer, STR("faaswatch.iam-who-can/1"));
        json_key(writer, STR("action"));
        json_str(writer, words[0]);
        json_key(writer, STR("holders"));
        json_array_begin(writer);
    }
    for (size_t i = 0; i < subjects.list.len; i++) {
        const struct iam_subject *s = &subjects.list.at[i];
        struct iam_grant g = s->provider == IAM_AWS
                                 ? iam_grant_of(&s->holder, words[0], &targets, NULL, 0, &scratch)
                                 : listed_grant(s, words[0]);
        if (g.answer != IAM_NO) {
            tell_holder(writer, &out, s, &g);
        }
    }
    if (writer != NULL) {
        json_array_end(writer);
        json_object_end(writer);
        buf_addc(&out, '\n');
    }
    return scratch.failed ? no_memory() : finish(&out, subjects.problems.len == 0);
}

/* ---- the command ---- */

static int run(const struct cli_args *args)
{
    static const struct {
        const char *name;
        int (*run)(const struct cli_args *args, struct iam_work *w, const struct str *words,
                   size_t count);
    } parts[] = {{"check", check}, {"diff", diff}, {"who-can", who_can}};
    CLEANUP(iam_work_release) struct iam_work w = {0};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (!str_eq(args->operands[0], str_of(parts[i].name))) {
            continue;
        }
        if (args->operand_count < 2) {
            cli_error("iam %s needs a policy or the dump of an account", parts[i].name);
            return CLI_USAGE;
        }
        int status = iam_work_init(&w);
        return status != CLI_DONE
                   ? status
                   : parts[i].run(args, &w, args->operands + 1, args->operand_count - 1);
    }
    cli_error("iam does not know \"%.*s\"; it takes check, diff or who-can",
              STR_ARG(str_head(args->operands[0], 80)));
    return CLI_USAGE;
}

static const struct cli_option options[] = {
    {.name = "resource",
     .value = CLI_TEXT,
     .arg = "ARN",
     .help = "who-can: on this resource (wildcards allowed); by default on any of the service."},
    {.name = "format",
     .value = CLI_CHOICE,
     .arg = "FORMAT",
     .choices = "text|json",
     .fallback = "text",
     .help = "How to print; json has everything."},
};

const struct cli_command cli_iam = {
    .name = "iam",
    .summary = "say what permissions allow, how they changed, who can do what",
    .operands = "WHAT [PATH…]",
    .details =
        "check PATH… lists, for each policy or each user and role of an account, the ways to "
        "become more than it is, and what is wider than it should be.\n"
        "diff OLD NEW lists what is newly allowed, ways that opened, and how the score moved.\n"
        "who-can ACTION PATH… lists who may do it, and by which statement.\n"
        "PATH is a policy document, an answer of the IAM API, the dump of an account, a Google "
        "custom role, a Cloudflare token, or a directory of such files.\n"
        "  aws iam get-account-authorization-details > account.json\n"
        "  faaswatch iam check account.json\n"
        "  faaswatch iam who-can lambda:UpdateFunctionCode account.json\n"
        "  faaswatch iam diff yesterday.json account.json",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
