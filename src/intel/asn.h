/*
 * asn - whose address it is, from MaxMind databases (ASN, country, city; GeoLite2 and its like).
 */
#ifndef INTEL_ASN_H
#define INTEL_ASN_H

#include "intel/intel.h"

struct asn_db;

/* Is this the beginning or the path of a MaxMind database? */
bool asn_is_database(struct str path);
/* Add a file to the set that *db is (NULL: none yet). *version: the day it was built, in `texts`.
 * ERR_UNSUPPORTED in a build without libmaxminddb. */
NODISCARD enum err_code asn_open(struct asn_db **db, struct str path, struct arena *texts,
                                 struct str *version, struct err *err);
bool asn_find(const struct asn_db *db, const struct ip *ip, struct intel_origin *out);
void asn_free(struct asn_db *db);

#endif
