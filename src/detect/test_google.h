/* Events of Google Cloud for the tests of detections. */
#ifndef DETECT_TEST_GOOGLE_H
#define DETECT_TEST_GOOGLE_H

#include "detect/test_fixture.h"

/* A successful call about the service "pay", a minute after the one before, by ana. */
static inline struct event *fx_google(struct fx *f, const char *service, const char *action,
                                      const struct attr *attrs, size_t count)
{
    static const struct actor ana = {
        .root = STR_INIT("ana@example.com"), .kind = IDENTITY_USER, .resolved = true};
    struct event *e = fx_event(f, action, attrs, count);
    e->source = STR("gcp.audit");
    e->service = str_of(service);
    e->account = STR("acme-prod");
    e->region = STR("europe-west1");
    e->address = STR("198.51.100.7");
    e->function = (struct function_key){.provider = STR("gcp"),
                                        .account = STR("acme-prod"),
                                        .region = STR("europe-west1"),
                                        .name = STR("pay")};
    e->who = (struct identity){.kind = IDENTITY_USER, .principal = STR("ana@example.com")};
    e->actor = &ana;
    return e;
}

#define FX_GOOGLE(f, service, action, ...)                                                         \
    fx_google((f), (service), (action), (const struct attr[]){__VA_ARGS__},                        \
              sizeof((const struct attr[]){__VA_ARGS__}) / sizeof(struct attr))
#define FX_RUN(f, action, ...) FX_GOOGLE(f, "run.googleapis.com", action, __VA_ARGS__)

#endif
