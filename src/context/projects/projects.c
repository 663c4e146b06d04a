/* Project rosters: who works on what, and which functions belong to it. */
#include "context/projects/projects_priv.h"
#include "context/table.h"

#define FORMATS "CSV with a header line, CODEOWNERS, Backstage catalog"

void project_release(struct project *p)
{
    VEC_FREE(&p->functions);
    VEC_FREE(&p->accounts);
}

enum err_code project_add(struct reader *r, struct project *p, struct err *err)
{
    if (!VEC_PUSH(&r->c->projects, *p)) {
        project_release(p);
        return reader_nomem(r, err);
    }
    return ERR_OK;
}

enum err_code project_owner(struct reader *r, struct str text, bool group, struct project *p,
                            struct err *err)
{
    struct str name = text;
    size_t colon = str_chr(name, ':');
    if (colon != SIZE_MAX) { /* group:default/pay-team */
        group = !str_ieq(str_head(name, colon), STR("user"));
        name = str_from(name, colon + 1);
    } else if (name.len > 0 && name.ptr[0] == '@') { /* @acme/pay-team, @ana; GitLab: @@role */
        name = str_from(name, 1);
        group = str_chr(name, '/') != SIZE_MAX;
    } else if (str_chr(name, '@') != SIZE_MAX) {
        group = false;
    }
    size_t slash = str_rchr(name, '/');
    p->group = group;
    return reader_keep(r, slash == SIZE_MAX ? name : str_from(name, slash + 1), &p->member, err);
}

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
    if (rc != ERR_OK) {
        project_release(&p);
        return rc;
    }
    return project_add(r, &p, err);
}

static enum err_code read_projects(struct context *c, struct str path, struct str text,
                                   struct err *err)
{
    static const struct table table = {columns, COLUMNS, read_row};
    struct reader r = {.c = c, .kind = CONTEXT_PROJECTS, .path = path};
    if (backstage_looks(text)) {
        return backstage_read(&r, text, err);
    }
    if (codeowners_looks(text)) {
        return codeowners_read(&r, text, err);
    }
    return table_read_csv(&r, &table, text, err);
}

extern const struct context_ops context_projects;
const struct context_ops context_projects = {
    .kind = CONTEXT_PROJECTS,
    .summary = "projects: " FORMATS,
    .columns = columns,
    .column_count = COLUMNS,
    .read = read_projects,
};
