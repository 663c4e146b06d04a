/*
 * permissions - what --iam brings: dumps of accounts, before the first event.
 */
#ifndef ENGINE_PERMISSIONS_H
#define ENGINE_PERMISSIONS_H

#include "engine/triage.h"
#include "iam/book.h"

/* *out is NULL when no dump was given. ERR_NOTFOUND, ERR_IO, ERR_SYNTAX, ERR_SCHEMA, ERR_NOMEM. */
NODISCARD enum err_code permissions_load(const struct triage_options *o, struct iam_book **out,
                                         struct err *err);

#endif
