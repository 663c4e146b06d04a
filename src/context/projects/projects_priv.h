/*
 * projects_priv - what the formats of projects share.
 */
#ifndef CONTEXT_PROJECTS_PROJECTS_PRIV_H
#define CONTEXT_PROJECTS_PROJECTS_PRIV_H

#include "context/read.h"

/* Add; owns the lists of *p from here on, also on failure. */
NODISCARD enum err_code project_add(struct reader *r, struct project *p, struct err *err);
void project_release(struct project *p);

/* An owner as a repository or catalog writes it: "ana@example.com", "@ana", "@acme/pay-team",
 * "group:default/pay-team", "user:ana". The last two forms and a name with a '/' are told apart;
 * `group`: what a bare name is. "" in *out: nobody. */
NODISCARD enum err_code project_owner(struct reader *r, struct str text, bool group,
                                      struct project *p, struct err *err);

bool codeowners_looks(struct str text);
NODISCARD enum err_code codeowners_read(struct reader *r, struct str text, struct err *err);
bool backstage_looks(struct str text);
NODISCARD enum err_code backstage_read(struct reader *r, struct str text, struct err *err);

#endif
