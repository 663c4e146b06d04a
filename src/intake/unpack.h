/*
 * unpack - a file's bytes to what they unpack to, in windows.
 *
 * Small files are unpacked whole into one window; larger and damaged ones stream through a window
 * of bounded size. What cannot be unpacked becomes a skipped entry in file bytes.
 */
#ifndef INTAKE_UNPACK_H
#define INTAKE_UNPACK_H

#include "codec/gzip.h"
#include "codec/zstd.h"
#include "intake/intake.h"
#include "intake/packed.h"

/* A piece of what a file unpacks to. JSON_PADDING readable bytes stand behind it. */
struct window {
    const char *buf;
    size_t len;
    uint64_t offset; /* of buf[0] in all that the file unpacks to */
    bool last;       /* what comes next, if anything, does not continue this */
};

/* Reusable memory that grows. */
struct room {
    char *ptr;
    size_t cap;
};

struct unpack {
    const struct intake_limits *limits;
    struct gzip *gzip;
    struct zstd *zstd;  /* made when first needed */
    struct room packed; /* file bytes */
    struct room window; /* unpacked bytes */
    struct room member; /* of a zip archive */

    /* Of the file being unpacked. */
    struct packed in;
    uint32_t file;
    struct account *acc;  /* NULL: nobody counts */
    size_t window_now;    /* size of the window for this file */
    size_t filled;        /* bytes in the window */
    uint64_t offset;      /* of the window */
    uint64_t given;       /* unpacked so far */
    uint64_t packed_done; /* file bytes used up before `in`, for the ratio */
    enum err_code failed; /* ERR_NOMEM */
    uint64_t member_at;   /* inside a zip member: where it lies, and */
    uint64_t member_len;  /* its length; 0: not inside one */

    /* Takes a window and returns how many bytes off its front are done with: all of them when
     * `last`; at least one when len is as large as it gets (unpack_window_max). */
    void *arg;
    size_t (*take)(void *arg, const struct window *w);
    bool stop; /* set by the taker: no more is needed */
};

size_t unpack_window_max(const struct intake_limits *limits);

NODISCARD bool unpack_init(struct unpack *u, const struct intake_limits *limits);
void unpack_free(struct unpack *u);

/* Unpack a file (NULL bytes: `fd`, of `size` bytes, UINT64_MAX when not known) or bytes in memory.
 * arg, take, file and acc are set by the caller. ERR_NOMEM only; reading errors are skipped
 * entries. */
NODISCARD enum err_code unpack_run(struct unpack *u, int fd, uint64_t size,
                                   const struct str *bytes);

/* For the unpackers: room in the window, hand it on, note what was lost. */
NODISCARD bool unpack_room(struct unpack *u, char **out, size_t *room); /* never zero room */
void unpack_gave(struct unpack *u, size_t n); /* n bytes were written there */
void unpack_flush(struct unpack *u, bool last);
/* File bytes that did not unpack. Inside a zip member it is the member that is named. */
void unpack_lost(struct unpack *u, uint64_t offset, uint64_t length, const char *reason);
/* Is a limit on what one file may unpack to reached? Then the rest is noted as lost. */
bool unpack_too_much(struct unpack *u);

/* Memory for `bytes` bytes and padding, and how many there is memory for. */
NODISCARD bool unpack_grow(struct room *r, size_t bytes);
size_t unpack_cap(const struct room *r);

void unpack_dispatch(struct unpack *u); /* u->in, by its content */
void unpack_gzip_stream(struct unpack *u);
void unpack_zip(struct unpack *u);

#endif
