/*
 * function_name - the function that a record is about.
 *
 * Names come bare, with an alias, with an account in front, as partial or full ARN, with or
 * without a qualifier. The key is the same for all of them.
 */
#ifndef SOURCE_CLOUDTRAIL_FUNCTION_NAME_H
#define SOURCE_CLOUDTRAIL_FUNCTION_NAME_H

#include "source/cloudtrail/extract.h"

struct ct_function {
    struct str region;    /* "" when the text does not say */
    struct str account;   /* "" when the text does not say */
    struct str name;      /* never empty */
    struct str qualifier; /* version or alias, or "" */
};

/* Any of the spellings of Lambda's FunctionName, and ARNs of web functions. False when it names
 * something else (a layer, a mapping) or nothing. */
NODISCARD bool ct_function_parse(struct str text, struct ct_function *out);

/* The next ARN of a Lambda function in any text (integration URIs, notification settings, raw
 * JSON). Takes what was read off the front of *text. */
NODISCARD bool ct_function_next(struct str *text, struct str *out_arn);

/* Set the event's function and qualifier from where Lambda's own calls name it. */
void ct_lambda_subject(struct ct_extract *x);

/* Set the event's function, once: a second call does nothing. */
void ct_set_function(struct ct_extract *x, struct str text);

#endif
