/* What the tests of this folder share: the shipped playbook. */
#ifndef TESTS_UNIT_PLAYBOOK_PLAYBOOK_TEST_H
#define TESTS_UNIT_PLAYBOOK_PLAYBOOK_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "model/content.h"
#include "playbook/playbook.h"
#include "playbook/playbook_data.h"

static inline struct str shipped_text(void)
{
    for (const struct content *c = content_files; c->path != NULL; c++) {
        if (strcmp(c->path, "playbooks/T1584.007.yaml") == 0) {
            return str_make(c->bytes, c->len);
        }
    }
    return STR_EMPTY;
}

static inline struct playbook *shipped_playbook(void)
{
    struct playbook *p = NULL;
    struct err err = {0};
    if (playbook_load(shipped_text(), &p, &err) != ERR_OK) {
        fail_msg("%s", err.msg);
    }
    return p;
}

#endif
