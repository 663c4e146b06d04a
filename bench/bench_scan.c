/*
 * bench_scan - how fast the scanner is, in GB a second of one core.
 *
 *     bench_scan                    made-up CloudTrail records, 43 wanted paths, checks on
 *     bench_scan FILE...            JSON files: every value in them, or in their "Records"
 *
 * Every figure is the best of several rounds, the candidates taking turns, in processor time.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "base/vec.h"
#include "codec/json.h"
#include "records.h"

enum { ROUNDS = 25, RECORDS = 8000 };

static const char *const paths_43[] = {
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "eventID",
    "readOnly",
    "recipientAccountId",
    "eventCategory",
    "eventType",
    "userIdentity.type",
    "userIdentity.arn",
    "userIdentity.accountId",
    "userIdentity.principalId",
    "userIdentity.accessKeyId",
    "userIdentity.userName",
    "userIdentity.invokedBy",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.sessionIssuer.userName",
    "userIdentity.sessionContext.sessionIssuer.type",
    "requestParameters",
    "requestParameters.functionName",
    "requestParameters.role",
    "requestParameters.policyArn",
    "requestParameters.policyDocument",
    "requestParameters.userName",
    "requestParameters.roleName",
    "requestParameters.functionUrlAuthType",
    "requestParameters.attribute",
    "requestParameters.layers",
    "requestParameters.enable",
    "requestParameters.containerDefinitions",
    "responseElements",
    "responseElements.functionArn",
    "responseElements.codeSha256",
    "responseElements.ConsoleLogin",
    "responseElements.publiclyAccessible",
    "responseElements.pendingModifiedValues.masterUserPassword",
    "responseElements.status",
    "additionalEventData.MFAUsed",
};

/* A value to scan. */
struct item {
    const char *buf;
    size_t len;
    size_t at;
};

struct input {
    VEC_OF(struct item);
    size_t bytes;
};

struct candidate {
    char name[40];
    struct json_scanner *scanner; /* NULL: skip only */
    enum json_variant variant;
    uint64_t best_ns;
};

static uint64_t cpu_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

static void stop(const char *what)
{
    (void)fprintf(stderr, "bench_scan: %s\n", what);
    exit(1);
}

/* ---- input ---- */

static void add_item(struct input *in, struct json_view v, const char *buf, size_t len)
{
    if (!VEC_PUSH(in, ((struct item){buf, len, (size_t)(v.ptr - buf)}))) {
        stop("out of memory");
    }
    in->bytes += v.len;
}

/* The records of a text, or the text itself. It must be padded and stay. */
static void add_text(struct input *in, const char *buf, size_t len)
{
    struct json_view whole = json_view_of((struct str){buf, len});
    struct json_view list = json_member(whole, STR("Records"));
    struct json_iter it = json_iter_of(list.kind == JSON_ARRAY ? list : whole);
    struct json_view key;
    struct json_view value;
    if (whole.kind == JSON_OBJECT && list.kind != JSON_ARRAY) {
        add_item(in, whole, buf, len);
        return;
    }
    while (json_iter_next(&it, &key, &value)) {
        if (value.kind == JSON_OBJECT) {
            add_item(in, value, buf, len);
        }
    }
}

static void add_file(struct input *in, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        stop(path);
    }
    struct buf text = {0};
    size_t n = 1;
    while (n > 0 && buf_reserve(&text, 65536)) {
        n = fread(text.ptr + text.len, 1, 65536, f);
        text.len += n;
    }
    (void)fclose(f);
    if (!buf_reserve(&text, JSON_PADDING)) {
        stop("out of memory");
    }
    json_pad(text.ptr, text.len);
    add_text(in, text.ptr, text.len);
}

static void add_made(struct input *in, bool pretty)
{
    struct buf text = {0};
    records_make(&text, 1, RECORDS, pretty);
    if (!buf_reserve(&text, JSON_PADDING)) {
        stop("out of memory");
    }
    json_pad(text.ptr, text.len);
    add_text(in, text.ptr, text.len);
}

/* ---- measuring ---- */

static bool never(void *arg, struct str a, struct str b)
{
    (void)arg;
    (void)a;
    (void)b;
    return false;
}

static bool if_lambda(void *arg, struct str source, struct str name)
{
    (void)arg;
    (void)name;
    return str_eq(source, STR("lambda.amazonaws.com"));
}

static void run(const struct input *in, struct candidate *c)
{
    static struct json_record record;
    struct json_fault fault;
    size_t used = 0;
    uint64_t start = cpu_ns();
    for (size_t i = 0; i < in->len; i++) {
        const struct item *it = &in->at[i];
        enum json_status status =
            c->scanner == NULL
                ? json_skip(c->variant, it->buf, it->len, it->at, &used, &fault)
                : json_scan(c->scanner, it->buf, it->len, it->at, &record, &used, &fault);
        if (status != JSON_OK) {
            (void)fprintf(stderr, "%s at %zu\n", fault.reason, fault.offset);
            stop("a record is not accepted");
        }
    }
    uint64_t ns = cpu_ns() - start;
    c->best_ns = ns < c->best_ns ? ns : c->best_ns;
}

static void measure(const char *what, const struct input *in, struct candidate *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        list[i].best_ns = UINT64_MAX;
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < count; i++) {
            run(in, &list[i]);
        }
    }
    printf("%s: %zu records, %.1f MB\n", what, in->len, (double)in->bytes / 1e6);
    for (size_t i = 0; i < count; i++) {
        double ns = (double)list[i].best_ns;
        printf("  %-26s %6.2f GB/s %8.0f ns a record\n", list[i].name, (double)in->bytes / ns,
               ns / (double)in->len);
    }
}

static struct json_scanner *new_scanner(struct json_paths *paths, enum json_variant v,
                                        json_wanted_fn wanted)
{
    struct json_scanner *s = json_scanner_new(paths, v);
    if (s == NULL) {
        stop("out of memory");
    }
    json_scanner_wanted(s, wanted, NULL);
    return s;
}

static struct json_paths *make_paths(void)
{
    struct json_paths *p = json_paths_new();
    for (size_t i = 0; p != NULL && i < ARRAY_LEN(paths_43); i++) {
        unsigned slot;
        if (json_paths_add_dotted(p, str_of(paths_43[i]), &slot, NULL) != ERR_OK) {
            stop("a path is refused");
        }
    }
    if (p == NULL) {
        stop("out of memory");
    }
    json_paths_decide(p, 1, 2);
    return p;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *what;
        bool skip;
        json_wanted_fn wanted;
    } kinds[] = {
        {"all", false, NULL},
        {"lazy, 22 % wanted", false, if_lambda},
        {"lazy, none wanted", false, never},
        {"skip", true, NULL},
    };
    struct candidate list[ARRAY_LEN(kinds) * JSON_VARIANTS_];
    size_t count = 0;
    struct json_paths *paths = make_paths();
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        for (int v = JSON_VARIANTS_ - 1; v >= 0; v--) {
            enum json_variant variant = (enum json_variant)v;
            if (json_variant_usable(variant)) {
                struct candidate *c = &list[count++];
                (void)snprintf(c->name, sizeof(c->name), "%-9s%s", json_variant_name(variant),
                               kinds[k].what);
                c->variant = variant;
                c->scanner = kinds[k].skip ? NULL : new_scanner(paths, variant, kinds[k].wanted);
            }
        }
    }
    struct input in = {0};
    if (argc > 1) {
        for (int i = 1; i < argc; i++) {
            add_file(&in, argv[i]);
        }
        measure("files", &in, list, count);
        return 0;
    }
    add_made(&in, false);
    measure("CloudTrail", &in, list, count);
    struct input pretty = {0};
    add_made(&pretty, true);
    measure("CloudTrail, laid out", &pretty, list, count);
    return 0;
}
