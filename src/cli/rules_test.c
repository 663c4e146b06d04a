/*
 * faaswatch rules test: each rule file against the <rule>.cases.jsonl beside it.
 */
#include "cli/rules.h"
#include "engine/rule_load.h"
#include "rule/cases.h"
#include "sys/file.h"

struct testing {
    struct buf out;
    struct buf text;
    struct arena arena;
    struct str cases; /* path of the file being run */
    size_t run;
    size_t failed;
    size_t without; /* rule files that have no cases */
};

static void on_case(void *arg, const struct rule_case *c)
{
    struct testing *t = arg;
    t->run++;
    if (c->problem == NULL && c->matched == c->expected) {
        return;
    }
    t->failed++;
    rules_add_text(&t->out, t->cases);
    buf_printf(&t->out, ":%u: %s", c->line,
               c->problem != NULL ? c->problem
               : c->expected      ? "must match and does not"
                                  : "must not match and does");
    if (c->why.len != 0) {
        buf_add_cstr(&t->out, ": ");
        rules_add_text(&t->out, c->why);
    }
    buf_addc(&t->out, '\n');
}

/* What of the file cannot be loaded is a failure: its cases would pass by never matching. */
static void add_issues(struct testing *t, const struct rule_set *s)
{
    const struct rule_issue *issue;
    size_t count = rule_set_issues(s, &issue);
    for (size_t i = 0; i < count; i++) {
        t->failed++;
        rules_add_text(&t->out, issue[i].path);
        buf_printf(&t->out, ":%u: ", issue[i].line);
        rules_add_text(&t->out, issue[i].reason);
        buf_addc(&t->out, '\n');
    }
}

static enum err_code run_cases(struct testing *t, struct rule_set *s, struct str rule,
                               struct err *err)
{
    enum err_code rc = file_read(rule, &t->text, err);
    if (rc == ERR_OK) {
        rc = rule_set_add(s, rule, buf_str(&t->text), false, err);
    }
    if (rc != ERR_OK) {
        return rc;
    }
    add_issues(t, s);
    rc = file_read(t->cases, &t->text, err);
    return rc != ERR_OK ? rc : rule_cases_run(s, buf_str(&t->text), on_case, t, err);
}

static int test_file(struct testing *t, struct str rule)
{
    size_t stem = str_rchr(rule, '.');
    struct str base = str_head(rule, stem == SIZE_MAX ? rule.len : stem);
    if (!arena_printf(&t->arena, &t->cases, "%.*s.cases.jsonl", STR_ARG(base))) {
        cli_error("out of memory");
        return CLI_INTERNAL;
    }
    if (file_kind(t->cases, NULL) == FILE_ABSENT) {
        t->without++;
        rules_add_text(&t->out, rule);
        buf_add_cstr(&t->out, ": has no cases\n");
        return CLI_DONE;
    }
    struct rule_set *s = NULL;
    struct err err = {0};
    enum err_code rc = rule_load_new(&s, &err);
    rc = rc ? rc : run_cases(t, s, rule, &err);
    rule_set_free(s);
    if (rc != ERR_OK) {
        cli_error("%s", err.msg);
        return rc == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    return CLI_DONE;
}

static int test_all(struct testing *t, const struct cli_args *args, struct walk_list *files)
{
    static const struct str usual = STR_INIT("content/rules");
    const struct str *paths = args->operand_count > 1 ? args->operands + 1 : &usual;
    size_t count = args->operand_count > 1 ? args->operand_count - 1 : 1;
    int status = CLI_DONE;
    for (size_t i = 0; status == CLI_DONE && i < count; i++) {
        status = rules_find(paths[i], &t->arena, files);
    }
    for (size_t i = 0; status == CLI_DONE && i < files->len; i++) {
        status = test_file(t, files->at[i].path);
    }
    return status;
}

int rules_test(const struct cli_args *args)
{
    struct testing t = {0};
    struct walk_list files = {0};
    int status = test_all(&t, args, &files);
    if (status == CLI_DONE) {
        buf_printf(&t.out, "%zu rule files, %zu cases, %zu failed\n", files.len, t.run, t.failed);
        status = t.out.failed || !cli_print(buf_str(&t.out)) ? CLI_INTERNAL : CLI_DONE;
    }
    if (status == CLI_DONE && t.run == 0 && t.failed == 0) {
        cli_error("there was no case to run: a case file stands beside its rule and is named "
                  "<rule>.cases.jsonl");
        status = CLI_USAGE;
    }
    if (status == CLI_DONE && t.failed != 0) {
        status = CLI_FOUND;
    }
    VEC_FREE(&files);
    buf_free(&t.out);
    buf_free(&t.text);
    arena_free(&t.arena);
    return status;
}
