/*
 * changes_priv - what the formats of change records share.
 */
#ifndef CONTEXT_CHANGES_CHANGES_PRIV_H
#define CONTEXT_CHANGES_CHANGES_PRIV_H

#include "context/jtree.h"
#include "context/read.h"
#include "context/table.h"

enum { CHANGES_COLUMNS = 21 };
extern const struct column changes_columns[]; /* the canonical table */

enum change_type change_type_of(struct str s);
/* CHANGE_STATE_UNKNOWN for words that no product uses; these are noted once a file. */
NODISCARD enum err_code change_state_of(struct reader *r, struct str s, enum change_state *out,
                                        struct err *err);
enum approval approval_of(struct str s);

/* Check what all formats have in common, and add. Owns the lists of *ch from here on, also on
 * failure. ERR_SYNTAX: no id, or it ends before it begins. */
NODISCARD enum err_code change_add(struct reader *r, struct change *ch, struct err *err);
void change_release(struct change *ch);

/* Canonical CSV, and CSV with the headers of usual exports. */
NODISCARD enum err_code changes_read_csv(struct reader *r, struct str text, struct err *err);

/* One record of a product; the shape was recognised before. */
NODISCARD enum err_code changes_servicenow(struct reader *r, const json_t *record, struct err *err);
/* `names` maps custom fields to their display names, or is NULL. */
NODISCARD enum err_code changes_jira(struct reader *r, const json_t *issue, const json_t *names,
                                     struct err *err);
NODISCARD enum err_code changes_github(struct reader *r, const json_t *deployment, struct err *err);

#endif
