/*
 * GitHub deployments, each with its `statuses` and, where they were fetched, `reviews` (of the
 * pull request) or `approvals` (of the environment) put into it. The work began when the
 * deployment was made and ended with its last status.
 */
#include "context/changes/changes_priv.h"

/* "https://api.github.com/repos/acme/pay/deployments/1" to "acme/pay". */
static struct str repository_of(const json_t *d)
{
    struct str name = jtree_str(jtree_at(d, "repository.full_name"));
    static const char *const keys[] = {"repository_url", "url", "statuses_url"};
    for (size_t i = 0; name.len == 0 && i < ARRAY_LEN(keys); i++) {
        struct str url = jtree_str(jtree_get(d, keys[i]));
        size_t at = str_find(url, STR("/repos/"));
        if (at == SIZE_MAX) {
            continue;
        }
        url = str_from(url, at + 7);
        size_t slash = str_chr(url, '/');
        size_t end = slash == SIZE_MAX ? SIZE_MAX : str_chr(str_from(url, slash + 1), '/');
        name = end == SIZE_MAX ? url : str_head(url, slash + 1 + end);
    }
    return name;
}

static enum change_state state_of(struct str s)
{
    if (str_eq(s, STR("in_progress"))) {
        return CHANGE_IMPLEMENT;
    }
    if (s.len == 0 || str_eq(s, STR("queued")) || str_eq(s, STR("pending"))) {
        return CHANGE_SCHEDULED;
    }
    return CHANGE_CLOSED; /* success, failure, error, inactive: it ran */
}

static enum err_code read_statuses(struct reader *r, const json_t *d, struct change *ch,
                                   struct err *err)
{
    const json_t *list = jtree_get(d, "statuses");
    struct str last = STR_EMPTY;
    ch->end_us = ch->start_us;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *s = json_array_get(list, i);
        int64_t when;
        enum err_code rc =
            reader_time(r, "statuses.created_at", jtree_str(jtree_get(s, "created_at")), ZONE_UTC,
                        &when, NULL, err);
        if (rc != ERR_OK) {
            return rc;
        }
        /* "inactive" comes when a later deployment takes over, long after the work. */
        bool work = !str_eq(jtree_str(jtree_get(s, "state")), STR("inactive"));
        if (work && when >= ch->end_us) {
            ch->end_us = when;
            last = jtree_str(jtree_get(s, "state"));
        }
    }
    ch->state = state_of(last);
    return ERR_OK;
}

/* The last word of the reviewers. */
static enum err_code read_reviews(struct reader *r, const json_t *d, struct change *ch,
                                  struct err *err)
{
    const json_t *list = jtree_get(d, "reviews");
    list = list != NULL ? list : jtree_get(d, "approvals");
    int64_t latest = TIME_NONE;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *one = json_array_get(list, i);
        enum approval a = approval_of(jtree_str(jtree_get(one, "state")));
        if (str_ieq(jtree_str(jtree_get(one, "state")), STR("changes_requested"))) {
            a = APPROVAL_REQUESTED;
        }
        int64_t when;
        enum err_code rc = reader_time(r, "submitted_at", jtree_str(jtree_get(one, "submitted_at")),
                                       ZONE_UTC, &when, NULL, err);
        if (rc != ERR_OK) {
            return rc;
        }
        if (a == APPROVAL_UNKNOWN || when < latest || ch->approval == APPROVAL_REJECTED) {
            continue;
        }
        latest = when;
        ch->approval = a;
        ch->approved_us = a == APPROVAL_GIVEN ? when : TIME_NONE;
        rc = reader_keep(r, jtree_str(jtree_at(one, "user.login")), &ch->approver, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_texts(struct reader *r, const json_t *d, struct change *ch,
                                struct err *err)
{
    struct str login = jtree_str(jtree_at(d, "creator.login"));
    const struct {
        struct str text;
        struct str *to;
    } texts[] = {
        {repository_of(d), &ch->repository},
        {jtree_str(jtree_get(d, "sha")), &ch->commit},
        {jtree_str(jtree_get(d, "environment")), &ch->environment},
        {login, &ch->assignee},
        {login, &ch->requester},
        {jtree_str(jtree_get(d, "description")), &ch->text},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        enum err_code rc = reader_keep(r, texts[i].text, texts[i].to, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    struct str number;
    enum err_code rc = jtree_text(r, jtree_get(d, "id"), &number, err);
    if (rc != ERR_OK || number.len == 0) {
        return rc;
    }
    return arena_printf(&r->c->arena, &ch->id, "%.*s/deployments/%.*s", STR_ARG(ch->repository),
                        STR_ARG(number))
               ? ERR_OK
               : reader_nomem(r, err);
}

static enum err_code read_times(struct reader *r, const json_t *d, struct change *ch,
                                struct err *err)
{
    enum err_code rc = reader_time(r, "created_at", jtree_str(jtree_get(d, "created_at")), ZONE_UTC,
                                   &ch->created_us, NULL, err);
    if (rc == ERR_OK) {
        rc = reader_time(r, "updated_at", jtree_str(jtree_get(d, "updated_at")), ZONE_UTC,
                         &ch->updated_us, NULL, err);
    }
    ch->start_us = ch->created_us;
    return rc;
}

enum err_code changes_github(struct reader *r, const json_t *d, struct err *err)
{
    static enum err_code (*const parts[])(struct reader *, const json_t *, struct change *,
                                          struct err *) = {read_times, read_statuses, read_reviews,
                                                           read_texts};
    struct change ch = {.approved_us = TIME_NONE};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        enum err_code rc = parts[i](r, d, &ch, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return change_add(r, &ch, err);
}
