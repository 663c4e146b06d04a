/* Functions as rows of a CSV. */
#include "context/functions/functions_priv.h"

enum {
    PROVIDER,
    ACCOUNT,
    REGION,
    NAME,
    URL,
    HOSTS,
    ROLE,
    HASH,
    RUNTIME,
    VERSION,
    MODIFIED_AT,
    MODIFIED_BY
};

const struct column functions_columns[FUNCTIONS_COLUMNS] = {
    [PROVIDER] = {"provider", "cloud", true, false},
    [ACCOUNT] = {"account", "account_id|project|project_id", true, false},
    [REGION] = {"region", "location", false, false},
    [NAME] = {"name", "function|function_name|service|script", true, false},
    [URL] = {"url", "uri|function_url", false, false},
    [HOSTS] = {"hosts", "host|hostname|domain|domains|custom_domain", false, true},
    [ROLE] = {"role", "execution_role|service_account", false, false},
    [HASH] = {"code_hash", "code_sha256|hash|image_digest|etag", false, false},
    [RUNTIME] = {"runtime", "", false, false},
    [VERSION] = {"version", "revision", false, false},
    [MODIFIED_AT] = {"modified_at", "modified|last_modified|updated_at", false, false},
    [MODIFIED_BY] = {"modified_by", "last_modified_by|author", false, false},
};

/* "aws", "AWS Lambda", "Google", "gcp", "Cloudflare Workers". */
static struct str provider_of(struct str cell)
{
    struct str s = str_trim(cell);
    if (str_istarts(s, STR("aws")) || str_istarts(s, STR("amazon"))) {
        return STR("aws");
    }
    if (str_istarts(s, STR("gcp")) || str_istarts(s, STR("google"))) {
        return STR("gcp");
    }
    return str_istarts(s, STR("cloudflare")) ? STR("cloudflare") : STR_EMPTY;
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct listed_function f = {.modified_us = TIME_NONE};
    const struct function_text texts[] = {{row->cell[ACCOUNT], &f.key.account},
                                          {row->cell[REGION], &f.key.region},
                                          {row->cell[NAME], &f.key.name},
                                          {row->cell[URL], &f.url},
                                          {row->cell[ROLE], &f.role},
                                          {row->cell[HASH], &f.code_hash},
                                          {row->cell[RUNTIME], &f.runtime},
                                          {row->cell[VERSION], &f.version},
                                          {row->cell[MODIFIED_BY], &f.modified_by}};
    f.key.provider = provider_of(row->cell[PROVIDER]);
    if (f.key.provider.len == 0) {
        return err_set(err, ERR_SYNTAX, "the provider is aws, gcp or cloudflare, not '%.*s'",
                       STR_ARG(str_head(row->cell[PROVIDER], 40)));
    }
    enum err_code rc = function_texts(r, texts, ARRAY_LEN(texts), err);
    rc = rc ? rc
            : reader_time(r, "modified_at", row->cell[MODIFIED_AT], ZONE_NEEDED, &f.modified_us,
                          NULL, err);
    rc = rc ? rc : reader_add_all(r, &f.hosts, row->cell[HOSTS], err);
    if (rc != ERR_OK) {
        VEC_FREE(&f.hosts);
        return rc;
    }
    return function_add(r, &f, err);
}

enum err_code functions_read_csv(struct reader *r, struct str text, struct err *err)
{
    static const struct table table = {functions_columns, FUNCTIONS_COLUMNS, read_row};
    return table_read_csv(r, &table, text, err);
}
