/*
 * trigger_disable - stop what calls a function: event source mappings, rules, schedules (A4).
 */
#include "respond/draft.h"

static enum err_code mapping(struct case_file *c, const struct event *e, struct arena *a,
                             struct err *err)
{
    struct str source = event_attr_get(e, ATTR_TRIGGER_SOURCE);
    struct draft d;
    draft_begin(&d, c, a, "trigger_disable", source);
    draft_why(&d, "feeds %.*s since this case", STR_ARG(e->function.name));
    draft_breaks(&d,
                 "records of this source wait and grow old; nothing is lost while they are kept");
    DRAFT_READ(&d,
               "aws lambda list-event-source-mappings --function-name {} --event-source-arn {} "
               "--region {}",
               e->function.name, source, e->region);
    DRAFT_COMMAND(&d,
                  "aws lambda update-event-source-mapping --no-enabled --region {} --uuid \"$(aws "
                  "lambda list-event-source-mappings --function-name {} --event-source-arn {} "
                  "--region {} --query 'EventSourceMappings[0].UUID' --output text)\"",
                  e->region, e->function.name, source, e->region);
    DRAFT_UNDO_LINE(&d,
                    "aws lambda update-event-source-mapping --enabled --region {} --uuid \"$(aws "
                    "lambda list-event-source-mappings --function-name {} --event-source-arn {} "
                    "--region {} --query 'EventSourceMappings[0].UUID' --output text)\"",
                    e->region, e->function.name, source, e->region);
    return draft_end(&d, err);
}

static enum err_code rule(struct case_file *c, const struct event *e, struct arena *a,
                          struct err *err)
{
    struct str name = event_attr_get(e, ATTR_RULE);
    struct draft d;
    draft_begin(&d, c, a, "trigger_disable", name);
    draft_why(&d, "the rule was made or changed in this case");
    draft_breaks(&d, "all targets of this rule");
    DRAFT_READ(&d, "aws events describe-rule --name {} --region {}", name, e->region);
    DRAFT_READ(&d, "aws events list-targets-by-rule --rule {} --region {}", name, e->region);
    DRAFT_COMMAND(&d, "aws events disable-rule --name {} --region {}", name, e->region);
    DRAFT_UNDO_LINE(&d, "aws events enable-rule --name {} --region {}", name, e->region);
    return draft_end(&d, err);
}

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        enum err_code rc = ERR_OK;
        if (draft_did(e, "lambda", "CreateEventSourceMapping") &&
            event_has(e, ATTR_TRIGGER_SOURCE)) {
            rc = mapping(c, e, a, err);
        } else if ((draft_did(e, "events", "PutRule") || draft_did(e, "events", "PutTargets")) &&
                   event_has(e, ATTR_RULE)) {
            rc = rule(c, e, a, err);
        }
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_trigger_disable;
const struct respond_ops respond_trigger_disable = {
    .name = "trigger_disable",
    .summary = "stop event source mappings and rules that call a function",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
