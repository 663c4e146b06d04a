/*
 * bench_intel - loading of feeds, the memory they take, and what a lookup costs.
 *
 * Writes its feeds to a file first, so that the memory told is that of a load as users have it: a
 * million entries, half of them a plain list, half a CSV; 100,000 STIX objects.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "intel/intel.h"

enum { HALF = 500000, OBJECTS = 100000, ASKED = 1 << 20 };

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double peak_mb(void)
{
    struct rusage u;
    (void)getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_maxrss * 1024 / 1e6;
}

static void put_name(FILE *f, unsigned i)
{
    (void)fprintf(f, "host%u.example%u.test", i, i % 977);
}

static void put_address(FILE *f, unsigned i)
{
    (void)fprintf(f, "%u.%u.%u.%u", 11 + i / 62500, i / 250 % 250, i % 250, i % 7 + 1);
}

static bool make(const char *path, void (*rows)(FILE *f))
{
    FILE *f = fopen(path, "w");
    if (f == NULL) {
        return false;
    }
    rows(f);
    return fclose(f) == 0;
}

static void list_rows(FILE *f)
{
    for (unsigned i = 0; i < HALF; i++) {
        (i % 2 == 0 ? put_address : put_name)(f, i);
        (void)fputc('\n', f);
    }
}

static void csv_rows(FILE *f)
{
    (void)fputs("indicator,class,confidence,valid_from,valid_until,note\n", f);
    for (unsigned i = HALF; i < 2 * HALF; i++) {
        (i % 2 == 0 ? put_address : put_name)(f, i);
        (void)fprintf(f, ",c2,%u,2026-11-%02u,2026-12-%02u,ExampleRAT %u\n", i % 100, 1 + i % 28,
                      1 + i % 28, i % 300);
    }
}

static void stix_rows(FILE *f)
{
    (void)fputs("{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[", f);
    for (unsigned i = 0; i < OBJECTS; i++) {
        (void)fprintf(f,
                      "%s{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":"
                      "\"indicator--%08x-e89b-42d3-a456-426614174000\",\"created\":"
                      "\"2026-11-01T00:00:00.000Z\",\"modified\":\"2026-11-01T00:00:00.000Z\","
                      "\"name\":\"Callback of ExampleRAT\",\"description\":\"Seen in samples of "
                      "the campaign; the server answers on several ports.\",\"pattern\":"
                      "\"[domain-name:value = '",
                      i == 0 ? "" : ",\n", i);
        put_name(f, i);
        (void)fputs("' OR ipv4-addr:value = '", f);
        put_address(f, i);
        (void)fprintf(f,
                      "']\",\"pattern_type\":\"stix\",\"valid_from\":\"2026-11-%02uT00:00:00Z\","
                      "\"confidence\":%u,\"indicator_types\":[\"malicious-activity\"],"
                      "\"object_marking_refs\":[\"marking-definition--"
                      "f88d31f6-486f-44da-b317-01333bde0b82\"]}",
                      1 + i % 28, i % 100);
    }
    (void)fputs("]}", f);
}

static struct intel *load(const char *const *paths, size_t count)
{
    struct intel *in = intel_new();
    struct err err = {0};
    for (size_t i = 0; in != NULL && i < count; i++) {
        if (intel_load(in, str_of(paths[i]), &err) != ERR_OK) {
            (void)fprintf(stderr, "bench_intel: %s\n", err.msg);
            return NULL;
        }
    }
    return in != NULL && intel_finish(in, &err) == ERR_OK ? in : NULL;
}

/* Nanoseconds a lookup of addresses that spread over all of IPv4, one in `each` listed. */
static double ask_addresses(const struct intel *in, unsigned each, unsigned *hits)
{
    struct intel_hit hit;
    double start = now_s();
    *hits = 0;
    for (unsigned i = 0; i < ASKED; i++) {
        unsigned x = i * 2654435761U;
        unsigned k = x % (2 * HALF) & ~1U;
        struct ip ip = {.byte = {[10] = 0xff, [11] = 0xff}};
        if (i % each == 0) {
            ip.byte[12] = (uint8_t)(11 + k / 62500);
            ip.byte[13] = (uint8_t)(k / 250 % 250);
            ip.byte[14] = (uint8_t)(k % 250);
            ip.byte[15] = (uint8_t)(k % 7 + 1);
        } else {
            ip.byte[12] = (uint8_t)(x >> 24);
            ip.byte[13] = (uint8_t)(x >> 16);
            ip.byte[14] = (uint8_t)(x >> 8);
            ip.byte[15] = (uint8_t)i;
        }
        *hits += intel_find_ip(in, &ip, TIME_NONE, &hit) ? 1 : 0;
    }
    return (now_s() - start) * 1e9 / ASKED;
}

static double ask_names(const struct intel *in, unsigned each, unsigned *hits)
{
    static char names[4096][48];
    struct intel_hit hit;
    for (unsigned i = 0; i < 4096; i++) {
        unsigned k = (i * 2654435761U) % (2 * HALF) | 1U;
        (void)snprintf(names[i], sizeof(names[i]),
                       i % each == 0 ? "host%u.example%u.test" : "cdn%u.service%u.example", k,
                       k % 977);
    }
    double start = now_s();
    *hits = 0;
    for (unsigned i = 0; i < ASKED; i++) {
        *hits += intel_find_host(in, str_of(names[i % 4096]), TIME_NONE, &hit) ? 1 : 0;
    }
    return (now_s() - start) * 1e9 / ASKED;
}

int main(void)
{
    char dir[] = "/tmp/faaswatch-bench-XXXXXX";
    char paths[3][64];
    static void (*const rows[3])(FILE *) = {list_rows, csv_rows, stix_rows};
    static const char *const names[3] = {"list.txt", "feed.csv", "bundle.json"};
    bool made = mkdtemp(dir) != NULL;
    for (int i = 0; i < 3; i++) {
        (void)snprintf(paths[i], sizeof(paths[i]), "%s/%s", dir, names[i]);
        made = made && make(paths[i], rows[i]);
    }
    const char *const plain[] = {paths[0], paths[1]};
    const char *const stix[] = {paths[2]};
    double start = now_s();
    struct intel *in = made ? load(plain, 2) : NULL;
    double took = now_s() - start;
    double peak = peak_mb();
    if (in == NULL) {
        (void)fprintf(stderr, "bench_intel: cannot make or load feeds\n");
        return 1;
    }
    (void)printf("list and CSV, %zu entries: %.2f s, peak %.0f MB\n", intel_count(in), took, peak);
    static const unsigned each[] = {64, 1}; /* as in logs; everything listed */
    for (size_t i = 0; i < ARRAY_LEN(each); i++) {
        unsigned hits;
        double ns = ask_addresses(in, each[i], &hits);
        (void)printf("address lookup: %.0f ns, %u of %d listed\n", ns, hits, ASKED);
        ns = ask_names(in, each[i], &hits);
        (void)printf("name lookup: %.0f ns, %u of %d listed\n", ns, hits, ASKED);
    }
    intel_free(in);
    start = now_s();
    in = load(stix, 1);
    took = now_s() - start;
    (void)printf("STIX, %d objects: %.2f s\n", OBJECTS, took);
    intel_free(in);
    for (int i = 0; i < 3; i++) {
        (void)unlink(paths[i]);
    }
    (void)rmdir(dir);
    return in == NULL ? 1 : 0;
}
