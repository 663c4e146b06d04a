/*
 * binding - policies of Google Cloud: which member has which roles, and what these give.
 *
 * Read are the answer of get-iam-policy (`bindings`) and exports of policies by the asset inventory
 * (a list, or one object a line, with `iamPolicy` or `policy`). What a predefined role gives is known
 * as far as escalation paths ask for it (content/iam/gcp_roles.tsv); a custom role, when it was read
 * too. Conditions of bindings are not evaluated: a binding counts as held.
 */
#ifndef IAM_BINDING_H
#define IAM_BINDING_H

#include "iam/report.h"
#include "iam/subject.h"

/* Does the text look like one? */
bool iam_bindings_are(struct str text);

/* Add a subject for each member, with its roles. Texts live as long as `text` and `a`. ERR_SYNTAX,
 * ERR_LIMIT, ERR_NOMEM. */
NODISCARD enum err_code iam_bindings_read(struct str path, struct str text, struct arena *a,
                                          struct iam_subjects *out, struct err *err);

/* Fill in the permissions of all subjects that have roles. `table`: content/iam/gcp_roles.tsv. A role
 * that nobody knows is a problem. ERR_NOMEM. */
NODISCARD enum err_code iam_bindings_resolve(struct iam_subjects *s, struct str table,
                                             const struct iam_paths *paths, struct arena *a,
                                             struct err *err);

/* "public": a member is everybody. */
NODISCARD enum err_code iam_report_member(const struct iam_subject *s, struct iam_report *out,
                                          struct arena *a, struct err *err);

#endif
