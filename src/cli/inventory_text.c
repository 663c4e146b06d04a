/* The estate as a table: a line a function. */
#include "base/mem.h"
#include "cli/columns.h"
#include "cli/inventory_out.h"
#include "report/show.h"

enum { NAME, CLOUD, ACCOUNT, REGION, HOST, CODE, ROLE, CALLERS, CHANGED, BY, COLUMNS };

static const struct column_of columns[COLUMNS] = {
    [NAME] = {"FUNCTION", 16, 0, false},   [CLOUD] = {"CLOUD", 5, 0, false},
    [ACCOUNT] = {"ACCOUNT", 9, 4, false},  [REGION] = {"REGION", 9, 0, false},
    [HOST] = {"ANSWERS AT", 14, 2, false}, [CODE] = {"CODE", 8, 7, false},
    [ROLE] = {"RUNS AS", 12, 6, false},    [CALLERS] = {"CALLED BY", 12, 5, false},
    [CHANGED] = {"CHANGED", 16, 1, false}, [BY] = {"BY", 10, 3, false},
};

/* ---- cells ---- */

static bool first_of(struct arena *a, struct str one, size_t others, struct str *out)
{
    if (others == 0) {
        *out = one;
        return true;
    }
    return arena_printf(a, out, "%.*s +%zu", STR_ARG(one), others);
}

static bool host_cell(struct arena *a, const struct function *f, struct str *out)
{
    const struct str_list *list = f->hosts.len > 0 ? &f->hosts : &f->now.routes;
    if (list->len > 0) {
        return first_of(a, list->at[0], list->len - 1, out);
    }
    *out = f->now.open_known && f->now.open ? STR("*.workers.dev") : STR("-");
    return true;
}

static bool role_cell(struct arena *a, const struct function *f, struct str *out)
{
    struct str role = f->now.role.len > 0 ? f->now.role
                      : f->listed != NULL ? f->listed->role
                                          : STR_EMPTY;
    CLEANUP(buf_free) struct buf b = {0};
    show_last(&b, role.len > 0 ? role : STR("-"), 64);
    return !b.failed && arena_dup(a, buf_str(&b), out);
}

static struct str hash_of(const struct function *f)
{
    struct str hash = f->now.code_hash.len > 0 ? f->now.code_hash
                      : f->listed != NULL      ? f->listed->code_hash
                                               : STR_EMPTY;
    return hash.len > 0 ? str_head(hash, 12) : STR("-");
}

static bool callers_cell(struct arena *a, const struct estate_function *f, struct str *out)
{
    if (f->callers.len == 0) {
        *out = f->metric_calls > 0 ? STR("(metric only)")
               : f->runs > 0       ? STR("(runs only)")
                                   : STR("-");
        return true;
    }
    CLEANUP(buf_free) struct buf b = {0};
    show_principal(&b, f->callers.at[0].who);
    return !b.failed && first_of(a, buf_str(&b), f->callers.len - 1, out) &&
           arena_dup(a, *out, out);
}

static bool changed_cells(struct arena *a, const struct estate_function *f, struct str *when,
                          struct str *who)
{
    const struct report_options utc = {0};
    const struct listed_function *l = f->function->listed;
    CLEANUP(buf_free) struct buf time = {0};
    CLEANUP(buf_free) struct buf by = {0};
    *when = *who = STR("-");
    if (f->last_change != NULL) {
        show_minute(&time, f->last_change->time_us, &utc);
        show_actor(&by, f->last_change->actor);
    } else if (l != NULL && l->modified_us != TIME_NONE) {
        show_minute(&time, l->modified_us, &utc);
        show_text(&by, l->modified_by.len > 0 ? l->modified_by : STR("-"));
    } else {
        return true;
    }
    if (f->function->now.deleted) {
        buf_add_cstr(&time, " (deleted)");
    }
    return !time.failed && !by.failed && arena_dup(a, buf_str(&time), when) &&
           arena_dup(a, buf_str(&by), who);
}

static bool row(struct arena *a, const struct estate_function *f, struct str *cell)
{
    const struct function_key *k = &f->function->key;
    cell[NAME] = k->name;
    cell[CLOUD] = k->provider;
    cell[ACCOUNT] = k->account.len > 0 ? k->account : STR("?");
    cell[REGION] = k->region.len > 0 ? k->region : STR("-");
    cell[CODE] = hash_of(f->function);
    return host_cell(a, f->function, &cell[HOST]) && role_cell(a, f->function, &cell[ROLE]) &&
           callers_cell(a, f, &cell[CALLERS]) && changed_cells(a, f, &cell[CHANGED], &cell[BY]);
}

/* ---- the whole ---- */

static void heading(struct buf *out, const struct estate *e)
{
    const struct report_options utc = {0};
    size_t listed = 0;
    for (size_t i = 0; i < e->functions.len; i++) {
        listed += e->functions.at[i].events == 0;
    }
    show_plural(out, e->functions.len, "function", "functions");
    if (listed > 0) {
        buf_printf(out, ", %zu of them only in lists", listed);
    }
    buf_add_cstr(out, "; ");
    show_plural(out, e->scan.account.records, "record", "records");
    if (e->from_us != TIME_NONE) {
        buf_add_cstr(out, ", ");
        show_range(out, e->from_us, e->to_us, &utc);
        buf_add_cstr(out, " UTC");
    }
    buf_add_cstr(out, "\n");
}

bool inventory_text(struct buf *out, const struct estate *e, unsigned width)
{
    CLEANUP(arena_free) struct arena a = {0};
    heading(out, e);
    if (e->functions.len == 0) {
        buf_add_cstr(out,
                     "The logs name no function. Give logs that do, or lists with --functions.\n");
        return !out->failed;
    }
    struct str *cells = ARENA_ARRAY(&a, struct str, e->functions.len * COLUMNS);
    bool fine = cells != NULL;
    for (size_t i = 0; fine && i < e->functions.len; i++) {
        fine = row(&a, &e->functions.at[i], &cells[i * COLUMNS]);
    }
    if (!fine) {
        return false;
    }
    buf_addc(out, '\n');
    return columns_write(out, columns, COLUMNS, cells, e->functions.len, width);
}
