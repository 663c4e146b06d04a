/*
 * words - what of --attest and --watch does not count any more, or is about nothing: told.
 */
#ifndef ENGINE_WORDS_H
#define ENGINE_WORDS_H

#include "context/context.h"
#include "model/result.h"

/* Adds notes to *r, at the end of the window. False: no memory. */
NODISCARD bool words_tell(const struct context *c, struct arena *a, struct result *r);

#endif
