/*
 * Any bytes as settings: read or refused with a message, and what was read can be asked.
 */
#include <stdint.h>
#include <stdlib.h>

#include "context/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct env *e)
{
    struct ip ip;
    enum range_kind kind;
    if (ip_parse(STR("10.1.2.3"), &ip)) {
        (void)env_range_of(e, &ip, &kind);
    }
    for (size_t i = 0; i < e->accounts.len; i++) {
        if (!env_account_is_ours(e, e->accounts.at[i].id)) {
            abort();
        }
    }
    (void)env_any(&e->crown_jewels, STR("pay-checkout"));
    (void)env_change_required(e, STR("111122223333"));
    (void)env_delay_us(e, STR("aws.cloudtrail"), 0);
    (void)env_threshold(e, STR("x"), 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct context *c = context_new();
    struct err err = {0};
    if (c == NULL) {
        abort();
    }
    struct str text = {(const char *)data, size};
    enum err_code rc = context_load_env_text(c, STR("e"), text, &err);
    if ((rc == ERR_OK) != (err.code == ERR_OK) || (rc != ERR_OK && err.msg[0] == '\0')) {
        abort();
    }
    if (rc == ERR_OK) {
        ask(&c->env);
    }
    context_free(c);
    return 0;
}
