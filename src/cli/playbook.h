/*
 * playbook - the parts of `faaswatch playbook`, a file each.
 */
#ifndef CLI_PLAYBOOK_H
#define CLI_PLAYBOOK_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/vec.h"
#include "cli/cli.h"
#include "fit/logit.h"
#include "playbook/playbook_data.h"

/* Each gives an enum cli_status and has said what went wrong. */
int playbook_check_run(const struct cli_args *args);
int playbook_fit_run(const struct cli_args *args);

/* ---- answered cases (fit_stories.c) ---- */

/* One answer of one case, with what was right. */
struct answered {
    struct str story;
    bool held_back; /* chosen by the story's name: the fit does not see it */
    struct logit_row row;
    uint32_t *items;
};

struct answered_list {
    struct arena arena;
    VEC_OF(struct answered);
    size_t stories;
    size_t left_out; /* answers that a hard item decides, or that no label fits */
};
void answered_list_free(struct answered_list *l); /* also for CLEANUP() */

/* Triage each story of the directory, in order of names, with the weights of `playbook` (a path, ""
 * for the built-in one), and take the answers that story.json labels legitimate or suspicious.
 * `column` says for each item of the playbook which column of the fit it is, -1 for none: those count
 * as part of the offset. */
NODISCARD enum err_code answered_read(struct str dir, struct str playbook, const struct playbook *p,
                                      const int *column, struct answered_list *out,
                                      struct err *err);

#endif
