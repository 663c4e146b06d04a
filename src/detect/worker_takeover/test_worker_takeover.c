#include "detect/test_sequence.h"

extern const struct detect_ops detect_worker_takeover;

static struct event *cloudflare(struct event *e, struct fx *f)
{
    (void)f;
    e->source = STR("cloudflare.audit_v2");
    e->service = STR("cloudflare.workers");
    return e;
}

/* Made with a token that the account owns: whoever holds it is the actor. */
static struct event *by_token(struct event *e, const char *id)
{
    static const struct actor token = {.root = STR_INIT("token:ab12"), .kind = IDENTITY_ACCOUNT};
    e->who.access_key = str_of(id);
    e->actor = &token;
    return e;
}

static struct event *make(struct fx *f, char letter)
{
    struct event *e;
    switch (letter) {
    case 't':
        return cloudflare(FX_EVENT(f, "CreateToken", FX_ATTR(TARGET_KEY, "ab12")), f);
    case 'r':
        return cloudflare(FX_EVENT(f, "RollToken", FX_ATTR(TARGET_KEY, "ab12")), f);
    case 'd':
        return cloudflare(FX_EVENT(f, "DeleteToken", FX_ATTR(TARGET_KEY, "ab12")), f);
    case 'u':
        return cloudflare(FX_PLAIN(f, "UploadWorker"), f);
    case 'p':
        return cloudflare(FX_EVENT(f, "CreateWorkerRoute", FX_ATTR(ROUTE, "shop.example/*")), f);
    case 'a':
        return cloudflare(FX_PLAIN(f, "AttachWorkerDomain"), f);
    case 'U':
        return by_token(cloudflare(FX_PLAIN(f, "UploadWorker"), f), "ab12");
    case 'P':
        return by_token(cloudflare(FX_PLAIN(f, "UpdateWorkerRoute"), f), "ab12");
    case 'V':
        return by_token(cloudflare(FX_PLAIN(f, "UploadWorker"), f), "cd34");
    case 'D':
        return cloudflare(FX_PLAIN(f, "DeleteWorkerRoute"), f);
    case 'x':
        e = cloudflare(FX_PLAIN(f, "CreateWorkerRoute"), f);
        e->outcome = OUTCOME_DENIED;
        return e;
    case 'z': /* of the same name, at another provider */
        return FX_PLAIN(f, "CreateWorkerRoute");
    default:
        return NULL;
    }
}

static const struct sq_row rows[] = {
    {"tup", 3, SEVERITY_CRITICAL},
    {"rua", 3, SEVERITY_CRITICAL},
    {"tUP", 3, SEVERITY_CRITICAL}, /* the very token, in other hands */
    {"!put", 3, SEVERITY_CRITICAL},
    {"tuupp", 3, SEVERITY_CRITICAL}, /* told once */
    {"up", 0, 0},                    /* a deployment */
    {"tu", 0, 0},
    {"tp", 0, 0},
    {"tpu", 0, 0},
    {"dup", 0, 0},
    {"tVP", 0, 0},
    {"tuD", 0, 0},
    {"tux", 0, 0},
    {"tuz", 0, 0},
    {"t..up", 0, 0},
};

static void set_window(struct fx *f)
{
    sq_window(f, "sq8_minutes", "300");
}

static void test_rows(void **state)
{
    (void)state;
    static const struct sq_row slow = {"t..up", 3, SEVERITY_CRITICAL};
    sq_play(&detect_worker_takeover, rows, ARRAY_LEN(rows), make, NULL);
    sq_play(&detect_worker_takeover, &slow, 1, make, set_window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
