/*
 * catalog - the actions of AWS and their access levels: content/iam/actions.tsv.
 *
 * An action is a number below iam_catalog_count; the numbers of a service follow each other.
 */
#ifndef IAM_CATALOG_H
#define IAM_CATALOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"
#include "iam/policy.h"

enum iam_level { IAM_LIST, IAM_READ, IAM_TAGGING, IAM_WRITE, IAM_PERMISSIONS, IAM_LEVEL_MAX_ };
const char *iam_level_name(enum iam_level l); /* "permissions management" */
/* What one action of this level adds to the permissiveness score, before breadth. */
double iam_level_weight(enum iam_level l);

struct iam_action {
    struct str name; /* "lambda:UpdateFunctionCode" */
    uint32_t service;
    enum iam_level level;
};

struct iam_service {
    struct str name; /* "lambda" */
    uint32_t first, count;
};

struct iam_catalog;

/* `text` is copied. ERR_SCHEMA names the line; ERR_NOMEM. */
NODISCARD enum err_code iam_catalog_load(struct str text, struct iam_catalog **out,
                                         struct err *err);
void iam_catalog_free(struct iam_catalog *c);

size_t iam_catalog_count(const struct iam_catalog *c);
const struct iam_action *iam_catalog_at(const struct iam_catalog *c, size_t i);
size_t iam_catalog_services(const struct iam_catalog *c);
const struct iam_service *iam_catalog_service(const struct iam_catalog *c, size_t i);

/* Set the bits of the actions that the statement is about (NotAction: of all others). `bits` has
 * iam_catalog_words words. Cost: a pattern looks at its service only, unless that has a wildcard. */
size_t iam_catalog_words(const struct iam_catalog *c);
void iam_catalog_mark(const struct iam_catalog *c, const struct iam_statement *s, uint64_t *bits);

static inline bool iam_marked(const uint64_t *bits, size_t i)
{
    return (bits[i / 64] >> (i % 64) & 1U) != 0;
}

#endif
