/* The log files that a digest lists. */
#include "integrity/verify_priv.h"

static bool one_log(struct verify *v, const struct listed_log *log, const struct copied *file)
{
    struct name name = name_of(log->key);
    if (!str_ieq(log->algorithm, STR("SHA-256"))) {
        return verify_note(v, INTEGRITY_LOG, INTEGRITY_UNVERIFIED, log->key, file, &name,
                           "its digest gives a hash by '%.*s', and only SHA-256 is known",
                           STR_ARG(str_head(log->algorithm, 40)));
    }
    struct object o;
    if (!object_read(&v->reader, file->path, false, &o)) {
        return false;
    }
    switch (o.state) {
    case OBJECT_UNREADABLE:
        v->report->unreadable++;
        return verify_note(v, INTEGRITY_LOG, INTEGRITY_UNVERIFIED, log->key, file, &name,
                           "the file cannot be read; check its permissions");
    case OBJECT_DAMAGED:
        return verify_note(v, INTEGRITY_LOG, INTEGRITY_INVALID, log->key, file, &name,
                           "it does not unpack: cut, damaged or larger than any log file");
    case OBJECT_ABSENT:
    case OBJECT_FINE:
    default:
        break;
    }
    if (!hash_is(log->hash, o.hash)) {
        return verify_note(v, INTEGRITY_LOG, INTEGRITY_INVALID, log->key, file, &name,
                           "its content is not what was signed: the log was altered");
    }
    if (o.appended) {
        return verify_note(v, INTEGRITY_LOG, INTEGRITY_INVALID, log->key, file, &name,
                           "something was appended behind what was signed");
    }
    if (o.trailer_cut || o.trailer_wrong) {
        return verify_note(v, INTEGRITY_LOG, INTEGRITY_WARNING, log->key, file, &name,
                           "its content is what was signed, but the gzip trailer is %s: readers "
                           "that check it lose records",
                           o.trailer_cut ? "cut off" : "wrong");
    }
    v->report->logs_valid++;
    return true;
}

bool verify_logs(struct verify *v, const struct digest_file *d, bool trusted)
{
    for (size_t i = 0; i < d->logs.len; i++) {
        const struct listed_log *log = &d->logs.at[i];
        struct copy *copy = verify_bucket(v, log->bucket);
        struct copied *file = copy == NULL ? NULL : copy_find(copy, log->key);
        if (!trusted) {
            if (file != NULL && file->log == LOG_UNSEEN) {
                file->log = LOG_CLAIMED;
            }
            continue;
        }
        v->report->logs++;
        struct name name = name_of(log->key);
        if (file == NULL) {
            if (!verify_note(v, INTEGRITY_LOG, INTEGRITY_MISSING, log->key, NULL, &name,
                             copy == NULL ? "it lies in bucket '%.*s', of which no copy was given"
                                          : "its digest lists it, and it is gone from '%.*s'",
                             STR_ARG(str_head(log->bucket, 64)))) {
                return false;
            }
            continue;
        }
        bool again = file->log == LOG_TRUSTED;
        file->log = LOG_TRUSTED;
        if (again) {
            v->report->logs--; /* listed by two trails: looked at once */
            continue;
        }
        if (!one_log(v, log, file)) {
            return false;
        }
    }
    return true;
}
