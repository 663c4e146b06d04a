/* Business processes: who may call which function, when and how often. */
#include "context/table.h"

enum { PROCESS, FUNCTION, CALLER, SCHEDULE, OWNER, CHANGE, WINDOW, RATE, COLUMNS };

static const struct column columns[COLUMNS] = {
    [PROCESS] = {"process", "process_name|name", true, false},
    [FUNCTION] = {"function", "function_name|functions", true, false},
    [CALLER] = {"caller", "principal|invoker|called_by", true, false},
    [SCHEDULE] = {"schedule", "cron|frequency", false, false},
    [OWNER] = {"owner", "process_owner|contact", false, false},
    [CHANGE] = {"change", "change_id|ticket", false, false},
    [WINDOW] = {"window", "valid|period", false, false},
    [RATE] = {"max_per_minute", "rate_per_minute|max_rate", false, false},
};

static enum err_code read_rate(struct str cell, double *out, struct err *err)
{
    cell = str_trim(cell);
    *out = -1;
    if (cell.len == 0) {
        return ERR_OK;
    }
    if (!str_f64(cell, out) || !(*out >= 0)) {
        return err_set(err, ERR_SYNTAX, "max_per_minute: '%.*s' is no number",
                       STR_ARG(str_head(cell, 40)));
    }
    return ERR_OK;
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct process p = {.window = {TIME_NONE, TIME_NONE}};
    const struct {
        unsigned column;
        struct str *to;
    } texts[] = {
        {PROCESS, &p.process},   {FUNCTION, &p.function}, {CALLER, &p.caller},
        {SCHEDULE, &p.schedule}, {OWNER, &p.owner},       {CHANGE, &p.change},
    };
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(texts); i++) {
        rc = reader_keep(r, row->cell[texts[i].column], texts[i].to, err);
    }
    if (rc == ERR_OK && str_trim(row->cell[WINDOW]).len > 0) {
        rc = reader_span(r, "window", row->cell[WINDOW], ZONE_DATES_UTC, &p.window, err);
    }
    if (rc == ERR_OK) {
        rc = read_rate(row->cell[RATE], &p.max_per_minute, err);
    }
    if (rc == ERR_OK && (p.process.len == 0 || p.function.len == 0 || p.caller.len == 0)) {
        rc = err_set(err, ERR_SYNTAX, "process, function and caller must be given");
    }
    if (rc == ERR_OK && !VEC_PUSH(&r->c->processes, p)) {
        rc = reader_nomem(r, err);
    }
    return rc;
}

static enum err_code read_processes(struct context *c, struct str path, struct str text,
                                    struct err *err)
{
    static const struct table table = {columns, COLUMNS, read_row};
    struct reader r = {.c = c, .kind = CONTEXT_PROCESSES, .path = path};
    return table_read_csv(&r, &table, text, err);
}

extern const struct context_ops context_processes;
const struct context_ops context_processes = {
    .kind = CONTEXT_PROCESSES,
    .summary = "processes: CSV with a header line",
    .columns = columns,
    .column_count = COLUMNS,
    .read = read_processes,
};
