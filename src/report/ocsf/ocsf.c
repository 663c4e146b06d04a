/*
 * ocsf - OCSF 1.8.0, one event a line: a Detection Finding (2004) a finding, an Incident Finding
 * (2005) a case. Times are milliseconds since 1970.
 */
#include "report/evidence.h"
#include "report/json_parts.h"
#include "report/show.h"

enum { DETECTION_FINDING = 2004, INCIDENT_FINDING = 2005, CREATE = 1 };

static void key(struct json_writer *w, const char *name)
{
    json_key(w, str_of(name));
}

/* A member only when there is something to say. */
static void maybe(struct json_writer *w, const char *name, struct str s)
{
    if (s.len > 0) {
        json_parts_str(w, name, s);
    }
}

static void stamp(struct json_writer *w, const char *name, int64_t us)
{
    if (us != TIME_NONE) {
        key(w, name);
        json_i64(w, us / 1000);
    }
}

/* severity_id: 1 informational … 5 critical; 0 is unknown. */
static void severity(struct json_writer *w, enum severity s)
{
    static const char *const names[] = {"Informational", "Low", "Medium", "High", "Critical"};
    bool known = (unsigned)s < ARRAY_LEN(names);
    json_parts_u64(w, "severity_id", known ? (uint64_t)s + 1 : 0);
    json_parts_str(w, "severity", str_of(known ? names[s] : "Unknown"));
}

static void metadata(struct json_writer *w, const struct result *r, struct str uid, bool incident)
{
    key(w, "metadata");
    json_object_begin(w);
    json_parts_str(w, "version", STR("1.8.0"));
    json_parts_str(w, "uid", uid);
    key(w, "profiles");
    json_array_begin(w);
    json_str(w, STR("cloud"));
    if (incident) {
        json_str(w, STR("incident"));
    }
    json_array_end(w);
    key(w, "product");
    json_object_begin(w);
    json_parts_str(w, "name", STR("faaswatch"));
    json_parts_str(w, "vendor_name", STR("faaswatch"));
    json_parts_str(w, "version", r->version);
    json_object_end(w);
    json_object_end(w);
}

static void cloud(struct json_writer *w, struct str provider, struct str account, struct str region)
{
    key(w, "cloud");
    json_object_begin(w);
    json_parts_str(w, "provider", provider.len > 0 ? provider : STR("unknown"));
    maybe(w, "region", region);
    if (account.len > 0) {
        key(w, "account");
        json_object_begin(w);
        json_parts_str(w, "uid", account);
        json_object_end(w);
    }
    json_object_end(w);
}

/* The provider a finding is about: of its function, else of the source of its first event. */
static struct str provider_of(const struct finding *f)
{
    if (f->function.provider.len > 0 || f->events.len == 0) {
        return f->function.provider;
    }
    struct str source = f->events.at[0]->source;
    size_t dot = str_chr(source, '.');
    return dot == SIZE_MAX ? source : str_head(source, dot);
}

static void common(struct json_writer *w, unsigned class_uid, const char *class_name, int64_t time)
{
    key(w, "time");
    json_i64(w, time == TIME_NONE ? 0 : time / 1000);
    json_parts_u64(w, "category_uid", 2);
    json_parts_str(w, "category_name", STR("Findings"));
    json_parts_u64(w, "class_uid", class_uid);
    json_parts_str(w, "class_name", str_of(class_name));
    json_parts_u64(w, "activity_id", CREATE);
    json_parts_str(w, "activity_name", STR("Create"));
    json_parts_u64(w, "type_uid", class_uid * 100 + CREATE);
}

static void attacks(struct json_writer *w, const struct detection *d)
{
    if (d->technique_count == 0) {
        return;
    }
    key(w, "attacks");
    json_array_begin(w);
    for (size_t i = 0; i < d->technique_count; i++) {
        struct str id = d->techniques[i];
        size_t dot = str_chr(id, '.');
        json_object_begin(w);
        key(w, "technique");
        json_object_begin(w);
        json_parts_str(w, "uid", dot == SIZE_MAX ? id : str_head(id, dot));
        json_object_end(w);
        if (dot != SIZE_MAX) {
            key(w, "sub_technique");
            json_object_begin(w);
            json_parts_str(w, "uid", id);
            json_object_end(w);
        }
        json_object_end(w);
    }
    json_array_end(w);
}

static void finding_info(struct json_writer *w, const struct finding *f)
{
    const struct detection *d = f->detection;
    json_object_begin(w);
    json_parts_str(w, "uid", f->id);
    json_parts_str(w, "title", d->title);
    maybe(w, "desc", f->explain);
    stamp(w, "first_seen_time", f->first_us);
    stamp(w, "last_seen_time", f->last_us);
    key(w, "analytic");
    json_object_begin(w);
    json_parts_str(w, "uid", d->id);
    json_parts_str(w, "name", d->title);
    json_parts_u64(w, "type_id", 1);
    json_parts_str(w, "type", STR("Rule"));
    json_object_end(w);
    attacks(w, d);
    json_object_end(w);
}

static void actor(struct json_writer *w, const struct event *e)
{
    struct str root = e->actor != NULL ? e->actor->root : STR_EMPTY;
    struct str uid = e->who.principal.len > 0 ? e->who.principal : root;
    if (uid.len == 0 && e->who.invoked_by.len == 0) {
        return;
    }
    key(w, "actor");
    json_object_begin(w);
    maybe(w, "invoked_by", e->who.invoked_by);
    if (uid.len > 0) {
        key(w, "user");
        json_object_begin(w);
        json_parts_str(w, "uid", uid);
        maybe(w, "uid_alt", root);
        maybe(w, "name", e->who.name);
        maybe(w, "credential_uid", e->who.access_key);
        json_object_end(w);
    }
    if (e->who.session_name.len > 0) {
        key(w, "session");
        json_object_begin(w);
        json_parts_str(w, "uid", e->who.session_name);
        maybe(w, "issuer", e->who.role);
        json_object_end(w);
    }
    json_object_end(w);
}

static void api(struct json_writer *w, const struct event *e)
{
    key(w, "api");
    json_object_begin(w);
    json_parts_str(w, "operation", e->name.len > 0 ? e->name : STR("unknown"));
    if (e->service.len > 0) {
        key(w, "service");
        json_object_begin(w);
        json_parts_str(w, "name", e->service);
        json_object_end(w);
    }
    if (e->error_code.len > 0) {
        key(w, "response");
        json_object_begin(w);
        json_parts_str(w, "error", e->error_code);
        maybe(w, "error_message", e->error_message);
        json_object_end(w);
    }
    json_object_end(w);
}

/* Where the record stands goes into `data`: what OCSF has no place for. */
static void evidences(struct json_writer *w, const struct result *r, const struct finding *f,
                      size_t most)
{
    size_t n = evidence_count(f->events.len, most);
    key(w, "evidences");
    json_array_begin(w);
    for (size_t i = 0; i < n; i++) {
        const struct event *e = f->events.at[evidence_at(f->events.len, most, i)];
        json_object_begin(w);
        maybe(w, "uid", e->record_id);
        actor(w, e);
        api(w, e);
        if (e->address.len > 0) {
            key(w, "src_endpoint");
            json_object_begin(w);
            json_parts_str(w, "ip", e->address);
            json_object_end(w);
        }
        key(w, "data");
        json_object_begin(w);
        json_parts_str(w, "path", show_path(r, e->origin.file));
        json_parts_u64(w, "offset", e->origin.offset);
        json_parts_u64(w, "length", e->origin.length);
        json_parts_time(w, "time", e->time_us);
        json_object_end(w);
        json_object_end(w);
    }
    json_array_end(w);
}

static void resources(struct json_writer *w, const struct finding *f)
{
    if (f->functions.len == 0) {
        return;
    }
    key(w, "resources");
    json_array_begin(w);
    for (size_t i = 0; i < f->functions.len; i++) {
        json_object_begin(w);
        json_parts_str(w, "type", STR("function"));
        json_parts_str(w, "name", f->functions.at[i].name);
        key(w, "uid");
        json_parts_function(w, &f->functions.at[i]);
        maybe(w, "region", f->functions.at[i].region);
        json_object_end(w);
    }
    json_array_end(w);
}

static void observables(struct json_writer *w, const struct str *at, size_t len)
{
    key(w, "observables");
    json_array_begin(w);
    for (size_t i = 0; i < len; i++) {
        json_object_begin(w);
        json_parts_str(w, "name", STR("evidences.src_endpoint.ip"));
        json_parts_u64(w, "type_id", 2);
        json_parts_str(w, "type", STR("IP Address"));
        json_parts_str(w, "value", at[i]);
        json_object_end(w);
    }
    json_array_end(w);
}

static void detection_finding(struct json_writer *w, const struct result *r,
                              const struct finding *f, const struct report_options *o)
{
    json_object_begin(w);
    common(w, DETECTION_FINDING, "Detection Finding", f->last_us);
    json_parts_u64(w, "status_id", 1);
    json_parts_str(w, "status", STR("New"));
    severity(w, f->severity);
    stamp(w, "start_time", f->first_us);
    stamp(w, "end_time", f->last_us);
    json_parts_u64(w, "count", f->count);
    json_parts_u64(w, "confidence_score", (uint64_t)(f->confidence * 100 + 0.5));
    maybe(w, "message", f->explain);
    key(w, "finding_info");
    finding_info(w, f);
    metadata(w, r, f->id, false);
    cloud(w, provider_of(f), f->account, f->region);
    resources(w, f);
    evidences(w, r, f, o->evidence_max);
    observables(w, f->addresses.at, f->addresses.len);
    json_object_end(w);
}

/* verdict_id: 4 suspicious, 5 benign, 7 insufficient data. */
static void verdict(struct json_writer *w, const struct decision *d)
{
    bool closed = str_eq(d->action, STR("close"));
    json_parts_u64(w, "verdict_id", d->escalate ? 4 : closed ? 5 : 7);
    json_parts_str(w, "verdict",
                   d->escalate ? STR("Suspicious")
                   : closed    ? STR("Benign")
                               : STR("Insufficient Data"));
}

/* status_id: 1 new, 3 on hold, 5 closed. */
static void status(struct json_writer *w, const struct decision *d)
{
    bool closed = str_eq(d->action, STR("close"));
    bool hold = str_eq(d->action, STR("hold"));
    json_parts_u64(w, "status_id", closed ? 5 : hold ? 3 : 1);
    json_parts_str(w, "status", closed ? STR("Closed") : hold ? STR("On Hold") : STR("New"));
}

/* priority_id: 1 low … 4 critical, against our P4 … P1. */
static void priority(struct json_writer *w, int p)
{
    static const char *const names[] = {"Unknown", "Critical", "High", "Medium", "Low"};
    bool known = p >= 1 && p <= 4;
    json_parts_u64(w, "priority_id", known ? (uint64_t)(5 - p) : 0);
    json_parts_str(w, "priority", str_of(known ? names[p] : names[0]));
}

static void incident(struct json_writer *w, const struct result *r, const struct case_file *c)
{
    const struct decision *d = &c->decision;
    json_object_begin(w);
    common(w, INCIDENT_FINDING, "Incident Finding", c->last_us);
    status(w, d);
    severity(w, c->severity);
    stamp(w, "start_time", c->first_us);
    stamp(w, "end_time", c->last_us);
    json_parts_str(w, "message", c->title);
    json_parts_str(w, "desc", d->reason);
    json_parts_str(w, "status_code", d->row);
    json_parts_str(w, "status_detail", d->clause);
    verdict(w, d);
    priority(w, d->priority);
    key(w, "is_suspected_breach");
    json_bool(w, d->escalate);
    key(w, "assignee_group");
    json_object_begin(w);
    json_parts_str(w, "name", d->to.len > 0 ? d->to : STR("none"));
    json_object_end(w);
    key(w, "finding_info_list");
    json_array_begin(w);
    for (size_t i = 0; i < c->findings.len; i++) {
        finding_info(w, c->findings.at[i]);
    }
    json_array_end(w);
    metadata(w, r, c->id, true);
    const struct finding *first = c->findings.len > 0 ? c->findings.at[0] : NULL;
    cloud(w, first == NULL ? STR_EMPTY : provider_of(first),
          first == NULL ? STR_EMPTY : first->account, first == NULL ? STR_EMPTY : first->region);
    observables(w, c->addresses.at, c->addresses.len);
    json_object_end(w);
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    struct json_writer w = json_writer_of(out, 0);
    for (size_t i = 0; i < r->cases.len; i++) {
        incident(&w, r, r->cases.at[i]);
        buf_addc(out, '\n');
    }
    for (size_t i = 0; i < r->findings.len; i++) {
        detection_finding(&w, r, r->findings.at[i], o);
        buf_addc(out, '\n');
    }
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for the OCSF report") : ERR_OK;
}

const struct report_ops report_ocsf = {
    .name = "ocsf",
    .suffix = ".ocsf.jsonl",
    .summary = "OCSF 1.8.0: incident and detection findings, one a line",
    .write = write,
};
