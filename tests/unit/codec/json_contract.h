/*
 * json_contract - what must hold for any text at all. Used by the tests and the fuzz target.
 */
#ifndef TESTS_JSON_CONTRACT_H
#define TESTS_JSON_CONTRACT_H

#include "json_oracle.h"
#include "json_trio.h"

enum { CONTRACT_SLOTS = 9 };

struct contract {
    struct json_paths *some;
    struct json_paths *every;
    struct trio plain; /* some paths, full extraction */
    struct trio yes;   /* the same, lazy, everything wanted */
    struct trio no;    /* the same, lazy, nothing wanted */
    struct trio all;   /* the same paths, everything wanted and strict */
};

static inline bool contract_yes(void *arg, struct str a, struct str b)
{
    (void)arg;
    return a.len + b.len < SIZE_MAX;
}

static inline bool contract_no(void *arg, struct str a, struct str b)
{
    return !contract_yes(arg, a, b);
}

static inline struct json_paths *contract_paths(void)
{
    /* Slots 0 to 4 are at the top level. */
    static const char *const names[CONTRACT_SLOTS] = {
        "a", "b", "c", "eventSource", "eventName", "a.b", "a.b.c", "b.a", "userIdentity.type"};
    struct json_paths *p = json_paths_new();
    for (unsigned i = 0; p != NULL && i < CONTRACT_SLOTS; i++) {
        unsigned slot = 0;
        if (json_paths_add_dotted(p, str_of(names[i]), &slot, NULL) != ERR_OK || slot != i) {
            abort();
        }
    }
    if (p == NULL) {
        abort();
    }
    json_paths_decide(p, 3, 4);
    return p;
}

static inline void contract_open(struct contract *c)
{
    c->some = contract_paths();
    c->every = contract_paths();
    json_paths_want_all(c->every);
    trio_open(&c->plain, c->some, CONTRACT_SLOTS);
    trio_open(&c->yes, c->some, CONTRACT_SLOTS);
    trio_open(&c->no, c->some, CONTRACT_SLOTS);
    trio_open(&c->all, c->every, CONTRACT_SLOTS);
    trio_wanted(&c->yes, contract_yes, NULL);
    trio_wanted(&c->no, contract_no, NULL);
}

static inline void contract_close(struct contract *c)
{
    trio_close(&c->plain);
    trio_close(&c->yes);
    trio_close(&c->no);
    trio_close(&c->all);
    json_paths_free(c->some);
    json_paths_free(c->every);
}

/* A value that nobody asked for can hide a fault, but not from those who asked for more. */
static inline const char *contract_compare(const struct contract *c)
{
    const struct scanned *plain = &c->plain.got[JSON_PORTABLE];
    const struct scanned *no = &c->no.got[JSON_PORTABLE];
    const struct scanned *all = &c->all.got[JSON_PORTABLE];
    if (same_scan(plain, &c->yes.got[JSON_PORTABLE], CONTRACT_SLOTS) != NULL) {
        return "the lazy scan of a wanted record differs";
    }
    if (all->status == JSON_OK && same_scan(all, plain, CONTRACT_SLOTS) != NULL) {
        return "the strict scan differs";
    }
    if (plain->status != JSON_OK) {
        return NULL;
    }
    if (no->status != JSON_OK || no->used != plain->used) {
        return "the shallow scan differs";
    }
    for (unsigned slot = 0; slot < 5; slot++) {
        if (!same_view(json_got(&plain->record, slot), json_got(&no->record, slot))) {
            return "a top-level view of the shallow scan differs";
        }
    }
    return NULL;
}

/* Is the whole text one value? By json_check, the strict scan and jansson. */
static inline const char *contract_judge(const struct contract *c, struct str text)
{
    const struct scanned *all = &c->all.got[JSON_PORTABLE];
    struct json_fault fault = {0, ""};
    enum json_status status = json_check(text, &fault);
    struct str rest = str_from(text, all->used);
    bool whole = all->status == JSON_OK && str_trim(rest).len == 0;
    if (whole != (status == JSON_OK)) {
        return "json_check and the strict scan differ";
    }
    if (status != JSON_OK && fault.offset > text.len) {
        return "a fault behind the end";
    }
    json_t *value = NULL;
    const char *wrong = oracle_verdict(text, status, fault.offset, &value);
    if (wrong == NULL && value != NULL) {
        wrong = oracle_same(json_view_of(text), value);
    }
    json_decref(value);
    return wrong;
}

/* NULL, or what is broken. */
static inline const char *contract_check(struct contract *c, const char *data, size_t len)
{
    char *text = padded_copy(data, len, len % 2 == 0 ? '"' : '}');
    struct trio *trios[] = {&c->plain, &c->yes, &c->no, &c->all};
    const char *wrong = NULL;
    for (size_t i = 0; i < ARRAY_LEN(trios) && wrong == NULL; i++) {
        wrong = trio_run(trios[i], text, len, 0);
    }
    enum json_status status;
    size_t used = 0;
    if (wrong == NULL) {
        wrong = trio_skip(text, len, 0, &status, &used);
        bool plain = c->plain.got[JSON_PORTABLE].status == JSON_OK;
        if (wrong == NULL && plain && status != JSON_OK) {
            wrong = "json_skip refuses what a scan accepts";
        }
    }
    if (wrong == NULL) {
        wrong = contract_compare(c);
    }
    free(text);
    if (wrong == NULL) { /* from a copy without padding, which these do not need */
        char *bare = malloc(len + 1);
        if (bare == NULL) {
            abort();
        }
        memmove(bare, data, len);
        char *exact = realloc(bare, len == 0 ? 1 : len);
        wrong = contract_judge(c, (struct str){exact, len});
        free(exact);
    }
    return wrong;
}

#endif
