#include "sys/cpu.h"

#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "sys/file.h"

enum { SMALL_FILE = 64 * 1024 };

static bool read_small(struct str path, struct buf *out)
{
    out->max = SMALL_FILE;
    return file_read(path, out, NULL) == ERR_OK;
}

static unsigned from_affinity(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) == 0 && CPU_COUNT(&set) > 0) {
        return (unsigned)CPU_COUNT(&set);
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN); /* more processors than a cpu_set_t can name */
    return online > 0 ? (unsigned)online : 1;
}

/* Time a period gives, in whole processors; UINT_MAX when there is no bound. */
static unsigned quota(struct str amount, struct str period)
{
    uint64_t n;
    uint64_t d;
    if (!str_u64(str_trim(amount), &n) || !str_u64(str_trim(period), &d) || n == 0 || d == 0) {
        return UINT32_MAX; /* "max", -1 */
    }
    uint64_t whole = n / d + (n % d != 0);
    return whole >= UINT32_MAX ? UINT32_MAX : (unsigned)whole;
}

/* The bound of one group directory: cpu.max in version 2, two files in version 1. */
static unsigned group_quota(struct str mount, struct str group)
{
    CLEANUP(buf_free) struct buf path = {.max = SMALL_FILE};
    CLEANUP(buf_free) struct buf amount = {0};
    CLEANUP(buf_free) struct buf period = {0};

    buf_printf(&path, "%.*s%.*s/cpu.max", STR_ARG(mount), STR_ARG(group));
    if (!path.failed && read_small(buf_str(&path), &amount)) {
        struct str rest = buf_str(&amount);
        struct str first;
        return str_cut(&rest, ' ', &first) ? quota(first, rest) : UINT32_MAX;
    }
    buf_reset(&path);
    buf_printf(&path, "%.*s%.*s/cpu.cfs_quota_us", STR_ARG(mount), STR_ARG(group));
    if (path.failed || !read_small(buf_str(&path), &amount)) {
        return UINT32_MAX;
    }
    buf_reset(&path);
    buf_printf(&path, "%.*s%.*s/cpu.cfs_period_us", STR_ARG(mount), STR_ARG(group));
    if (path.failed || !read_small(buf_str(&path), &period)) {
        return UINT32_MAX;
    }
    return quota(buf_str(&amount), buf_str(&period));
}

/* The smallest bound of a group and of those above it. */
static unsigned chain_quota(struct str mount, struct str group)
{
    unsigned least = UINT32_MAX;
    for (;;) {
        if (str_eq(group, STR("/"))) {
            group = STR_EMPTY;
        }
        unsigned here = group_quota(mount, group);
        least = here < least ? here : least;
        if (group.len == 0) {
            return least;
        }
        size_t slash = str_rchr(group, '/');
        group = str_head(group, slash == SIZE_MAX ? 0 : slash);
    }
}

static bool names_cpu(struct str controllers)
{
    struct str one;
    while (str_cut(&controllers, ',', &one)) {
        if (str_eq(one, STR("cpu"))) {
            return true;
        }
    }
    return false;
}

static unsigned from_groups(void)
{
    CLEANUP(buf_free) struct buf text = {0};
    unsigned least = UINT32_MAX;
    if (!read_small(STR("/proc/self/cgroup"), &text)) {
        return least;
    }
    struct str rest = buf_str(&text);
    struct str line;
    while (str_cut(&rest, '\n', &line)) { /* "0::/path" or "4:cpu,cpuacct:/path" */
        struct str id;
        struct str controllers;
        if (!str_cut(&line, ':', &id) || !str_cut(&line, ':', &controllers)) {
            continue;
        }
        unsigned here = UINT32_MAX;
        if (str_eq(id, STR("0"))) {
            here = chain_quota(STR("/sys/fs/cgroup"), line);
        } else if (names_cpu(controllers)) {
            here = chain_quota(STR("/sys/fs/cgroup/cpu"), line);
        }
        least = here < least ? here : least;
    }
    return least;
}

unsigned cpu_usable(void)
{
    unsigned cores = from_affinity();
    unsigned bound = from_groups();
    cores = bound < cores ? bound : cores;
    return cores == 0 ? 1 : cores;
}
