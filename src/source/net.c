#include "source/net.h"

#include <string.h>

bool net_begin(struct net *n, const struct record *r, struct arena *a, struct event *e)
{
    *n = (struct net){.r = r, .a = a, .e = e, .f = ARENA_NEW(a, struct flow)};
    if (n->f == NULL) {
        n->full = true;
        return false;
    }
    n->f->end_us = TIME_NONE;
    e->kind = EVENT_TRAFFIC;
    e->flow = n->f;
    return true;
}

enum err_code net_end(const struct net *n, struct err *err)
{
    if (n->full) {
        return err_set(err, ERR_LIMIT, "a network record: its texts do not fit in %zu bytes",
                       n->a->limit);
    }
    return ERR_OK;
}

/* ---- fields ---- */

struct str net_view_text(struct net *n, struct json_view v)
{
    if (v.kind == JSON_NUMBER || (v.kind == JSON_STRING && !v.escaped)) {
        return (struct str){v.ptr, v.len};
    }
    struct str s = STR_EMPTY;
    if (v.kind == JSON_STRING && !json_text(v, n->a, &s)) {
        n->full = true;
        return STR_EMPTY;
    }
    return s;
}

struct str net_text(struct net *n, size_t field)
{
    return net_view_text(n, record_view(n->r, field));
}

bool net_number(struct net *n, size_t field, uint64_t *out)
{
    struct json_view v = record_view(n->r, field);
    return (v.kind == JSON_NUMBER || v.kind == JSON_STRING) &&
           str_u64((struct str){v.ptr, v.len}, out);
}

uint64_t net_count(struct net *n, size_t field)
{
    uint64_t v = 0;
    return net_number(n, field, &v) ? v : 0;
}

uint16_t net_port(struct net *n, size_t field)
{
    uint64_t v = net_count(n, field);
    return v <= UINT16_MAX ? (uint16_t)v : 0;
}

bool net_ip(struct net *n, size_t field, struct ip *out)
{
    struct json_view v = record_view(n->r, field);
    return v.kind == JSON_STRING && ip_parse((struct str){v.ptr, v.len}, out);
}

bool net_is_true(struct net *n, size_t field)
{
    struct json_view v = record_view(n->r, field);
    struct str s = {v.ptr, v.len};
    return v.kind == JSON_TRUE ||
           (v.kind == JSON_STRING && (str_eq(s, STR("T")) || str_ieq(s, STR("true"))));
}

/* Two digits, or -1 and less. */
static int two(const char *p)
{
    unsigned tens = (unsigned)(unsigned char)p[0] - '0';
    unsigned ones = (unsigned)(unsigned char)p[1] - '0';
    return tens > 9 || ones > 9 ? -10000 : (int)(tens * 10 + ones);
}

/* "2025-11-20T08:12:00.123456+0000", as every EVE record has it several times. False: read it in
 * full, it may be a time all the same. */
static bool quick_time(struct str s, int64_t *out)
{
    static const char form[] = "dddd-dd-ddTdd:dd:dd.dddddd+0000";
    const char *p = s.ptr;
    if (s.len != sizeof(form) - 1 || p[4] != '-' || p[7] != '-' || p[10] != 'T' || p[13] != ':' ||
        p[16] != ':' || p[19] != '.' || memcmp(p + 26, "+0000", 5) != 0) {
        return false;
    }
    int year = two(p) * 100 + two(p + 2);
    int month = two(p + 5);
    int day = two(p + 8);
    int hour = two(p + 11);
    int minute = two(p + 14);
    int second = two(p + 17);
    int micros = two(p + 20) * 10000 + two(p + 22) * 100 + two(p + 24);
    /* Days 29 to 31 are not in every month. */
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > 28 || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 59 || micros < 0) {
        return false;
    }
    *out = time_of_date(year, month, day) + hour * TIME_HOUR_US + minute * TIME_MINUTE_US +
           second * TIME_SECOND_US + micros;
    return true;
}

int64_t net_time(struct net *n, size_t field)
{
    int64_t us;
    struct str s = net_text(n, field);
    return quick_time(s, &us) || time_parse_rfc3339(s, &us) ? us : TIME_NONE;
}

int64_t net_epoch(struct str s)
{
    /* The last second of the year 9999. */
    enum { SECONDS_DIGITS_MAX = 12 };
    int64_t us = 0;
    size_t i = 0;
    for (; i < s.len && chr_is_digit(s.ptr[i]); i++) {
        if (i == SECONDS_DIGITS_MAX) {
            return TIME_NONE;
        }
        us = us * 10 + (s.ptr[i] - '0');
    }
    if (i == 0) {
        return TIME_NONE;
    }
    us *= TIME_SECOND_US;
    if (i == s.len) {
        return us;
    }
    if (s.ptr[i++] != '.') {
        return TIME_NONE;
    }
    int64_t unit = TIME_SECOND_US / 10;
    for (bool rounded = false; i < s.len; i++, unit /= 10) {
        if (!chr_is_digit(s.ptr[i])) {
            return TIME_NONE;
        }
        us += unit * (s.ptr[i] - '0');
        if (unit == 0 && !rounded) { /* .8299999 is how .83 looks that was a float */
            us += s.ptr[i] >= '5' ? 1 : 0;
            rounded = true;
        }
    }
    return us;
}

/* ---- texts ---- */

struct str net_lower(struct net *n, struct str s)
{
    size_t i = 0;
    while (i < s.len && chr_lower(s.ptr[i]) == s.ptr[i]) {
        i++;
    }
    if (i == s.len) {
        return s;
    }
    char *copy = ARENA_ARRAY(n->a, char, s.len);
    if (copy == NULL) {
        n->full = true;
        return STR_EMPTY;
    }
    for (i = 0; i < s.len; i++) {
        copy[i] = chr_lower(s.ptr[i]);
    }
    return (struct str){copy, s.len};
}

struct str net_name(struct net *n, struct str s)
{
    if (s.len > 1 && s.ptr[s.len - 1] == '.') {
        s.len--;
    }
    return net_lower(n, s);
}

struct str net_host(struct net *n, struct str s)
{
    size_t at = s.len;
    while (at > 0 && chr_is_digit(s.ptr[at - 1])) {
        at--;
    }
    if (at > 1 && at < s.len && s.ptr[at - 1] == ':') {
        struct str front = str_head(s, at - 1);
        /* a port, and no group of an IPv6 address: [2001:db8::1]:443 */
        bool bracketed = front.ptr[front.len - 1] == ']';
        if (bracketed || memchr(front.ptr, ':', front.len) == NULL) {
            s = front;
        }
    }
    if (s.len > 2 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']') {
        s = (struct str){s.ptr + 1, s.len - 2};
    }
    return net_name(n, s);
}

struct str net_protocol(struct net *n, struct str s)
{
    /* Upper case, and the number IANA gave it. */
    static const struct {
        struct str upper, number, name;
    } known[] = {
        {STR_INIT("TCP"), STR_INIT("6"), STR_INIT("tcp")},
        {STR_INIT("UDP"), STR_INIT("17"), STR_INIT("udp")},
        {STR_INIT("ICMP"), STR_INIT("1"), STR_INIT("icmp")},
        {STR_INIT("IPV6-ICMP"), STR_INIT("58"), STR_INIT("icmp6")},
        {STR_INIT("SCTP"), STR_INIT("132"), STR_INIT("sctp")},
        {STR_INIT("GRE"), STR_INIT("47"), STR_INIT("gre")},
        {STR_INIT("ESP"), STR_INIT("50"), STR_INIT("esp")},
    };
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_eq(s, known[i].name) || str_eq(s, known[i].upper) || str_eq(s, known[i].number)) {
            return known[i].name;
        }
    }
    return net_lower(n, s);
}

/* ---- sides ---- */

void net_swap(struct flow *f)
{
#define SWAP(type, a, b)                                                                           \
    do {                                                                                           \
        type was = f->a;                                                                           \
        f->a = f->b;                                                                               \
        f->b = was;                                                                                \
    } while (0)
    SWAP(struct ip, client, server);
    SWAP(bool, has_client, has_server);
    SWAP(uint16_t, client_port, server_port);
    SWAP(uint64_t, bytes_out, bytes_in);
    SWAP(uint64_t, packets_out, packets_in);
#undef SWAP
}

bool net_server_first(const struct flow *f)
{
    enum { WELL_KNOWN_MAX = 1023 };
    return f->client_port != 0 && f->client_port <= WELL_KNOWN_MAX &&
           f->server_port > WELL_KNOWN_MAX;
}
