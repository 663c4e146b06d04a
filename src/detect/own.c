#include "detect/own.h"

#include "detect/arn.h"

bool own_account(const struct detect_view *v, struct str account)
{
    if (account.len == 0) {
        return false;
    }
    if (str_eq(account, v->event->account)) {
        return true;
    }
    return v->inventory != NULL && inventory_account_is_ours(v->inventory, account);
}

static bool in_force(const struct env_vendor *vendor, const struct event *e)
{
    return vendor->until_us == TIME_NONE ||
           (e->time_us != TIME_NONE && e->time_us <= vendor->until_us);
}

static bool covers(const struct env_vendor *vendor, const struct event *e, struct str principal,
                   struct str action)
{
    return in_force(vendor, e) && principal.len > 0 && env_any(&vendor->principals, principal) &&
           env_any(&vendor->actions, action);
}

enum owner own_of(const struct detect_view *v, struct str principal, struct str action)
{
    struct str account = arn_account(principal);
    if (own_account(v, account)) {
        return OWNER_OURS;
    }
    const struct env *env = &v->context->env;
    for (size_t i = 0; i < env->vendors.len; i++) {
        const struct env_vendor *vendor = &env->vendors.at[i];
        if (covers(vendor, v->event, principal, action) ||
            covers(vendor, v->event, account, action)) {
            return OWNER_VENDOR;
        }
    }
    return account.len > 0 ? OWNER_FOREIGN : OWNER_UNKNOWN;
}

bool own_vendor_layer(const struct detect_view *v, struct str account)
{
    const struct env *env = &v->context->env;
    for (size_t i = 0; i < env->vendors.len; i++) {
        const struct env_vendor *vendor = &env->vendors.at[i];
        if (in_force(vendor, v->event) && env_any(&vendor->layer_accounts, account)) {
            return true;
        }
    }
    return false;
}

bool own_vendor_sink(const struct detect_view *v, struct str arn)
{
    const struct env *env = &v->context->env;
    for (size_t i = 0; i < env->vendors.len; i++) {
        const struct env_vendor *vendor = &env->vendors.at[i];
        if (in_force(vendor, v->event) && env_any(&vendor->log_sinks, arn)) {
            return true;
        }
    }
    return false;
}

bool own_vendor_actor(const struct detect_view *v)
{
    const struct env *env = &v->context->env;
    const struct event *e = v->event;
    for (size_t i = 0; i < env->vendors.len; i++) {
        const struct env_vendor *vendor = &env->vendors.at[i];
        if (covers(vendor, e, e->who.principal, e->action) ||
            covers(vendor, e, e->who.role, e->action) ||
            (e->actor != NULL && covers(vendor, e, e->actor->root, e->action))) {
            return true;
        }
    }
    return false;
}
