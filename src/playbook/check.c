#include "playbook/check.h"

#include <stdlib.h>

#include "base/buf.h"
#include "playbook/load_priv.h"

void playbook_faults_free(struct playbook_faults *f)
{
    arena_free(&f->arena);
    VEC_FREE(f);
}

/* ---- what to do ---- */

static struct str remedy_of(struct str message)
{
    static const struct {
        struct str part, remedy;
    } known[] = {
        {STR_INIT("has no key"),
         STR_INIT("take the key out; docs/playbook.md lists those there are")},
        {STR_INIT("lacks the key"), STR_INIT("add the key")},
        {STR_INIT("needs refs"),
         STR_INIT("add refs: [D…], or give it the id of an item that the engine makes")},
        {STR_INIT("stands twice"), STR_INIT("take one of them out, or give it another id")},
        {STR_INIT("there is no sentence"), STR_INIT("use an id that stands under 'sentences'")},
        {STR_INIT("there is no fact"), STR_INIT("use a fact of docs/playbook.md, Facts")},
        {STR_INIT("has no value"), STR_INIT("use a value of docs/playbook.md, Facts")},
        {STR_INIT("there is no action"),
         STR_INIT("use escalate, tasks, hold, close, close-pending or digest")},
        {STR_INIT("needs a weight above 0"),
         STR_INIT("give it a weight above 0, or take 'hard' out")},
        {STR_INIT("needs a weight below 0"),
         STR_INIT("give it a weight below 0, or take 'authorises' out")},
        {STR_INIT("'otherwise' row"),
         STR_INIT("end 'rows' with one row that has 'otherwise: yes'")},
        {STR_INIT("is missing"), STR_INIT("add it")},
        {STR_INIT("column"), STR_INIT("correct the YAML there")},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_find(message, known[i].part) != SIZE_MAX) {
            return known[i].remedy;
        }
    }
    return STR("write it as the message says; docs/playbook.md has the form");
}

static bool push(struct playbook_faults *f, unsigned line, struct str message, struct str remedy)
{
    struct playbook_fault fault = {.line = line, .remedy = remedy};
    return arena_dup(&f->arena, message, &fault.message) && VEC_PUSH(f, fault);
}

/* "playbook line 12: what" to 12 and "what". */
bool playbook_fault_of(struct playbook_faults *f, const struct err *err)
{
    struct str message = str_of(err->msg);
    uint64_t line = 0;
    size_t colon = str_chr(message, ':');
    static const struct str heads[] = {STR_INIT("playbook line "), STR_INIT("playbook: line ")};
    for (size_t i = 0; i < ARRAY_LEN(heads); i++) {
        struct str rest = str_from(message, heads[i].len);
        size_t end = 0;
        while (end < rest.len && chr_is_digit(rest.ptr[end])) {
            end++;
        }
        if (str_starts(message, heads[i]) && end > 0 && str_u64(str_head(rest, end), &line)) {
            colon = i == 0 ? colon : SIZE_MAX;
            break;
        }
    }
    struct str what =
        line > 0 && colon != SIZE_MAX ? str_trim(str_from(message, colon + 1)) : message;
    return push(f, line <= UINT32_MAX ? (unsigned)line : 0, what, remedy_of(what));
}

enum err_code load_go_on(struct playbook *p, enum err_code rc, struct err *err)
{
    if (rc == ERR_OK || rc == ERR_NOMEM || p->faults == NULL || err == NULL) {
        return rc;
    }
    if (!playbook_fault_of(p->faults, err)) {
        return ERR_NOMEM;
    }
    *err = (struct err){0};
    return ERR_OK;
}

/* ---- what loads and is wrong all the same ---- */

static bool fault(struct playbook_faults *f, unsigned line, struct str remedy, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static bool fault(struct playbook_faults *f, unsigned line, struct str remedy, const char *fmt, ...)
{
    CLEANUP(buf_free) struct buf b;
    va_list ap;
    buf_init(&b, 0);
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    return !b.failed && push(f, line, buf_str(&b), remedy);
}

/* A row above takes all that this alternative takes. */
static const struct decision_row *taken_by(const struct decision_table *t, size_t row,
                                           uint64_t when)
{
    for (size_t i = 0; i < row; i++) {
        for (size_t k = 0; k < t->rows[i].when_count; k++) {
            if ((when & ~t->rows[i].when[k]) == 0) {
                return &t->rows[i];
            }
        }
    }
    return NULL;
}

static bool check_reached(const struct decision_table *t, size_t i, struct playbook_faults *f)
{
    const struct decision_row *r = &t->rows[i];
    const struct decision_row *by = NULL;
    for (size_t k = 0; k < r->when_count; k++) {
        by = taken_by(t, i, r->when[k]);
        if (by == NULL) {
            return true;
        }
    }
    return by == NULL ||
           fault(f, r->line, STR("move it up, or narrow what it and the row above ask for"),
                 "row '%.*s' can never decide: row '%.*s' above takes all of it", STR_ARG(r->id),
                 STR_ARG(by->id));
}

/* A close needs every raised question answered "legitimate", logging kept, nothing in its way. */
static bool check_close(const struct decision_row *r, struct playbook_faults *f)
{
    static const struct {
        enum fact_id fact;
        unsigned value;
    } never[] = {
        {FACT_ID_u, ANSWER_SUSPICIOUS},
        {FACT_ID_i, ANSWER_SUSPICIOUS},
        {FACT_ID_p, ANSWER_SUSPICIOUS},
        {FACT_ID_t, ANSWER_SUSPICIOUS},
        {FACT_ID_n, ANSWER_SUSPICIOUS},
        {FACT_ID_u, ANSWER_UNKNOWN},
        {FACT_ID_i, ANSWER_UNKNOWN},
        {FACT_ID_p, ANSWER_UNKNOWN},
        {FACT_ID_t, ANSWER_UNKNOWN},
        {FACT_ID_n, ANSWER_UNKNOWN},
        {FACT_ID_logging, LOGGING_OFF},
        {FACT_ID_logging, LOGGING_OTHER},
        {FACT_ID_bar, BAR_HIGH},
        {FACT_ID_bar, BAR_STRAY},
        {FACT_ID_bar, BAR_WATCHED},
        {FACT_ID_bar, BAR_EXERCISE},
        {FACT_ID_chain, 1},
        {FACT_ID_server, 1},
        {FACT_ID_sources, SOURCES_MISSING},
    };
    if (!str_eq(r->action, STR("close")) && !str_eq(r->action, STR("close-pending"))) {
        return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(never); i++) {
        for (size_t k = 0; k < r->when_count; k++) {
            enum fact_id id = never[i].fact;
            if (decision_allows(r->when[k], id, never[i].value) &&
                !fault(f, r->line, STR("name the fact in each alternative, without that value"),
                       "row '%.*s' would close a case where %s is %s", STR_ARG(r->id),
                       decision_fact_name(id),
                       decision_value_name(decision_fact_kind(id), never[i].value))) {
                return false;
            }
        }
    }
    return !r->otherwise || fault(f, r->line, STR("let it give tasks to L1"),
                                  "row '%.*s' would close what no other row takes", STR_ARG(r->id));
}

static bool check_item(const struct playbook *p, const struct playbook_item *it,
                       struct playbook_faults *f)
{
    if (it->authorises && it->needs == 0) {
        return fault(f, it->line, STR("add needs: [logs, …]: the sources that must be there"),
                     "item '%.*s' authorises and rests on no source", STR_ARG(it->id));
    }
    if (it->weight < 0 && !it->authorises && it->weight <= p->legitimate) {
        return fault(f, it->line, STR("give it a smaller weight, or 'authorises' and 'needs'"),
                     "item '%.*s' alone reaches \"legitimate\" (%d) without authorising",
                     STR_ARG(it->id), p->legitimate);
    }
    if (it->weight < 0 && it->explained_by != 0) {
        return fault(f, it->line, STR("take 'explained_by' out"),
                     "item '%.*s' speaks for the case: nothing has to explain it", STR_ARG(it->id));
    }
    return true;
}

/* One finding would count twice: it feeds two groups of one question. */
static bool check_once(const struct playbook *p, size_t i, struct playbook_faults *f)
{
    const struct playbook_item *a = &p->items[i];
    for (size_t k = 0; k < i; k++) {
        const struct playbook_item *b = &p->items[k];
        if (a->question != b->question || str_eq(a->group, b->group)) {
            continue;
        }
        for (size_t r = 0; r < a->ref_count; r++) {
            if (playbook_item_has_ref(b, a->refs[r]) &&
                !fault(f, a->line, STR("give both items one group, or take the ref out of one"),
                       "%.*s would count twice: it feeds '%.*s' and '%.*s', of two groups",
                       STR_ARG(a->refs[r]), STR_ARG(b->id), STR_ARG(a->id))) {
                return false;
            }
        }
    }
    return true;
}

static int by_line(const void *a, const void *b)
{
    const struct playbook_fault *x = a;
    const struct playbook_fault *y = b;
    return x->line != y->line ? (x->line < y->line ? -1 : 1) : str_cmp(x->message, y->message);
}

enum err_code playbook_check(struct str text, struct playbook_faults *out, struct err *err)
{
    struct playbook *p = NULL;
    enum err_code rc = playbook_load_all(text, out, &p, err);
    if (rc) {
        return rc;
    }
    bool ok = true;
    bool whole = out->len == 0;
    for (size_t i = 0; ok && whole && i < p->item_count; i++) {
        ok = check_item(p, &p->items[i], out) && check_once(p, i, out);
    }
    for (size_t i = 0; ok && whole && i < p->table.count; i++) {
        ok = check_reached(&p->table, i, out) && check_close(&p->table.rows[i], out);
    }
    playbook_free(p);
    if (!ok) {
        return err_set(err, ERR_NOMEM, "no memory for the faults of the playbook");
    }
    if (out->len > 1) {
        qsort(out->at, out->len, sizeof(*out->at), by_line);
    }
    return ERR_OK;
}

/* ---- other weights ---- */

/* Where a line begins; SIZE_MAX: there is none. */
static size_t line_start(struct str text, unsigned line)
{
    size_t at = 0;
    for (unsigned n = 1; n < line; n++) {
        size_t end = str_chr(str_from(text, at), '\n');
        if (end == SIZE_MAX) {
            return SIZE_MAX;
        }
        at += end + 1;
    }
    return at;
}

enum err_code playbook_reweigh(struct str text, const struct playbook *p, const int *weights,
                               struct buf *out, struct err *err)
{
    size_t done = 0;
    for (size_t i = 0; i < p->item_count; i++) {
        const struct playbook_item *it = &p->items[i];
        size_t at = line_start(text, it->weight_line);
        at = at == SIZE_MAX ? at : at + it->weight_column - 1;
        if (at == SIZE_MAX || at < done || at + it->weight_len > text.len) {
            return err_set(err, ERR_SCHEMA, "playbook line %u: the weight of '%.*s' is not there",
                           it->weight_line, STR_ARG(str_head(it->id, 60)));
        }
        buf_add(out, str_make(text.ptr + done, at - done));
        buf_printf(out, "%d", weights[i]);
        done = at + it->weight_len;
    }
    buf_add(out, str_from(text, done));
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the playbook") : ERR_OK;
}
