/*
 * serverless_host - what the files of this folder share.
 */
#ifndef DETECT_SERVERLESS_HOST_H
#define DETECT_SERVERLESS_HOST_H

#include "base/str.h"

/* A label of 20 bytes or more whose letters follow each other as they do in no language: less
 * likely, letter by letter, than 99 of 100 names. */
bool label_is_random(struct str label);

/* Hosts of the EvilTokens kit: "name-a1b.someone-s-account.workers.dev", "name-a1b.up.railway.app". */
bool host_is_kit(struct str host);

#endif
