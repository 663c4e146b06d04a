/*
 * case_facts - from the answers of a case and what lies around it to the facts of the table.
 */
#ifndef PLAYBOOK_CASE_FACTS_H
#define PLAYBOOK_CASE_FACTS_H

#include "playbook/decision.h"
#include "playbook/inquiry.h"

/* The findings behind a fact, for the reason. */
struct case_facts {
    struct decision_facts facts;
    const struct finding *chain;   /* the one that makes, or begins, the chain */
    const struct finding *logging; /* logging was touched */
    const struct finding *bar;     /* forbids closing */
    const struct watched *watched; /* forbids closing, where nothing worse does */
    const struct env_exercise *exercise;
    bool jewel; /* a function of the case is a crown jewel */
};

struct case_facts case_facts_of(const struct inquiry *q);

#endif
