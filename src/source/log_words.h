/*
 * log_words - what in a line of a function's own log is worth remembering: the host of a URL it
 * names, and words that attackers use.
 *
 * Cost: one pass over the line; lines are looked at up to LOG_WORDS_LINE_MAX bytes.
 */
#ifndef SOURCE_LOG_WORDS_H
#define SOURCE_LOG_WORDS_H

#include "base/arena.h"
#include "base/str.h"

enum { LOG_WORDS_LINE_MAX = 4096, LOG_WORDS_SHOWN_MAX = 160 };

struct log_words {
    struct str host; /* of its first URL, lower case, without port and user; "" when none */
    struct str
        line; /* the part about the first such word, what has digits masked as "#"; "" none */
};

/* False: `a` is full. */
NODISCARD bool log_words_of(struct str line, struct arena *a, struct log_words *out);

#endif
