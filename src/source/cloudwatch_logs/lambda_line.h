/*
 * lambda_line - what the Lambda platform writes into a function's log, as text and as JSON.
 *
 * docs.aws.amazon.com: "Sending Lambda function logs to CloudWatch Logs", "Lambda Telemetry API
 * Event schema reference".
 */
#ifndef SOURCE_CLOUDWATCH_LOGS_LAMBDA_LINE_H
#define SOURCE_CLOUDWATCH_LOGS_LAMBDA_LINE_H

#include "base/arena.h"
#include "base/str.h"

enum lambda_line_kind {
    LAMBDA_NONE, /* nothing of the platform's: the function's own text */
    LAMBDA_START,
    LAMBDA_END,
    LAMBDA_REPORT,
    LAMBDA_INIT,      /* INIT_START, INIT_REPORT, platform.init… */
    LAMBDA_EXTENSION, /* an extension or a telemetry subscription */
    LAMBDA_TIMEOUT,   /* "Task timed out after 3.00 seconds" */
    LAMBDA_TEXT,      /* a line of the function in the platform's layout: time, request id, … */
    LAMBDA_OTHER,     /* another line of the platform's: platform.logsDropped, … */
};

struct lambda_line {
    enum lambda_line_kind kind;
    const char *name; /* "REPORT", "platform.report": static, or "" */
    struct str request_id, version;
    struct str duration_ms, billed_ms, init_ms; /* numbers as text, "" when not told */
    struct str memory_mb, memory_used_mb;
    struct str status;    /* "success", "timeout", "error", "failure", "" not told */
    struct str error;     /* error type: "Runtime.ExitError" */
    struct str extension; /* name */
    struct str region;    /* of the runtime's ARN */
};

/* Texts point into `text` or `a`. False: `a` is full. */
NODISCARD bool lambda_line_read(struct str text, struct arena *a, struct lambda_line *out);

/* Does the text look as if Lambda had written it? Cheap; for recognising. */
bool lambda_line_likely(struct str text);

#endif
