#include "sys/term.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"

enum { WIDTH_MIN = 20 };

bool term_is_tty(int fd)
{
    return isatty(fd) == 1;
}

unsigned term_width(int fd)
{
    return term_width_or(fd, TERM_WIDTH_DEFAULT);
}

unsigned term_width_or(int fd, unsigned otherwise)
{
    struct winsize size = {0};
    uint64_t width = 0;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        width = size.ws_col;
    } else if (!str_u64(str_of(getenv("COLUMNS")), &width) || width == 0) {
        width = otherwise;
    }
    width = width < WIDTH_MIN ? WIDTH_MIN : width;
    return (unsigned)(width > TERM_WIDTH_MAX ? TERM_WIDTH_MAX : width);
}

bool term_wants_color(int fd)
{
    struct str none = str_of(getenv("NO_COLOR"));
    struct str force = str_of(getenv("CLICOLOR_FORCE"));
    if (none.len > 0) {
        return false;
    }
    if (force.len > 0 && !str_eq(force, STR("0"))) {
        return true;
    }
    return term_is_tty(fd) && !str_eq(str_of(getenv("TERM")), STR("dumb"));
}
