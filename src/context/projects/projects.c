/* Project rosters: who works on what, and which functions belong to it. */
#include "context/table.h"

enum { PROJECT, MEMBER, ROLE, FROM, TO, FUNCTIONS, ACCOUNTS, COLUMNS };

static const struct column columns[COLUMNS] = {
    [PROJECT] = {"project", "project_name|project_id|team", true, false},
    [MEMBER] = {"member", "email|user|login|person|work_email", true, false},
    [ROLE] = {"role", "project_role", false, false},
    [FROM] = {"from", "start|start_date|since", false, false},
    [TO] = {"to", "end|end_date|until", false, false},
    [FUNCTIONS] = {"functions", "function|function_prefixes|prefixes|tags", false, true},
    [ACCOUNTS] = {"accounts", "account|cloud_accounts|aws_accounts", false, true},
};

static enum err_code fill(struct reader *r, const struct row *row, struct project *p,
                          struct err *err)
{
    bool bare = false;
    enum err_code rc = reader_keep(r, row->cell[PROJECT], &p->project, err);
    if (rc == ERR_OK) {
        rc = reader_keep(r, row->cell[MEMBER], &p->member, err);
    }
    if (rc == ERR_OK) {
        rc = reader_keep(r, row->cell[ROLE], &p->role, err);
    }
    if (rc == ERR_OK) {
        rc = reader_time(r, "from", row->cell[FROM], ZONE_DATES_UTC, &p->from_us, NULL, err);
    }
    if (rc == ERR_OK) {
        rc = reader_time(r, "to", row->cell[TO], ZONE_DATES_UTC, &p->to_us, &bare, err);
    }
    if (rc == ERR_OK && bare && p->to_us != TIME_NONE) {
        p->to_us += TIME_DAY_US;
    }
    if (rc == ERR_OK) {
        rc = reader_add_all(r, &p->functions, row->cell[FUNCTIONS], err);
    }
    if (rc == ERR_OK) {
        rc = reader_add_all(r, &p->accounts, row->cell[ACCOUNTS], err);
    }
    if (rc == ERR_OK && (p->project.len == 0 || p->member.len == 0)) {
        rc = err_set(err, ERR_SYNTAX, "no %s", p->project.len == 0 ? "project" : "member");
    }
    return rc;
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct project p = {0};
    enum err_code rc = fill(r, row, &p, err);
    if (rc == ERR_OK && !VEC_PUSH(&r->c->projects, p)) {
        rc = reader_nomem(r, err);
    }
    if (rc != ERR_OK) {
        VEC_FREE(&p.functions);
        VEC_FREE(&p.accounts);
    }
    return rc;
}

static enum err_code read_projects(struct context *c, struct str path, struct str text,
                                   struct err *err)
{
    static const struct table table = {columns, COLUMNS, read_row};
    struct reader r = {.c = c, .kind = CONTEXT_PROJECTS, .path = path};
    return table_read_csv(&r, &table, text, err);
}

extern const struct context_ops context_projects;
const struct context_ops context_projects = {
    .kind = CONTEXT_PROJECTS,
    .summary = "projects: CSV with a header line",
    .columns = columns,
    .column_count = COLUMNS,
    .read = read_projects,
};
