/*
 * rule_priv - what a loaded rule is made of.
 *
 * A rule is a tree of expressions over tests. A test looks at one field (or the whole record) and
 * compares what is there with its values. The tree is made anew for each source that the rule is
 * bound to, because field names mean other paths there. It is evaluated in three values: with only
 * the source's two index fields known, a rule that is already NO can never match a record of that
 * pair. That is the whole index, and it is exact for wildcards, lists and `not` alike.
 */
#ifndef RULE_RULE_PRIV_H
#define RULE_RULE_PRIV_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/ip.h"
#include "base/map.h"
#include "codec/yaml.h"
#include "rule/pattern.h"
#include "rule/rule.h"

enum {
    RULE_DEPTH_MAX = 64,       /* levels of an expression */
    RULE_VALUES_MAX = 16384,   /* forms of values in one test */
    RULE_SELECTIONS_MAX = 256, /* in one rule */
    RULE_SEGMENTS_MAX = 32     /* of a field name */
};

/* One place of a record where a field may be. */
struct field_path {
    struct str text;       /* as written, dotted */
    const struct str *key; /* its segments */
    size_t key_count;
    struct str
        quoted;    /* of several segments the last one, as it stands in a text without escapes */
    unsigned slot; /* after compiling */
    unsigned top;  /* that of the first segment */
};

/* A field that rules look at, in one source: the first of its places that a record has. A name
 * with dots is a literal key first and a path second; a taxonomy name is what the source's mapping
 * says. */
struct field {
    struct str name;
    struct field_path *path;
    size_t path_count;
    unsigned index; /* 1, 2: the last place is that index field of the source; 0: it is none */
    bool deep;      /* one of its places is below the top level */
    bool has_slots; /* after compiling */
};

enum test_kind {
    TEST_PATTERN, /* strings, with wildcards */
    TEST_NULL,    /* absent or null */
    TEST_EXISTS,  /* present, whatever it is */
    TEST_NUMBER,  /* gt, gte, lt, lte */
    TEST_REGEX,   /* PCRE2 */
    TEST_NETWORK, /* cidr */
    TEST_FIELD,   /* fieldref */
    TEST_TIME,    /* minute … year, of a time */
};

enum compare { COMPARE_EQ, COMPARE_GT, COMPARE_GTE, COMPARE_LT, COMPARE_LTE };
enum time_part { PART_MINUTE, PART_HOUR, PART_DAY, PART_WEEK, PART_MONTH, PART_YEAR };

struct regex {
    pcre2_code *code;
    struct str required; /* it matches nothing that lacks this; may be "" */
    bool caseless;
    bool has_references; /* \1: a step compares as much as the text is long */
};

struct test {
    enum test_kind kind;
    bool all;     /* each value must be found, else one is enough */
    bool negated; /* neq: none of it */
    bool cased;
    bool wanted;               /* TEST_EXISTS */
    enum compare compare;      /* TEST_NUMBER, TEST_TIME */
    enum time_part part;       /* TEST_TIME */
    enum pattern_kind how;     /* TEST_FIELD */
    const struct field *field; /* NULL: keywords, the whole record is looked at */
    size_t count;
    union {
        struct pattern *pattern;
        double *number;
        struct regex *regex;
        struct ip_prefix *network;
        const struct field **other;
    } at;
};

enum expr_kind { EXPR_AND, EXPR_OR, EXPR_NOT, EXPR_AT_LEAST, EXPR_TEST };

struct expr {
    enum expr_kind kind;
    size_t count; /* of child; EXPR_NOT has one */
    size_t need;  /* EXPR_AT_LEAST */
    const struct expr *const *child;
    const struct test *test;
};

struct correlation;

struct rule {
    struct detection about;
    struct str key;  /* by which it is known to be the same rule: its uuid if it has one */
    struct str name; /* by which correlations may call it, or "" */
    struct str path;
    unsigned line;
    size_t number;                   /* in the set, after compiling */
    size_t bound;                    /* to how many sources; 0: a correlation */
    struct correlation *correlation; /* NULL: a rule of single records */
    bool leaf;                       /* a correlation counts its hits */
    bool wanted;                     /* a correlation that refers to it lets it tell by itself */
    bool silent;                     /* only counted by correlations, tells nothing by itself */
};

/* A document that narrows what rules match; or hides what they found, counted either way. */
struct filter {
    struct str title;
    struct str path;
    unsigned line;
    bool ours;
    unsigned line_offset;
    const struct yaml_node *doc;
    size_t number;               /* in the set */
    struct exclusion *exclusion; /* it hides what was found; NULL: it narrows rules */
};

/* An exclusion over the fields of one source. */
struct log_exclusion {
    const struct exclusion *about;
    const struct expr *kind; /* only records of which this is true, or NULL */
    const struct expr *when;
    struct field **fields;
    size_t field_count;
};

/* A filter on one rule and source: only records of which it is true. */
struct narrowing {
    const struct filter *filter;
    const struct expr *when;
};

/* A rule over the fields of one source. */
struct binding {
    struct rule *rule;
    const struct expr *when;
    struct field **fields; /* each once */
    size_t field_count;
    bool deep;    /* looks below the top level of a record */
    bool grouped; /* in a group of the log: group.c */
    size_t order; /* in rule_log.bound, after compiling */
    struct {
        VEC_OF(struct narrowing);
    } filters;
    struct {
        VEC_OF(uint16_t);
    } watched; /* positions in the log's `watched` that correlations need of its hits */
};

void binding_release(struct binding *b);

/* One source: its fields and the rules for it. */
struct rule_log {
    struct rule_source about;
    struct str name;
    struct map fields;  /* name, with "=" in front of a literal one -> struct field */
    struct map mapping; /* taxonomy name -> struct field_names */
    struct {
        VEC_OF(struct binding *);
    } bound; /* in order of the rules */
    struct index_field {
        struct field_path path;
        bool has_literal; /* a member of that very name would come first */
        unsigned literal_slot;
    } index[RULE_INDEX_FIELDS];
    size_t index_count;
    struct {
        VEC_OF(struct field *);
    } watched; /* whose values correlations need of a hit */
    struct {
        VEC_OF(struct log_exclusion *);
    } exclusions;
    struct group *groups; /* of rules that look at no index field */
    size_t group_count;
};

/* group.c: rules that need a value of one field, and the test of each that must hold. */
enum { GROUP_RULES_MAX = 64, GROUP_VALUE_MAX = 512, GROUP_CACHE = 512 };
struct member {
    const struct binding *rule;
    const struct test *need;
};
struct group {
    const struct field *field;
    const struct member *at;
    size_t count;
    bool exact;          /* only equal texts: a value whose hash has no bit here equals none */
    uint64_t filter[16]; /* by hash of the texts without case */
};

/* Where a taxonomy name is. */
struct field_names {
    const struct str *at;
    size_t count;
};

struct pairs; /* index.c: what is known of a pair of values of the index fields */

struct rule_set {
    struct arena arena;
    struct {
        VEC_OF(struct rule *);
    } rules;
    struct {
        VEC_OF(struct rule_issue);
    } issues;
    struct map ids;          /* of the rules, against loading one twice */
    struct map names;        /* of the rules; a name that two have is &rule_ambiguous */
    struct map placeholders; /* name -> struct field_names: its values */
    struct map refused;      /* id or name -> struct str: why it was refused */
    struct {
        VEC_OF(struct correlation *);
    } correlations; /* after resolving: usable ones, what they refer to before them */
    struct {
        VEC_OF(struct filter *);
    } filters;
    struct {
        VEC_OF(const struct exclusion *);
    } exclusions;
    bool resolved;
    struct rule_log *logs;
    size_t log_count;
    const struct rule_log *decider; /* whose index fields decide in the scanner; or NULL */
    struct {
        VEC_OF(pcre2_code *);
    } regexes; /* to be freed */
    pcre2_general_context *pcre;
    bool compiled;
    struct pairs *pairs;
};

/* ---- loading: a loader's functions return false (or NULL) after saying why in `fault` ---- */

struct loader {
    struct rule_set *set;
    struct str path;
    unsigned line_offset; /* of the document in its file */
    bool ours;
    struct arena *arena;  /* the set's */
    struct rule_log *log; /* the source that the rule is being bound to */
    struct {
        VEC_OF(struct field *);
    } fields;                         /* of the rule being read */
    const struct yaml_node *global;   /* of 'action: global', merged into what follows */
    const struct yaml_node *previous; /* for 'action: repeat' */
    struct err fault;
    unsigned fault_line;
    bool elsewhere; /* the fault is only that the rule is for another log source */
};

bool loader_refuse(struct loader *l, unsigned line, const char *fmt, ...) PRINTF_LIKE(3, 4);
bool loader_no_memory(struct loader *l);

/* A selection of `detection:`, by name. */
struct selection {
    struct str name;
    const struct expr *expr;
};

/* document.c: the documents of a text, each to read_rule of load.c. */
NODISCARD bool document_read_all(struct loader *l, struct str text);
/* Take note of l->fault as an issue of the rule called so. False: no memory. */
NODISCARD bool document_settle(struct loader *l, struct str rule);

/* load.c: one document of any kind. */
NODISCARD bool load_document(struct loader *l, const struct yaml_node *doc);
/* `detection:` or the part of a filter, over the fields of l->log. */
NODISCARD const struct expr *load_detection(struct loader *l, const struct yaml_node *detection);
NODISCARD bool load_check_detection(struct loader *l, const struct yaml_node *doc,
                                    const char *section);
NODISCARD bool load_add_fields(struct loader *l, struct binding *b);
NODISCARD bool load_keep_rule(struct loader *l, struct rule *r);

/* exclusion.c */
struct logsource_match;
bool exclusion_is_key(struct str key); /* of its head: no selection */
NODISCARD bool exclusion_read(struct loader *l, const struct yaml_node *doc, struct filter *f);
NODISCARD bool exclusion_bind(struct loader *l, const struct filter *f,
                              const struct logsource_match *m, size_t count);

/* correlation_load.c */
NODISCARD bool correlation_read(struct loader *l, const struct yaml_node *doc, struct rule *r);

/* resolve.c: what correlations and filters refer to. ERR_NOMEM only. */
extern struct rule rule_ambiguous;
NODISCARD enum err_code rule_set_resolve(struct rule_set *s, struct err *err);

/* selection.c: maps, lists of maps and lists of keywords. */
NODISCARD const struct expr *selection_read(struct loader *l, const struct yaml_node *n);
NODISCARD struct expr *expr_new(struct loader *l, enum expr_kind kind, size_t count,
                                const struct expr ***out_child);

/* modifier.c: one `field|modifier|…: values` to a test. `key` may be "|all" for keywords. */
NODISCARD const struct test *modifier_read(struct loader *l, struct str key, unsigned line,
                                           const struct yaml_node *value);

/* expand.c: a document of placeholders; and values with theirs put in, each knowing of which value
 * as written it is one. */
struct expanded_value {
    const struct yaml_node *node;
    size_t origin;
};
struct expanded {
    VEC_OF(struct expanded_value);
};
NODISCARD bool expand_read(struct loader *l, const struct yaml_node *doc);
NODISCARD bool expand_values(struct loader *l, const struct yaml_node *const *value, size_t count,
                             struct expanded *out);

/* condition.c */
NODISCARD const struct expr *condition_read(struct loader *l, struct str text, unsigned line,
                                            const struct selection *sel, size_t count);

/* head.c: title, id, level, tags and our own key. */
NODISCARD bool head_read(struct loader *l, const struct yaml_node *doc, struct rule *out);

/* field.c: the field of that name in l->log; NULL on no memory or a name that cannot be one. */
NODISCARD struct field *field_get(struct loader *l, struct str name, unsigned line);
/* The same for a path of the source itself, no taxonomy name and no literal key. */
NODISCARD struct field *field_native(struct loader *l, struct str path, unsigned line);
/* Split a dotted path; "=a.b" is one key with a dot in it. False: no memory. */
NODISCARD bool field_path_make(struct arena *a, struct str text, struct field_path *out);

/* logsource.c: for each source that a rule's `logsource:` means, what of its records. */
struct logsource_match {
    struct rule_log *log;
    bool whole; /* every record; else those that one of these rows tells */
    const struct logsource *row[16];
    size_t rows;
};
/* The matches in *out (room for set->log_count), none is a refusal. */
NODISCARD bool logsource_read(struct loader *l, const struct yaml_node *doc,
                              struct logsource_match *out, size_t *out_count);
/* The expression that says whether a record is of these rows. */
NODISCARD const struct expr *logsource_expr(struct loader *l, const struct logsource_match *m,
                                            unsigned line);

/* ---- evaluating ---- */

enum truth { TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN };

/* Values of a source's index fields; JSON_ABSENT where the record has none. */
struct pair_key {
    const struct rule_log *log;
    struct json_view value[RULE_INDEX_FIELDS];
};

/* What is evaluated: a record, or only a pair (record NULL). */
struct subject {
    const struct json_record *record;
    bool partial; /* the record is shallow: what lies deeper is UNKNOWN, or told by shallow.c */
    const struct pair_key *pair;
    bool alone; /* there is nothing beside the pair: other fields are absent, not UNKNOWN */
    struct rule_matcher *matcher; /* NULL with a pair: regular expressions are then UNKNOWN */
};

/* eval.c */
enum truth expr_eval(const struct expr *e, const struct subject *s);
/* probe.c: a test against a subject. */
enum truth test_probe(const struct test *t, const struct subject *s);
/* shallow.c: what a shallow record says about a test of a field that lies deeper. */
enum look {
    LOOK_ABSENT, /* the field is absent */
    LOOK_OTHER,  /* it has no value that this test of patterns looks for */
    LOOK_UNKNOWN
};
enum look shallow_look(const struct test *t, const struct json_record *r, struct rule_matcher *m);
/* Where a field is in a record; of an array across its path, the array. False: it is absent. */
bool field_view(const struct field *f, const struct json_record *r, struct json_view *out);
/* The value of a field as one text, in the matcher's scratch or the record: a scalar, the only
 * element of an array, else JSON as it stands. False: absent or null, or *out_of_room. */
bool field_value_text(struct rule_matcher *m, const struct field *f, const struct json_record *r,
                      struct str *out, bool *out_of_room);

struct rule_matcher {
    const struct rule_set *set;
    const struct rule_log *last; /* log of the record before */
    struct arena scratch;        /* decoded strings, reset after each test */
    pcre2_match_data *match;
    pcre2_match_context *limits;
    uint64_t steps; /* that the regular expression being matched may still take */
    const struct detection **hits;
    const struct binding **leaves; /* of the last record: hits that correlations count */
    size_t leaf_count;
    const struct exclusion **excluded; /* of the last record asked about */
    struct value_slot *values;         /* group.c: masks by value */
    const struct binding **some;       /* candidates of the last record */
    uint64_t *hidden;                  /* by filter: hits that it hid */
    size_t *hid;                       /* of the last record: the filters that hid a hit */
    size_t hid_count;
    const char *looked_at; /* shallow.c: a text of this record, or NULL; and has it no escapes? */
    bool looked_plain;
    bool wants;       /* the last record was shallow, and a rule let in by its value looks deeper */
    uint64_t gave_up; /* regular expressions stopped by a limit */
    const struct detection *slow; /* a rule that this befell */
};

/* A regular expression of this rule was stopped. Of several the first by id is told, whatever the
 * order of records: results do not depend on it. */
void matcher_note_slow(struct rule_matcher *m, const struct detection *d);

/* As rule_match, every rule in turn: what the index must agree with. */
size_t rule_match_each(struct rule_matcher *m, struct str source, const struct json_record *r,
                       const struct detection *const **hits);

/* index.c: the rules that a record of a pair can match, those of the log's groups left out. */
struct candidates {
    const struct binding *const *at;
    size_t count;
    const struct group *groups; /* more of them, that need a value of another field too */
    size_t group_count;
    bool deep; /* for one of them records are to be looked into without asking shallow ones first */
};
NODISCARD struct pairs *pairs_new(void);
void pairs_free(struct pairs *p);
/* Can a record of this pair match, whatever else is in it? */
bool rule_can_match(const struct binding *b, const struct pair_key *k);
/* Would it look below the top level of a record that has nothing of what it asks for? */
bool rule_is_deep(const struct binding *b, const struct pair_key *k);
/* False: the pair is not kept (too long, too many, no memory); look at every rule. */
bool pairs_get(const struct rule_set *s, const struct pair_key *k, struct candidates *out);

/* group.c. False: no memory. */
struct value_slot;
NODISCARD bool groups_make(struct rule_set *s, struct rule_log *log);
/* A test of a field beside the index fields that must hold for the rule to match a record of this
 * pair, or NULL. */
const struct test *group_need(const struct binding *b, const struct pair_key *k);
/* Put rules of one field beside each other, and make groups of them in `out`, or only count them
 * (NULL). */
size_t groups_fill(struct member *at, size_t count, struct group *out);
NODISCARD struct value_slot *groups_cache_new(void);
/* The rules that may match a record of a pair that has `bound`, in order, to m->some. */
size_t groups_candidates(struct rule_matcher *m, const struct rule_log *log,
                         const struct json_record *r, const struct candidates *bound);

/* The log of that source, or NULL. */
const struct rule_log *rule_set_log(const struct rule_set *s, struct str source);
/* The index fields of a record. False: they cannot be used, look at every rule. */
bool pair_of(const struct rule_log *log, const struct json_record *r, struct pair_key *out);

/* probe.c: counts the steps of a regular expression. */
int regex_step(pcre2_callout_block *block, void *matcher);

/* required.c: text without which an expression cannot match, or "". False: no memory. */
NODISCARD bool regex_required(struct str pattern, bool caseless, struct arena *a, struct str *out);

/* pcre2 through base/mem.h, so that it is bounded and can be made to fail. */
NODISCARD pcre2_general_context *regex_context_new(void);

#endif
