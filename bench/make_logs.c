/*
 * make_logs - CloudTrail files of an organisation that does not exist, for the benchmark and the
 * stories.
 *
 *     make_logs files DIR COUNT LEAST MOST SEED   COUNT files of LEAST..MOST unpacked bytes
 *     make_logs lines COUNT FROM HOURS SEED       COUNT events as JSON lines on stdout, spread
 *                                                 over HOURS hours from FROM (RFC 3339)
 */
#include <stdio.h>
#include <string.h>

#include "base/timefmt.h"
#include "demo/estate.h"
#include "demo/pack.h"
#include "sys/file.h"

static int fail(const char *what)
{
    (void)fprintf(stderr, "make_logs: %s\n", what);
    return 1;
}

static int make_files(char **arg)
{
    uint64_t count;
    uint64_t least;
    uint64_t most;
    uint64_t seed;
    if (!str_u64(str_of(arg[1]), &count) || !str_u64(str_of(arg[2]), &least) ||
        !str_u64(str_of(arg[3]), &most) || !str_u64(str_of(arg[4]), &seed) || most < least) {
        return fail("files DIR COUNT LEAST MOST SEED: numbers are off");
    }
    struct estate e;
    estate_init(&e, seed);
    struct buf text = {0};
    struct buf packed = {0};
    int64_t day = time_of_date(2026, 11, 20);
    int64_t step = TIME_DAY_US / (int64_t)(count == 0 ? 1 : count);
    for (uint64_t i = 0; i < count; i++) {
        char path[512];
        struct err err = {0};
        size_t bytes = least + estate_random(&e, most - least + 1);
        int64_t from = day + (int64_t)i * step;
        buf_reset(&text);
        (void)estate_file(&e, from, from + step, bytes, &text);
        (void)snprintf(path, sizeof(path), "%s/111122223333_CloudTrail_eu-west-1_%07u.json.gz",
                       arg[0], (unsigned)i);
        if (!pack_gzip(buf_str(&text), &packed) ||
            file_write(str_of(path), buf_str(&packed), true, &err) != ERR_OK) {
            return fail(err.msg);
        }
    }
    buf_free(&text);
    buf_free(&packed);
    return 0;
}

static int make_lines(char **arg)
{
    uint64_t count;
    uint64_t hours;
    uint64_t seed;
    int64_t from;
    if (!str_u64(str_of(arg[0]), &count) || !time_parse_rfc3339(str_of(arg[1]), &from) ||
        !str_u64(str_of(arg[2]), &hours) || !str_u64(str_of(arg[3]), &seed)) {
        return fail("lines COUNT FROM HOURS SEED: values are off");
    }
    struct estate e;
    estate_init(&e, seed);
    e.deploys_ppm = 0; /* a story brings the deployments that it is about */
    struct buf line = {0};
    for (uint64_t i = 0; i < count; i++) {
        int64_t at = (int64_t)(hours * 3600 * i / count) * TIME_SECOND_US;
        buf_reset(&line);
        estate_event(&e, from + at, &line);
        buf_addc(&line, '\n');
        if (fwrite(line.ptr, 1, line.len, stdout) != line.len) {
            return fail("cannot write");
        }
    }
    buf_free(&line);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 7 && strcmp(argv[1], "files") == 0) {
        return make_files(argv + 2);
    }
    if (argc == 6 && strcmp(argv[1], "lines") == 0) {
        return make_lines(argv + 2);
    }
    return fail("files DIR COUNT LEAST MOST SEED | lines COUNT FROM HOURS SEED");
}
