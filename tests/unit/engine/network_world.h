/*
 * network_world - bytes through intake and all sources, for the tests of network records.
 */
#ifndef TESTS_ENGINE_NETWORK_WORLD_H
#define TESTS_ENGINE_NETWORK_WORLD_H

#include "intake/intake.h"
#include "tests/unit/source/net_fixture.h"

struct network_world {
    struct json_paths *paths;
    struct json_scanner *scanner;
    unsigned *slots[SOURCES_MAX];
    size_t sources;
    struct intake *intake;
    struct account acc;
    struct arena arena;
    struct buf out; /* a line an event */
    size_t claimed[SOURCES_MAX];
    size_t twice; /* records that two sources are as sure of */
};

void network_init(struct network_world *w);
void network_free(struct network_world *w);

/* Read bytes: w->out, w->claimed, w->twice and w->acc are then of them alone. */
void network_run(struct network_world *w, struct str text);

size_t network_claimed(const struct network_world *w, const char *source);

/* Both give the same events, and nothing is skipped. */
void network_same(struct network_world *w, struct str json, struct str table, const char *what);

#endif
