#include "report/show.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "report/mask.h"

enum { NOTE_COLUMNS = 160 };

void show_text(struct buf *out, struct str s)
{
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add(&plain, s);
    utf8_add_visible(out, buf_str(&plain));
    out->failed = out->failed || plain.failed;
}

/* The first bytes of `s` that fill at most `most` columns, or the last. */
static struct str columns(struct str s, size_t most)
{
    struct str rest = s;
    struct str before = s;
    uint32_t code;
    while (utf8_next(&rest, &code)) {
        if (utf8_width(str_head(s, s.len - rest.len)) > most) {
            return str_head(s, s.len - before.len);
        }
        before = rest;
    }
    return s;
}

static struct str last_columns(struct str s, size_t most)
{
    uint32_t code;
    while (utf8_width(s) > most && utf8_next(&s, &code)) {
    }
    return s;
}

void show_short(struct buf *out, struct str s, size_t most)
{
    CLEANUP(buf_free) struct buf whole = {0};
    show_text(&whole, s);
    struct str text = buf_str(&whole);
    if (utf8_width(text) <= most) {
        buf_add(out, text);
    } else {
        buf_add(out, columns(text, (most - 1) / 2));
        buf_add_cstr(out, "…");
        buf_add(out, last_columns(text, most / 2));
    }
    out->failed = out->failed || whole.failed;
}

void show_sentence(struct buf *out, struct str s, size_t most)
{
    CLEANUP(buf_free) struct buf whole = {0};
    show_text(&whole, s);
    struct str text = buf_str(&whole);
    if (utf8_width(text) <= most) {
        buf_add(out, text);
    } else {
        buf_add(out, str_trim(columns(text, most - 2)));
        buf_add_cstr(out, " …");
    }
    out->failed = out->failed || whole.failed;
}

void show_count(struct buf *out, uint64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) {
            buf_addc(out, ',');
        }
        buf_addc(out, digits[i]);
    }
}

void show_plural(struct buf *out, uint64_t n, const char *one, const char *many)
{
    show_count(out, n);
    buf_printf(out, " %s", n == 1 ? one : many);
}

void show_bytes(struct buf *out, uint64_t n)
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    if (n < 10000) {
        show_plural(out, n, "byte", "bytes");
        return;
    }
    double v = (double)n / 1000;
    size_t u = 0;
    while (v >= 999.5 && u + 1 < ARRAY_LEN(units)) {
        v /= 1000;
        u++;
    }
    buf_printf(out, v < 9.95 ? "%.1f %s" : "%.0f %s", v, units[u]);
}

void show_span(struct buf *out, int64_t us)
{
    int64_t s = us / TIME_SECOND_US;
    if (s < 120) {
        buf_printf(out, "%" PRId64 " s", s);
    } else if (s < INT64_C(2) * 3600) {
        buf_printf(out, "%" PRId64 " min", s / 60);
    } else if (s < INT64_C(2) * 86400) {
        buf_printf(out, "%" PRId64 " h", s / 3600);
    } else {
        buf_printf(out, "%" PRId64 " d", s / 86400);
    }
}

enum precision { CLOCK, MINUTE, SECOND };

static void time_text(struct buf *out, int64_t us, const struct report_options *o, enum precision p)
{
    if (us == TIME_NONE) {
        buf_add_cstr(out, "undated");
        return;
    }
    struct time_parts t = time_split(us + o->zone_us);
    if (p != CLOCK) {
        buf_printf(out, "%04d-%02d-%02d ", t.year, t.month, t.day);
    }
    buf_printf(out, "%02d:%02d", t.hour, t.minute);
    if (p == SECOND) {
        buf_printf(out, ":%02d", t.second);
    }
}

void show_clock(struct buf *out, int64_t us, const struct report_options *o)
{
    time_text(out, us, o, CLOCK);
}

void show_minute(struct buf *out, int64_t us, const struct report_options *o)
{
    time_text(out, us, o, MINUTE);
}

void show_second(struct buf *out, int64_t us, const struct report_options *o)
{
    time_text(out, us, o, SECOND);
}

static bool same_day(int64_t a, int64_t b, const struct report_options *o)
{
    if (a == TIME_NONE || b == TIME_NONE) {
        return false;
    }
    struct time_parts x = time_split(a + o->zone_us);
    struct time_parts y = time_split(b + o->zone_us);
    return x.year == y.year && x.month == y.month && x.day == y.day;
}

void show_near(struct buf *out, int64_t us, int64_t from_us, const struct report_options *o)
{
    time_text(out, us, o, same_day(us, from_us, o) ? CLOCK : MINUTE);
}

void show_range(struct buf *out, int64_t from_us, int64_t to_us, const struct report_options *o)
{
    show_minute(out, from_us, o);
    if (to_us != from_us) {
        buf_add_cstr(out, " – ");
        show_near(out, to_us, from_us, o);
    }
}

static struct str last_part(struct str arn)
{
    size_t slash = str_rchr(arn, '/');
    size_t colon = str_rchr(arn, ':');
    if (!str_starts(arn, STR("arn:"))) {
        return arn;
    }
    size_t at = slash != SIZE_MAX ? slash : colon;
    return str_from(arn, at + 1);
}

/* "arn:aws:iam::1111:role/path/name": kind "role", name, account. */
static void iam_name(struct buf *out, struct str arn)
{
    struct str rest = arn;
    struct str part = STR_EMPTY;
    struct str account = STR_EMPTY;
    for (unsigned i = 0; i < 5 && str_cut(&rest, ':', &part); i++) {
        account = part;
    }
    if (str_eq(rest, STR("root"))) {
        buf_add_cstr(out, "root of ");
        show_text(out, account);
    } else if (str_starts(rest, STR("role/")) || str_starts(rest, STR("assumed-role/"))) {
        struct str name = str_from(rest, str_chr(rest, '/') + 1);
        struct str role = name;
        bool session = str_starts(rest, STR("assumed-role/")) && str_cut(&name, '/', &role);
        buf_add_cstr(out, "role ");
        show_short(out, session ? role : last_part(arn), 48);
        if (session && name.len > 0) {
            buf_add_cstr(out, " as ");
            show_short(out, name, 40);
        }
    } else {
        show_short(out, last_part(arn), 48);
    }
}

void show_principal(struct buf *out, struct str principal)
{
    /* Masked before it is taken apart: a secret's name and value may part otherwise. */
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add(&plain, principal);
    if (str_starts(buf_str(&plain), STR("arn:"))) {
        iam_name(out, buf_str(&plain));
    } else {
        show_short(out, buf_str(&plain), 60);
    }
    out->failed = out->failed || plain.failed;
}

void show_last(struct buf *out, struct str arn, size_t most)
{
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add(&plain, arn);
    show_short(out, last_part(buf_str(&plain)), most);
    out->failed = out->failed || plain.failed;
}

void show_actor(struct buf *out, const struct actor *a)
{
    if (a == NULL) {
        buf_add_cstr(out, "nobody named");
        return;
    }
    if (a->person.len > 0) {
        show_short(out, a->person, 48);
        buf_add_cstr(out, " (");
        show_principal(out, a->root);
        buf_addc(out, ')');
    } else {
        show_principal(out, a->root);
    }
}

void show_function(struct buf *out, const struct function_key *f, bool where)
{
    show_short(out, f->name, 64);
    if (where && f->account.len > 0) {
        buf_add_cstr(out, " (");
        show_short(out, f->account, 32);
        if (f->region.len > 0) {
            buf_addc(out, ' ');
            show_short(out, f->region, 24);
        }
        buf_addc(out, ')');
    }
}

const char *show_priority(int priority)
{
    static const char *const names[] = {"", "P1", "P2", "P3", "P4"};
    return priority >= 0 && priority < (int)ARRAY_LEN(names) ? names[priority] : "";
}

const char *show_question(enum question q)
{
    static const char *const names[] = {"Q1", "Q2", "Q3", "Q4"};
    return (unsigned)q < ARRAY_LEN(names) ? names[q] : "";
}

const char *show_asks(enum question q)
{
    static const char *const asks[] = {"legitimate reason?", "permissions as usual?",
                                       "address known?", "traffic as usual?"};
    return (unsigned)q < ARRAY_LEN(asks) ? asks[q] : "";
}

const char *show_action(const struct decision *d)
{
    static const struct {
        struct str action;
        const char *word;
    } words[] = {{STR_INIT("escalate"), "ESCALATE"},
                 {STR_INIT("tasks"), "TO CHECK"},
                 {STR_INIT("hold"), "HOLD"},
                 {STR_INIT("close-pending"), "CLOSE WHEN COMPLETE"},
                 {STR_INIT("close"), "CLOSE"}};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_eq(d->action, words[i].action)) {
            return words[i].word;
        }
    }
    return d->escalate ? "ESCALATE" : "TO CHECK";
}

/* A note of an absent source says what to give: that is told once for all, at the top. */
void show_blind(struct buf *out, const struct answer *a)
{
    bool first = true;
    for (size_t i = 0; a->raised && i < a->coverage.len; i++) {
        const struct coverage *c = &a->coverage.at[i];
        if (c->state == COVERAGE_PRESENT) {
            continue;
        }
        buf_add_cstr(out, first ? "" : ", ");
        show_text(out, c->source);
        buf_printf(out, " %s", coverage_state_name(c->state));
        if (c->note.len > 0 && !str_starts(c->note, STR("give "))) {
            buf_add_cstr(out, " (");
            show_sentence(out, c->note, NOTE_COLUMNS);
            buf_addc(out, ')');
        }
        first = false;
    }
}

/* Of a thousand cases two share four digits for sure, and eight hardly ever. */
enum { CASE_DIGITS_SHOWN = 8 };

struct str show_case_id(struct str id)
{
    return str_head(id, CASE_DIGITS_SHOWN);
}

struct str show_path(const struct result *r, uint32_t file)
{
    return file < r->file_count ? r->paths[file] : STR("?");
}
