/*
 * attack - numbers of ATT&CK before and since its edition 19 (content/attack/aliases.tsv).
 *
 * Rules bring either; all that is compared and told uses the old ones, and names the new beside.
 */
#ifndef MODEL_ATTACK_H
#define MODEL_ATTACK_H

#include "base/str.h"

/* "T1685.002" to "T1562.008", "stealth" to "defense-evasion"; without regard to case. What is no new
 * number stays as it is. */
struct str attack_old(struct str id);
/* "T1562.008" to "T1685.002"; "" when the number is the same in both. */
struct str attack_new(struct str id);

#endif
