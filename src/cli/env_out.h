/*
 * env_out - proposals as the text of an --env file in which everything is commented out.
 *
 * A line that begins with "# " is a setting: without these two bytes it counts. Lines that begin
 * with "##" say what it rests on and stay comments.
 */
#ifndef CLI_ENV_OUT_H
#define CLI_ENV_OUT_H

#include "base/buf.h"
#include "engine/propose.h"

/* False: no memory. */
NODISCARD bool env_text_of(struct buf *out, const struct estate *e,
                           const struct proposal_list *list);

#endif
