/*
 * Any bytes as an earlier result: read or refused with a message, and what was read can be asked.
 */
#include <stdint.h>
#include <stdlib.h>

#include "playbook/previous.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct previous *p)
{
    for (size_t i = 0; i < previous_count(p); i++) {
        const struct previous_case *c = previous_at(p, i);
        if (previous_find(p, c->id) != c || c->priority < 0 || c->priority > 4) {
            abort();
        }
        for (size_t k = 0; k < c->findings.len; k++) {
            if (previous_of_finding(p, c->findings.at[k]) == NULL) {
                abort();
            }
            (void)previous_hits(p, c->findings.at[k]);
        }
    }
    size_t at = 0;
    size_t steps = 0;
    while (previous_escalated(p, STR("198.51.100.7"), &at) != NULL) {
        if (steps++ > 1000000) {
            abort(); /* it ends */
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct previous *p = NULL;
    struct err err = {0};
    struct str text = {(const char *)data, size};
    enum err_code rc = previous_load(STR("old.json"), text, &p, &err);
    if ((rc == ERR_OK) != (err.code == ERR_OK) || (rc != ERR_OK && err.msg[0] == '\0')) {
        abort();
    }
    if (rc == ERR_OK) {
        ask(p);
    }
    previous_free(p);
    return 0;
}
