/*
 * intake - files to records, every byte accounted for.
 *
 * A file is recognised by its content: gzip (any number of members), zstd, zip (bounded), plain.
 * What unpacks is split into records: {"Records":[…]}, arrays, JSON lines, several documents in
 * one file, lookup-events output (JSON in the string CloudTrailEvent), EventBridge envelopes
 * (`detail`), CloudWatch Logs payloads (logEvents[].message). BOM, CRLF, no last newline are fine.
 *
 * One bad record never costs its neighbours: the splitter finds the next record and the bytes
 * between are a skipped entry. For every file:
 *     records + framing + unrecognised + skipped = unpacked bytes
 * (a damaged tail of a gzip is a skipped entry in file bytes, unit "file", outside that sum).
 */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "codec/json.h"
#include "model/event.h"
#include "model/result.h"

/* ---- which files ---- */

struct input {
    struct str path; /* as given, or below a directory as given */
    uint64_t size;   /* bytes on disk when listed */
};

struct input_list {
    VEC_OF(struct input);
    uint64_t bytes;
    size_t pruned; /* files left out because their bucket path is older than since_us */
};

/* List files and directories (walked in byte order of path, hidden files included, symbolic links
 * to files followed, to directories not). "-" is standard input. `since_us` prunes files of
 * directories by a .../YYYY/MM/DD/... in the path, a day of slack kept; TIME_NONE: no pruning. ERR_NOTFOUND or
 * ERR_IO name the path. Texts live in `a`. */
NODISCARD enum err_code input_list_build(const struct str *paths, size_t count, int64_t since_us,
                                         struct arena *a, struct input_list *out, struct err *err);

/* ---- records out of one file ---- */

/* What the sink made of a record. */
enum intake_verdict {
    INTAKE_TAKEN,        /* a source recognised it */
    INTAKE_UNRECOGNISED, /* well-formed, of no known source */
    INTAKE_REFUSED       /* recognised, but could not be used: becomes a skipped entry */
};

struct intake_record {
    const struct json_record *json; /* valid during the call */
    struct origin origin;
    struct str raw; /* the outer record as it stands in the file; valid during the call */
};

struct intake_sink {
    void *arg;
    /* `reason` is static text, to be set for UNRECOGNISED and REFUSED. */
    enum intake_verdict (*record)(void *arg, const struct intake_record *r, const char **reason);
};

/* What came of some files. Skipped and unrecognised entries carry the file's index; they are in
 * order of file and offset once account_sort was called. */
struct account {
    uint64_t bytes_read;
    uint64_t bytes_unpacked;
    uint64_t record_bytes;
    uint64_t framing_bytes;
    uint64_t unrecognised_bytes;
    uint64_t skipped_bytes; /* unit "unpacked" only */
    uint64_t records;       /* taken */
    struct {
        VEC_OF(struct skipped);
    } skipped;
    struct {
        VEC_OF(struct unrecognised);
    } unrecognised; /* one per file and reason */
};

NODISCARD bool account_merge(struct account *into, const struct account *from);
void account_sort(struct account *a);
void account_free(struct account *a);

/* Limits; hitting one is a skipped entry that names it. */
struct intake_limits {
    size_t whole_bytes;   /* unpack in one piece up to this, else stream: 24 MiB */
    size_t record_bytes;  /* longest record: 16 MiB */
    uint64_t file_bytes;  /* most unpacked bytes of one file: 64 GiB */
    unsigned ratio;       /* most unpacked bytes per packed byte beyond the first 64 MiB: 2000 */
    unsigned zip_members; /* 10,000 */
};
extern const struct intake_limits intake_limits_default;

/* Ask for the members that tell an envelope from a record, too. With them in the caller's paths one
 * look at a record is enough; without, it takes two. */
NODISCARD enum err_code intake_add_paths(struct json_paths *paths, struct err *err);

/* One worker's buffers; reused from file to file. */
struct intake;
NODISCARD struct intake *intake_new(const struct intake_limits *limits);
void intake_free(struct intake *in);

/* Read one file and hand its records to `sink`, adding to *acc. A file that cannot be opened or
 * read is a skipped entry (length 0), not an error. ERR_NOMEM only. */
NODISCARD enum err_code intake_file(struct intake *in, const struct input *file, uint32_t index,
                                    struct json_scanner *scanner, const struct intake_sink *sink,
                                    struct account *acc, struct err *err);

/* The same over bytes in memory (tests, fuzzing, standard input). */
NODISCARD enum err_code intake_bytes(struct intake *in, struct str bytes, uint32_t index,
                                     struct json_scanner *scanner, const struct intake_sink *sink,
                                     struct account *acc, struct err *err);

/* Read one record's bytes again, for showing evidence: the unpacked bytes [offset, offset+length)
 * of a file, at most `most`. With inner >= 0 the inner message's text. ERR_IO when the file
 * changed or is gone. Text in `a`. */
NODISCARD enum err_code intake_reread(struct intake *in, struct str path,
                                      const struct origin *origin, size_t most, struct arena *a,
                                      struct str *out, struct err *err);

/* Records out of one file, byte for byte. */
struct intake_range {
    uint64_t offset, length; /* in the file's unpacked bytes */
};
struct intake_copy_sink {
    void *arg;
    /* One range. `header`: lines that a line of a text table cannot be read without and that were not
     * handed out yet ("#fields …"), each with its newline; else "". Valid during the call. False: no
     * memory, stop. */
    bool (*record)(void *arg, size_t index, struct str header, struct str bytes);
};
/* Ranges rise and do not overlap. One that the file no longer has, or that overlaps, is not handed
 * out. ERR_IO: the file cannot be read; ERR_NOMEM. */
NODISCARD enum err_code intake_copy(struct intake *in, struct str path,
                                    const struct intake_range *ranges, size_t count,
                                    const struct intake_copy_sink *sink, struct err *err);

/* Tell the kernel that these files are next (posix_fadvise WILLNEED). */
void intake_ahead(const struct input *files, size_t count);

#endif
