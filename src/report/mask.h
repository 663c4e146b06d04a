/*
 * mask - secrets out of every report.
 *
 * Replaced by "[masked]": secret access keys and session tokens, bearer and basic credentials,
 * JSON web tokens, tokens of known shape (GitHub, GitLab, Slack, Google, Stripe, npm, …), private
 * key blocks, passwords in URLs, the value of anything named like a secret ("password=…",
 * "client_secret": "…"), and all values of environment variables of a function.
 * Shortened: access key ids, "ASIA…Q3": enough to tell two apart.
 *
 * Works on text as it comes, JSON inside JSON too (\"password\":\"…\"). What is masked already is
 * left as it is. A text is a name's neighbour, not a proof: a secret without a name and without a
 * known shape cannot be told from an identifier.
 */
#ifndef REPORT_MASK_H
#define REPORT_MASK_H

#include "base/buf.h"
#include "base/str.h"

void mask_add(struct buf *out, struct str text);

/* For commands to copy: the access key id after --access-key-id stays whole, it is what the command
 * acts on. */
void mask_add_command(struct buf *out, struct str text);

#endif
