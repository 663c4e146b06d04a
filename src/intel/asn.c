#include "intel/asn.h"

#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "sys/file.h"

bool asn_is_database(struct str path)
{
    return str_iends(path, STR(".mmdb"));
}

#ifdef FW_MAXMINDDB

#include <maxminddb.h>
#include <netinet/in.h>

enum { DATABASES_MAX = 8 };

struct asn_db {
    MMDB_s at[DATABASES_MAX];
    size_t count;
};

void asn_free(struct asn_db *db)
{
    for (size_t i = 0; db != NULL && i < db->count; i++) {
        MMDB_close(&db->at[i]);
    }
    mem_free(db);
}

enum err_code asn_open(struct asn_db **db, struct str path, struct arena *texts,
                       struct str *version, struct err *err)
{
    char name[FILE_PATH_MAX];
    char built[TIME_TEXT_MAX];
    if (!file_path(path, name)) {
        return err_set(err, ERR_USAGE, "no usable path");
    }
    if (*db == NULL) {
        *db = mem_alloc(1, sizeof(**db));
        if (*db == NULL) {
            return err_set(err, ERR_NOMEM, "no memory");
        }
    }
    if ((*db)->count >= DATABASES_MAX) {
        return err_set(err, ERR_LIMIT, "more than %d MaxMind databases", DATABASES_MAX);
    }
    MMDB_s *m = &(*db)->at[(*db)->count];
    int rc = MMDB_open(name, MMDB_MODE_MMAP, m);
    if (rc != MMDB_SUCCESS) {
        return err_set(err, rc == MMDB_FILE_OPEN_ERROR ? ERR_NOTFOUND : ERR_SYNTAX,
                       "not a MaxMind database: %s", MMDB_strerror(rc));
    }
    (*db)->count++;
    time_format((int64_t)m->metadata.build_epoch * TIME_SECOND_US, built);
    return arena_printf(texts, version, "%s, built %.10s", m->metadata.database_type, built)
               ? ERR_OK
               : err_set(err, ERR_NOMEM, "no memory");
}

static struct str text_at(MMDB_entry_s *entry, const char *const *path)
{
    MMDB_entry_data_s d;
    if (MMDB_aget_value(entry, &d, path) != MMDB_SUCCESS || !d.has_data ||
        d.type != MMDB_DATA_TYPE_UTF8_STRING) {
        return STR_EMPTY;
    }
    return str_make(d.utf8_string, d.data_size);
}

static void fill(MMDB_entry_s *entry, struct intel_origin *out)
{
    static const char *const number[] = {"autonomous_system_number", NULL};
    static const char *const name[] = {"autonomous_system_organization", NULL};
    static const char *const country[] = {"country", "iso_code", NULL};
    MMDB_entry_data_s d;
    if (MMDB_aget_value(entry, &d, number) == MMDB_SUCCESS && d.has_data &&
        d.type == MMDB_DATA_TYPE_UINT32) {
        out->asn = d.uint32;
    }
    struct str text = text_at(entry, name);
    out->organisation = text.len > 0 ? text : out->organisation;
    text = text_at(entry, country);
    if (text.len == 2) {
        memcpy(out->country, text.ptr, 2);
    }
}

bool asn_find(const struct asn_db *db, const struct ip *ip, struct intel_origin *out)
{
    struct intel_origin got = {.organisation = STR_EMPTY};
    bool any = false;
    for (size_t i = 0; db != NULL && i < db->count; i++) {
        union {
            struct sockaddr any;
            struct sockaddr_in v4;
            struct sockaddr_in6 v6;
        } to = {0};
        if (ip_is_v4(ip)) {
            to.v4.sin_family = AF_INET;
            memcpy(&to.v4.sin_addr, ip->byte + 12, 4);
        } else {
            to.v6.sin6_family = AF_INET6;
            memcpy(&to.v6.sin6_addr, ip->byte, 16);
        }
        int fault = 0;
        MMDB_lookup_result_s r = MMDB_lookup_sockaddr(&db->at[i], &to.any, &fault);
        if (fault == MMDB_SUCCESS && r.found_entry) {
            fill(&r.entry, &got);
            any = true;
        }
    }
    if (any) {
        *out = got;
    }
    return any;
}

#else

void asn_free(struct asn_db *db)
{
    (void)db;
}

enum err_code asn_open(struct asn_db **db, struct str path, struct arena *texts,
                       struct str *version, struct err *err)
{
    (void)db, (void)path, (void)texts, (void)version;
    return err_set(err, ERR_UNSUPPORTED,
                   "a MaxMind database, and this build has no libmaxminddb; install "
                   "libmaxminddb-dev and build again");
}

bool asn_find(const struct asn_db *db, const struct ip *ip, struct intel_origin *out)
{
    (void)db, (void)ip, (void)out;
    return false;
}

#endif
