/*
 * pseudonym - other names for persons, accounts, addresses and hosts of ours, the same for the same
 * key: HMAC-SHA-256 of what they are, in a form that keeps files valid.
 *
 *     dana.k@acme.example   p-3f1c9a5be2@d-81c0aa.invalid
 *     111122223333          940218837745
 *     10.1.2.3              10.214.7.99
 *     AKIA…                 AKIA and as many other letters
 *
 * Shapes are found by themselves (mail addresses, access keys and principal ids of AWS, private
 * addresses, STIX ids); names, accounts, hosts and networks of ours must be told. What is neither stays:
 * addresses, names and hashes of the other side are what the receiver needs.
 */
#ifndef BUNDLE_PSEUDONYM_H
#define BUNDLE_PSEUDONYM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/ip.h"
#include "base/map.h"
#include "base/vec.h"

enum { PSEUDONYM_KEY_MIN = 16, PSEUDONYM_KEY_ID = 8 };

struct pseudonyms {
    struct str key;
    struct arena texts;
    struct map words; /* what was told, lower case -> struct str *, its pseudonym */
    struct {
        VEC_OF(struct ip_prefix);
    } networks;
    size_t longest;                    /* of the words */
    bool failed;                       /* no memory: nothing written may be used */
    char key_id[PSEUDONYM_KEY_ID + 1]; /* tells keys apart, not what they are */
};

/* ERR_USAGE: a key of less than 16 bytes. ERR_NOMEM. */
NODISCARD enum err_code pseudonyms_init(struct pseudonyms *p, struct str key, struct err *err);
void pseudonyms_free(struct pseudonyms *p);

void pseudonym_person(struct pseudonyms *p, struct str name); /* mail, login, ARN of a user, name */
void pseudonym_account(struct pseudonyms *p, struct str id);
void pseudonym_host(struct pseudonyms *p, struct str host); /* or a URL */
void pseudonym_network(struct pseudonyms *p, const struct ip_prefix *network);
void pseudonym_id(struct pseudonyms *p, struct str hex); /* an id made from names */

/* Text as it stands. */
void pseudonym_text(struct pseudonyms *p, struct str text, struct buf *out);
/* JSON texts, one or many: strings are looked into, base64 and nested JSON too. */
void pseudonym_json(struct pseudonyms *p, struct str text, struct buf *out);

#endif
