/*
 * gcp_binding_remove - take back what a policy of a project, folder or organization was given in
 * the case (G7). A policy that was stated whole does not say what was new: that is left to people.
 */
#include <stdio.h>

#include "respond/google.h"

struct where {
    const char *command; /* of gcloud */
    struct str id;
};

static bool find(struct str target, struct where *out)
{
    static const struct {
        struct str prefix;
        const char *command;
    } kinds[] = {{STR_INIT("projects/"), "projects"},
                 {STR_INIT("folders/"), "resource-manager folders"},
                 {STR_INIT("organizations/"), "organizations"}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        struct str id = str_from(target, kinds[i].prefix.len);
        if (str_starts(target, kinds[i].prefix) && str_chr(id, '/') == SIZE_MAX) {
            *out = (struct where){kinds[i].command, id};
            return true;
        }
    }
    return false;
}

static enum err_code one(struct case_file *c, const struct where *w, struct str role,
                         struct str member, struct arena *a, struct err *err)
{
    struct str target;
    char read[128], command[160], undo[160];
    if (!arena_printf(a, &target, "%.*s %.*s %.*s", STR_ARG(w->id), STR_ARG(role),
                      STR_ARG(member))) {
        return err_set(err, ERR_NOMEM, "no memory for the plan of case %.*s", STR_ARG(c->id));
    }
    (void)snprintf(read, sizeof(read), "gcloud %s get-iam-policy {} --format=json", w->command);
    (void)snprintf(command, sizeof(command),
                   "gcloud %s remove-iam-policy-binding {} --member {} --role {} --condition=None",
                   w->command);
    (void)snprintf(undo, sizeof(undo),
                   "gcloud %s add-iam-policy-binding {} --member {} --role {} --condition=None",
                   w->command);
    struct draft d;
    draft_begin(&d, c, a, "gcp_binding_remove", target);
    draft_why(&d, "%.*s was given %.*s in this case", STR_ARG(member), STR_ARG(role));
    draft_breaks(&d, "what has come to rest on these rights since");
    DRAFT_READ(&d, read, w->id);
    DRAFT_COMMAND(&d, command, w->id, member, role);
    DRAFT_UNDO_LINE(&d, undo, w->id, member, role);
    draft_note(&d, DRAFT_COMMANDS, "a binding with a condition: name it with --condition");
    return draft_end(&d, err);
}

static enum err_code all_of(struct case_file *c, const struct event *e, const struct where *w,
                            struct arena *a, struct err *err)
{
    struct str role = STR_EMPTY;
    enum err_code rc = ERR_OK;
    for (size_t k = 0; rc == ERR_OK && k < e->attr_count; k++) {
        struct str value = e->attrs[k].value;
        if (e->attrs[k].id == ATTR_GRANT_ACTION) {
            role = value;
        } else if (e->attrs[k].id == ATTR_GRANT_PRINCIPAL && role.len != 0) {
            rc = one(c, w, role, value, a, err);
        }
    }
    return rc;
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct where w;
        if (google_did(e, "cloudresourcemanager", "SetIamPolicy") &&
            !event_has(e, ATTR_POLICY_SET) && find(event_attr_get(e, ATTR_TARGET), &w)) {
            rc = all_of(c, e, &w, a, err);
        }
    }
    return rc;
}

extern const struct respond_ops respond_gcp_binding_remove;
const struct respond_ops respond_gcp_binding_remove = {
    .name = "gcp_binding_remove",
    .summary = "take back what a policy was given",
    .phase = RESPOND_ROLE,
    .plan = plan,
};
