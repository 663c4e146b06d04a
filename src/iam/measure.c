#include "iam/measure.h"

#include "base/mem.h"
#include "iam/eval.h"
#include "iam/glob.h"

enum { BREADTH_NAMED = 1, BREADTH_PATTERN = 3, BREADTH_ANY = 6 };

struct measuring {
    const struct iam_catalog *catalog;
    const struct iam_holder *holder;
    struct arena *arena;
    uint64_t *within; /* what boundary and organisation leave */
    uint64_t *marks;  /* of the statement being added */
    uint64_t *left;   /* the same for one resource, less what is denied */
    double *of_statement;
    double *total;
    struct iam_scratch scratch;
    struct iam_request known; /* the holder's own keys, and no more */
};

static enum iam_answer conditions_hold(struct measuring *m, const struct iam_policy *p,
                                       const struct iam_statement *s)
{
    enum iam_answer answer = IAM_YES;
    for (size_t i = 0; i < s->condition_count; i++) {
        answer = iam_and(
            answer, iam_condition_holds(&s->conditions[i], p->variables, &m->known, &m->scratch));
    }
    return answer;
}

/* Conditions that tie an allowance to where or how somebody comes. */
static bool is_guarded(const struct iam_statement *s)
{
    static const char *const keys[] = {
        "aws:SourceIp",          "aws:VpcSourceIp",        "aws:PrincipalOrgID",
        "aws:SourceVpc",         "aws:SourceVpce",         "aws:MultiFactorAuthPresent",
        "aws:PrincipalOrgPaths", "aws:MultiFactorAuthAge",
    };
    for (size_t i = 0; i < s->condition_count; i++) {
        for (size_t k = 0; k < ARRAY_LEN(keys); k++) {
            if (str_ieq(s->conditions[i].key, str_of(keys[k]))) {
                return true;
            }
        }
    }
    return false;
}

static double breadth_of(struct str resource)
{
    switch (iam_reach_of(resource)) {
    case IAM_REACH_ANY:
        return BREADTH_ANY;
    case IAM_REACH_PATTERN:
        return BREADTH_PATTERN;
    case IAM_REACH_NAMED:
        return BREADTH_NAMED;
    case IAM_REACH_NONE:
        break;
    }
    return 0;
}

/* May the ARN name something that the service's actions act on? */
static bool fits_service(struct str resource, struct str service)
{
    static const struct {
        const char *service, *acts_on;
    } others[] = {{"sts", "iam"}, {"ec2-instance-connect", "ec2"},
                  {"ssm", "ec2"}, {"ssmmessages", "ec2"},
                  {"tag", "*"},   {"resource-groups", "*"}};
    struct str partition;
    struct str rest = resource;
    struct str named = STR_EMPTY;
    if (!str_cut(&rest, ':', &partition) || !str_cut(&rest, ':', &partition) ||
        !str_cut(&rest, ':', &named)) {
        return true; /* "*" */
    }
    if (iam_glob(named, service, 0)) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (str_eq(service, str_of(others[i].service)) &&
            iam_globs_meet(named, str_of(others[i].acts_on))) {
            return true;
        }
    }
    return false;
}

static void clear_bits(const struct measuring *m, uint64_t *bits)
{
    memset(bits, 0, iam_catalog_words(m->catalog) * sizeof(*bits));
}

/* ---- what bounds ---- */

static void keep_allowed(struct measuring *m, const struct iam_policy_set *set)
{
    clear_bits(m, m->marks);
    for (size_t i = 0; i < set->len; i++) {
        for (size_t k = 0; k < set->at[i]->statement_count; k++) {
            const struct iam_statement *s = &set->at[i]->statements[k];
            if (s->effect == IAM_ALLOW && conditions_hold(m, set->at[i], s) != IAM_NO) {
                iam_catalog_mark(m->catalog, s, m->marks);
            }
        }
    }
    for (size_t w = 0; w < iam_catalog_words(m->catalog); w++) {
        m->within[w] &= m->marks[w];
    }
}

static void take_denied(struct measuring *m, const struct iam_policy_set *set, struct str resource)
{
    for (size_t i = 0; set != NULL && i < set->len; i++) {
        const struct iam_policy *p = set->at[i];
        for (size_t k = 0; k < p->statement_count; k++) {
            const struct iam_statement *s = &p->statements[k];
            if (s->effect != IAM_DENY || !iam_deny_covers(s, resource) ||
                conditions_hold(m, p, s) != IAM_YES) {
                continue;
            }
            uint64_t *denied = ARENA_ARRAY(m->arena, uint64_t, iam_catalog_words(m->catalog));
            if (denied == NULL) {
                m->scratch.failed = true;
                return;
            }
            iam_catalog_mark(m->catalog, s, denied);
            for (size_t w = 0; w < iam_catalog_words(m->catalog); w++) {
                m->left[w] &= ~denied[w];
            }
        }
    }
}

/* ---- what is given ---- */

static void add_resource(struct measuring *m, struct str resource)
{
    double breadth = breadth_of(resource);
    memcpy(m->left, m->marks, iam_catalog_words(m->catalog) * sizeof(*m->left));
    take_denied(m, &m->holder->identity, resource);
    take_denied(m, m->holder->boundary, resource);
    for (size_t i = 0; i < m->holder->level_count; i++) {
        take_denied(m, &m->holder->levels[i], resource);
    }
    for (size_t k = 0; k < iam_catalog_services(m->catalog); k++) {
        const struct iam_service *service = iam_catalog_service(m->catalog, k);
        bool fits = fits_service(resource, service->name);
        for (size_t i = service->first; fits && i < service->first + service->count; i++) {
            if (iam_marked(m->left, i) && iam_marked(m->within, i)) {
                double sum = m->of_statement[i] + breadth;
                m->of_statement[i] = sum > BREADTH_ANY ? BREADTH_ANY : sum;
            }
        }
    }
}

static void add_statement(struct measuring *m, const struct iam_policy *p,
                          const struct iam_statement *s)
{
    struct str any = STR("*");
    size_t count = iam_catalog_count(m->catalog);
    if (s->effect != IAM_ALLOW || conditions_hold(m, p, s) == IAM_NO) {
        return;
    }
    clear_bits(m, m->marks);
    iam_catalog_mark(m->catalog, s, m->marks);
    memset(m->of_statement, 0, count * sizeof(double));
    if (s->not_resource) {
        add_resource(m, any);
    }
    for (size_t i = 0; !s->not_resource && i < s->resources.len; i++) {
        add_resource(m, s->resources.at[i]);
    }
    double part = is_guarded(s) ? 0.5 : 1;
    for (size_t i = 0; i < count; i++) {
        double b = m->of_statement[i] * part;
        m->total[i] = b > m->total[i] ? b : m->total[i];
    }
}

enum err_code iam_measure(const struct iam_catalog *c, const struct iam_holder *h, struct arena *a,
                          struct iam_extent *out, struct err *err)
{
    CLEANUP(arena_free) struct arena work = {0};
    size_t words = iam_catalog_words(c);
    size_t count = iam_catalog_count(c);
    struct measuring m = {.catalog = c,
                          .holder = h,
                          .arena = &work,
                          .within = ARENA_ARRAY(&work, uint64_t, words),
                          .marks = ARENA_ARRAY(&work, uint64_t, words),
                          .left = ARENA_ARRAY(&work, uint64_t, words),
                          .of_statement = ARENA_ARRAY(&work, double, count + 1),
                          .total = ARENA_ARRAY(a, double, count + 1),
                          .scratch = {.arena = &work},
                          .known = {.keys = h->keys, .key_count = h->key_count}};
    if (m.within == NULL || m.marks == NULL || m.left == NULL || m.of_statement == NULL ||
        m.total == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory while permissions were measured");
    }
    memset(m.within, 0xff, words * sizeof(*m.within));
    if (h->boundary != NULL) {
        keep_allowed(&m, h->boundary);
    }
    for (size_t i = 0; i < h->level_count; i++) {
        keep_allowed(&m, &h->levels[i]);
    }
    for (size_t i = 0; i < h->identity.len; i++) {
        for (size_t k = 0; k < h->identity.at[i]->statement_count; k++) {
            add_statement(&m, h->identity.at[i], &h->identity.at[i]->statements[k]);
        }
    }
    if (m.scratch.failed) {
        return err_set(err, ERR_NOMEM, "out of memory while permissions were measured");
    }
    struct iam_extent e = {.breadth = m.total};
    for (size_t i = 0; i < count; i++) {
        e.score += m.total[i] * iam_level_weight(iam_catalog_at(c, i)->level);
        e.allowed += m.total[i] > 0 ? 1 : 0;
    }
    *out = e;
    return ERR_OK;
}

bool iam_score_jumped(double before, double after)
{
    return after > before * 1.5;
}
