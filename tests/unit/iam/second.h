/*
 * second - a second evaluator for tests: from the JSON text, by trees and recursion, two-valued,
 * with all keys known. Slow, and as close to the words of AWS's guide as it gets.
 */
#ifndef TESTS_IAM_SECOND_H
#define TESTS_IAM_SECOND_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct second_request {
    const char *action, *resource;
    const char *user, *account; /* who asks: a user's ARN, its account */
    const char *resource_account;
    json_t *keys; /* object: name (lower case) to array of texts */
};

struct second_policies {
    const json_t *identity, *boundary, *organisation, *resource; /* NULL: none */
};

bool second_allows(const struct second_policies *p, const struct second_request *r);

#endif
