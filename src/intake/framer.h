/*
 * framer - splits what a file unpacks to into records, and says what every byte was.
 *
 * Works on windows: of each it takes what it can decide about and asks to see the rest again with
 * more behind it. Containers (arrays, envelopes) that are open are a small stack, so a file of any
 * size needs no more than one record in memory.
 *
 * framer.c walks containers, envelope.c knows the wrappings of records, text_line.c is for lines of
 * text tables, recover.c finds the way behind what is not well-formed.
 */
#ifndef INTAKE_FRAMER_H
#define INTAKE_FRAMER_H

#include "base/buf.h"
#include "intake/intake.h"
#include "intake/table.h"
#include "intake/unpack.h"

enum { FRAMES_MAX = 16, FRAME_KEY_MAX = 64, LOG_HEAD_TEXT_MAX = 4096 };

enum frame_kind {
    FRAME_TOP,   /* documents one after another */
    FRAME_ARRAY, /* elements */
    FRAME_OBJECT /* members of an envelope */
};

/* A container that is open. */
struct frame {
    enum frame_kind kind;
    bool messages;   /* ARRAY: elements are log events with a text `message` */
    bool payload;    /* OBJECT: a CloudWatch Logs payload */
    bool rows;       /* ARRAY: elements are rows of Logs Insights */
    int32_t index;   /* messages: of the next one */
    uint64_t offset; /* messages: the payload that they are in */
    uint64_t length; /* 0: not known, each message then stands for itself */
    uint8_t key_len; /* first key of the first record seen in here, for finding others */
    char key[FRAME_KEY_MAX];
};

/* Bytes being skipped. */
struct skip {
    bool active;
    bool all;        /* to the end */
    bool balance;    /* ends behind the value that it begins with */
    bool candidates; /* ends before what looks like a record */
    bool line;       /* ends before the next line feed */
    bool in_string, escaped, begun;
    char raw;  /* last byte seen */
    char mark; /* last byte that is not white space */
    uint64_t start;
    uint64_t depth;
    uint64_t records;
    const char *reason;
};

/* Slots of the members that tell an envelope from a record. */
enum envelope_slot {
    SLOT_RECORDS,
    SLOT_EVENTS,
    SLOT_LOG_EVENTS,
    SLOT_MESSAGE_TYPE,
    SLOT_MESSAGE,
    SLOT_CLOUDTRAIL_EVENT,
    SLOT_DETAIL_TYPE,
    SLOT_DETAIL,
    SLOT_DIGEST,
    SLOT_RESULT,
    SLOT_SUCCESS,
    SLOT_ENTRIES,
    SLOT_RECEIVED,
    SLOT_SPEC_VERSION,
    SLOT_DATA,
    SLOT_LOG_GROUP,
    SLOT_LOG_GROUP_NAME,
    SLOT_LOG_STREAM,
    SLOT_LOG_STREAM_NAME,
    SLOT_OWNER,
    SLOT_RESULTS,
    SLOT_LOG_LIST,
    SLOT_METRICS,
    SLOT_SERIES,
    SLOT_FINDINGS,
    SLOT_VALUE,
    SLOT_LIST,
    SLOT_ITEMS,
    SLOT_WORKERS,
    SLOTS_
};

struct framer {
    const struct intake_limits *limits;

    /* The framer's own look at an object: only the members above. */
    struct json_paths *paths;
    struct json_scanner *own_scanner;
    unsigned slot[SLOTS_];
    enum json_variant variant;
    struct json_record *own;    /* what it found */
    struct json_record *record; /* what the caller's scanner found */
    struct arena arena;         /* a message being decoded */
    struct buf inner;           /* the same, padded for the scanner */
    struct buf log_head;        /* members of the payload at hand that its log events need */
    struct buf line;            /* a log event with them, padded */
    bool function_log;          /* the payload is what a function wrote */
    bool log_named;             /* it says of which group or stream it is */
    bool flow_log;              /* its stream is one of VPC flow logs */

    /* Of the file. */
    struct json_scanner *scanner;
    bool slots_found; /* framer_find_slots was here; what follows is known */
    bool one_scan;    /* the caller's scanner sees those members too: in these words of `have` */
    unsigned words;
    struct {
        unsigned word;
        uint64_t bits;
    } envelope[SLOTS_];
    const struct intake_sink *sink;
    struct account *acc;
    uint32_t file;
    bool failed; /* no memory */

    struct frame stack[FRAMES_MAX];
    unsigned depth; /* of the innermost frame */
    bool fresh;     /* nothing of this text was seen yet */
    bool cut;       /* it ended inside something that was skipped */
    struct skip skip;
    uint64_t zeros;    /* length of the run of zero bytes that we are in */
    uint64_t faults;   /* in this file */
    uint64_t wasted;   /* bytes looked at in vain */
    const char *known; /* what the record at hand is, should no source know it */
    bool log_text;     /* lines of a log that a program wrote: nothing else is read from here on */
    bool first_line;   /* the line at hand may be a header without a mark: nothing came before it */
    struct table table;
    struct table shape[TABLE_SHAPES]; /* active: made for this scanner */

    /* The window in hand. */
    const char *buf;
    size_t len;
    size_t at;
    uint64_t base; /* of buf[0] */
    bool last;
};

enum framer_step {
    STEP_ON,
    STEP_MORE
}; /* MORE: decide when there is more to see; never when last */
enum bytes { BYTES_RECORD, BYTES_FRAMING, BYTES_UNRECOGNISED, BYTES_SKIPPED };

extern const char framer_reason_long[];
extern const char framer_reason_none[];

NODISCARD bool framer_init(struct framer *f, const struct intake_limits *limits);
void framer_free(struct framer *f);

void framer_begin(struct framer *f, uint32_t file, struct json_scanner *scanner,
                  const struct intake_sink *sink, struct account *acc);

/* Take a window; how many bytes off its front are done with. When `failed`, stop. */
size_t framer_take(struct framer *f, const struct window *w);

/* ---- between the parts ---- */

/* Move on over `n` bytes, which were `what`. */
void framer_count(struct framer *f, size_t n, enum bytes what);

/* Hand `json` to the sink. The next `n` bytes are its, whatever the sink makes of it. */
void framer_emit(struct framer *f, const struct json_record *json, const struct origin *origin,
                 struct str raw, size_t n);

/* The same, but what no source knows is left: false, and nothing is counted. */
bool framer_offer(struct framer *f, const struct json_record *json, const struct origin *origin,
                  struct str raw, size_t n, const char **reason);

/* The next `n` bytes are well-formed and no record of ours. */
void framer_unrecognised(struct framer *f, size_t n, const char *reason);

/* The next `n` bytes were one record and cannot be used. */
void framer_refuse(struct framer *f, size_t n, const char *reason);

/* Open an envelope or array whose bracket stands at `bracket`; all up to there is framing. */
void framer_open(struct framer *f, size_t bracket, const struct frame *object,
                 const struct frame *array);

/* The record at hand, as it stands. */
enum framer_step framer_record(struct framer *f);

/* Where the caller's scanner has the members that tell an envelope from a record, if it has all. */
void framer_find_slots(struct framer *f);

/* Scanning the value at hand failed: wait for more of it, or begin to skip it. */
enum framer_step framer_fault(struct framer *f, enum json_status status,
                              const struct json_fault *fault);

/* Not JSON at hand: a line of a table, of its header, or nothing of ours. */
enum framer_step text_line(struct framer *f);
/* A line at hand, in a table. */
enum framer_step text_table(struct framer *f);
/* A line at hand, in a log that a program wrote. */
enum framer_step text_log(struct framer *f);
/* A log message that is not JSON. True when it was a line of a table, and was emitted: `n` bytes are
 * its. */
bool text_message(struct framer *f, struct str text, size_t n, const struct origin *origin,
                  struct str raw);

enum look { LOOK_NO, LOOK_YES, LOOK_MORE };
/* Does a table or a line of one begin at `i`? */
enum look text_begins(struct framer *f, size_t i);

/* An object at hand: whatever it may be. */
enum framer_step envelope_object(struct framer *f);
/* Offer the record that a string holds. False: it holds none that a source knows, and nothing is
 * counted. */
bool envelope_message(struct framer *f, struct json_view text, size_t n,
                      const struct origin *origin, struct str raw);
/* A member at hand, in an envelope that is open. */
enum framer_step envelope_member(struct framer *f);

/* Log lines (log_line.c). The payload whose log events come next: take what names it from the look
 * at hand, or forget the last one. */
void log_head_take(struct framer *f);
/* The same where that look came to no end: from what stands before the list's bracket. */
void log_head_walk(struct framer *f, size_t bracket);
void log_head_forget(struct framer *f);
/* Who wrote a log event? What a function wrote is never read as another log, and where neither group
 * nor stream is told it may be a function's. LOG_OF_INTERFACE: VPC flow logs, in whatever format. */
enum log_author { LOG_OF_OTHERS, LOG_OF_INTERFACE, LOG_OF_FUNCTION, LOG_NOT_TOLD };
/* Of the log event in the look at hand. */
enum log_author log_author_of_event(const struct framer *f);
/* The log event `event` as a record of its own. */
void log_line(struct framer *f, struct str event, size_t n, const struct origin *origin,
              struct str raw, enum log_author author);
/* Is the array at this bracket a row of Logs Insights, or a list of such? */
bool log_is_row(const struct framer *f, size_t bracket);
bool log_is_rows(const struct framer *f, size_t bracket);
/* The row at hand. */
enum framer_step log_row(struct framer *f);

/* Count a fault. False: there were too many, and all that follows is being skipped. Whatever notes
 * a skipped entry of its own asks first: entries are memory that a hostile file must not choose. */
bool recover_allowed(struct framer *f);
/* Begin to skip at hand. */
void recover_begin(struct framer *f, const char *reason, uint64_t records, bool balance,
                   bool candidates);
/* The rest of the line at hand, which was one record. */
void recover_line(struct framer *f, const char *reason);
/* All that follows. */
void recover_all(struct framer *f, const char *reason);
enum framer_step recover_on(struct framer *f);
void recover_end(struct framer *f); /* no more is skipped from here on */
/* Remember how records begin here. */
void recover_learn(struct framer *f, size_t object);

/* First byte at or behind `i` that is no white space, or len. */
static inline size_t framer_space(const struct framer *f, size_t i)
{
    while (i < f->len && chr_is_space(f->buf[i])) {
        i++;
    }
    return i;
}

static inline struct frame *framer_top(struct framer *f)
{
    return &f->stack[f->depth];
}

#endif
