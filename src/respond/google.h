/*
 * google - what the actions for Google Cloud share: which calls they answer, and how gcloud names
 * what they are about.
 *
 * A second-generation function is a Cloud Run service of the same name: its policy, ingress and
 * revisions are the service's. Only first-generation functions know `gcloud functions` alone; the
 * log does not tell which one it is, so that a step for a function says both.
 */
#ifndef RESPOND_GOOGLE_H
#define RESPOND_GOOGLE_H

#include "respond/draft.h"

/* A successful call of a Google service by its short name ("run"). action NULL: any. */
bool google_did(const struct event *e, const char *service, const char *action);

/* A change of a service or function of Cloud Run that went through, and no job. */
bool google_is_service(const struct event *e);
/* Was the function made or changed by the API of Cloud Functions in this case? */
bool google_is_function(const struct case_file *c, const struct function_key *f);

/* The name of the service behind a function: lower case, dashes. *out lives in `a`. */
NODISCARD bool google_service_name(const struct function_key *f, struct arena *a, struct str *out);

/* Mail of the service account whose credentials made the call, or "". */
struct str google_account(const struct event *e);
/* "name@PROJECT.iam.gserviceaccount.com"; "" for accounts that are Google's. */
struct str google_project_of(struct str mail);

/* The step that reads and keeps what a function or service is. */
NODISCARD enum err_code google_preserve(struct case_file *c, const struct function_key *f,
                                        struct arena *a, struct err *err);

#endif
