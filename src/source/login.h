/*
 * login - what the sources of identity providers share: a sign-in as an event.
 *
 * The person of a sign-in is named by the provider, so it is a single sign-on identity whose session
 * name is the mail address: that is how a session in the cloud names the same person. Every text is
 * bounded here; nothing trusts a type. A sign-in has no account of its own: a
 * tenant of an identity provider is no account that functions live in.
 */
#ifndef SOURCE_LOGIN_H
#define SOURCE_LOGIN_H

#include "source/cloudflare.h"

enum { LOGIN_TEXT_MAX = 300, LOGIN_FACTS_MAX = 16 }; /* bytes of one text; values of one fact */

struct login {
    struct cf_extract x;
};

/* Views of several members of an object in one walk; names are compared without case. The first of a
 * name counts; null is JSON_ABSENT. `out` has `count` entries, all set. */
void login_members(struct json_view object, const char *const *names, size_t count,
                   struct json_view *out);

/* The object in this field of the record, as it stands or as JSON text. */
struct json_view login_object(struct login *l, size_t field);
/* Text of a view, cut to LOGIN_TEXT_MAX between characters; "" for what is no text or number. */
struct str login_text(struct login *l, struct json_view v);
struct str login_at(struct login *l, struct json_view object, const char *path);

/* The person. Without a mail address the id stands for them. */
void login_person(struct login *l, struct str mail, struct str id);
/* A machine of the provider or of the organisation. */
void login_machine(struct login *l, struct str name);
/* An address, with a port behind it or not. */
void login_address(struct login *l, struct str text);

void login_fact(struct login *l, enum event_attr id, struct str value); /* "" adds nothing */
/* Each text of an array, at most LOGIN_FACTS_MAX. */
void login_facts(struct login *l, enum event_attr id, struct json_view array);
/* "AS64500 Example Net"; both may be missing. */
void login_operator(struct login *l, struct str number, struct str name);
void login_place(struct login *l, struct json_view latitude, struct json_view longitude);
/* Was a second factor used? Not called: nobody says. */
void login_mfa(struct login *l, bool yes);

/* Everything into the event. `source`, `service` are static. */
NODISCARD enum err_code login_keep(struct login *l, const char *source, const char *service,
                                   struct err *err);

#endif
