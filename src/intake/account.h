/*
 * account - noting what was skipped and what nobody recognised. See intake.h for struct account.
 */
#ifndef INTAKE_ACCOUNT_H
#define INTAKE_ACCOUNT_H

#include "intake/intake.h"

/* Note a skipped entry. One that continues the last one for the same reason is joined to it, when
 * neither is about a record. False: no memory. The bytes are not counted here. */
NODISCARD bool account_skip(struct account *a, const struct skipped *entry);

/* Note `bytes` bytes of records nobody recognised. False: no memory. */
NODISCARD bool account_unrecognised(struct account *a, uint32_t file, const char *reason,
                                    uint64_t records, uint64_t bytes, uint64_t offset);

#endif
