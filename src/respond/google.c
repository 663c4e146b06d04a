#include "respond/google.h"

bool google_did(const struct event *e, const char *service, const char *action)
{
    struct str rest = str_from(e->service, str_of(service).len);
    return e->outcome == OUTCOME_OK && str_starts(e->service, str_of(service)) &&
           str_eq(rest, STR(".googleapis.com")) &&
           (action == NULL || str_eq(e->action, str_of(action)));
}

bool google_is_service(const struct event *e)
{
    bool service = google_did(e, "run", NULL) || google_did(e, "cloudfunctions", NULL);
    return service && e->kind == EVENT_CHANGE && e->function.name.len != 0 &&
           str_chr(e->function.name, ':') == SIZE_MAX;
}

bool google_is_function(const struct case_file *c, const struct function_key *f)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        if (google_did(e, "cloudfunctions", NULL) && function_key_eq(&e->function, f)) {
            return true;
        }
    }
    return false;
}

bool google_service_name(const struct function_key *f, struct arena *a, struct str *out)
{
    char *name = ARENA_ARRAY(a, char, f->name.len + 1);
    if (name == NULL) {
        return false;
    }
    for (size_t i = 0; i < f->name.len; i++) {
        char c = chr_lower(f->name.ptr[i]);
        name[i] = c == '_' ? '-' : c;
    }
    *out = str_make(name, f->name.len);
    return true;
}

struct str google_account(const struct event *e)
{
    bool ours = str_starts(e->source, STR("gcp.")) && e->who.kind != IDENTITY_SERVICE;
    return ours && str_ends(e->who.role, STR("gserviceaccount.com")) ? e->who.role : STR_EMPTY;
}

struct str google_project_of(struct str mail)
{
    static const struct str suffix = STR_INIT(".iam.gserviceaccount.com");
    size_t at = str_chr(mail, '@');
    if (at == SIZE_MAX || !str_ends(mail, suffix)) {
        return STR_EMPTY;
    }
    struct str host = str_from(mail, at + 1);
    return str_head(host, host.len - suffix.len);
}

enum err_code google_preserve(struct case_file *c, const struct function_key *f, struct arena *a,
                              struct err *err)
{
    struct str name = f->name;
    bool job = str_starts(name, STR("job:"));
    struct draft d;
    name = job ? str_from(name, 4) : name;
    draft_begin(&d, c, a, "preserve_evidence", f->name);
    draft_why(&d, "keeps code, configuration and policy of %.*s before anything is changed",
              STR_ARG(f->name));
    draft_breaks(&d, "nobody: it only reads");
    draft_note(&d, DRAFT_COMMANDS,
               "keep the output of each line, with its SHA-256; the project must be the case's");
    if (job) {
        DRAFT_COMMAND(&d, "gcloud run jobs describe {} --region {} --project {} --format=json",
                      name, f->region, f->account);
        DRAFT_COMMAND(&d,
                      "gcloud run jobs executions list --job {} --region {} --project {} "
                      "--format=json",
                      name, f->region, f->account);
        return draft_end(&d, err);
    }
    if (google_is_function(c, f)) {
        DRAFT_COMMAND(&d, "gcloud functions describe {} --region {} --project {} --format=json",
                      name, f->region, f->account);
        draft_note(&d, DRAFT_COMMANDS,
                   "its source: copy the object that buildConfig.source or sourceArchiveUrl names");
    }
    if (!google_service_name(f, a, &name)) {
        d.failed = true;
    }
    DRAFT_COMMAND(&d, "gcloud run services describe {} --region {} --project {} --format=export",
                  name, f->region, f->account);
    DRAFT_COMMAND(&d,
                  "gcloud run services get-iam-policy {} --region {} --project {} --format=json",
                  name, f->region, f->account);
    DRAFT_COMMAND(&d,
                  "gcloud run revisions list --service {} --region {} --project {} --format=json",
                  name, f->region, f->account);
    struct str filter;
    if (arena_printf(a, &filter, "resource.labels.service_name=\"%.*s\"", STR_ARG(name))) {
        DRAFT_COMMAND(&d, "gcloud logging read {} --project {} --freshness 7d --format=json",
                      filter, f->account);
    } else {
        d.failed = true;
    }
    return draft_end(&d, err);
}
