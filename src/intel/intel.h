/*
 * intel - what is known about addresses, names, URLs, files and clients: threat-intelligence feeds
 * and provider ranges.
 *
 * TO ADD A FEED FORMAT: make src/intel/<name>/ with <name>.c (defining `const struct intel_ops
 * intel_<name>`), test_<name>.c and README.md.
 *
 * How things match. Addresses: by prefix. Names: by label boundary ("evil.example" also matches
 * "a.evil.example", never "notevil.example"). URLs: host, port, path and query, without scheme and
 * fragment. Hashes and client fingerprints: whole. Validity is judged at the time of the event.
 *
 * A pattern of several observables (STIX "a AND b") is an indicator with needs: each observable can
 * be looked up, and the hit is `partial` unless the other parts were seen in the same observation
 * (intel_find_seen). A partial hit is a pointer for a person and nothing that fires alone.
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

enum intel_kind {
    INTEL_IP, /* an address or a range */
    INTEL_HOST,
    INTEL_URL, /* value: "host[:port]/path[?query]" */
    INTEL_MD5,
    INTEL_SHA1,
    INTEL_SHA256,
    INTEL_CERT, /* fingerprint of a certificate: SHA-1 or SHA-256 */
    INTEL_JA3,
    INTEL_JA4,
    INTEL_KIND_MAX_,
    /* only in needs */
    INTEL_PORT = INTEL_KIND_MAX_, /* port of the server */
    INTEL_OTHER                   /* what logs cannot tell: "file:name = 'x'" */
};
const char *intel_kind_name(enum intel_kind k); /* "address", "name", "URL", "SHA-256", … */

/* Traffic light protocol 2.0: how far the entry may be passed on. In order of strictness. */
enum intel_tlp { TLP_NONE, TLP_CLEAR, TLP_GREEN, TLP_AMBER, TLP_AMBER_STRICT, TLP_RED, TLP_MAX_ };
const char *intel_tlp_name(enum intel_tlp t); /* "TLP:AMBER", "" for TLP_NONE */
/* "tlp:white", "TLP:AMBER+STRICT", "red"; TLP_NONE when it is none. */
enum intel_tlp intel_tlp_of(struct str s);

/* One more thing that must hold for an indicator of several observables. */
struct intel_need {
    uint8_t kind; /* enum intel_kind, INTEL_PORT and INTEL_OTHER too */
    bool negated; /* must be seen, and be another */
    uint16_t port;
    struct str value;
    struct ip_prefix prefix; /* INTEL_IP */
};

/* How the value is compared. */
enum intel_match {
    INTEL_EXACT, /* the rule of the kind, see above */
    INTEL_LIKE,  /* % any text, _ one character */
    INTEL_REGEX  /* PCRE */
};

struct indicator {
    struct str
        value;       /* as the feed has it, defanged forms undone, hosts and hashes in lower case */
    struct str note; /* what the feed says of it: family, campaign; name of a range */
    enum intel_kind kind;
    enum intel_match match;
    enum intel_class class;
    enum intel_tlp tlp;
    uint8_t confidence; /* 0–100; what the feed says, else 50 */
    int64_t from_us;    /* TIME_NONE: always */
    int64_t until_us;   /* TIME_NONE: for ever */
    uint32_t feed;      /* index into intel_feeds */
    bool is_range;      /* no bad word: a provider's, CDN's or NAT's published range */
    bool is_harmless;   /* no bad word: a name or address that feeds list by mistake; note: why */
    bool derived;       /* host of a listed URL: it may serve others too */
    struct ip_prefix prefix; /* INTEL_IP with INTEL_EXACT */
    const struct intel_need *needs;
    size_t need_count;
};

/* A match at a point in time. Its texts live as long as the intel. */
struct intel_hit {
    struct indicator best;    /* highest confidence among the valid, whole before partial */
    struct str feed;          /* path of its feed */
    unsigned feeds;           /* distinct feeds that list it then */
    struct str range;         /* shared range it lies in ("AWS EC2 eu-west-1"), or "" */
    struct str range_version; /* date or version that the range's feed states, or "" */
    bool shared;              /* a provider, CDN or NAT range: the hit is lowered, not dropped */
    bool partial;             /* a part of a pattern whose other parts were not seen; confidence is
                                 30 at most then */
    bool parent;              /* a name was matched through a parent of it */
};

struct intel;

/* What a feed reader hands its indicators to. Everything is copied. */
struct intel_sink {
    void *arg;
    struct arena *texts; /* scratch until the feed is read; for texts not in it as they stand */
    enum err_code (*add)(void *arg, const struct indicator *in, struct err *err);
    /* An entry that is no indicator: counted, the first few named. */
    void (*reject)(void *arg, uint64_t line, const char *reason);
    /* The same by offset in the text. */
    void (*reject_at)(void *arg, uint64_t offset, const char *reason);
};

struct intel_ops {
    const char *name;
    const char *summary;
    int (*probe)(struct str path, struct str head); /* 0–100; head: first 4 KiB at most */
    /* Read a whole feed; `text` has JSON_PADDING readable bytes behind it. *version: date or
     * version the feed states, in `text` or sink->texts. `path` only hints at the class. */
    enum err_code (*read)(struct str path, struct str text, const struct intel_sink *sink,
                          struct str *version, struct err *err);
};
extern const struct intel_ops *const intel_registry[];

NODISCARD struct intel *intel_new(void);
void intel_free(struct intel *in);

/* ---- for feed readers (observable.c, class.c) ---- */

/* Turn one text of a feed into *out's kind, value and prefix: an address, a CIDR, a host name, or a
 * URL with a path. Address with port ("203.0.113.7:443"): the address. URL without a path: its
 * host. Defanged forms ("hxxp", "[.]", "(.)", "[:]") are undone. False: none of these. */
NODISCARD bool intel_observable(struct str text, struct arena *texts, struct indicator *out);
/* The same, and hashes by their length. */
NODISCARD bool intel_observable_or_hash(struct str text, struct arena *texts,
                                        struct indicator *out);
/* A hash or fingerprint of this kind: hex (colons left out), or a JA4. False: it is not. */
NODISCARD bool intel_fingerprint(enum intel_kind kind, struct str text, struct arena *texts,
                                 struct indicator *out);
/* Add a URL, and its host as far as it may stand for it: with a confidence of 45 at most, since
 * the host may serve others. Anything else is added as it is. */
NODISCARD enum err_code intel_add_observable(const struct intel_sink *sink,
                                             const struct indicator *in, struct err *err);
/* The class that free text speaks of ("botnet C2", "mass_scanner.txt"), else INTEL_UNKNOWN. */
enum intel_class intel_class_guess(struct str text);

/* Load one file (gzip allowed), or the files below a directory. ERR_SCHEMA when no format claims
 * it, naming those tried. */
NODISCARD enum err_code intel_load(struct intel *in, struct str path, struct err *err);
/* Load one text under a name; it is copied. */
NODISCARD enum err_code intel_load_text(struct intel *in, struct str name, struct str text,
                                        struct err *err);
/* An address range that feeds list by mistake if at all: one of our own. `why` is told. */
NODISCARD enum err_code intel_allow(struct intel *in, const struct ip_prefix *range, struct str why,
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
/* `url` whole, or a path with query, which `host` (may have a port) completes. Only URL entries:
 * ask for the host too. */
bool intel_find_url(const struct intel *in, struct str host, struct str url, int64_t at_us,
                    struct intel_hit *out);
/* Hex of an MD5, SHA-1 or SHA-256, or base64 of a SHA-256 (a Lambda's code hash). */
bool intel_find_hash(const struct intel *in, struct str hash, int64_t at_us, struct intel_hit *out);
bool intel_find_ja3(const struct intel *in, struct str ja3, int64_t at_us, struct intel_hit *out);
bool intel_find_ja4(const struct intel *in, struct str ja4, int64_t at_us, struct intel_hit *out);
/* Fingerprint of a certificate, SHA-1 or SHA-256, colons allowed. */
bool intel_find_cert(const struct intel *in, struct str hash, int64_t at_us, struct intel_hit *out);

/* What one observation (a connection, a request) shows together; empty parts are not known. */
struct intel_seen {
    const struct ip *ip; /* the other side's address, or NULL */
    uint16_t port;       /* of the server; 0 not known */
    struct str host, url, ja3, ja4, cert;
    struct str hash[3]; /* of one file */
};
/* The best hit on any part; patterns of several observables are whole when all parts are there. */
bool intel_find_seen(const struct intel *in, const struct intel_seen *seen, int64_t at_us,
                     struct intel_hit *out);

/* The best listing of this address or of just this name that is no hit because it was set aside:
 * `why` says the reason ("public resolver"). For reports, which must not say that no feed knows it. */
bool intel_find_aside(const struct intel *in, const struct intel_seen *seen, int64_t at_us,
                      struct intel_hit *out, struct str *why);

/* What a report says of a hit: "listed as command and control by 2 feeds: entry 203.0.113.0/24 of
 * c2.csv, confidence 85, valid until 2026-12-01, TLP:AMBER, ExampleRAT; in a shared range AWS EC2
 * eu-west-1 (2026-11-20)". False when the arena is full. */
NODISCARD bool intel_hit_text(const struct intel_hit *hit, struct arena *a, struct str *out);

/* Is the address in a provider's published range? "" when not. */
struct str intel_range_of(const struct intel *in, const struct ip *ip);
/* Are ranges of this provider ("AWS", "Google") given? Without, no address can be outside them. */
bool intel_knows_ranges(const struct intel *in, struct str provider);

/* Whose address it is, from a MaxMind database given as a feed (.mmdb). */
struct intel_origin {
    uint32_t asn;            /* 0 not known */
    struct str organisation; /* of the autonomous system, or "" */
    char country[3];         /* ISO 3166, or "" */
};
/* False: no database, or it does not know the address. */
bool intel_origin_of(const struct intel *in, const struct ip *ip, struct intel_origin *out);

#endif
