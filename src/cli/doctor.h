/*
 * doctor - the versions of the libraries. Apart from cmd_doctor.c, because jansson.h and
 * codec/json.h use the same names.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/buf.h"

void doctor_libraries(struct buf *out);

#endif
