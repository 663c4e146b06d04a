#include "respond/test_fixture.h"

extern const struct respond_ops respond_host_isolate;

static struct detection detection = {.id = STR_INIT("faaswatch.beacon"), .ref = STR_INIT("D70")};
static struct finding finding;

static void fill(struct fx *f)
{
    struct event *e = fx_event(f, "contact");
    e->kind = EVENT_TRAFFIC;
    e->function = (struct function_key){0};
    e->address = STR("10.9.1.78");
    fx_attr(f, e, ATTR_URL, "x1.evil.workers.dev");
    fx_attr(f, e, ATTR_PLATFORM, "cloudflare");
    VEC_FREE(&finding.events);
    finding = (struct finding){.detection = &detection, .severity = SEVERITY_HIGH};
    assert_true(VEC_PUSH(&finding.events, (const struct event *)e));
    assert_true(VEC_PUSH(&f->file.findings, &finding));
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "nft add element inet filter quarantine '{' '10.9.1.78' '}'");
    FX_HAS(s->undo, "nft delete element");
    FX_HAS(s->before, "keep its memory first");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    finding.severity = SEVERITY_MEDIUM; /* not enough to take somebody's host away */
    (void)f;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_host_isolate,
        .name = "host_isolate",
        .target = "10.9.1.78",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    int rc = fx_run(&action);
    VEC_FREE(&finding.events);
    return rc;
}
