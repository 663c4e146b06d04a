/* Calls of Google Cloud, for the tests of its actions. */
#ifndef RESPOND_TEST_GOOGLE_H
#define RESPOND_TEST_GOOGLE_H

#include "respond/test_fixture.h"

/* A successful call by ana on the service "pay" of acme-prod; change what differs. */
static inline struct event *fx_google(struct fx *f, const char *service, const char *action)
{
    struct event *e = fx_event(f, action);
    e->source = STR("gcp.audit");
    e->service = str_of(service);
    e->account = STR("acme-prod");
    e->region = STR("europe-west1");
    e->function =
        (struct function_key){STR("gcp"), STR("acme-prod"), STR("europe-west1"), STR("pay")};
    f->file.functions.at[0] = e->function;
    e->who = (struct identity){
        .kind = IDENTITY_USER, .principal = STR("ana@example.com"), .name = STR("ana@example.com")};
    return e;
}

static inline struct event *fx_run_call(struct fx *f, const char *action)
{
    return fx_google(f, "run.googleapis.com", action);
}

#endif
