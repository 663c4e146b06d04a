/*
 * eve - the fields of an EVE record, and its dns body, which had four forms over the years.
 */
#ifndef SOURCE_SURICATA_EVE_H
#define SOURCE_SURICATA_EVE_H

#include <string.h>

#include "source/net.h"

enum eve_field {
#define FIELD(id, path) EVE_##id,
#include "source/suricata/fields.def"
#undef FIELD
    EVE_FIELD_MAX_
};

/*
 * version 1 (Suricata 4):  one record an answer: rrname, rrtype, ttl, rdata
 * version 2 (5 to 7):      rrname and rrtype asked; answers[], or only grouped{A: [...]}
 * version 3 (8):           queries[] and answers[]
 * beside an alert (to 7):  query[] and answer{}
 */
void eve_fill_dns(struct net *n);
bool eve_has_dns(struct net *n);
/* Version 1 tells an answer from the side of the server. */
bool eve_dns_from_server(struct net *n);

#endif
