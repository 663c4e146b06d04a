#include "respond/test_fixture.h"

extern const struct respond_ops respond_cloudflare_member_out;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "AddMember");
    e->service = STR("cloudflare.iam");
    e->kind = EVENT_IDENTITY;
    fx_attr(f, e, ATTR_TARGET_USER, "new@evil.example");
    fx_attr(f, e, ATTR_RESOURCE_ID, "m-1");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "/members/'m-1'");
    FX_HAS(s->undo, "{\"email\":\"new@evil.example\"}");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_cloudflare_member_out,
        .name = "cloudflare_member_out",
        .target = "new@evil.example",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
