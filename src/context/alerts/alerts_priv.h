/*
 * alerts_priv - what the formats of alerts share.
 */
#ifndef CONTEXT_ALERTS_ALERTS_PRIV_H
#define CONTEXT_ALERTS_ALERTS_PRIV_H

#include "context/jtree.h"
#include "context/read.h"
#include "context/table.h"

enum { ALERTS_COLUMNS = 9 };
extern const struct column alerts_columns[]; /* the canonical table */

/* Add. Owns the lists of *a from here on, also on failure. ERR_SYNTAX: no time. */
NODISCARD enum err_code alert_add(struct reader *r, struct alert *a, struct err *err);
void alert_release(struct alert *a);

/* The first of these texts that is a time. ERR_SYNTAX when none is. */
NODISCARD enum err_code alert_time(struct reader *r, const struct str *texts, size_t count,
                                   int64_t *out, struct err *err);

NODISCARD enum err_code alerts_read_csv(struct reader *r, struct str text, struct err *err);
NODISCARD enum err_code alerts_guardduty(struct reader *r, const json_t *finding, struct err *err);
NODISCARD enum err_code alerts_securityhub(struct reader *r, const json_t *finding,
                                           struct err *err);
/* A finding in OCSF, whatever product it is of. */
bool alerts_is_ocsf(const json_t *j);
NODISCARD enum err_code alerts_ocsf(struct reader *r, const json_t *finding, struct err *err);
/* An object with a `finding`. */
NODISCARD enum err_code alerts_scc(struct reader *r, const json_t *finding, struct err *err);
/* A line of eve.json; lines that are no alerts are passed over. */
NODISCARD enum err_code alerts_suricata(struct reader *r, const json_t *line, struct err *err);

#endif
