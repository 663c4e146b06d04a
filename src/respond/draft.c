#include "respond/draft.h"

#include <stdarg.h>

#include "base/buf.h"
#include "base/utf8.h"

void draft_begin(struct draft *d, struct case_file *c, struct arena *a, const char *action,
                 struct str target)
{
    *d = (struct draft){.file = c, .arena = a};
    d->step.action = str_of(action);
    d->failed = !arena_dup(a, target, &d->step.target);
    size_t same = 0;
    for (size_t i = 0; i < c->plan.len; i++) {
        const struct plan_step *s = &c->plan.at[i];
        if (str_eq(s->action, d->step.action)) {
            same++;
            d->already |= str_eq(s->target, target);
        }
    }
    d->already |= same >= DRAFT_STEPS_MAX;
}

bool draft_value_is_safe(struct str value)
{
    static const struct str fetched[] = {STR_INIT("file://"), STR_INIT("fileb://"),
                                         STR_INIT("http://"), STR_INIT("https://")};
    for (size_t i = 0; i < ARRAY_LEN(fetched); i++) {
        if (str_istarts(value, fetched[i])) {
            return false;
        }
    }
    if (value.len == 0 || value.len > 2048 || utf8_fault(value) != SIZE_MAX) {
        return false;
    }
    while (value.len > 0) {
        uint32_t code;
        if (!utf8_next(&value, &code) || code < 0x20 || (code >= 0x7f && code < 0xa0) ||
            code == 0x2028 || code == 0x2029 || (code >= 0x202a && code <= 0x202e) ||
            (code >= 0x2066 && code <= 0x2069) || code == 0x200e || code == 0x200f ||
            code == 0x061c) {
            return false;
        }
    }
    return true;
}

static void add_quoted(struct buf *b, struct str value)
{
    /* "--name '-x'" would be read as an option; "--name='-x'" is not. */
    if (value.ptr[0] == '-' && b->len > 0 && b->ptr[b->len - 1] == ' ') {
        b->ptr[b->len - 1] = '=';
    }
    buf_addc(b, '\'');
    for (size_t i = 0; i < value.len; i++) {
        if (value.ptr[i] == '\'') {
            buf_add_cstr(b, "'\\''");
        } else {
            buf_addc(b, value.ptr[i]);
        }
    }
    buf_addc(b, '\'');
}

static void add_unsafe(struct buf *b, const char *form)
{
    struct str verb = str_of(form);
    size_t at = str_find(verb, STR(" --"));
    buf_printf(b,
               "# %.*s: a value is empty, holds control characters or would be fetched by the "
               "command line; take it from the evidence",
               STR_ARG(at == SIZE_MAX ? verb : str_head(verb, at)));
}

static void fill(struct buf *b, const char *form, const struct str *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!draft_value_is_safe(values[i])) {
            add_unsafe(b, form);
            return;
        }
    }
    struct str rest = str_of(form);
    size_t used = 0;
    for (size_t at = str_find(rest, STR("{}")); at != SIZE_MAX && used < count;
         at = str_find(rest, STR("{}"))) {
        buf_add(b, str_head(rest, at));
        add_quoted(b, values[used++]);
        rest = str_from(rest, at + 2);
    }
    buf_add(b, rest);
}

static bool push(struct draft *d, enum draft_list list, struct str text)
{
    struct str line;
    if (!arena_dup(d->arena, text, &line)) {
        return false;
    }
    switch (list) {
    case DRAFT_COMMANDS:
        return VEC_PUSH(&d->step.commands, line);
    case DRAFT_UNDO:
        return VEC_PUSH(&d->step.undo, line);
    case DRAFT_BEFORE:
        return VEC_PUSH(&d->step.before, line);
    }
    return false;
}

void draft_line(struct draft *d, enum draft_list list, const char *form, const struct str *values,
                size_t count)
{
    if (d->failed || d->already) {
        return;
    }
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 65536);
    fill(&b, form, values, count);
    d->failed = b.failed || !push(d, list, buf_str(&b));
}

void draft_note(struct draft *d, enum draft_list list, const char *text)
{
    if (d->failed || d->already) {
        return;
    }
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 4096);
    buf_printf(&b, "# %s", text);
    d->failed = b.failed || !push(d, list, buf_str(&b));
}

void draft_why(struct draft *d, const char *fmt, ...)
{
    CLEANUP(buf_free) struct buf b;
    buf_init(&b, 0);
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&b, fmt, ap);
    va_end(ap);
    d->failed |= b.failed || !arena_dup(d->arena, utf8_head(buf_str(&b), 500), &d->step.why);
}

void draft_breaks(struct draft *d, const char *text)
{
    d->step.breaks = str_of(text);
}

enum err_code draft_end(struct draft *d, struct err *err)
{
    bool add = !d->already && !d->failed;
    if (add && VEC_PUSH(&d->file->plan, d->step)) {
        return ERR_OK;
    }
    VEC_FREE(&d->step.commands);
    VEC_FREE(&d->step.undo);
    VEC_FREE(&d->step.before);
    if (d->already && !d->failed) {
        return ERR_OK;
    }
    return err_set(err, ERR_NOMEM, "no memory for the plan of case %.*s", STR_ARG(d->file->id));
}

bool draft_did(const struct event *e, const char *service, const char *action)
{
    return e->outcome == OUTCOME_OK && str_starts(e->service, str_of(service)) &&
           str_eq(str_from(e->service, str_of(service).len), STR(".amazonaws.com")) &&
           str_eq(e->action, str_of(action));
}

bool draft_is_aws(const struct event *e)
{
    return str_starts(e->source, STR("aws."));
}

struct str draft_name(struct str arn)
{
    size_t slash = str_rchr(arn, '/');
    if (slash != SIZE_MAX) {
        return str_from(arn, slash + 1);
    }
    size_t colon = str_rchr(arn, ':');
    return colon != SIZE_MAX ? str_from(arn, colon + 1) : arn;
}

bool draft_layer(struct str arn, struct str *layer, struct str *version)
{
    size_t colon = str_rchr(arn, ':');
    uint64_t number;
    if (colon == SIZE_MAX || !str_u64(str_from(arn, colon + 1), &number)) {
        return false;
    }
    *layer = str_head(arn, colon);
    *version = str_from(arn, colon + 1);
    return true;
}

bool draft_role_is_fixed(struct str role_arn)
{
    return str_find(role_arn, STR("/aws-service-role/")) != SIZE_MAX ||
           str_find(role_arn, STR("AWSServiceRoleFor")) != SIZE_MAX ||
           str_find(role_arn, STR("AWSReservedSSO_")) != SIZE_MAX;
}
