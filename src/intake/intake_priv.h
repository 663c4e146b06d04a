/*
 * intake_priv - what one worker holds.
 */
#ifndef INTAKE_INTAKE_PRIV_H
#define INTAKE_INTAKE_PRIV_H

#include "intake/framer.h"
#include "intake/unpack.h"

struct intake {
    struct intake_limits limits;
    struct unpack unpack;
    struct framer framer;
};

#endif
