/*
 * faaswatch rules new: a rule and its cases to begin with.
 */
#include "cli/rules.h"
#include "sys/entropy.h"
#include "sys/file.h"

static const char rule_text[] = "title: %.*s\n"
                                "id: %s\n"
                                "name: %.*s\n"
                                "status: experimental\n"
                                "description: >-\n"
                                "  What it means, and what makes it wrong.\n"
                                "author: you\n"
                                "tags: [attack.execution, attack.t1648]\n"
                                "logsource: {product: aws, service: cloudtrail}\n"
                                "detection:\n"
                                "  selection:\n"
                                "    eventSource: lambda.amazonaws.com\n"
                                "    eventName:\n"
                                "      - UpdateFunctionCode20150331v2\n"
                                "      - UpdateFunctionCode\n"
                                "  filter_failed:\n"
                                "    errorCode|exists: true\n"
                                "  condition: selection and not filter_failed\n"
                                "falsepositives:\n"
                                "  - Deployments by CI.\n"
                                "level: low\n";

static const char case_text[] =
    "{\"match\": true, \"why\": \"code is replaced\", \"event\": {\"eventVersion\": \"1.09\", "
    "\"eventSource\": \"lambda.amazonaws.com\", \"eventName\": \"UpdateFunctionCode20150331v2\", "
    "\"eventTime\": \"2026-01-01T00:00:00Z\"}}\n"
    "{\"match\": false, \"why\": \"the call was refused\", \"event\": {\"eventVersion\": \"1.09\", "
    "\"eventSource\": \"lambda.amazonaws.com\", \"eventName\": \"UpdateFunctionCode20150331v2\", "
    "\"eventTime\": \"2026-01-01T00:00:00Z\", \"errorCode\": \"AccessDenied\"}}\n";

/* A UUID of version 4. */
static enum err_code make_id(char out[37], struct err *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char raw[16];
    enum err_code rc = entropy_fill(raw, sizeof(raw), err);
    if (rc != ERR_OK) {
        return rc;
    }
    raw[6] = (unsigned char)((raw[6] & 0x0f) | 0x40);
    raw[8] = (unsigned char)((raw[8] & 0x3f) | 0x80);
    size_t n = 0;
    for (size_t i = 0; i < sizeof(raw); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            out[n++] = '-';
        }
        out[n++] = digits[raw[i] >> 4];
        out[n++] = digits[raw[i] & 15];
    }
    out[n] = '\0';
    return ERR_OK;
}

/* "door_left_open" of "my-rules/door_left_open.yml"; the title has spaces for the underscores. */
static struct str stem_of(struct str path)
{
    size_t slash = str_rchr(path, '/');
    struct str name = slash == SIZE_MAX ? path : str_from(path, slash + 1);
    return str_head(name, str_rchr(name, '.'));
}

static enum err_code write_both(struct str path, struct err *err)
{
    CLEANUP(buf_free) struct buf rule = {0};
    CLEANUP(buf_free) struct buf title = {0};
    CLEANUP(buf_free) struct buf cases = {0};
    struct str stem = stem_of(path);
    char id[37];
    enum err_code rc = make_id(id, err);
    if (rc != ERR_OK) {
        return rc;
    }
    for (size_t i = 0; i < stem.len; i++) {
        buf_addc(&title, stem.ptr[i] == '_' ? ' ' : stem.ptr[i]);
    }
    buf_printf(&rule, rule_text, STR_ARG(buf_str(&title)), id, STR_ARG(stem));
    buf_add(&cases, str_head(path, str_rchr(path, '.')));
    buf_add_cstr(&cases, ".cases.jsonl");
    if (rule.failed || title.failed || cases.failed) {
        return err_set(err, ERR_NOMEM, "out of memory");
    }
    rc = file_write(path, buf_str(&rule), false, err);
    return rc != ERR_OK ? rc : file_write(buf_str(&cases), str_of(case_text), false, err);
}

static bool is_name(struct str stem)
{
    for (size_t i = 0; i < stem.len; i++) {
        char c = stem.ptr[i];
        if (!chr_is_digit(c) && c != '_' && c != '-' &&
            (chr_lower(c) < 'a' || chr_lower(c) > 'z')) {
            return false;
        }
    }
    return stem.len != 0;
}

int rules_new_file(const struct cli_args *args)
{
    struct err err = {0};
    struct str path = args->operand_count == 2 ? args->operands[1] : STR_EMPTY;
    if (!str_ends(path, STR(".yml")) || !is_name(stem_of(path))) {
        cli_error(
            "rules new needs the file to make: faaswatch rules new my-rules/door_left_open.yml; "
            "its name is made of letters, digits, - and _");
        return CLI_USAGE;
    }
    enum err_code rc = write_both(path, &err);
    if (rc != ERR_OK) {
        cli_error("%s", err.msg);
        return rc == ERR_NOMEM ? CLI_INTERNAL : CLI_USAGE;
    }
    CLEANUP(buf_free) struct buf out = {0};
    rules_add_text(&out, path);
    buf_add_cstr(&out, " and its cases are made; now change both, and run: faaswatch rules test ");
    rules_add_text(&out, path);
    buf_addc(&out, '\n');
    return !out.failed && cli_print(buf_str(&out)) ? CLI_DONE : CLI_INTERNAL;
}
