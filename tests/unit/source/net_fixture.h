/*
 * net_fixture - a record through the scanner and one source, for the tests of network sources.
 */
#ifndef TESTS_SOURCE_NET_FIXTURE_H
#define TESTS_SOURCE_NET_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "model/flow.h"
#include "source/source.h"

struct net_fixture {
    const struct source_ops *ops;
    struct json_paths *paths;
    struct json_scanner *scanner;
    unsigned slot[256];
    struct json_record json;
    struct arena arena;
    char *buf;
};

void net_fixture_init(struct net_fixture *f, const struct source_ops *ops);
void net_fixture_free(struct net_fixture *f);

/* How sure the source is that this text is a record of its own. */
int net_probe(struct net_fixture *f, const char *text);

/* Scan and parse `text`, which must be ours. */
struct event net_event(struct net_fixture *f, const char *text);

/* An event in one line, for comparing: kind, time, sides, names, counts, answers. */
void net_describe(const struct event *e, struct buf *out);
void net_expect(const struct event *e, const char *want);

/* Parse `text` with ever more memory until it fits: it fails cleanly, then gives `want`. */
void net_squeeze(struct net_fixture *f, const char *text, const char *want);

#endif
