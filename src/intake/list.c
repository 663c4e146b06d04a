#include <errno.h>
#include <string.h>

#include "base/timefmt.h"
#include "intake/intake.h"
#include "sys/file.h"
#include "sys/walk.h"

/* "2026" to 2026; -1 unless `s` is exactly `digits` digits. */
static int number(struct str s, size_t digits)
{
    uint64_t n;
    return s.len == digits && str_u64(s, &n) ? (int)n : -1;
}

/* The day of the last .../YYYY/MM/DD/... in a path, at midnight, or TIME_NONE. */
static int64_t day_of_path(struct str path)
{
    int64_t day = TIME_NONE;
    struct str part;
    int last[3] = {-1, -1, -1}; /* the three components before this one */
    struct str parts[3] = {STR_EMPTY, STR_EMPTY, STR_EMPTY};
    while (str_cut(&path, '/', &part)) {
        last[0] = number(parts[0], 4);
        last[1] = number(parts[1], 2);
        last[2] = number(parts[2], 2);
        if (last[0] >= 1970 && last[1] >= 1 && last[1] <= 12 && last[2] >= 1 && last[2] <= 31) {
            day = time_of_date(last[0], last[1], last[2]);
        }
        parts[0] = parts[1];
        parts[1] = parts[2];
        parts[2] = part;
    }
    return day;
}

/* A bucket path names the day of delivery: its events are of that day or the one before. One more
 * day is left as slack, so nothing of the window is ever left out. */
static bool is_older(struct str path, int64_t since_us)
{
    if (since_us == TIME_NONE) {
        return false;
    }
    int64_t day = day_of_path(path);
    return day != TIME_NONE && day + 2 * TIME_DAY_US <= since_us;
}

static enum err_code add(struct input_list *out, struct str path, uint64_t size, int64_t since_us,
                         struct err *err)
{
    if (is_older(path, since_us)) {
        out->pruned++;
        return ERR_OK;
    }
    struct input in = {.path = path, .size = size};
    if (!VEC_PUSH(out, in)) {
        return err_set(err, ERR_NOMEM, "%.*s: no memory to list it", STR_ARG(path));
    }
    out->bytes += size;
    return ERR_OK;
}

static enum err_code add_path(struct str path, int64_t since_us, struct arena *a,
                              struct input_list *out, struct err *err)
{
    if (str_eq(path, STR("-"))) {
        return add(out, STR("-"), 0, TIME_NONE, err);
    }
    uint64_t size = 0;
    errno = 0;
    enum file_kind kind = file_kind(path, &size);
    if (kind == FILE_ABSENT) {
        int why = errno;
        return err_set(err, why == ENOENT || why == ENOTDIR ? ERR_NOTFOUND : ERR_IO, "%.*s: %s",
                       STR_ARG(path), strerror(why));
    }
    if (kind != FILE_DIRECTORY) {
        struct str own;
        if (!arena_dup(a, path, &own)) {
            return err_set(err, ERR_NOMEM, "%.*s: no memory to list it", STR_ARG(path));
        }
        /* Named on the command line: meant, however old. This is how history is given. */
        return add(out, own, kind == FILE_REGULAR ? size : 0, TIME_NONE, err);
    }
    struct walk_list files = {0};
    enum err_code rc = walk_files(path, a, &files, err);
    for (size_t i = 0; !rc && i < files.len; i++) {
        rc = add(out, files.at[i].path, files.at[i].size, since_us, err);
    }
    VEC_FREE(&files);
    return rc;
}

enum err_code input_list_build(const struct str *paths, size_t count, int64_t since_us,
                               struct arena *a, struct input_list *out, struct err *err)
{
    struct input_list list = {0};
    for (size_t i = 0; i < count; i++) {
        enum err_code rc = add_path(paths[i], since_us, a, &list, err);
        if (rc) {
            VEC_FREE(&list);
            return rc;
        }
    }
    *out = list;
    return ERR_OK;
}
