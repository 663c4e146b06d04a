#include "report/stix_parts.h"

#include <stdio.h>
#include <string.h>

#include "codec/uuid.h"
#include "report/json_parts.h"
#include "report/mask.h"

const char stix_own_identity[] = "identity--06ef1994-3069-552c-851d-4c96d60c7654";

/* Objects that stand for faaswatch or ATT&CK are older than any log. */
static const char epoch[] = "2026-01-01T00:00:00.000Z";

static void member(struct stix *s, const char *name, const char *value)
{
    json_key(&s->w, str_of(name));
    json_str(&s->w, str_of(value));
}

static void text(struct stix *s, const char *name, struct str value)
{
    json_parts_str(&s->w, name, value);
}

/* Begin an object, unless it stands already. */
static bool begin(struct stix *s, const char *type, const char *id)
{
    struct map_entry *e = map_intern(&s->written, &s->texts, str_of(id));
    if (e == NULL) {
        s->failed = true;
        return false;
    }
    if (e->value != NULL) {
        return false;
    }
    e->value = s;
    json_object_begin(&s->w);
    member(s, "type", type);
    member(s, "spec_version", "2.1");
    member(s, "id", id);
    return true;
}

static void made(struct stix *s, const char *time)
{
    member(s, "created_by_ref", stix_own_identity);
    member(s, "created", time);
    member(s, "modified", time);
}

bool stix_id_of(const char *type, struct str name, char out[STIX_ID_MAX])
{
    char uuid[UUID_TEXT];
    CLEANUP(buf_free) struct buf whole = {0};
    buf_printf(&whole, "%s\n%.*s", type, STR_ARG(name));
    bool fine = !whole.failed && uuid_of(uuid_space_own, buf_str(&whole), uuid);
    (void)snprintf(out, STIX_ID_MAX, "%s--%s", type,
                   fine ? uuid : "00000000-0000-5000-8000-000000000000");
    return fine;
}

void stix_id(struct stix *s, const char *type, struct str name, char out[STIX_ID_MAX])
{
    s->failed = !stix_id_of(type, name, out) || s->failed;
}

void stix_time(int64_t us, char out[STIX_TIME_MAX])
{
    struct time_parts p = time_split(us == TIME_NONE ? 0 : us);
    int64_t ms = us == TIME_NONE ? 0 : us / 1000 % 1000;
    (void)snprintf(out, STIX_TIME_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", p.year, p.month,
                   p.day, p.hour, p.minute, p.second, (int)(ms < 0 ? 0 : ms));
}

void stix_begin(struct stix *s, struct buf *out, struct str name)
{
    char id[STIX_ID_MAX];
    *s = (struct stix){.w = json_writer_of(out, 1)};
    stix_id(s, "bundle", name, id);
    json_object_begin(&s->w);
    member(s, "type", "bundle");
    member(s, "id", id);
    json_key(&s->w, STR("objects"));
    json_array_begin(&s->w);
    if (begin(s, "identity", stix_own_identity)) {
        member(s, "created", epoch);
        member(s, "modified", epoch);
        member(s, "name", "faaswatch");
        member(s, "identity_class", "system");
        json_object_end(&s->w);
    }
}

bool stix_end(struct stix *s)
{
    json_array_end(&s->w);
    json_object_end(&s->w);
    map_free(&s->written);
    arena_free(&s->texts);
    return !s->failed && !s->w.out->failed;
}

/* ---- marks ---- */

static bool is_hex(struct str v, size_t digits)
{
    for (size_t i = 0; i < v.len; i++) {
        char c = chr_lower(v.ptr[i]);
        if (!chr_is_digit(c) && (c < 'a' || c > 'f')) {
            return false;
        }
    }
    return v.len == digits;
}

static bool is_host_name(struct str v)
{
    for (size_t i = 0; i < v.len; i++) {
        if (!chr_is_alnum(v.ptr[i]) && v.ptr[i] != '.' && v.ptr[i] != '-' && v.ptr[i] != '_') {
            return false;
        }
    }
    return v.len > 3 && v.len < 254 && str_chr(v, '.') != SIZE_MAX;
}

static bool is_ip(struct str v, bool *v4)
{
    struct ip ip;
    if (!ip_parse(v, &ip)) {
        return false;
    }
    *v4 = ip_is_v4(&ip);
    return true;
}

/* A value between single quotes. */
static void quoted(struct buf *out, const char *path, struct str value)
{
    CLEANUP(buf_free) struct buf plain = {0};
    mask_add(&plain, value);
    buf_printf(out, "[%s = '", path);
    for (size_t i = 0; i < plain.len; i++) {
        if (plain.ptr[i] == '\'' || plain.ptr[i] == '\\') {
            buf_addc(out, '\\');
        }
        buf_addc(out, plain.ptr[i]);
    }
    buf_add_cstr(out, "']");
    out->failed = out->failed || plain.failed;
}

bool stix_pattern(const struct mark *m, struct buf *out)
{
    bool v4 = false;
    switch ((unsigned)m->kind) {
    case MARK_ADDRESS:
        if (!is_ip(m->value, &v4)) {
            return false;
        }
        quoted(out, v4 ? "ipv4-addr:value" : "ipv6-addr:value", m->value);
        return true;
    case MARK_HOST:
        if (!is_host_name(m->value)) {
            return false;
        }
        quoted(out, "domain-name:value", m->value);
        return true;
    case MARK_CODE_HASH:
        if (!is_hex(m->value, 64)) {
            return false;
        }
        quoted(out, "file:hashes.'SHA-256'", m->value);
        return true;
    case MARK_USER_AGENT:
        quoted(out, "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'",
               m->value);
        return true;
    case MARK_ACCESS_KEY:
    case MARK_ISSUED_KEY:
    case MARK_ACTOR:
    case MARK_TARGET_USER:
        quoted(out, "user-account:user_id", m->value);
        return true;
    case MARK_SESSION_NAME:
        quoted(out, "user-account:account_login", m->value);
        return true;
    default: {
        char path[64];
        (void)snprintf(path, sizeof(path), "x-faaswatch-mark:%s", mark_kind_name(m->kind));
        quoted(out, path, m->value);
        return true;
    }
    }
}

bool stix_indicator(struct stix *s, const struct mark *m, const struct stix_claim *claim,
                    char out[STIX_ID_MAX])
{
    CLEANUP(buf_free) struct buf pattern = {0};
    CLEANUP(buf_free) struct buf name = {0};
    char from[STIX_TIME_MAX];
    if (!stix_pattern(m, &pattern)) {
        return false;
    }
    buf_printf(&name, "%.*s\n%.*s", STR_ARG(claim->source), STR_ARG(buf_str(&pattern)));
    stix_id(s, "indicator", buf_str(&name), out);
    stix_time(claim->from_us, from);
    s->failed = s->failed || pattern.failed || name.failed;
    if (begin(s, "indicator", out)) {
        made(s, from);
        name.len = 0;
        buf_printf(&name, "%s of case %.*s", mark_kind_name(m->kind),
                   STR_ARG(str_head(claim->source, 8)));
        text(s, "name", buf_str(&name));
        text(s, "description", claim->title);
        json_key(&s->w, STR("indicator_types"));
        json_array_begin(&s->w);
        json_str(&s->w, claim->malicious ? STR("malicious-activity") : STR("anomalous-activity"));
        json_array_end(&s->w);
        json_key(&s->w, STR("pattern"));
        json_str(&s->w, buf_str(&pattern));
        member(s, "pattern_type", "stix");
        member(s, "valid_from", from);
        json_object_end(&s->w);
    }
    s->failed = s->failed || name.failed;
    return true;
}

bool stix_observable(struct stix *s, const struct mark *m, char out[STIX_ID_MAX])
{
    bool v4 = false;
    const char *type = NULL;
    bool file = m->kind == MARK_CODE_HASH && is_hex(m->value, 64);
    if (m->kind == MARK_ADDRESS && is_ip(m->value, &v4)) {
        type = v4 ? "ipv4-addr" : "ipv6-addr";
    } else if (m->kind == MARK_HOST && is_host_name(m->value)) {
        type = "domain-name";
    } else if (file) {
        type = "file";
    } else {
        return false;
    }
    char uuid[UUID_TEXT];
    CLEANUP(buf_free) struct buf name = {0};
    buf_printf(&name, file ? "{\"hashes\":{\"SHA-256\":\"%.*s\"}}" : "{\"value\":\"%.*s\"}",
               STR_ARG(m->value));
    s->failed = !uuid_of(uuid_space_stix, buf_str(&name), uuid) || name.failed || s->failed;
    (void)snprintf(out, STIX_ID_MAX, "%s--%s", type, uuid);
    if (!s->failed && begin(s, type, out)) {
        if (file) {
            json_key(&s->w, STR("hashes"));
            json_object_begin(&s->w);
            text(s, "SHA-256", m->value);
            json_object_end(&s->w);
        } else {
            text(s, "value", m->value);
        }
        json_object_end(&s->w);
    }
    return true;
}

void stix_place(struct stix *s, struct str name, char out[STIX_ID_MAX])
{
    stix_id(s, "identity", name, out);
    if (begin(s, "identity", out)) {
        member(s, "created_by_ref", stix_own_identity);
        member(s, "created", epoch);
        member(s, "modified", epoch);
        text(s, "name", name);
        member(s, "identity_class", "system");
        json_object_end(&s->w);
    }
}

static void span(struct stix *s, const char *first, const char *last, const struct stix_sight *seen)
{
    char from[STIX_TIME_MAX];
    char to[STIX_TIME_MAX];
    stix_time(seen->first_us, from);
    stix_time(seen->last_us < seen->first_us ? seen->first_us : seen->last_us, to);
    member(s, first, from);
    member(s, last, to);
}

/* STIX counts to 999,999,999. */
static uint64_t bounded(uint64_t n)
{
    return n == 0 ? 1 : n > 999999999 ? 999999999 : n;
}

static void observed(struct stix *s, const char *observable, const struct stix_sight *seen,
                     struct str name, const char *time, char out[STIX_ID_MAX])
{
    stix_id(s, "observed-data", name, out);
    if (begin(s, "observed-data", out)) {
        made(s, time);
        span(s, "first_observed", "last_observed", seen);
        json_key(&s->w, STR("number_observed"));
        json_u64(&s->w, bounded(seen->count));
        json_key(&s->w, STR("object_refs"));
        json_array_begin(&s->w);
        json_str(&s->w, str_of(observable));
        json_array_end(&s->w);
        json_object_end(&s->w);
    }
}

static void refs(struct stix *s, const char *name, const char *id)
{
    json_key(&s->w, str_of(name));
    json_array_begin(&s->w);
    json_str(&s->w, str_of(id));
    json_array_end(&s->w);
}

void stix_sighting(struct stix *s, const struct mark *m, const char *indicator,
                   const struct stix_sight *seen, char out[STIX_ID_MAX])
{
    char time[STIX_TIME_MAX];
    char thing[STIX_ID_MAX];
    char data[STIX_ID_MAX] = "";
    char place[STIX_ID_MAX] = "";
    CLEANUP(buf_free) struct buf name = {0};
    stix_time(seen->last_us, time);
    buf_printf(&name, "%s\n%.*s\n%.*s\n%s", indicator, STR_ARG(seen->place), STR_ARG(seen->note),
               time);
    s->failed = s->failed || name.failed;
    if (stix_observable(s, m, thing)) {
        observed(s, thing, seen, buf_str(&name), time, data);
    }
    if (seen->place.len > 0) {
        stix_place(s, seen->place, place);
    }
    stix_id(s, "sighting", buf_str(&name), out);
    if (begin(s, "sighting", out)) {
        made(s, time);
        if (seen->note.len > 0) {
            text(s, "description", seen->note);
        }
        span(s, "first_seen", "last_seen", seen);
        json_key(&s->w, STR("count"));
        json_u64(&s->w, bounded(seen->count));
        member(s, "sighting_of_ref", indicator);
        if (data[0] != '\0') {
            refs(s, "observed_data_refs", data);
        }
        if (place[0] != '\0') {
            refs(s, "where_sighted_refs", place);
        }
        json_object_end(&s->w);
    }
}

void stix_technique(struct stix *s, struct str technique, char out[STIX_ID_MAX])
{
    stix_id(s, "attack-pattern", technique, out);
    if (begin(s, "attack-pattern", out)) {
        member(s, "created_by_ref", stix_own_identity);
        member(s, "created", epoch);
        member(s, "modified", epoch);
        text(s, "name", technique);
        json_key(&s->w, STR("external_references"));
        json_array_begin(&s->w);
        json_object_begin(&s->w);
        member(s, "source_name", "mitre-attack");
        text(s, "external_id", technique);
        json_object_end(&s->w);
        json_array_end(&s->w);
        json_object_end(&s->w);
    }
}
