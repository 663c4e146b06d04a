/*
 * policy - an AWS policy document as data: identity, resource, trust, boundary, session and
 * organisation policies have one grammar.
 *
 * Strict: an element that does not exist, one given twice, one that is missing, an operator that
 * does not exist are refused, with the statement's number and the remedy. Names of elements are
 * taken in any case, as AWS takes them.
 */
#ifndef IAM_POLICY_H
#define IAM_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/str.h"

enum {
    IAM_POLICY_BYTES_MAX = 1024 * 1024, /* AWS's own largest is 20 KiB (a bucket policy) */
    IAM_STATEMENTS_MAX = 4096,
    IAM_VALUES_MAX = 20000 /* in one list */
};

struct iam_list {
    const struct str *at;
    size_t len;
};

enum iam_operator {
#define IAM_OPERATOR(id, name, negated) IAM_OP_##id,
#include "iam/operator.def"
#undef IAM_OPERATOR
    IAM_OP_MAX_
};
const char *iam_operator_name(enum iam_operator op); /* "StringEquals" */
bool iam_operator_is_negated(enum iam_operator op);  /* StringNotEquals and its like */

enum iam_quantifier { IAM_SINGLE, IAM_FOR_ANY, IAM_FOR_ALL };

struct iam_condition {
    enum iam_operator op;
    enum iam_quantifier quantifier;
    bool if_exists;
    struct str key; /* "aws:SourceIp"; names are compared in any case */
    struct iam_list values;
};

enum iam_effect { IAM_DENY, IAM_ALLOW };

enum iam_principal_kind {
    IAM_PRINCIPAL_AWS, /* ARN, account number, "*" */
    IAM_PRINCIPAL_SERVICE,
    IAM_PRINCIPAL_FEDERATED,
    IAM_PRINCIPAL_CANONICAL,
    IAM_PRINCIPAL_MAX_
};

struct iam_statement {
    struct str sid;  /* "" when it has none */
    unsigned number; /* from 1, as it stands in the document */
    enum iam_effect effect;
    bool has_principal, not_principal;
    struct iam_list principals[IAM_PRINCIPAL_MAX_]; /* `"Principal": "*"` is AWS: "*" */
    bool not_action;
    struct iam_list actions;
    bool has_resource, not_resource;
    struct iam_list resources; /* ARNs that lack fields are filled up with `*`, as AWS does */
    const struct iam_condition *conditions;
    size_t condition_count;
};

struct iam_policy {
    struct str name; /* whose document: path, ARN or name; for explanations */
    bool variables;  /* Version 2012-10-17: ${…} is replaced */
    const struct iam_statement *statements;
    size_t statement_count;
};

/* `text` is JSON, or JSON in percent-encoding as the API hands it out. All of *out lives in `a`.
 * ERR_SYNTAX, ERR_SCHEMA, ERR_LIMIT, ERR_NOMEM. */
NODISCARD enum err_code iam_policy_parse(struct str name, struct str text, struct arena *a,
                                         struct iam_policy *out, struct err *err);

/* Several policies of one kind. */
struct iam_policy_set {
    const struct iam_policy *const *at;
    size_t len;
};

#endif
