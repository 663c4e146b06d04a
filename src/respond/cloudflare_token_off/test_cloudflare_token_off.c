#include "respond/test_fixture.h"

extern const struct respond_ops respond_cloudflare_token_off;

static void fill(struct fx *f)
{
    struct event *e = fx_worker(f, "CreateToken");
    e->service = STR("cloudflare.iam");
    e->name = STR("POST accounts/{account}/tokens");
    e->kind = EVENT_IDENTITY;
    fx_attr(f, e, ATTR_TARGET_KEY, "tok-1");
}

static void check(const struct plan_step *s)
{
    FX_HAS(s->commands, "/tokens/'tok-1'");
    FX_HAS(s->commands, "disabled");
    FX_HAS(s->undo, "active");
}

/* What makes the action needless. */
static void spoil(struct fx *f)
{
    f->events[0].outcome = OUTCOME_DENIED;
}

int main(void)
{
    const struct fx_action action = {
        .ops = &respond_cloudflare_token_off,
        .name = "cloudflare_token_off",
        .target = "tok-1",
        .fill = fill,
        .check = check,
        .spoil = spoil,
    };
    return fx_run(&action);
}
