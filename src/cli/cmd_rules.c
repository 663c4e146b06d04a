#include "base/buf.h"
#include "cli/cli.h"
#include "cli/rules.h"
#include "codec/json_write.h"

/* ---- check ---- */

static void issue_text(struct buf *out, const struct rule_issue *i)
{
    rules_add_text(out, i->path);
    buf_printf(out, ":%u: ", i->line);
    if (i->rule.len != 0) {
        buf_addc(out, '"');
        rules_add_text(out, i->rule);
        buf_add_cstr(out, "\": ");
    }
    rules_add_text(out, i->reason);
    buf_addc(out, '\n');
}

static void detection_json(struct json_writer *w, const struct detection *d)
{
    const struct {
        struct str key;
        struct str value;
    } texts[] = {{STR("id"), d->id},
                 {STR("ref"), d->ref},
                 {STR("title"), d->title},
                 {STR("level"), str_of(severity_name(d->severity))},
                 {STR("indicator"), str_of(indicator_name(d->indicator))},
                 {STR("tactic"), d->tactic},
                 {STR("author"), d->author}};
    json_object_begin(w);
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        json_key(w, texts[i].key);
        json_str(w, texts[i].value);
    }
    json_key(w, STR("confidence"));
    json_f64(w, d->confidence);
    json_key(w, STR("techniques"));
    json_array_begin(w);
    for (size_t i = 0; i < d->technique_count; i++) {
        json_str(w, d->techniques[i]);
    }
    json_array_end(w);
    json_object_end(w);
}

static void rules_json(struct json_writer *w, const struct rule_set *s)
{
    json_key(w, STR("rules"));
    json_array_begin(w);
    for (size_t i = 0; i < rule_set_count(s); i++) {
        detection_json(w, rule_set_at(s, i));
    }
    json_array_end(w);
}

static void issues_json(struct json_writer *w, const struct rule_issue *issue, size_t count)
{
    json_key(w, STR("issues"));
    json_array_begin(w);
    for (size_t i = 0; i < count; i++) {
        json_object_begin(w);
        json_key(w, STR("path"));
        json_str(w, issue[i].path);
        json_key(w, STR("line"));
        json_u64(w, issue[i].line);
        json_key(w, STR("rule"));
        json_str(w, issue[i].rule);
        json_key(w, STR("reason"));
        json_str(w, issue[i].reason);
        json_key(w, STR("broken"));
        json_bool(w, !issue[i].elsewhere && !issue[i].loaded);
        json_object_end(w);
    }
    json_array_end(w);
}

static bool is_json(const struct cli_args *args)
{
    return !str_eq(cli_get(args, "format"), STR("text"));
}

static int check_report(const struct cli_args *args, const struct rule_set *s)
{
    CLEANUP(buf_free) struct buf out = {0};
    const struct rule_issue *issue;
    size_t count = rule_set_issues(s, &issue);
    size_t broken = 0;
    for (size_t i = 0; i < count; i++) {
        broken += issue[i].elsewhere || issue[i].loaded ? 0 : 1;
    }
    if (is_json(args)) {
        struct json_writer w = json_writer_of(&out, 2);
        json_object_begin(&w);
        rules_json(&w, s);
        issues_json(&w, issue, count);
        json_object_end(&w);
        buf_addc(&out, '\n');
    } else {
        for (size_t i = 0; i < rule_set_count(s); i++) {
            const struct detection *d = rule_set_at(s, i);
            buf_printf(&out, "%-13s ", severity_name(d->severity));
            rules_add_text(&out, d->title);
            buf_addc(&out, '\n');
        }
        for (size_t i = 0; i < count; i++) {
            issue_text(&out, &issue[i]);
        }
        buf_printf(&out, "%zu rules can be used, %zu cannot, %zu are for other log sources\n",
                   rule_set_count(s), broken, count - broken);
    }
    if (out.failed || !cli_print(buf_str(&out))) {
        return CLI_INTERNAL;
    }
    return broken != 0 ? CLI_FOUND : CLI_DONE;
}

static int check(const struct cli_args *args)
{
    if (args->operand_count < 2) {
        cli_error("rules check needs rule files or folders: faaswatch rules check PATH…");
        return CLI_USAGE;
    }
    struct rule_set *s = NULL;
    int status = rules_new(&s);
    if (status == CLI_DONE) {
        status = rules_add_paths(s, args->operands + 1, args->operand_count - 1);
    }
    /* Correlations and filters are checked when all rules are there. */
    struct json_paths *paths = json_paths_new();
    struct err err = {0};
    if (status == CLI_DONE && (paths == NULL || rule_set_compile(s, paths, &err) != ERR_OK)) {
        cli_error("%s", paths == NULL ? "out of memory" : err.msg);
        status = CLI_INTERNAL;
    }
    json_paths_free(paths);
    if (status == CLI_DONE) {
        status = check_report(args, s);
    }
    rule_set_free(s);
    return status;
}

/* ---- list ---- */

static int by_ref(const struct detection *a, const struct detection *b)
{
    /* D9 before D14: the shorter number first. */
    if (a->ref.len != b->ref.len) {
        return a->ref.len == 0 || (b->ref.len != 0 && a->ref.len > b->ref.len) ? 1 : -1;
    }
    int d = str_cmp(a->ref, b->ref);
    return d != 0 ? d : str_cmp(a->id, b->id);
}

static void list_text(struct buf *out, const struct detection *d)
{
    buf_printf(out, "%-5.*s %-13s %-4s ", STR_ARG(d->ref), severity_name(d->severity),
               indicator_name(d->indicator));
    rules_add_text(out, d->title);
    buf_addc(out, '\n');
}

static int list_report(const struct cli_args *args, const struct rule_set *s)
{
    CLEANUP(buf_free) struct buf out = {0};
    struct {
        VEC_OF(const struct detection *);
    } all = {0};
    bool ok = true;
    for (size_t i = 0; ok && i < rule_set_count(s); i++) {
        size_t at = all.len;
        ok = VEC_PUSH(&all, rule_set_at(s, i));
        for (; ok && at > 0 && by_ref(all.at[at], all.at[at - 1]) < 0; at--) {
            const struct detection *swap = all.at[at];
            all.at[at] = all.at[at - 1];
            all.at[at - 1] = swap;
        }
    }
    struct json_writer w = json_writer_of(&out, 2);
    if (is_json(args)) {
        json_array_begin(&w);
    }
    for (size_t i = 0; ok && i < all.len; i++) {
        if (is_json(args)) {
            detection_json(&w, all.at[i]);
        } else {
            list_text(&out, all.at[i]);
        }
    }
    if (is_json(args)) {
        json_array_end(&w);
        buf_addc(&out, '\n');
    }
    VEC_FREE(&all);
    return ok && !out.failed && cli_print(buf_str(&out)) ? CLI_DONE : CLI_INTERNAL;
}

static int list(const struct cli_args *args)
{
    const struct str *rules;
    size_t count = cli_get_all(args, "rules", &rules);
    struct rule_set *s = NULL;
    int status = rules_new(&s);
    if (status == CLI_DONE) {
        status = rules_add_pack(s);
    }
    if (status == CLI_DONE) {
        status = rules_add_paths(s, rules, count);
    }
    if (status == CLI_DONE) {
        status = list_report(args, s);
    }
    rule_set_free(s);
    return status;
}

/* ---- the command ---- */

static int run(const struct cli_args *args)
{
    static const struct {
        struct str name;
        int (*run)(const struct cli_args *args);
    } actions[] = {{STR_INIT("check"), check},        {STR_INIT("list"), list},
                   {STR_INIT("match"), rules_match},  {STR_INIT("impact"), rules_impact},
                   {STR_INIT("new"), rules_new_file}, {STR_INIT("test"), rules_test}};
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (str_eq(args->operands[0], actions[i].name)) {
            return actions[i].run(args);
        }
    }
    cli_error("rules does not know \"%.*s\"; it takes check, list, match, impact, "
              "test or new",
              STR_ARG(str_head(args->operands[0], 80)));
    return CLI_USAGE;
}

static const struct cli_option options[] = {
    {.name = "rules",
     .value = CLI_FILE,
     .repeatable = true,
     .arg = "PATH",
     .help = "Sigma rules: with match in place of our own, with list and impact beside them."},
    {.name = "format",
     .value = CLI_CHOICE,
     .arg = "FORMAT",
     .choices = "text|json|jsonl",
     .fallback = "text",
     .help = "How to print: json for check and list, jsonl for match."},
};

const struct cli_command cli_rules = {
    .name = "rules",
    .summary = "check, list, match, weigh, test and begin detection rules",
    .operands = "ACTION [PATH…]",
    .details =
        "check PATH… reads Sigma rules and says of each one that cannot be used where and "
        "why. The status is 1 when a rule is broken; rules for other log sources are only "
        "listed.\n"
        "list prints our own rules, and those given with --rules.\n"
        "match PATH… runs rules over logs, a line a hit; correlations come last. Nothing is "
        "joined or decided; that is what triage does.\n"
        "impact FILE LOG… says what changed rules would add and remove on logs: FILE against "
        "our own rules and those given with --rules, whose ids it replaces.\n"
        "new FILE.yml makes a rule and its cases to begin with.\n"
        "test [PATH…] runs the cases beside rules, <rule>.cases.jsonl, by default those of "
        "content/rules. The status is 1 when one fails.\n"
        "  faaswatch rules check sigma/rules/cloud/aws\n"
        "  faaswatch rules match --rules my-rule.yml logs/",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
