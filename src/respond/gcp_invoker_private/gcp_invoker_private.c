/*
 * gcp_invoker_private - let in only whom the policy names again: the public members out of it, and
 * the check of callers on (G1). With the check off the policy has no effect.
 */
#include "respond/google.h"

static bool is_public(struct str member)
{
    return str_ieq(member, STR("allUsers")) || str_ieq(member, STR("allAuthenticatedUsers"));
}

static enum err_code check_on(struct case_file *c, const struct event *e, struct arena *a,
                              struct err *err)
{
    const struct function_key *f = &e->function;
    struct draft d;
    struct str name = STR_EMPTY;
    draft_begin(&d, c, a, "gcp_invoker_private", f->name);
    d.failed = d.failed || !google_service_name(f, a, &name);
    draft_why(&d, "the callers of %.*s are not checked", STR_ARG(f->name));
    draft_breaks(&d, "all callers who bring no token of an account that the policy names");
    DRAFT_READ(&d, "gcloud run services describe {} --region {} --project {} --format=export", name,
               f->region, f->account);
    DRAFT_COMMAND(&d, "gcloud run services update {} --invoker-iam-check --region {} --project {}",
                  name, f->region, f->account);
    DRAFT_UNDO_LINE(&d,
                    "gcloud run services update {} --no-invoker-iam-check --region {} --project {}",
                    name, f->region, f->account);
    return draft_end(&d, err);
}

/* The policy of a function and that of a service are told to gcloud alike. */
static void policy_lines(struct draft *d, const struct function_key *f, struct str role,
                         struct str member, bool function)
{
    static const char *const forms[2][3] = {
        {"gcloud run services get-iam-policy {} --region {} --project {} --format=json",
         "gcloud run services remove-iam-policy-binding {} --member {} --role {} --region {} "
         "--project {}",
         "gcloud run services add-iam-policy-binding {} --member {} --role {} --region {} "
         "--project {}"},
        {"gcloud functions get-iam-policy {} --region {} --project {} --format=json",
         "gcloud functions remove-iam-policy-binding {} --member {} --role {} --region {} "
         "--project {}",
         "gcloud functions add-iam-policy-binding {} --member {} --role {} --region {} "
         "--project {}"},
    };
    const char *const *form = forms[function ? 1 : 0];
    DRAFT_READ(d, form[0], f->name, f->region, f->account);
    DRAFT_COMMAND(d, form[1], f->name, member, role, f->region, f->account);
    DRAFT_UNDO_LINE(d, form[2], f->name, member, role, f->region, f->account);
    if (function) {
        draft_note(d, DRAFT_COMMANDS,
                   "a second-generation function: the same on its service, gcloud run services");
    }
}

static enum err_code member_out(struct case_file *c, const struct event *e, struct str role,
                                struct str member, struct arena *a, struct err *err)
{
    struct str target;
    if (!arena_printf(a, &target, "%.*s %.*s", STR_ARG(e->function.name), STR_ARG(member))) {
        return err_set(err, ERR_NOMEM, "no memory for the plan of case %.*s", STR_ARG(c->id));
    }
    struct draft d;
    draft_begin(&d, c, a, "gcp_invoker_private", target);
    draft_why(&d, "%.*s lets in everybody", STR_ARG(e->function.name));
    draft_breaks(&d, "all callers who bring no token of an account that the policy names");
    policy_lines(&d, &e->function, role, member, google_did(e, "cloudfunctions", NULL));
    return draft_end(&d, err);
}

static enum err_code members_out(struct case_file *c, const struct event *e, struct arena *a,
                                 struct err *err)
{
    struct str role = STR_EMPTY;
    enum err_code rc = ERR_OK;
    for (size_t k = 0; rc == ERR_OK && k < e->attr_count; k++) {
        struct str value = e->attrs[k].value;
        if (e->attrs[k].id == ATTR_GRANT_ACTION) {
            role = value;
        } else if (e->attrs[k].id == ATTR_GRANT_PRINCIPAL && is_public(value) && role.len != 0) {
            rc = member_out(c, e, role, value, a, err);
        }
    }
    return rc;
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (!google_is_service(e)) {
            continue;
        }
        if (event_attr_is(e, ATTR_INVOKER_CHECK, STR("off"))) {
            rc = check_on(c, e, a, err);
        }
        rc = rc != ERR_OK ? rc : members_out(c, e, a, err);
    }
    return rc;
}

extern const struct respond_ops respond_gcp_invoker_private;
const struct respond_ops respond_gcp_invoker_private = {
    .name = "gcp_invoker_private",
    .summary = "let only callers that the policy names call a Cloud Run service",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
