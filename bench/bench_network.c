/*
 * bench_network [DIR [NAME]] - pass 1 over EVE and Zeek logs: unpacked bytes a second of one core, from
 * files in memory to what is kept and tallied. The logs are made in DIR (build/bench) when they are
 * not there.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bench/network_logs.h"
#include "engine/scan.h"

enum { BYTES = 64 << 20, ROUNDS = 5 };

static double now_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const struct {
    const char *name;
    int zeek; /* enum zeek_log_kind, or -1: EVE */
    bool json;
} rows[] = {
    {"eve.json", -1, true},
    {"zeek-conn.json", ZEEK_CONN, true},
    {"zeek-dns.json", ZEEK_DNS, true},
    {"zeek-ssl.json", ZEEK_SSL, true},
    {"zeek-conn.log", ZEEK_CONN, false},
    {"zeek-dns.log", ZEEK_DNS, false},
    {"zeek-ssl.log", ZEEK_SSL, false},
};

static bool make(const char *path, size_t row)
{
    struct stat st;
    if (stat(path, &st) == 0 && st.st_size >= BYTES) {
        return true;
    }
    CLEANUP(buf_free) struct buf b = {0};
    if (rows[row].zeek < 0) {
        eve_make(&b, 7, BYTES);
    } else {
        zeek_make(&b, (enum zeek_log_kind)rows[row].zeek, rows[row].json, 7, BYTES);
    }
    FILE *f = b.failed ? NULL : fopen(path, "wb");
    if (f == NULL) {
        return false;
    }
    bool fine = fwrite(b.ptr, 1, b.len, f) == b.len;
    return fclose(f) == 0 && fine;
}

/* Seconds of pass 1, and what it saw. */
static bool pass(const struct setup *s, const struct triage_options *o, const char *path,
                 double *seconds, struct account *acc)
{
    CLEANUP(arena_free) struct arena texts = {0};
    struct input_list inputs = {0};
    struct scan_result out = {0};
    struct str one = str_of(path);
    struct err err = {0};
    if (input_list_build(&one, 1, TIME_NONE, &texts, &inputs, &err) != ERR_OK) {
        return false;
    }
    double start = now_s();
    bool fine = scan_run(s, o, &inputs, &out, &err) == ERR_OK;
    *seconds = now_s() - start;
    *acc = out.account;
    out.account.skipped.at = NULL;
    out.account.unrecognised.at = NULL;
    scan_result_free(&out);
    VEC_FREE(&inputs);
    return fine;
}

static bool measure(const struct setup *s, const struct triage_options *o, const char *folder,
                    size_t row)
{
    char path[4096];
    int n = snprintf(path, sizeof(path), "%s/%s", folder, rows[row].name);
    if (n < 0 || (size_t)n >= sizeof(path) || !make(path, row)) {
        (void)fprintf(stderr, "bench_network: %s cannot be made\n", path);
        return false;
    }
    double least = 1e9;
    double most = 0;
    struct account acc = {0};
    for (int i = 0; i <= ROUNDS; i++) { /* the first warms up */
        double seconds;
        account_free(&acc);
        if (!pass(s, o, path, &seconds, &acc)) {
            return false;
        }
        least = i > 0 && seconds < least ? seconds : least;
        most = i > 0 && seconds > most ? seconds : most;
    }
    bool whole = acc.skipped.len == 0 && acc.unrecognised.len == 0;
    double bytes = (double)acc.bytes_unpacked;
    printf("%-15s %.2f GB/s (worst %.2f)   %4.0f ns and %4.0f bytes a record%s\n", rows[row].name,
           bytes / least / 1e9, bytes / most / 1e9, least * 1e9 / (double)acc.records,
           bytes / (double)acc.records, whole ? "" : "   NOT ALL READ");
    account_free(&acc);
    return whole;
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : "build/bench";
    struct triage_options o = {.jobs = 1, .since_us = TIME_NONE, .until_us = TIME_NONE};
    struct setup s;
    struct err err = {0};
    if (setup_load(&o, &s, &err) != ERR_OK) {
        (void)fprintf(stderr, "bench_network: %s\n", err.msg);
        return EXIT_FAILURE;
    }
    bool fine = true;
    for (size_t i = 0; fine && i < ARRAY_LEN(rows); i++) {
        fine = (argc > 2 && strcmp(argv[2], rows[i].name) != 0) || measure(&s, &o, folder, i);
    }
    setup_free(&s);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}
