/*
 * misp - the indicators of the cases as one MISP event.
 */
#include <stdio.h>

#include "codec/uuid.h"
#include "report/json_parts.h"
#include "report/marks.h"
#include "report/show.h"

struct misp_type {
    const char *type, *category;
    bool to_ids;
};

static bool is_sha256(struct str v)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = chr_lower(v.ptr[i]);
        if (!chr_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return v.len == 64;
}

static struct misp_type type_of(const struct mark *m, const struct mark_seen *seen)
{
    struct ip ip;
    switch ((unsigned)m->kind) {
    case MARK_ADDRESS:
        if (ip_parse(m->value, &ip)) {
            return (struct misp_type){seen->as_destination && !seen->as_source ? "ip-dst"
                                                                               : "ip-src",
                                      "Network activity", true};
        }
        break;
    case MARK_HOST:
        return (struct misp_type){"hostname", "Network activity", true};
    case MARK_CODE_HASH:
        if (is_sha256(m->value)) {
            return (struct misp_type){"sha256", "Payload delivery", true};
        }
        break;
    case MARK_JA3:
        return (struct misp_type){"ja3-fingerprint-md5", "Network activity", true};
    case MARK_USER_AGENT:
        return (struct misp_type){"user-agent", "Network activity", false};
    default:
        break;
    }
    return (struct misp_type){"text", "Other", false};
}

static void uuid(struct json_writer *w, const char *what, struct str name)
{
    char id[UUID_TEXT];
    CLEANUP(buf_free) struct buf whole = {0};
    buf_printf(&whole, "%s\n%.*s", what, STR_ARG(name));
    w->out->failed =
        !uuid_of(uuid_space_own, buf_str(&whole), id) || whole.failed || w->out->failed;
    json_parts_str(w, "uuid", str_of(id));
}

/* Seconds since 1970, as a text: so MISP has it. */
static void seconds(struct json_writer *w, const char *name, int64_t us)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%lld",
                   us == TIME_NONE ? 0LL : (long long)(us / TIME_SECOND_US));
    json_parts_str(w, name, str_of(text));
}

static void flag(struct json_writer *w, const char *name, bool v)
{
    json_key(w, str_of(name));
    json_bool(w, v);
}

static void attribute(struct json_writer *w, const struct case_file *c, const struct mark *m)
{
    struct mark_seen seen = marks_seen(c, m);
    struct misp_type t = type_of(m, &seen);
    CLEANUP(buf_free) struct buf text = {0};
    buf_printf(&text, "%.*s\n%s\n%.*s", STR_ARG(c->id), mark_kind_name(m->kind), STR_ARG(m->value));
    json_object_begin(w);
    uuid(w, "attribute", buf_str(&text));
    json_parts_str(w, "type", str_of(t.type));
    json_parts_str(w, "category", str_of(t.category));
    flag(w, "to_ids", t.to_ids && c->decision.escalate);
    json_parts_str(w, "value", m->value);
    text.len = 0;
    buf_printf(&text, "%s of case %.*s: %.*s", mark_kind_name(m->kind),
               STR_ARG(show_case_id(c->id)), STR_ARG(c->title));
    json_parts_str(w, "comment", buf_str(&text));
    json_parts_str(w, "distribution", STR("5"));
    seconds(w, "timestamp", seen.last_us);
    if (seen.first_us != TIME_NONE) {
        json_parts_time(w, "first_seen", seen.first_us);
        json_parts_time(w, "last_seen", seen.last_us);
    }
    json_object_end(w);
    w->out->failed = w->out->failed || text.failed;
}

static void tag(struct json_writer *w, const char *before, struct str name, const char *after)
{
    CLEANUP(buf_free) struct buf text = {0};
    buf_printf(&text, "%s%.*s%s", before, STR_ARG(name), after);
    json_object_begin(w);
    json_parts_str(w, "name", buf_str(&text));
    json_object_end(w);
    w->out->failed = w->out->failed || text.failed;
}

/* 1 high … 3 low, 4 undefined: that of the gravest case. */
static const char *threat_level(const struct result *r)
{
    enum severity most = SEVERITY_INFORMATIONAL;
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        most = marks_may_go(c) && c->severity > most ? c->severity : most;
    }
    return most >= SEVERITY_HIGH     ? "1"
           : most == SEVERITY_MEDIUM ? "2"
           : most == SEVERITY_LOW    ? "3"
                                     : "4";
}

static void head(struct json_writer *w, const struct result *r)
{
    char date[16];
    struct time_parts p = time_split(r->until_us == TIME_NONE ? 0 : r->until_us);
    CLEANUP(buf_free) struct buf text = {0};
    (void)snprintf(date, sizeof(date), "%04d-%02d-%02d", p.year % 10000, p.month, p.day);
    for (size_t i = 0; i < r->cases.len; i++) {
        buf_add(&text, r->cases.at[i]->id);
        buf_addc(&text, '\n');
    }
    uuid(w, "event", buf_str(&text));
    text.len = 0;
    buf_printf(&text, "faaswatch: %zu cases of %.*s", r->cases.len, STR_ARG(r->technique));
    if (r->cases.len == 1) {
        text.len = 0;
        buf_add(&text, r->cases.at[0]->title);
    }
    json_parts_str(w, "info", buf_str(&text));
    json_parts_str(w, "date", str_of(date));
    seconds(w, "timestamp", r->until_us);
    json_parts_str(w, "threat_level_id", str_of(threat_level(r)));
    json_parts_str(w, "analysis", STR("1"));
    json_parts_str(w, "distribution", STR("0"));
    flag(w, "published", false);
    w->out->failed = w->out->failed || text.failed;
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    struct json_writer w = json_writer_of(out, 1);
    (void)o;
    json_object_begin(&w);
    json_key(&w, STR("Event"));
    json_object_begin(&w);
    head(&w, r);
    json_key(&w, STR("Orgc"));
    json_object_begin(&w);
    json_parts_str(&w, "name", STR("faaswatch"));
    uuid(&w, "organisation", STR("faaswatch"));
    json_object_end(&w);
    json_key(&w, STR("Tag"));
    json_array_begin(&w);
    tag(&w, "tlp:", STR("amber"), "");
    tag(&w, "mitre-attack:technique=\"", r->technique, "\"");
    json_array_end(&w);
    json_key(&w, STR("Attribute"));
    json_array_begin(&w);
    for (size_t i = 0; i < r->cases.len; i++) {
        const struct case_file *c = r->cases.at[i];
        for (size_t k = 0; marks_may_go(c) && k < c->marks.len; k++) {
            if (c->marks.at[k].external) {
                attribute(&w, c, &c->marks.at[k]);
            }
        }
    }
    json_array_end(&w);
    json_object_end(&w);
    json_object_end(&w);
    buf_addc(out, '\n');
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the MISP event") : ERR_OK;
}

const struct report_ops report_misp = {
    .name = "misp",
    .suffix = ".misp.json",
    .summary = "one MISP event with the indicators of what is not yours",
    .write = write,
};
