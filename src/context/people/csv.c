/* People as HR and directory exports have them. Columns that are not needed are not kept. */
#include "context/people/people_priv.h"

enum {
    ID,
    OTHER_IDS,
    NAME,
    JOB_FAMILY,
    DEPARTMENT,
    GROUPS,
    MANAGER,
    STATUS,
    TERMINATED_AT,
    LEAVE_START,
    LEAVE_END,
    ON_CALL,
    HOURS,
    TIME_ZONE,
    COLUMNS
};
enum { STATUS_SHOWN = 40 };
_Static_assert((int)COLUMNS == (int)PEOPLE_COLUMNS, "the header says how many");

const struct column people_columns[] = {
    [ID] = {"id", "work_email|email|mail|email_address|user_principal_name|upn|login|user_name",
            true, false},
    [OTHER_IDS] = {"other_ids",
                   "employee_id|employee_number|login|user_name|user_principal_name|upn|work_email|"
                   "email|mail|sys_id|aws_user|github|github_login|aliases",
                   false, true},
    [NAME] = {"name", "full_name|display_name|employee_name", false, false},
    [JOB_FAMILY] = {"job_family", "job_title|title|position|role", false, false},
    [DEPARTMENT] = {"department", "dept|division|organization", false, false},
    [GROUPS] = {"groups", "group|teams|team|member_of", false, true},
    [MANAGER] = {"manager", "manager_id|manager_email|reports_to", false, false},
    [STATUS] = {"status", "employment_status|employee_status|account_status|active|state", false,
                false},
    [TERMINATED_AT] = {"terminated_at", "termination_date|last_day|end_date|leaving_date", false,
                       false},
    [LEAVE_START] = {"leave_start", "leave_from|absence_start", false, false},
    [LEAVE_END] = {"leave_end", "leave_to|leave_until|absence_end", false, false},
    [ON_CALL] = {"on_call", "on_call_spans|oncall", false, true},
    [HOURS] = {"hours", "working_hours|work_hours", false, false},
    [TIME_ZONE] = {"time_zone", "timezone|tz|utc_offset", false, false},
};

static enum person_status status_of(struct str s, bool has_leave)
{
    static const struct {
        const char *word;
        enum person_status status;
    } words[] = {
        {"active", PERSON_ACTIVE},
        {"true", PERSON_ACTIVE},
        {"yes", PERSON_ACTIVE},
        {"employed", PERSON_ACTIVE},
        {"enabled", PERSON_ACTIVE},
        {"full-time", PERSON_ACTIVE},
        {"part-time", PERSON_ACTIVE},
        {"inactive", PERSON_INACTIVE},
        {"false", PERSON_INACTIVE},
        {"no", PERSON_INACTIVE},
        {"suspended", PERSON_INACTIVE},
        {"disabled", PERSON_INACTIVE},
        {"deprovisioned", PERSON_INACTIVE},
        {"deactivated", PERSON_INACTIVE},
        {"deleted", PERSON_INACTIVE},
        {"locked", PERSON_INACTIVE},
        {"blocked", PERSON_INACTIVE},
        {"archived", PERSON_INACTIVE},
        {"terminated", PERSON_TERMINATED},
        {"left", PERSON_TERMINATED},
        {"leaver", PERSON_TERMINATED},
        {"resigned", PERSON_TERMINATED},
        {"dismissed", PERSON_TERMINATED},
        {"retired", PERSON_TERMINATED},
        {"offboarded", PERSON_TERMINATED},
        {"exited", PERSON_TERMINATED},
        {"former", PERSON_TERMINATED},
        {"ex-employee", PERSON_TERMINATED},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_ieq(str_trim(s), str_of(words[i].word))) {
            return words[i].status;
        }
    }
    /* "On leave" with its dates is told by them; without, nobody knows when. */
    return has_leave ? PERSON_ACTIVE : PERSON_STATUS_UNKNOWN;
}

/* A day of this person: dates are in the person's zone; what has an offset keeps it. */
static enum err_code read_day(struct reader *r, const struct person *p, const char *what,
                              struct str cell, bool end, int64_t *out, struct err *err)
{
    bool date = false;
    int64_t us;
    enum err_code rc = reader_time(r, what, cell, ZONE_DATES_UTC, &us, &date, err);
    if (rc != ERR_OK) {
        return rc;
    }
    if (us != TIME_NONE && date) {
        us += (end ? TIME_DAY_US : 0) - p->zone_us;
    }
    *out = us;
    return ERR_OK;
}

/* Lists of starts and ends go pairwise. */
static enum err_code read_leave(struct reader *r, const struct row *row, struct person *p,
                                struct err *err)
{
    struct str starts = row->cell[LEAVE_START];
    struct str ends = row->cell[LEAVE_END];
    for (;;) {
        struct str start = STR_EMPTY;
        struct str end = STR_EMPTY;
        bool more = cell_cut(&starts, &start);
        more = cell_cut(&ends, &end) || more;
        if (!more) {
            return ERR_OK;
        }
        struct span span;
        enum err_code rc = read_day(r, p, "leave_start", start, false, &span.from_us, err);
        if (rc == ERR_OK) {
            rc = read_day(r, p, "leave_end", end, true, &span.to_us, err);
        }
        if (rc != ERR_OK) {
            return rc;
        }
        if (span.to_us != TIME_NONE && span.to_us < span.from_us) {
            return err_set(err, ERR_SYNTAX, "the leave ends before it begins");
        }
        if (!VEC_PUSH(&p->leave, span)) {
            return reader_nomem(r, err);
        }
    }
}

static enum err_code read_on_call(struct reader *r, struct str cell, struct person *p,
                                  struct err *err)
{
    struct str piece;
    while (cell_cut(&cell, &piece)) {
        struct span span;
        enum err_code rc = reader_span(r, "on_call", piece, ZONE_DATES_UTC, &span, err);
        if (rc != ERR_OK) {
            return rc;
        }
        if (!VEC_PUSH(&p->on_call, span)) {
            return reader_nomem(r, err);
        }
    }
    return ERR_OK;
}

/* "9", "09", "09:00", "17:30" to an hour; minutes round up for an end. */
static bool hour_of(struct str s, bool end, int *out)
{
    uint64_t hour = 0;
    uint64_t minute = 0;
    size_t colon = str_chr(s, ':');
    if (!str_u64(str_head(s, colon == SIZE_MAX ? s.len : colon), &hour) ||
        (colon != SIZE_MAX && !str_u64(str_from(s, colon + 1), &minute)) || hour > 24 ||
        minute > 59) {
        return false;
    }
    *out = (int)hour + (end && minute > 0 ? 1 : 0);
    return true;
}

static enum err_code read_hours(struct str cell, struct person *p, struct err *err)
{
    struct str s = str_trim(cell);
    p->hours_from = -1;
    p->hours_to = -1;
    if (s.len == 0) {
        return ERR_OK;
    }
    size_t dash = str_chr(s, '-');
    if (dash == SIZE_MAX || !hour_of(str_trim(str_head(s, dash)), false, &p->hours_from) ||
        !hour_of(str_trim(str_from(s, dash + 1)), true, &p->hours_to)) {
        return err_set(err, ERR_SYNTAX, "hours: '%.*s' is not like 09:00-17:30",
                       STR_ARG(str_head(s, 40)));
    }
    return ERR_OK;
}

static enum err_code read_texts(struct reader *r, const struct row *row, struct person *p,
                                struct err *err)
{
    const struct {
        unsigned column;
        struct str *to;
    } texts[] = {
        {ID, &p->id},
        {NAME, &p->name},
        {JOB_FAMILY, &p->job_family},
        {DEPARTMENT, &p->department},
        {MANAGER, &p->manager},
        {TIME_ZONE, &p->time_zone},
    };
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        enum err_code rc = reader_keep(r, row->cell[texts[i].column], texts[i].to, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    enum err_code rc = reader_add_all(r, &p->other_ids, row->cell[OTHER_IDS], err);
    return rc == ERR_OK ? reader_add_all(r, &p->groups, row->cell[GROUPS], err) : rc;
}

/* Hours are worth nothing without an offset: better unknown than an hour off. */
static enum err_code read_zone(struct reader *r, struct person *p, struct err *err)
{
    if (p->time_zone.len == 0 || time_parse_offset(p->time_zone, &p->zone_us)) {
        return ERR_OK;
    }
    p->zone_us = 0;
    if (p->hours_from >= 0 && !r->told_state) {
        r->told_state = true;
        enum err_code rc = reader_note(r, err,
                                       "time_zone '%.*s' is no offset like +01:00: hours "
                                       "of such rows are not used",
                                       STR_ARG(str_head(p->time_zone, 40)));
        if (rc != ERR_OK) {
            return rc;
        }
    }
    p->hours_from = -1;
    p->hours_to = -1;
    return ERR_OK;
}

static enum err_code read_person(struct reader *r, const struct row *row, struct person *p,
                                 struct err *err)
{
    enum err_code rc = read_texts(r, row, p, err);
    if (rc == ERR_OK) {
        rc = read_hours(row->cell[HOURS], p, err);
    }
    if (rc == ERR_OK) {
        rc = read_zone(r, p, err);
    }
    if (rc == ERR_OK) {
        rc = read_leave(r, row, p, err);
    }
    if (rc == ERR_OK) {
        rc = read_on_call(r, row->cell[ON_CALL], p, err);
    }
    if (rc == ERR_OK) {
        rc =
            read_day(r, p, "terminated_at", row->cell[TERMINATED_AT], true, &p->terminated_us, err);
    }
    p->status = status_of(row->cell[STATUS], p->leave.len > 0);
    if (str_trim(row->cell[STATUS]).len == 0 && rc == ERR_OK) {
        p->status = p->terminated_us != TIME_NONE ? PERSON_TERMINATED : PERSON_STATUS_UNKNOWN;
    } else if (p->status == PERSON_STATUS_UNKNOWN && rc == ERR_OK) {
        rc = reader_keep(r, str_head(row->cell[STATUS], STATUS_SHOWN), &p->status_word, err);
    }
    return rc;
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct person p = {.terminated_us = TIME_NONE};
    enum err_code rc = read_person(r, row, &p, err);
    if (rc != ERR_OK) {
        person_release(&p);
        return rc;
    }
    return person_add(r, &p, err);
}

enum err_code people_read_csv(struct reader *r, struct str text, struct err *err)
{
    static const struct table table = {people_columns, COLUMNS, read_row};
    return table_read_csv(r, &table, text, err);
}
