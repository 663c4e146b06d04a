/* Attestations: what people said about a case, who, and by which channel. */
#include "context/table.h"

enum { CASE, QUESTION, ANSWER, WHO, CHANNEL, EXPIRES, AT, TEXT, COLUMNS };

enum { CASE_DIGITS_MIN = 8 };

static const struct column columns[COLUMNS] = {
    [CASE] = {"case", "case_id", true, false},
    [QUESTION] = {"question", "q", true, false},
    [ANSWER] = {"answer", "verdict", true, false},
    [WHO] = {"who", "person|attested_by|user", true, false},
    [CHANNEL] = {"channel", "by|via", true, false},
    [EXPIRES] = {"expires", "expires_at|valid_until|until", true, false},
    [AT] = {"at", "time|attested_at|date", false, false},
    [TEXT] = {"text", "comment|note|words", false, false},
};

static enum err_code read_case(struct str cell, struct err *err)
{
    bool ok = cell.len >= CASE_DIGITS_MIN;
    for (size_t i = 0; ok && i < cell.len; i++) {
        ok = chr_is_digit(cell.ptr[i]) || (cell.ptr[i] >= 'a' && cell.ptr[i] <= 'f');
    }
    return ok ? ERR_OK
              : err_set(err, ERR_SYNTAX, "case: '%.*s' is no id of a case (%d digits or more)",
                        STR_ARG(str_head(cell, 40)), (int)CASE_DIGITS_MIN);
}

static enum err_code read_question(struct str cell, enum question *out, struct err *err)
{
    if (cell.len == 2 && (cell.ptr[0] == 'Q' || cell.ptr[0] == 'q') && cell.ptr[1] >= '1' &&
        cell.ptr[1] <= '4') {
        *out = (enum question)(cell.ptr[1] - '1');
        return ERR_OK;
    }
    return err_set(err, ERR_SYNTAX, "question: '%.*s' is not Q1, Q2, Q3 or Q4",
                   STR_ARG(str_head(cell, 40)));
}

static enum err_code read_answer(struct str cell, bool *out, struct err *err)
{
    *out = str_ieq(cell, STR("legitimate"));
    if (*out || str_ieq(cell, STR("suspicious"))) {
        return ERR_OK;
    }
    return err_set(err, ERR_SYNTAX, "answer: '%.*s' is not legitimate or suspicious",
                   STR_ARG(str_head(cell, 40)));
}

static enum err_code read_row(struct reader *r, const struct row *row, struct err *err)
{
    struct attestation a = {.at_us = TIME_NONE, .expires_us = TIME_NONE};
    bool is_date = false;
    enum err_code rc = read_case(str_trim(row->cell[CASE]), err);
    rc = rc ? rc : read_question(str_trim(row->cell[QUESTION]), &a.question, err);
    rc = rc ? rc : read_answer(str_trim(row->cell[ANSWER]), &a.legitimate, err);
    rc = rc ? rc
            : reader_time(r, "expires", row->cell[EXPIRES], ZONE_DATES_UTC, &a.expires_us, &is_date,
                          err);
    rc = rc ? rc : reader_time(r, "at", row->cell[AT], ZONE_DATES_UTC, &a.at_us, NULL, err);
    const struct {
        unsigned column;
        struct str *to;
    } texts[] = {{CASE, &a.case_id}, {WHO, &a.who}, {CHANNEL, &a.channel}, {TEXT, &a.text}};
    for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(texts); i++) {
        rc = reader_keep(r, row->cell[texts[i].column], texts[i].to, err);
    }
    if (rc == ERR_OK && (a.who.len == 0 || a.channel.len == 0 || a.expires_us == TIME_NONE)) {
        rc = err_set(err, ERR_SYNTAX,
                     "who, channel and expires must be given: a word counts by who gave it and "
                     "how, and not for ever");
    }
    a.expires_us += rc == ERR_OK && is_date ? TIME_DAY_US : 0; /* that day still counts */
    rc = rc ? rc : reader_origin(r, &a.origin, err);
    if (rc == ERR_OK && !VEC_PUSH(&r->c->attestations, a)) {
        rc = reader_nomem(r, err);
    }
    if (rc == ERR_OK) {
        reader_newest(r, a.at_us);
    }
    return rc;
}

static enum err_code read_attestations(struct context *c, struct str path, struct str text,
                                       struct err *err)
{
    static const struct table table = {columns, COLUMNS, read_row};
    struct reader r = {.c = c, .kind = CONTEXT_ATTEST, .path = path};
    return table_read_csv(&r, &table, text, err);
}

extern const struct context_ops context_attest;
const struct context_ops context_attest = {
    .kind = CONTEXT_ATTEST,
    .summary = "attestations: CSV with a header line",
    .columns = columns,
    .column_count = COLUMNS,
    .read = read_attestations,
};
