#include "playbook/decision.h"

static const struct {
    const char *name, *doc;
    enum fact_kind kind;
} facts[FACT_ID_MAX_] = {
#define FACT(id, kind, doc) {#id, doc, FACT_##kind},
#include "playbook/facts.def"
#undef FACT
};

enum { VALUES_MAX = 6 };

static const char *const values[FACT_KIND_MAX_][VALUES_MAX] = {
    [FACT_ANSWER] = {"unraised", "legitimate", "unknown", "suspicious"},
    [FACT_YESNO] = {"no", "yes"},
    [FACT_LOGGING] = {"kept", "other", "off"},
    [FACT_SOURCES] = {"present", "late", "missing"},
    [FACT_BAR] = {"none", "stray", "high", "watched", "exercise"},
};

/* Where the values of each fact begin in the set of bits, computed by the compiler so that
 * decision_pick is shifts and ands only. */
enum {
    WIDTH_ANSWER = 4,
    WIDTH_YESNO = 2,
    WIDTH_LOGGING = 3,
    WIDTH_SOURCES = 3,
    WIDTH_BAR = 5,
};
struct widths {
#define FACT(id, kind, doc) char id[WIDTH_##kind];
#include "playbook/facts.def"
#undef FACT
};
_Static_assert(sizeof(struct widths) <= 64, "the values of all facts fit one word");

static const uint8_t first_bit[FACT_ID_MAX_] = {
#define FACT(id, kind, doc) offsetof(struct widths, id),
#include "playbook/facts.def"
#undef FACT
};

const char *decision_fact_name(enum fact_id id)
{
    return (unsigned)id < FACT_ID_MAX_ ? facts[id].name : "";
}

const char *decision_fact_doc(enum fact_id id)
{
    return (unsigned)id < FACT_ID_MAX_ ? facts[id].doc : "";
}

enum fact_kind decision_fact_kind(enum fact_id id)
{
    return facts[id].kind;
}

const char *decision_value_name(enum fact_kind kind, unsigned value)
{
    return (unsigned)kind < FACT_KIND_MAX_ && value < VALUES_MAX ? values[kind][value] : NULL;
}

unsigned decision_fact_values(enum fact_id id)
{
    unsigned n = 0;
    while (decision_value_name(decision_fact_kind(id), n) != NULL) {
        n++;
    }
    return n;
}

uint64_t decision_forbid(uint64_t allowed, enum fact_id id)
{
    uint64_t mask = (UINT64_C(1) << decision_fact_values(id)) - 1;
    return allowed & ~(mask << first_bit[id]);
}

uint64_t decision_allow(uint64_t allowed, enum fact_id id, unsigned value)
{
    return allowed | UINT64_C(1) << (first_bit[id] + value);
}

static uint64_t bits_of(const struct decision_facts *f)
{
    uint64_t bits = 0;
#define FACT(id, kind, doc) bits |= UINT64_C(1) << (offsetof(struct widths, id) + f->id);
#include "playbook/facts.def"
#undef FACT
    return bits;
}

unsigned decision_value(const struct decision_facts *f, enum fact_id id)
{
    switch (id) {
#define FACT(name, kind, doc)                                                                      \
    case FACT_ID_##name:                                                                           \
        return f->name;
#include "playbook/facts.def"
#undef FACT
    case FACT_ID_MAX_:
        break;
    }
    return 0;
}

void decision_set(struct decision_facts *f, enum fact_id id, unsigned value)
{
    switch (id) {
#define FACT(name, kind, doc)                                                                      \
    case FACT_ID_##name:                                                                           \
        f->name = (uint8_t)value;                                                                  \
        return;
#include "playbook/facts.def"
#undef FACT
    case FACT_ID_MAX_:
        break;
    }
}

bool decision_allows(uint64_t allowed, enum fact_id id, unsigned value)
{
    return (allowed >> (first_bit[id] + value) & 1U) != 0;
}

bool decision_misses(const struct decision_facts *f, const struct decision_row *r,
                     enum fact_id *fact, uint64_t *when)
{
    unsigned fewest = FACT_ID_MAX_ + 1;
    for (size_t i = 0; i < r->when_count; i++) {
        unsigned misses = 0;
        enum fact_id first = FACT_ID_MAX_;
        for (unsigned id = 0; id < FACT_ID_MAX_; id++) {
            if (!decision_allows(r->when[i], (enum fact_id)id,
                                 decision_value(f, (enum fact_id)id))) {
                first = misses == 0 ? (enum fact_id)id : first;
                misses++;
            }
        }
        if (misses == 0) {
            return false;
        }
        if (misses < fewest) {
            fewest = misses;
            *fact = first;
            *when = r->when[i];
        }
    }
    return r->when_count > 0;
}

static bool any_fits(uint64_t bits, const uint64_t *when, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if ((bits & ~when[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int priority_of(const struct decision_row *r, uint64_t bits)
{
    for (size_t i = 0; i < r->priority_count; i++) {
        if (any_fits(bits, r->priorities[i].when, r->priorities[i].when_count)) {
            return r->priorities[i].priority;
        }
    }
    return r->priority;
}

struct decision_pick decision_pick(const struct decision_facts *f, const struct decision_table *t)
{
    uint64_t bits = bits_of(f);
    struct decision_pick pick = {.row = t->count};
    for (size_t i = 0; i < t->count; i++) {
        const struct decision_row *r = &t->rows[i];
        bool fits = r->otherwise ? pick.fits == 0 : any_fits(bits, r->when, r->when_count);
        if (!fits) {
            continue;
        }
        pick.fits |= UINT32_C(1) << i;
        bool first = pick.row == t->count;
        if (!first && (t->rows[pick.row].alone || r->alone)) {
            continue; /* what a row decides alone, no other row colours, and the other way round */
        }
        int priority = priority_of(r, bits);
        if (first) {
            pick.row = i;
            pick.priority = priority;
        } else if (priority != 0 && (pick.priority == 0 || priority < pick.priority)) {
            pick.priority = priority;
        }
        pick.contain |= r->contain;
    }
    if (f->aggravated != 0 && pick.priority > 1) {
        pick.priority--;
    }
    return pick;
}
