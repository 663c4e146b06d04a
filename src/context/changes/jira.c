/*
 * Jira and Jira Service Management issues. Planned start and end, approvals and the like are
 * custom fields: found by --env (`columns:`, the field's id or its name) or, when the export has
 * `names` (expand=names), by the names that Jira Service Management gives them.
 */
#include "base/buf.h"
#include "context/changes/changes_priv.h"

enum { ADF_DEPTH_MAX = 32 };

struct issue {
    const json_t *fields;
    const json_t *names;
};

/* ---- fields ---- */

static const json_t *by_name(const struct issue *in, struct str want)
{
    const char *id;
    json_t *name;
    json_object_foreach((json_t *)(uintptr_t)in->names, id, name)
    {
        if (header_is(jtree_str(name), want) && !json_is_null(jtree_get(in->fields, id))) {
            return jtree_get(in->fields, id);
        }
    }
    return NULL;
}

/* The value of a canonical column; *mapped (may be NULL): the user named a field for it. */
static const json_t *field_of(const struct reader *r, const struct issue *in, const char *canonical,
                              const char *usual, bool *mapped)
{
    const struct str_list *own = columns_mapped(r, canonical);
    for (size_t i = 0; own != NULL && i < own->len; i++) {
        const json_t *v = jtree_get(in->fields, own->at[i].ptr); /* kept texts end in a NUL */
        v = v != NULL ? v : by_name(in, own->at[i]);
        if (v != NULL) {
            return v;
        }
    }
    if (mapped != NULL) {
        *mapped = own != NULL;
    }
    struct str rest = str_of(usual);
    struct str name;
    while (str_cut(&rest, '|', &name)) {
        const json_t *v = by_name(in, name);
        if (v != NULL) {
            return v;
        }
    }
    return NULL;
}

/* Text of a value as Jira has it: plain, an option, a person, a named thing. */
static struct str text_of(const json_t *v)
{
    static const char *const keys[] = {"value",       "emailAddress", "name",
                                       "displayName", "accountId",    "iso8601"};
    if (json_is_array(v)) {
        v = json_array_get(v, 0);
    }
    struct str s = jtree_str(v);
    for (size_t i = 0; s.len == 0 && i < ARRAY_LEN(keys); i++) {
        s = jtree_str(jtree_get(v, keys[i]));
    }
    return s;
}

/* ---- Atlassian Document Format ---- */

/* The texts in order, a line a block. Loops over levels that are held in an array, no recursion. */
static void flatten(const json_t *doc, struct buf *out)
{
    struct {
        const json_t *content;
        size_t next;
    } level[ADF_DEPTH_MAX];
    size_t depth = 0;
    level[depth].content = jtree_get(doc, "content");
    level[depth++].next = 0;
    while (depth > 0) {
        const json_t *node = json_array_get(level[depth - 1].content, level[depth - 1].next++);
        if (node == NULL) {
            depth--;
            buf_addc(out, '\n');
            continue;
        }
        buf_add(out, jtree_str(jtree_get(node, "text")));
        const json_t *inside = jtree_get(node, "content");
        if (json_is_array(inside) && depth < ADF_DEPTH_MAX) {
            level[depth].content = inside;
            level[depth++].next = 0;
        }
    }
}

static void add_prose(struct buf *out, const json_t *v)
{
    if (json_is_object(v) && jtree_get(v, "content") != NULL) {
        flatten(v, out);
    } else {
        buf_add(out, jtree_str(v));
        buf_addc(out, '\n');
    }
}

static enum err_code read_prose(struct reader *r, const struct issue *in, struct change *ch,
                                struct err *err)
{
    CLEANUP(buf_free) struct buf text = {0};
    buf_init(&text, CSV_FIELD_MAX);
    add_prose(&text, jtree_get(in->fields, "summary"));
    add_prose(&text, jtree_get(in->fields, "description"));
    add_prose(&text, field_of(r, in, "text", "Implementation plan|Justification", NULL));
    return reader_keep(r, buf_str(&text), &ch->text, err);
}

/* ---- approvals ---- */

/* JSM keeps them in a field of any id: a list whose entries have a finalDecision. */
static const json_t *approvals_of(const struct issue *in)
{
    const char *id;
    json_t *v;
    json_object_foreach((json_t *)(uintptr_t)in->fields, id, v)
    {
        if (json_is_array(v) && jtree_get(json_array_get(v, 0), "finalDecision") != NULL) {
            return v;
        }
    }
    return NULL;
}

static const json_t *who_approved(const json_t *approval)
{
    const json_t *list = jtree_get(approval, "approvers");
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *a = json_array_get(list, i);
        if (approval_of(jtree_str(jtree_get(a, "approverDecision"))) == APPROVAL_GIVEN) {
            return jtree_get(a, "approver");
        }
    }
    return NULL;
}

/* One rejection rejects; all must be approved; the last one counts for the time. */
static enum err_code read_jsm_approvals(struct reader *r, const json_t *list, struct change *ch,
                                        struct err *err)
{
    ch->approval = APPROVAL_GIVEN;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        enum approval a = approval_of(jtree_str(jtree_get(one, "finalDecision")));
        if (a == APPROVAL_REJECTED || ch->approval == APPROVAL_REJECTED) {
            ch->approval = APPROVAL_REJECTED;
            continue;
        }
        if (a != APPROVAL_GIVEN) {
            ch->approval = APPROVAL_REQUESTED;
            continue;
        }
        int64_t when;
        enum err_code rc = reader_time(r, "completedDate", text_of(jtree_get(one, "completedDate")),
                                       ZONE_NEEDED, &when, NULL, err);
        if (rc != ERR_OK) {
            return rc;
        }
        if (when >= ch->approved_us) {
            ch->approved_us = when;
            rc = reader_keep(r, text_of(who_approved(one)), &ch->approver, err);
        }
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_approval(struct reader *r, const struct issue *in, struct change *ch,
                                   struct err *err)
{
    const json_t *list = approvals_of(in);
    if (list != NULL) {
        return read_jsm_approvals(r, list, ch, err);
    }
    ch->approval =
        approval_of(text_of(field_of(r, in, "approval", "Approval|Approval status", NULL)));
    enum err_code rc =
        reader_time(r, "approved_at", text_of(field_of(r, in, "approved_at", "Approved at", NULL)),
                    ZONE_NEEDED, &ch->approved_us, NULL, err);
    if (rc != ERR_OK) {
        return rc;
    }
    return reader_keep(r, text_of(field_of(r, in, "approver", "Approver|Approved by", NULL)),
                       &ch->approver, err);
}

/* ---- the rest ---- */

static enum err_code read_window(struct reader *r, const struct issue *in, struct change *ch,
                                 struct err *err)
{
    const struct {
        const char *canonical, *usual;
        int64_t *to;
    } ends[] = {
        {"start", "Change start date|Planned start|Planned start date|Start date", &ch->start_us},
        {"end", "Change completion date|Planned end|Planned end date|End date", &ch->end_us},
    };
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        bool mapped = false;
        const json_t *v = field_of(r, in, ends[i].canonical, ends[i].usual, &mapped);
        if (v == NULL && !mapped && in->names == NULL) {
            return err_set(err, ERR_SCHEMA,
                           "Jira keeps the planned %s in a custom field: export with expand=names, "
                           "or name it in --env: columns: {changes.%s: customfield_NNNNN}",
                           ends[i].canonical, ends[i].canonical);
        }
        enum err_code rc =
            reader_time(r, ends[i].canonical, text_of(v), ZONE_NEEDED, ends[i].to, NULL, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_state(struct reader *r, const struct issue *in, struct change *ch,
                                struct err *err)
{
    const json_t *status = jtree_get(in->fields, "status");
    struct str name = jtree_str(jtree_get(status, "name"));
    struct str category = jtree_str(jtree_at(status, "statusCategory.key"));
    ch->type = change_type_of(text_of(field_of(r, in, "type", "Change type", NULL)));
    if (ch->type == CHANGE_NORMAL) {
        ch->type = change_type_of(jtree_str(jtree_at(in->fields, "issuetype.name")));
    }
    /* A site's own status names are told by their category. */
    bool told = r->told_state;
    r->told_state = category.len > 0;
    enum err_code rc = change_state_of(r, name, &ch->state, err);
    r->told_state = told;
    if (rc == ERR_OK && ch->state == CHANGE_STATE_UNKNOWN) {
        rc = change_state_of(r, category, &ch->state, err);
    }
    return rc;
}

static enum err_code read_resources(struct reader *r, const struct issue *in, struct change *ch,
                                    struct err *err)
{
    const json_t *lists[] = {
        jtree_get(in->fields, "labels"),
        jtree_get(in->fields, "components"),
        field_of(r, in, "resources", "Affected resources|Affected hardware", NULL),
    };
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        size_t n = json_is_array(lists[i]) ? json_array_size(lists[i]) : 1;
        for (size_t k = 0; k < n; k++) {
            const json_t *v = json_is_array(lists[i]) ? json_array_get(lists[i], k) : lists[i];
            enum err_code rc = reader_add_all(r, &ch->resources, text_of(v), err);
            if (rc != ERR_OK) {
                return rc;
            }
        }
    }
    return ERR_OK;
}

static enum err_code read_texts(struct reader *r, const struct issue *in, struct change *ch,
                                struct err *err)
{
    const struct {
        struct str text;
        struct str *to;
    } texts[] = {
        {text_of(jtree_get(in->fields, "assignee")), &ch->assignee},
        {text_of(jtree_get(in->fields, "reporter")), &ch->requester},
        {text_of(field_of(r, in, "group", "Team|Assignment group", NULL)), &ch->group},
        {text_of(field_of(r, in, "service", "Affected services", NULL)), &ch->service},
        {text_of(field_of(r, in, "repository", "Repository", NULL)), &ch->repository},
        {text_of(field_of(r, in, "commit", "Commit", NULL)), &ch->commit},
        {text_of(field_of(r, in, "template", "Template", NULL)), &ch->template},
        {text_of(field_of(r, in, "environment", "Environment", NULL)), &ch->environment},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        enum err_code rc = reader_keep(r, texts[i].text, texts[i].to, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    enum err_code rc = reader_time(r, "created", jtree_str(jtree_get(in->fields, "created")),
                                   ZONE_NEEDED, &ch->created_us, NULL, err);
    if (rc == ERR_OK) {
        rc = reader_time(r, "updated", jtree_str(jtree_get(in->fields, "updated")), ZONE_NEEDED,
                         &ch->updated_us, NULL, err);
    }
    return rc;
}

enum err_code changes_jira(struct reader *r, const json_t *issue, const json_t *names,
                           struct err *err)
{
    static enum err_code (*const parts[])(struct reader *, const struct issue *, struct change *,
                                          struct err *) = {
        read_state, read_window, read_texts, read_approval, read_prose, read_resources};
    struct issue in = {.fields = jtree_get(issue, "fields"), .names = names};
    if (in.names == NULL) {
        in.names = jtree_get(issue, "names");
    }
    struct change ch = {.approved_us = TIME_NONE};
    enum err_code rc = reader_keep(r, jtree_str(jtree_get(issue, "key")), &ch.id, err);
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(parts); i++) {
        rc = parts[i](r, &in, &ch, err);
    }
    if (rc != ERR_OK) {
        change_release(&ch);
        return rc;
    }
    return change_add(r, &ch, err);
}
