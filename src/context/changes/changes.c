#include "context/changes/changes_priv.h"

#define FORMATS                                                                                    \
    "ServiceNow Table API JSON, Jira issue JSON, GitHub deployments JSON, CSV with a header line"

/* ---- words ---- */

enum change_type change_type_of(struct str s)
{
    if (str_ifind(s, STR("emergency")) != SIZE_MAX || str_ifind(s, STR("expedited")) != SIZE_MAX) {
        return CHANGE_EMERGENCY;
    }
    if (str_ifind(s, STR("standard")) != SIZE_MAX ||
        str_ifind(s, STR("pre-approved")) != SIZE_MAX) {
        return CHANGE_STANDARD;
    }
    return CHANGE_NORMAL;
}

/* ServiceNow's numbers and words, Jira's and GitHub's. */
static const struct {
    const char *word;
    enum change_state state;
} states[] = {
    {"-5", CHANGE_DRAFT},
    {"-4", CHANGE_DRAFT},
    {"-3", CHANGE_DRAFT},
    {"-2", CHANGE_SCHEDULED},
    {"-1", CHANGE_IMPLEMENT},
    {"0", CHANGE_REVIEW},
    {"3", CHANGE_CLOSED},
    {"4", CHANGE_CANCELLED},
    {"new", CHANGE_DRAFT},
    {"draft", CHANGE_DRAFT},
    {"open", CHANGE_DRAFT},
    {"to do", CHANGE_DRAFT},
    {"assess", CHANGE_DRAFT},
    {"authorize", CHANGE_DRAFT},
    {"authorise", CHANGE_DRAFT},
    {"planning", CHANGE_DRAFT},
    {"awaiting approval", CHANGE_DRAFT},
    {"waiting for approval", CHANGE_DRAFT},
    {"pending", CHANGE_DRAFT},
    {"scheduled", CHANGE_SCHEDULED},
    {"approved", CHANGE_SCHEDULED},
    {"planned", CHANGE_SCHEDULED},
    {"awaiting implementation", CHANGE_SCHEDULED},
    {"queued", CHANGE_SCHEDULED},
    {"implement", CHANGE_IMPLEMENT},
    {"implementing", CHANGE_IMPLEMENT},
    {"implementation", CHANGE_IMPLEMENT},
    {"in progress", CHANGE_IMPLEMENT},
    {"work in progress", CHANGE_IMPLEMENT},
    {"indeterminate", CHANGE_IMPLEMENT},
    {"review", CHANGE_REVIEW},
    {"in review", CHANGE_REVIEW},
    {"implemented", CHANGE_REVIEW},
    {"peer review", CHANGE_REVIEW},
    {"closed", CHANGE_CLOSED},
    {"completed", CHANGE_CLOSED},
    {"complete", CHANGE_CLOSED},
    {"done", CHANGE_CLOSED},
    {"resolved", CHANGE_CLOSED},
    {"success", CHANGE_CLOSED},
    {"failed", CHANGE_CLOSED},
    {"canceled", CHANGE_CANCELLED},
    {"cancelled", CHANGE_CANCELLED},
    {"withdrawn", CHANGE_CANCELLED},
    {"rejected", CHANGE_CANCELLED},
    {"declined", CHANGE_CANCELLED},
    {"abandoned", CHANGE_CANCELLED},
    {"aborted", CHANGE_CANCELLED},
    {"won't do", CHANGE_CANCELLED},
    {"duplicate", CHANGE_CANCELLED},
    {"on hold", CHANGE_DRAFT},
    {"backed out", CHANGE_CLOSED},
    {"rolled back", CHANGE_CLOSED},
};

enum err_code change_state_of(struct reader *r, struct str s, enum change_state *out,
                              struct err *err)
{
    s = str_trim(s);
    for (size_t i = 0; i < ARRAY_LEN(states); i++) {
        if (str_ieq(s, str_of(states[i].word))) {
            *out = states[i].state;
            return ERR_OK;
        }
    }
    *out = CHANGE_STATE_UNKNOWN;
    if (s.len == 0 || r->told_state) {
        return ERR_OK;
    }
    r->told_state = true;
    return reader_note(r, err, "state '%.*s' is not known and counts for nothing",
                       STR_ARG(str_head(s, 40)));
}

enum approval approval_of(struct str s)
{
    static const struct {
        const char *word;
        enum approval approval;
    } words[] = {
        {"approved", APPROVAL_GIVEN},
        {"given", APPROVAL_GIVEN},
        {"accepted", APPROVAL_GIVEN},
        {"yes", APPROVAL_GIVEN},
        {"true", APPROVAL_GIVEN},
        {"requested", APPROVAL_REQUESTED},
        {"pending", APPROVAL_REQUESTED},
        {"waiting", APPROVAL_REQUESTED},
        {"in review", APPROVAL_REQUESTED},
        {"not requested", APPROVAL_NONE},
        {"not yet requested", APPROVAL_NONE},
        {"not required", APPROVAL_NONE},
        {"none", APPROVAL_NONE},
        {"no", APPROVAL_NONE},
        {"false", APPROVAL_NONE},
        {"rejected", APPROVAL_REJECTED},
        {"declined", APPROVAL_REJECTED},
        {"denied", APPROVAL_REJECTED},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_ieq(str_trim(s), str_of(words[i].word))) {
            return words[i].approval;
        }
    }
    return APPROVAL_UNKNOWN;
}

/* ---- adding ---- */

void change_release(struct change *ch)
{
    VEC_FREE(&ch->resources);
    VEC_FREE(&ch->hashes);
}

static enum err_code check(struct reader *r, struct change *ch, struct err *err)
{
    if (ch->id.len == 0) {
        return err_set(err, ERR_SYNTAX, "the change has no id");
    }
    if (ch->start_us != TIME_NONE && ch->end_us != TIME_NONE && ch->end_us < ch->start_us) {
        return err_set(err, ERR_SYNTAX, "change %.*s ends before it begins",
                       STR_ARG(str_head(ch->id, 40)));
    }
    return reader_origin(r, &ch->origin, err);
}

enum err_code change_add(struct reader *r, struct change *ch, struct err *err)
{
    enum err_code rc = check(r, ch, err);
    if (rc == ERR_OK && !VEC_PUSH(&r->c->changes, *ch)) {
        rc = reader_nomem(r, err);
    }
    if (rc != ERR_OK) {
        change_release(ch);
        return rc;
    }
    reader_newest(r, ch->created_us);
    reader_newest(r, ch->updated_us);
    reader_newest(r, ch->approved_us);
    return ERR_OK;
}

/* ---- which product ---- */

enum product { PRODUCT_NONE, PRODUCT_SERVICENOW, PRODUCT_JIRA, PRODUCT_GITHUB };

static enum product product_of(const json_t *record)
{
    if (jtree_get(record, "fields") != NULL && jtree_get(record, "key") != NULL) {
        return PRODUCT_JIRA;
    }
    if (jtree_get(record, "sha") != NULL && jtree_get(record, "environment") != NULL) {
        return PRODUCT_GITHUB;
    }
    if (jtree_get(record, "number") != NULL &&
        (jtree_get(record, "sys_id") != NULL || jtree_get(record, "approval") != NULL ||
         jtree_get(record, "start_date") != NULL)) {
        return PRODUCT_SERVICENOW;
    }
    return PRODUCT_NONE;
}

static enum err_code read_record(struct reader *r, enum product product, const json_t *record,
                                 const json_t *names, struct err *err)
{
    switch (product) {
    case PRODUCT_JIRA:
        return changes_jira(r, record, names, err);
    case PRODUCT_GITHUB:
        return changes_github(r, record, err);
    case PRODUCT_SERVICENOW:
        return changes_servicenow(r, record, err);
    case PRODUCT_NONE:
        break;
    }
    return err_set(err, ERR_SYNTAX, "not a change record as the rest of the file has them");
}

static enum err_code read_list(struct reader *r, const json_t *list, const json_t *names,
                               struct err *err)
{
    size_t n = json_array_size(list);
    if (n > 0 && product_of(json_array_get(list, 0)) == PRODUCT_NONE) {
        return reader_no_format(r, FORMATS, err);
    }
    r->line = 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *record = json_array_get(list, i);
        struct err row_err = {0};
        r->record = i + 1;
        enum err_code rc = reader_row(
            r, read_record(r, product_of(record), record, names, &row_err), &row_err, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_doc(struct reader *r, const json_t *root, void *arg, struct err *err)
{
    (void)arg;
    const json_t *list = root;
    if (json_is_object(root)) {
        list = jtree_get(root, "result");
        list = list != NULL ? list : jtree_get(root, "issues");
    }
    if (json_is_array(list)) {
        return read_list(r, list, jtree_get(root, "names"), err);
    }
    /* One record alone: Table API by sys_id, one issue, a line of JSON lines. */
    const json_t *record = list != NULL ? list : root;
    enum product product = product_of(record);
    if (product == PRODUCT_NONE) {
        return reader_no_format(r, FORMATS, err);
    }
    struct err row_err = {0};
    return reader_row(r, read_record(r, product, record, jtree_get(root, "names"), &row_err),
                      &row_err, err);
}

static enum err_code read_changes(struct context *c, struct str path, struct str text,
                                  struct err *err)
{
    struct reader r = {.c = c, .kind = CONTEXT_CHANGES, .path = path};
    if (jtree_looks(text)) {
        return jtree_each(&r, text, read_doc, NULL, err);
    }
    return changes_read_csv(&r, text, err);
}

extern const struct context_ops context_changes;
const struct context_ops context_changes = {
    .kind = CONTEXT_CHANGES,
    .summary = "change records: " FORMATS,
    .columns = changes_columns,
    .column_count = CHANGES_COLUMNS,
    .read = read_changes,
};
