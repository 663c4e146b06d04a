#include "model/arithmetic.h"

const char *item_fate_name(enum item_fate f)
{
    static const char *const names[FATE_MAX_] = {"counted", "explained", "weaker", "refused"};
    return (unsigned)f < FATE_MAX_ ? names[f] : "";
}
