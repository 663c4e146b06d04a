/*
 * mmdb - a MaxMind database of one network, made for tests (format: MaxMind DB 2.0).
 */
#ifndef TESTS_INTEL_MMDB_H
#define TESTS_INTEL_MMDB_H

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

static inline void mmdb_text(struct buf *b, const char *text)
{
    size_t n = strlen(text);
    buf_addc(b, (char)(2 << 5 | (n < 29 ? n : 29)));
    if (n >= 29) {
        buf_addc(b, (char)(n - 29));
    }
    buf_add_cstr(b, text);
}

static inline void mmdb_number(struct buf *b, unsigned type, uint64_t v, unsigned bytes)
{
    buf_addc(b, (char)(type < 8 ? type << 5 | bytes : bytes));
    if (type >= 8) {
        buf_addc(b, (char)(type - 7));
    }
    for (unsigned i = bytes; i-- > 0;) {
        buf_addc(b, (char)(v >> (8 * i)));
    }
}

/* 203.0.113.0/24 belongs to `asn`, `organisation`, `country`. */
static inline bool mmdb_make(const char *path, uint32_t asn, const char *organisation,
                             const char *country)
{
    enum { NODES = 24, MAP = 7, UINT16 = 5, UINT32 = 6, UINT64 = 9 };
    CLEANUP(buf_free) struct buf b = {0};
    const uint32_t net = 203U << 16 | 0U << 8 | 113U;
    for (unsigned i = 0; i < NODES; i++) {
        uint32_t next = i + 1 < NODES ? i + 1 : NODES + 16;
        bool one = (net >> (23 - i) & 1U) != 0;
        uint32_t sides[2] = {one ? (uint32_t)NODES : next, one ? next : (uint32_t)NODES};
        for (unsigned s = 0; s < 2; s++) {
            buf_addc(&b, (char)(sides[s] >> 16));
            buf_addc(&b, (char)(sides[s] >> 8));
            buf_addc(&b, (char)sides[s]);
        }
    }
    buf_add(&b, str_make("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16));
    buf_addc(&b, (char)(MAP << 5 | 3));
    mmdb_text(&b, "autonomous_system_number");
    mmdb_number(&b, UINT32, asn, 4);
    mmdb_text(&b, "autonomous_system_organization");
    mmdb_text(&b, organisation);
    mmdb_text(&b, "country");
    buf_addc(&b, (char)(MAP << 5 | 1));
    mmdb_text(&b, "iso_code");
    mmdb_text(&b, country);
    buf_add_cstr(&b, "\xab\xcd\xef"
                     "MaxMind.com");
    buf_addc(&b, (char)(MAP << 5 | 9));
    mmdb_text(&b, "node_count");
    mmdb_number(&b, UINT32, NODES, 4);
    mmdb_text(&b, "record_size");
    mmdb_number(&b, UINT16, 24, 2);
    mmdb_text(&b, "ip_version");
    mmdb_number(&b, UINT16, 4, 2);
    mmdb_text(&b, "database_type");
    mmdb_text(&b, "GeoLite2-ASN");
    mmdb_text(&b, "languages");
    buf_add(&b, str_make("\x01\x04", 2));
    mmdb_text(&b, "en");
    mmdb_text(&b, "binary_format_major_version");
    mmdb_number(&b, UINT16, 2, 2);
    mmdb_text(&b, "binary_format_minor_version");
    mmdb_number(&b, UINT16, 0, 0);
    mmdb_text(&b, "build_epoch");
    mmdb_number(&b, UINT64, 1793577600, 8);
    mmdb_text(&b, "description");
    buf_addc(&b, (char)(MAP << 5 | 0));
    FILE *f = fopen(path, "wb");
    return f != NULL && fwrite(b.ptr, 1, b.len, f) == b.len && fclose(f) == 0;
}

#endif
