#include "sys/entropy.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

enum err_code entropy_fill(void *out, size_t len, struct err *err)
{
    unsigned char *p = out;
    while (len > 0) {
        ssize_t n = getrandom(p, len, 0);
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return err_set(err, ERR_IO, "the kernel gives no random bytes: %s", strerror(errno));
        }
        p += n;
        len -= (size_t)n;
    }
    return ERR_OK;
}
