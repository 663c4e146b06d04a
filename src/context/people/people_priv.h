/*
 * people_priv - what the formats of people share.
 */
#ifndef CONTEXT_PEOPLE_PEOPLE_PRIV_H
#define CONTEXT_PEOPLE_PEOPLE_PRIV_H

#include "context/jtree.h"
#include "context/read.h"
#include "context/table.h"

enum { PEOPLE_COLUMNS = 14 };
extern const struct column people_columns[]; /* the canonical table */

/* Add, or merge with the person of the same id (HR exports have a row a leave). Owns the lists of
 * *p from here on, also on failure. ERR_SYNTAX: no id. */
NODISCARD enum err_code person_add(struct reader *r, struct person *p, struct err *err);
void person_release(struct person *p);

/* Whole texts: CSV, one SCIM resource. */
NODISCARD enum err_code people_read_csv(struct reader *r, struct str text, struct err *err);
NODISCARD enum err_code people_scim(struct reader *r, const json_t *user, struct err *err);

#endif
