/*
 * doctor - what this build has and whether it is whole.
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include "base/buf.h"
#include "model/content.h"

/* The versions of the libraries (doctor.c: apart from cmd_doctor.c, because jansson.h and
 * codec/json.h use the same names). */
void doctor_libraries(struct buf *out);

/* The rules inside the program and the playbook among `files` (ends with a path of NULL): how many,
 * or why they do not load and what to do. True: both load. */
bool doctor_content(struct buf *out, const struct content *files);

/* The whole page; true: all is well. */
bool doctor_page(struct buf *out);

#endif
