/*
 * inventory_out - the estate as a table and as JSON (docs/commands/inventory.md).
 */
#ifndef CLI_INVENTORY_OUT_H
#define CLI_INVENTORY_OUT_H

#include "base/buf.h"
#include "engine/estate.h"

/* False: no memory. */
NODISCARD bool inventory_text(struct buf *out, const struct estate *e, unsigned width);
NODISCARD bool inventory_json(struct buf *out, const struct estate *e);

#endif
