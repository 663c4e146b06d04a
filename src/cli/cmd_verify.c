#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/parse.h"
#include "codec/json_write.h"
#include "integrity/integrity.h"

enum { LISTED = 200 };

/* ---- text ---- */

static void tell_span(struct buf *out, const struct integrity_report *r)
{
    char from[TIME_TEXT_MAX];
    char to[TIME_TEXT_MAX];
    if (r->to_us == TIME_NONE) {
        buf_add_cstr(out, "Nothing is vouched for: no digest verifies.\n");
        return;
    }
    (void)time_format(r->from_us, from);
    (void)time_format(r->to_us, to);
    buf_printf(out, "Vouched for: %s to %s, where nothing below says otherwise.\n", from, to);
}

static void tell_item(struct buf *out, const struct integrity_item *i)
{
    buf_printf(out, "%-11s %-6s ", integrity_verdict_name(i->verdict),
               integrity_kind_name(i->kind));
    if (i->key.len > 0) {
        utf8_add_visible(out, i->key);
        buf_add_cstr(out, "\n                   ");
    }
    utf8_add_visible(out, i->reason);
    buf_addc(out, '\n');
}

static void tell_text(struct buf *out, const struct integrity_report *r, bool all)
{
    buf_printf(out, "%llu of %llu digests valid, %llu of %llu log files valid, %llu chains\n",
               (unsigned long long)r->digests_valid, (unsigned long long)r->digests,
               (unsigned long long)r->logs_valid, (unsigned long long)r->logs,
               (unsigned long long)r->chains);
    tell_span(out, r);
    size_t told = 0;
    for (size_t i = 0; i < r->items.len; i++) {
        if (all || told < LISTED) {
            tell_item(out, &r->items.at[i]);
            told++;
        }
    }
    if (told < r->items.len) {
        buf_printf(out, "… and %zu more: --all, or --format json\n", r->items.len - told);
    }
}

/* ---- JSON ---- */

static void time_json(struct json_writer *w, const char *key, int64_t us)
{
    char text[TIME_TEXT_MAX];
    json_key(w, str_of(key));
    if (us == TIME_NONE) {
        json_nil(w);
        return;
    }
    size_t len = time_format(us, text);
    json_str(w, str_make(text, len));
}

static void count_json(struct json_writer *w, const char *key, uint64_t n)
{
    json_key(w, str_of(key));
    json_u64(w, n);
}

static void item_json(struct json_writer *w, const struct integrity_item *i)
{
    const struct {
        const char *key;
        struct str value;
    } texts[] = {{"kind", str_of(integrity_kind_name(i->kind))},
                 {"verdict", str_of(integrity_verdict_name(i->verdict))},
                 {"key", i->key},
                 {"path", i->path},
                 {"account", i->account},
                 {"region", i->region},
                 {"reason", i->reason}};
    json_object_begin(w);
    for (size_t t = 0; t < ARRAY_LEN(texts); t++) {
        json_key(w, str_of(texts[t].key));
        json_str(w, texts[t].value);
    }
    time_json(w, "time", i->time_us);
    json_object_end(w);
}

static void tell_json(struct buf *out, const struct integrity_report *r)
{
    struct json_writer w = json_writer_of(out, 2);
    json_object_begin(&w);
    json_key(&w, STR("schema"));
    json_str(&w, STR("faaswatch.verify/1"));
    count_json(&w, "digests", r->digests);
    count_json(&w, "digests_valid", r->digests_valid);
    count_json(&w, "logs", r->logs);
    count_json(&w, "logs_valid", r->logs_valid);
    count_json(&w, "chains", r->chains);
    time_json(&w, "from", r->from_us);
    time_json(&w, "to", r->to_us);
    json_key(&w, STR("items"));
    json_array_begin(&w);
    for (size_t i = 0; i < r->items.len; i++) {
        item_json(&w, &r->items.at[i]);
    }
    json_array_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
}

/* ---- the command ---- */

static bool take_time(const struct cli_args *args, const char *option, int64_t *out)
{
    bool zoned;
    bool is_date;
    *out = TIME_NONE;
    return !cli_given(args, option) || cli_parse_time(cli_get(args, option), out, &zoned, &is_date);
}

/* Unreadable comes before altered, as everywhere; what merely cannot be checked comes after. */
static int status_of(const struct integrity_report *r)
{
    int status = CLI_DONE;
    if (r->unreadable > 0) {
        return CLI_INCOMPLETE;
    }
    for (size_t i = 0; i < r->items.len; i++) {
        if (integrity_is_alarm(r->items.at[i].verdict)) {
            return CLI_FOUND;
        }
        if (r->items.at[i].verdict == INTEGRITY_UNVERIFIED) {
            status = CLI_INCOMPLETE;
        }
    }
    return status;
}

static int verify(const struct cli_args *args, const struct integrity_options *o)
{
    struct err err = {0};
    CLEANUP(arena_free) struct arena texts = {0};
    CLEANUP(integrity_report_free) struct integrity_report r = {0};
    CLEANUP(buf_free) struct buf out = {0};
    enum err_code code = integrity_cloudtrail(o, &texts, &r, &err);
    if (code != ERR_OK) {
        cli_error("%s", err.msg);
        return code == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    if (str_eq(cli_get(args, "format"), STR("json"))) {
        tell_json(&out, &r);
    } else {
        tell_text(&out, &r, cli_given(args, "all"));
    }
    return !out.failed && cli_print(buf_str(&out)) ? status_of(&r) : CLI_INTERNAL;
}

static int run(const struct cli_args *args)
{
    struct integrity_options o = {.dirs = args->operands + 1,
                                  .dir_count = args->operand_count - 1,
                                  .keys = cli_get(args, "keys")};
    o.bucket_count = cli_get_all(args, "bucket", &o.buckets);
    if (!str_eq(args->operands[0], STR("cloudtrail"))) {
        cli_error("verify does not know \"%.*s\"; it takes cloudtrail",
                  STR_ARG(str_head(args->operands[0], 80)));
        return CLI_USAGE;
    }
    if (o.dir_count == 0) {
        cli_error("verify cloudtrail needs the copy of a bucket: faaswatch verify cloudtrail DIR");
        return CLI_USAGE;
    }
    if (o.keys.len == 0) {
        cli_error(
            "verify cloudtrail needs the provider's public keys: aws cloudtrail "
            "list-public-keys --start-time … --end-time … > keys.json, then --keys keys.json");
        return CLI_USAGE;
    }
    if (!take_time(args, "since", &o.since_us) || !take_time(args, "until", &o.until_us)) {
        cli_error("--since and --until take a time (2026-11-20T09:00:00Z) or a date");
        return CLI_USAGE;
    }
    return verify(args, &o);
}

static const struct cli_option options[] = {
    {.name = "keys",
     .value = CLI_FILE,
     .arg = "FILE",
     .help = "The provider's public keys: the output of 'aws cloudtrail list-public-keys'."},
    {.name = "bucket",
     .value = CLI_TEXT,
     .repeatable = true,
     .arg = "NAME",
     .help = "Name of the bucket that DIR is a copy of; by default what the newest digest says."},
    {.name = "since",
     .value = CLI_TIME,
     .arg = "TIME",
     .help = "Leave out digests and logs before this time."},
    {.name = "until",
     .value = CLI_TIME,
     .arg = "TIME",
     .help = "Digests are due up to this time; by default up to the newest log file."},
    {.name = "all", .value = CLI_FLAG, .help = "List everything, not only the first 200."},
    {.name = "format",
     .value = CLI_CHOICE,
     .arg = "FORMAT",
     .choices = "text|json",
     .fallback = "text",
     .help = "How to print."},
};

const struct cli_command cli_verify = {
    .name = "verify",
    .summary = "check that logs are what the provider wrote",
    .operands = "WHAT [DIR…]",
    .details =
        "cloudtrail DIR checks the signed digests of CloudTrail in the copy of a bucket, without "
        "the network: that no log file or digest was altered, removed, replaced or slipped in, and "
        "that none is due and absent. Several DIR are copies of several buckets.\n"
        "The metadata of each digest lies beside it as OBJECT.meta.json, which is what 'aws s3api "
        "head-object' prints.\n"
        "The status is 1 when something was altered, is missing or is covered by no digest, and 3 "
        "when something could not be checked.\n"
        "  aws s3 sync s3://BUCKET copy/\n"
        "  aws cloudtrail list-public-keys --start-time 2026-11-01 --end-time 2026-11-20 > "
        "keys.json\n"
        "  faaswatch verify cloudtrail --keys keys.json copy/",
    .options = options,
    .option_count = ARRAY_LEN(options),
    .run = run,
};
