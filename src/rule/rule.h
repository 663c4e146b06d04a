/*
 * rule - Sigma rules, compiled once, matched against records.
 *
 * A rule names a log source; it is compiled once for each source that goes by this name, over that
 * source's fields, and matched against its records only. Field names are the native ones of the
 * source, dotted, read as a literal key first and as a path second, or a taxonomy name that the
 * source's mapping knows; arrays match when one of their elements does. Rules are indexed by what
 * they bind of two fields that the source names (CloudTrail: eventSource and eventName), so that
 * the cost of a record follows its candidates.
 *
 * Correlations (rule/correlate.h) count hits of other rules, which then tell nothing by themselves
 * unless they say `generate: true`; a correlation that was given cannot silence a rule of our own.
 * A filter narrows the rules it names. Both may stand before or behind what they refer to.
 *
 * Our own rules carry a custom key `faaswatch:` with ref, question, indicator, entity, group;
 * see docs/rules.md.
 */
#ifndef RULE_RULE_H
#define RULE_RULE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/vec.h"
#include "codec/json.h"
#include "model/detection.h"
#include "model/logsource.h"

/* A rule that could not be loaded, or a remark about one that was. */
struct rule_issue {
    struct str path;
    unsigned line;   /* from 1; 0 unknown */
    struct str rule; /* title or id, or "" */
    struct str reason;
    bool loaded;    /* true: only a remark */
    bool elsewhere; /* not broken: made for a log source that is not read */
};

struct rule_set;

NODISCARD struct rule_set *rule_set_new(void);
void rule_set_free(struct rule_set *s);

/* The sources there are; before anything else, once. The texts of the table must outlive the set.
 * ERR_NOMEM only. */
NODISCARD enum err_code rule_set_sources(struct rule_set *s, const struct rule_source *table,
                                         size_t count, struct err *err);

/* Taxonomy names of a source's fields, a YAML text of content/mappings; before rule_set_add.
 *     source: gcp.audit
 *     fields:
 *       gcp.audit.method_name: protoPayload.methodName
 *       c-uri: [http.url, http.path]          # the first that the record has
 * A source that is not in the table is no error. ERR_SYNTAX, ERR_SCHEMA, ERR_NOMEM. */
NODISCARD enum err_code rule_set_map(struct rule_set *s, struct str path, struct str text,
                                     struct err *err);

/* Add the rules of one YAML text (several documents allowed). `path` names it in issues; `ours`
 * marks our own pack. A rule that is broken or unsupported becomes an issue and takes no other
 * down. ERR_NOMEM only. */
NODISCARD enum err_code rule_set_add(struct rule_set *s, struct str path, struct str text,
                                     bool ours, struct err *err);

/* Find what correlations and filters refer to, compile, and register the fields that the rules look
 * at. A reference that leads nowhere becomes an issue of the document that has it. Afterwards the
 * set is only read. */
NODISCARD enum err_code rule_set_compile(struct rule_set *s, struct json_paths *paths,
                                         struct err *err);

/* Let the scanner ask about pairs (rule_set_wants), for a caller that registers no sources. */
void rule_set_decide(const struct rule_set *s, struct json_paths *paths);

size_t rule_set_count(const struct rule_set *s);
const struct detection *rule_set_at(const struct rule_set *s, size_t i);
/* By what a rule of a set is known to be the same in another set: its id, else name or title. */
struct str rule_key(const struct detection *of_rule);
size_t rule_set_issues(const struct rule_set *s, const struct rule_issue **out);

/* Is a record of this pair, of the source that decides by it, to be looked into for a rule without
 * asking its top level first? Constant for a pair, and one look-up from its second time on; any
 * thread. False does not mean that no rule matches: match shallow records too, and see
 * rule_matcher_wants. */
bool rule_set_wants(const struct rule_set *s, struct str event_source, struct str event_name);
/* Can any rule match a record of it? False: rule_match would find none. */
bool rule_set_any(const struct rule_set *s, struct str event_source, struct str event_name);

/* One thread's scratch space. */
struct rule_matcher;
NODISCARD struct rule_matcher *rule_matcher_new(const struct rule_set *s);
void rule_matcher_free(struct rule_matcher *m);

/* The rules for `source` ("aws.cloudtrail") that match a record of it. *hits points into the matcher and
 * is valid until the next call; in order of the rules. Returns their number. */
size_t rule_match(struct rule_matcher *m, struct str source, const struct json_record *r,
                  const struct detection *const **hits);

/* The record that was matched last is shallow, and a rule that looks below its top level may match
 * it, by all that can be seen: extract it whole and match again. */
bool rule_matcher_wants(const struct rule_matcher *m);

/* Count what filters hid of the record that was matched last; once a record, which may be matched
 * more than once. What was counted, and for which filter. */
void rule_matcher_count(struct rule_matcher *m);
uint64_t rule_matcher_hidden(const struct rule_matcher *m, size_t filter);
size_t rule_set_filters(const struct rule_set *s);
struct str rule_set_filter_title(const struct rule_set *s, size_t filter);

/* Exclusions (model/exclusion.h) are documents too:
 *     title: previews of the payments team
 *     logsource: {product: aws, service: cloudtrail}
 *     exclusion:
 *       rules: [D14, faaswatch.function_url_public]     # or any
 *       selection: {userIdentity.arn|endswith: ':role/preview-bot'}
 *       condition: selection
 *       owner: payments@example.com
 *       reason: the bot opens URLs for previews
 *       expires: 2026-12-31
 * All of the set, by number; and those of a record that was extracted whole, which hide at that
 * time. *out is valid until the next call. */
struct exclusion;
size_t rule_set_exclusions(const struct rule_set *s, const struct exclusion *const **out);
size_t rule_exclusions(struct rule_matcher *m, struct str source, const struct json_record *r,
                       int64_t time_us, const struct exclusion *const **out);

/* How often a regular expression was stopped by its limits, and so did not match. */
uint64_t rule_matcher_gave_up(const struct rule_matcher *m);
/* The rule that this befell, of several the one whose id sorts first; NULL: none. */
const struct detection *rule_matcher_slow(const struct rule_matcher *m);

#endif
