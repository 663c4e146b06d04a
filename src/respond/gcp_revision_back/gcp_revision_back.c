/*
 * gcp_revision_back - send all traffic to the revision that stood before the first change of code
 * in the case (G3), and take away tags, by which the others could still be called.
 */
#include "respond/google.h"

static bool brings_code(const struct event *e)
{
    return google_is_service(e) && e->time_us != TIME_NONE &&
           (event_has(e, ATTR_CODE_LOCATION) || event_has(e, ATTR_TRAFFIC)) &&
           !str_starts(e->action, STR("Create"));
}

static enum err_code one(struct case_file *c, const struct event *e, struct arena *a,
                         struct err *err)
{
    const struct function_key *f = &e->function;
    char when[TIME_TEXT_MAX];
    struct str filter;
    size_t n = time_format(e->time_us, when);
    if (!arena_printf(a, &filter, "metadata.creationTimestamp<\"%.*s\"", (int)n, when)) {
        return err_set(err, ERR_NOMEM, "no memory for the plan of case %.*s", STR_ARG(c->id));
    }
    struct draft d;
    struct str name = STR_EMPTY;
    draft_begin(&d, c, a, "gcp_revision_back", f->name);
    d.failed = d.failed || !google_service_name(f, a, &name);
    draft_why(&d, "%.*s runs what was put into it in this case", STR_ARG(f->name));
    draft_breaks(&d, "what came with the new revision, also what was meant");
    DRAFT_READ(&d, "gcloud run services describe {} --region {} --project {} --format=export", name,
               f->region, f->account);
    DRAFT_COMMAND(
        &d,
        "revision=$(gcloud run revisions list --service {} --region {} --project {} "
        "--filter {} --sort-by=~metadata.creationTimestamp --limit 1 "
        "--format='value(metadata.name)') && test -n \"$revision\" && gcloud run services "
        "update-traffic {} --to-revisions \"$revision=100\" --clear-tags --region {} "
        "--project {}",
        name, f->region, f->account, filter, name, f->region, f->account);
    if (google_is_function(c, f)) {
        draft_note(&d, DRAFT_COMMANDS,
                   "a first-generation function has no revisions: deploy the source that was kept "
                   "before");
    }
    DRAFT_UNDO_LINE(&d,
                    "gcloud run services update-traffic {} --to-latest --region {} --project {}",
                    name, f->region, f->account);
    draft_note(&d, DRAFT_UNDO, "or the traffic and tags that were read before");
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < c->timeline.len; i++) {
        rc = brings_code(c->timeline.at[i]) ? one(c, c->timeline.at[i], a, err) : ERR_OK;
    }
    return rc;
}

extern const struct respond_ops respond_gcp_revision_back;
const struct respond_ops respond_gcp_revision_back = {
    .name = "gcp_revision_back",
    .summary = "send traffic to the revision before",
    .phase = RESPOND_ROLLBACK,
    .plan = plan,
};
