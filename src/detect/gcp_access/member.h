/*
 * member - whom a binding of Google Cloud names, and how much its role gives.
 */
#ifndef DETECT_GCP_ACCESS_MEMBER_H
#define DETECT_GCP_ACCESS_MEMBER_H

#include "detect/detect.h"

/* A role that leads to more rights than it lists: owner, editor, whoever may set policies, act as
 * service accounts, or change what runs. */
bool member_role_is_powerful(struct str role);

/* An agent of Google's own services, which are bound by Google when an API is switched on. */
bool member_is_agent(struct str member);

enum member_side {
    MEMBER_INSIDE,  /* or not known to be outside */
    MEMBER_OUTSIDE, /* of another domain than who binds it, of a public one, or of another project */
    MEMBER_EVERYBODY
};
enum member_side member_side_of(const struct detect_view *v, struct str member);

#endif
