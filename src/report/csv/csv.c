/*
 * csv - one row a finding (RFC 4180), safe to open in a spreadsheet.
 */
#include "base/utf8.h"
#include "report/mask.h"
#include "report/show.h"

struct row {
    struct buf *out;
    bool begun;
};

/* Does a spreadsheet take this text for a formula? It looks past spaces, quotes and marks. */
static bool is_formula(struct str s)
{
    uint32_t c;
    while (utf8_next(&s, &c)) {
        switch (c) {
        case ' ':
        case '"':
        case '\'':
        case '`':
        case 0xa0:   /* no-break space */
        case 0x3000: /* ideographic space */
        case 0xfeff: /* byte order mark */
        case 0x200b: /* zero width space */
            continue;
        case '=':
        case '+':
        case '-':
        case '@':
        case '|':
        case '%':
        case '\t':
        case '\r':
        case '\n':
        case 0xff1d: /* full-width = + - @ */
        case 0xff0b:
        case 0xff0d:
        case 0xff20:
        case 0x2212: /* minus sign */
            return true;
        default:
            return false;
        }
    }
    return false;
}

static void cell(struct row *r, struct str s)
{
    CLEANUP(buf_free) struct buf plain = {0};
    CLEANUP(buf_free) struct buf seen = {0};
    mask_add(&plain, s);
    bool formula = is_formula(buf_str(&plain));
    buf_addc(&seen, formula ? '\'' : ' ');
    utf8_add_visible(&seen, buf_str(&plain));
    struct str text = str_from(buf_str(&seen), formula ? 0 : 1);
    bool quote = formula || str_chr(text, ',') != SIZE_MAX || str_chr(text, '"') != SIZE_MAX ||
                 str_chr(text, ';') != SIZE_MAX || str_chr(text, ' ') == 0;
    buf_add_cstr(r->out, r->begun ? "," : "");
    r->begun = true;
    buf_add_cstr(r->out, quote ? "\"" : "");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"') {
            buf_addc(r->out, '"');
        }
        buf_addc(r->out, text.ptr[i]);
    }
    buf_add_cstr(r->out, quote ? "\"" : "");
    r->out->failed = r->out->failed || plain.failed || seen.failed;
}

static void cell_cstr(struct row *r, const char *s)
{
    cell(r, str_of(s));
}

static void cell_u64(struct row *r, uint64_t v)
{
    CLEANUP(buf_free) struct buf t = {0};
    buf_printf(&t, "%llu", (unsigned long long)v);
    cell(r, buf_str(&t));
    r->out->failed = r->out->failed || t.failed;
}

static void cell_time(struct row *r, int64_t us)
{
    char t[TIME_TEXT_MAX];
    size_t n = time_format(us, t);
    cell(r, str_make(t, n));
}

/* Several values in one cell, by spaces. */
static void cell_list(struct row *r, const struct str *at, size_t len)
{
    CLEANUP(buf_free) struct buf t = {0};
    for (size_t i = 0; i < len; i++) {
        buf_add_cstr(&t, i == 0 ? "" : " ");
        buf_add(&t, at[i]);
    }
    cell(r, buf_str(&t));
    r->out->failed = r->out->failed || t.failed;
}

static const struct case_file *case_of(const struct result *r, const struct finding *f)
{
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        for (size_t j = 0; j < c->findings.len; j++) {
            if (c->findings.at[j] == f) {
                return c;
            }
        }
    }
    return NULL;
}

static void what(struct row *r, const struct finding *f)
{
    const struct detection *d = f->detection;
    cell(r, f->id);
    cell_cstr(r, severity_name(f->severity));
    cell(r, d->ref);
    cell(r, d->id);
    cell(r, d->title);
    cell_time(r, f->first_us);
    cell_time(r, f->last_us);
    cell_u64(r, f->count);
    cell_u64(r, f->denied);
}

static void where(struct row *r, const struct finding *f)
{
    cell(r, f->function.provider);
    cell(r, f->account);
    cell(r, f->region);
    cell(r, f->function.name);
    cell(r, f->actor == NULL ? STR_EMPTY : f->actor->root);
    cell_cstr(r, f->actor == NULL ? "" : identity_kind_name(f->actor->kind));
    cell_list(r, f->addresses.at, f->addresses.len);
    cell_list(r, f->hosts.at, f->hosts.len);
    cell_list(r, f->detection->techniques, f->detection->technique_count);
    cell_cstr(r, indicator_name(f->detection->indicator));
}

static void decided(struct row *r, const struct case_file *c)
{
    cell(r, c == NULL ? STR_EMPTY : c->id);
    cell(r, c == NULL ? STR_EMPTY : c->decision.action);
    cell(r, c == NULL ? STR_EMPTY : c->decision.row);
    cell_cstr(r, c == NULL ? "" : show_priority(c->decision.priority));
}

static void evidence(struct row *r, const struct result *res, const struct finding *f)
{
    if (f->events.len == 0) {
        cell_list(r, NULL, 0);
        cell_list(r, NULL, 0);
        cell_list(r, NULL, 0);
        cell_list(r, NULL, 0);
        return;
    }
    const struct event *e = f->events.at[0];
    cell(r, show_path(res, e->origin.file));
    cell_u64(r, e->origin.offset);
    cell_u64(r, e->origin.length);
    cell(r, e->record_id);
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    (void)o;
    buf_add_cstr(out, "id,severity,ref,detection,title,first,last,count,denied,provider,account,"
                      "region,function,actor,actor_kind,addresses,hosts,techniques,indicator,case,"
                      "action,row,priority,path,offset,length,record_id,explain\r\n");
    for (size_t i = 0; i < r->findings.len; i++) {
        const struct finding *f = r->findings.at[i];
        struct row row = {.out = out};
        what(&row, f);
        where(&row, f);
        decided(&row, case_of(r, f));
        evidence(&row, r, f);
        cell(&row, f->explain);
        buf_add_cstr(out, "\r\n");
    }
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the CSV report") : ERR_OK;
}

const struct report_ops report_csv = {
    .name = "csv",
    .suffix = ".csv",
    .summary = "one row a finding, safe to open in a spreadsheet",
    .write = write,
};
