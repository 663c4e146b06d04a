/*
 * intel - what is known about addresses and names: threat-intelligence feeds and provider ranges.
 *
 * TO ADD A FEED FORMAT: make src/intel/<name>/ with <name>.c (defining `const struct intel_ops
 * intel_<name>`), test_<name>.c and README.md.
 *
 * Addresses match by longest prefix, names by label boundary ("evil.example" also matches
 * "a.evil.example", never "notevil.example"). Validity is judged at the time of the event.
 */
#ifndef INTEL_INTEL_H
#define INTEL_INTEL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/vec.h"
#include "model/result.h"

enum intel_class {
    INTEL_UNKNOWN,
    INTEL_C2, /* command and control */
    INTEL_MALWARE,
    INTEL_SCANNER,
    INTEL_ABUSE,      /* spam, brute force, bulk abuse reports */
    INTEL_ANONYMISER, /* Tor, VPN, open proxy */
    INTEL_CLASS_MAX_
};
const char *intel_class_name(enum intel_class c); /* "command and control", … */
NODISCARD bool intel_class_parse(struct str s, enum intel_class *out);

struct indicator {
    struct str value; /* as the feed has it, defanged forms undone, hosts in lower case */
    struct str note;  /* what the feed says of it: family, campaign; name of a range */
    enum intel_class class;
    uint8_t confidence; /* 0–100; what the feed says, else 50 */
    int64_t from_us;    /* TIME_NONE: always */
    int64_t until_us;   /* TIME_NONE: for ever */
    uint32_t feed;      /* index into intel_feeds */
    bool is_host;
    bool is_range;           /* no bad word: a provider's, CDN's or NAT's published range */
    struct ip_prefix prefix; /* when not is_host */
};

/* A match at a point in time. Lives as long as the intel. */
struct intel_hit {
    const struct indicator *best; /* highest confidence among the valid */
    unsigned feeds;               /* distinct feeds that list it then */
    struct str range;             /* shared range it lies in ("AMAZON EC2 eu-west-1"), or "" */
    bool shared; /* a provider, CDN or NAT range: the hit is lowered, not dropped */
};

struct intel;

/* What a feed reader hands its indicators to. */
struct intel_sink {
    void *arg;
    struct arena *texts; /* for texts that are not in the feed as they stand */
    enum err_code (*add)(void *arg, const struct indicator *in, struct err *err);
    /* A line that is no indicator: counted, the first few named. */
    void (*reject)(void *arg, uint64_t line, const char *reason);
};

struct intel_ops {
    const char *name;
    const char *summary;
    int (*probe)(struct str path, struct str head); /* 0–100; head: first 4 KiB at most */
    /* Read a whole feed. Texts may point into `text` or lie in sink->texts; both outlive the
     * indicators. *version: date or version the feed states. `path` only hints at the class. */
    enum err_code (*read)(struct str path, struct str text, const struct intel_sink *sink,
                          struct str *version, struct err *err);
};
extern const struct intel_ops *const intel_registry[];

NODISCARD struct intel *intel_new(void);
void intel_free(struct intel *in);

/* ---- for feed readers (observable.c) ---- */

/* Turn one text of a feed into *out's value, prefix and is_host: an address, a CIDR, a host name,
 * or a URL (its host; *path_url says that the URL had a path, so the host alone means less).
 * Defanged forms ("hxxp", "[.]", "(.)", "[:]") are undone. False: no address and no name. */
NODISCARD bool intel_observable(struct str text, struct arena *texts, struct indicator *out,
                                bool *path_url);
/* The class that free text speaks of ("botnet C2", "mass_scanner.txt"), else INTEL_UNKNOWN. */
enum intel_class intel_class_guess(struct str text);

/* Load one file (gzip allowed). ERR_SCHEMA when no format claims it, naming those tried. */
NODISCARD enum err_code intel_load(struct intel *in, struct str path, struct err *err);
/* Load one text under a name; it is copied. */
NODISCARD enum err_code intel_load_text(struct intel *in, struct str name, struct str text,
                                        struct err *err);
/* Build the lookup structures; afterwards only read, by any thread. */
NODISCARD enum err_code intel_finish(struct intel *in, struct err *err);

size_t intel_feed_count(const struct intel *in);
const struct feed_info *intel_feed(const struct intel *in, size_t i);
/* Count valid and expired in the feed_infos at this time. */
void intel_count_valid(struct intel *in, int64_t at_us);
size_t intel_count(const struct intel *in); /* indicators */

/* False: nothing valid at that time (TIME_NONE: any time). */
bool intel_find_ip(const struct intel *in, const struct ip *ip, int64_t at_us,
                   struct intel_hit *out);
bool intel_find_host(const struct intel *in, struct str host, int64_t at_us, struct intel_hit *out);
/* Is the address in a provider's published range? "" when not. */
struct str intel_range_of(const struct intel *in, const struct ip *ip);

#endif
