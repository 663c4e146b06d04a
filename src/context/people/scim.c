/*
 * SCIM 2.0 users (RFC 7643), with the enterprise extension. Only what is needed is read: ids,
 * name, title, department, manager, groups, active. SCIM has no date of leaving.
 */
#include "context/people/people_priv.h"

#define ENTERPRISE "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static enum err_code read_ids(struct reader *r, const json_t *user, const json_t *more,
                              struct person *p, struct err *err)
{
    const struct str ids[] = {
        jtree_str(jtree_get(user, "id")),
        jtree_str(jtree_get(user, "externalId")),
        jtree_str(jtree_get(more, "employeeNumber")),
    };
    enum err_code rc = reader_keep(r, jtree_str(jtree_get(user, "userName")), &p->id, err);
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(ids); i++) {
        rc = reader_add(r, &p->other_ids, ids[i], err);
    }
    const json_t *mails = jtree_get(user, "emails");
    for (size_t i = 0; rc == ERR_OK && i < json_array_size(mails); i++) {
        rc = reader_add(r, &p->other_ids, jtree_str(jtree_get(json_array_get(mails, i), "value")),
                        err);
    }
    return rc;
}

static enum err_code read_groups(struct reader *r, const json_t *user, struct person *p,
                                 struct err *err)
{
    const json_t *groups = jtree_get(user, "groups");
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < json_array_size(groups); i++) {
        const json_t *g = json_array_get(groups, i);
        struct str name = jtree_str(jtree_get(g, "display"));
        rc = reader_add(r, &p->groups, name.len > 0 ? name : jtree_str(jtree_get(g, "value")), err);
    }
    return rc;
}

static struct str name_of(const json_t *user)
{
    struct str name = jtree_str(jtree_get(user, "displayName"));
    return name.len > 0 ? name : jtree_str(jtree_at(user, "name.formatted"));
}

static struct str manager_of(const json_t *more)
{
    const json_t *m = jtree_get(more, "manager");
    struct str name = jtree_str(jtree_get(m, "displayName"));
    name = name.len > 0 ? name : jtree_str(jtree_get(m, "value"));
    return name.len > 0 ? name : jtree_str(m);
}

static enum err_code read_person(struct reader *r, const json_t *user, struct person *p,
                                 struct err *err)
{
    const json_t *more = jtree_get(user, ENTERPRISE);
    const struct {
        struct str text;
        struct str *to;
    } texts[] = {
        {name_of(user), &p->name},
        {jtree_str(jtree_get(user, "title")), &p->job_family},
        {jtree_str(jtree_get(more, "department")), &p->department},
        {manager_of(more), &p->manager},
        {jtree_str(jtree_get(user, "timezone")), &p->time_zone},
    };
    enum err_code rc = read_ids(r, user, more, p, err);
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(texts); i++) {
        rc = reader_keep(r, texts[i].text, texts[i].to, err);
    }
    if (rc == ERR_OK) {
        rc = read_groups(r, user, p, err);
    }
    const json_t *active = jtree_get(user, "active");
    if (json_is_boolean(active)) {
        p->status = json_is_true(active) ? PERSON_ACTIVE : PERSON_INACTIVE;
    }
    return rc;
}

enum err_code people_scim(struct reader *r, const json_t *user, struct err *err)
{
    struct person p = {.terminated_us = TIME_NONE,
                       .status = PERSON_STATUS_UNKNOWN,
                       .hours_from = -1,
                       .hours_to = -1};
    enum err_code rc = read_person(r, user, &p, err);
    if (rc != ERR_OK) {
        person_release(&p);
        return rc;
    }
    return person_add(r, &p, err);
}
