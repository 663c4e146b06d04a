#include "intake/packed.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* One read behind what is ahead. */
static void read_more(struct packed *p)
{
    size_t room = p->cap - p->ahead.len;
    room = room > p->limit ? (size_t)p->limit : room;
    if (room == 0) {
        p->ended = p->ended || p->limit == 0;
        return;
    }
    ssize_t n;
    do {
        n = read(p->fd, p->block + p->ahead.len, room);
    } while (n < 0 && errno == EINTR);
    if (n <= 0) {
        p->os_errno = n < 0 ? errno : 0;
        p->ended = true;
        return;
    }
    p->ahead.len += (size_t)n;
    p->read += (uint64_t)n;
    p->ended = p->read == p->size; /* no call to hear that there is no more */
    p->limit -= p->limit == UINT64_MAX ? 0 : (uint64_t)n;
}

static void to_front(struct packed *p)
{
    if (p->ahead.ptr != p->block) {
        memmove(p->block, p->ahead.ptr, p->ahead.len);
        p->ahead.ptr = p->block;
    }
}

bool packed_need(struct packed *p, size_t n)
{
    if (p->ahead.len >= n) {
        return true;
    }
    if (!p->ended) {
        to_front(p);
        while (!p->ended && p->ahead.len < n) {
            read_more(p);
        }
    }
    return p->ahead.len >= n;
}

void packed_fill(struct packed *p)
{
    if (p->ended) {
        return;
    }
    to_front(p);
    while (!p->ended && p->ahead.len < p->cap) {
        read_more(p);
    }
}

void packed_use(struct packed *p, size_t n)
{
    assert(n <= p->ahead.len);
    p->ahead = str_from(p->ahead, n);
    p->offset += n;
}
