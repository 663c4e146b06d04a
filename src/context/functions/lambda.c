/* What `aws lambda list-functions`, `get-function` and `list-function-url-configs` print. */
#include "context/functions/functions_priv.h"

static bool is_lambda(const json_t *object)
{
    return str_starts(jtree_str(jtree_get(object, "FunctionArn")), STR("arn:"));
}

/* "arn:aws:lambda:eu-west-1:111122223333:function:name", with or without a qualifier. */
static bool key_of(struct str arn, struct function_key *key)
{
    struct str part[7];
    size_t n = 0;
    while (n < ARRAY_LEN(part) && str_cut(&arn, ':', &part[n])) {
        n++;
    }
    if (n < ARRAY_LEN(part) || !str_eq(part[2], STR("lambda"))) {
        return false;
    }
    *key = (struct function_key){STR("aws"), part[4], part[3], part[6]};
    return true;
}

/* "2026-11-20T09:00:00.000+0000"; a time that cannot be read is none. */
static int64_t time_of(const json_t *object)
{
    int64_t us;
    bool zoned;
    struct str text = jtree_str(jtree_get(object, "LastModified"));
    text = text.len > 0 ? text : jtree_str(jtree_get(object, "LastModifiedTime"));
    return text.len > 0 && time_parse_any(text, &us, &zoned) ? us : TIME_NONE;
}

static enum err_code read_lambda(struct reader *r, const json_t *object, struct err *err)
{
    struct listed_function f = {.modified_us = time_of(object)};
    struct function_key key;
    struct str arn = jtree_str(jtree_get(object, "FunctionArn"));
    if (!key_of(arn, &key)) {
        return err_set(err, ERR_SYNTAX, "'%.*s' is no ARN of a function",
                       STR_ARG(str_head(arn, 100)));
    }
    f.key.provider = key.provider;
    const struct function_text texts[] = {{key.account, &f.key.account},
                                          {key.region, &f.key.region},
                                          {key.name, &f.key.name},
                                          {jtree_str(jtree_get(object, "FunctionUrl")), &f.url},
                                          {jtree_str(jtree_get(object, "Role")), &f.role},
                                          {jtree_str(jtree_get(object, "Runtime")), &f.runtime},
                                          {jtree_str(jtree_get(object, "Version")), &f.version}};
    enum err_code rc = function_texts(r, texts, ARRAY_LEN(texts), err);
    struct str hash = jtree_str(jtree_get(object, "CodeSha256"));
    rc = rc ? rc : reader_hash(r, "CodeSha256", hash, &f.code_hash, err);
    return rc ? rc : function_add(r, &f, err);
}

const struct function_format function_format_lambda = {is_lambda, read_lambda};
