/*
 * network_logs - IDS logs for measuring: the kinds of records, their keys, order and sizes as
 * Suricata 7 and Zeek 6 write them; what differs from record to record is random but the same for a
 * seed.
 */
#ifndef BENCH_NETWORK_LOGS_H
#define BENCH_NETWORK_LOGS_H

#include <stdint.h>

#include "base/buf.h"

/* At least `bytes` of EVE: of 100 records 34 dns, 33 flow, 20 tls, 6 http, 6 fileinfo, 1 alert. */
void eve_make(struct buf *out, uint64_t seed, size_t bytes);

enum zeek_log_kind { ZEEK_CONN, ZEEK_DNS, ZEEK_SSL, ZEEK_LOGS };

/* At least `bytes` of a Zeek log, as JSON or as a table. Failure shows in out->failed. */
void zeek_make(struct buf *out, enum zeek_log_kind log, bool json, uint64_t seed, size_t bytes);

#endif
