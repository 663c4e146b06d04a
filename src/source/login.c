#include "source/login.h"

#include "base/utf8.h"

void login_members(struct json_view object, const char *const *names, size_t count,
                   struct json_view *out)
{
    struct json_iter it = json_iter_of(object);
    struct json_view key, value;
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct json_view){0};
    }
    while (object.kind == JSON_OBJECT && json_iter_next(&it, &key, &value)) {
        struct str name = {key.ptr, key.len};
        for (size_t i = 0; value.kind != JSON_NULL && i < count; i++) {
            if (out[i].kind == JSON_ABSENT && str_ieq(name, str_of(names[i]))) {
                out[i] = value;
                break;
            }
        }
    }
}

struct json_view login_object(struct login *l, size_t field)
{
    return cf_object(&l->x, cf_view(l->x.r, field));
}

struct str login_text(struct login *l, struct json_view v)
{
    return utf8_head(cf_text(&l->x, v), LOGIN_TEXT_MAX);
}

struct str login_at(struct login *l, struct json_view object, const char *path)
{
    return login_text(l, cf_at(object, path));
}

void login_person(struct login *l, struct str mail, struct str id)
{
    struct identity *w = &l->x.e->who;
    struct str name = mail.len != 0 ? mail : id;
    if (name.len == 0) {
        return;
    }
    w->kind = IDENTITY_SSO;
    w->principal = name;
    w->session_name = name;
    w->name = name;
    w->principal_id = id;
}

void login_machine(struct login *l, struct str name)
{
    struct identity *w = &l->x.e->who;
    w->kind = IDENTITY_SERVICE;
    w->principal = name;
}

void login_address(struct login *l, struct str text)
{
    struct event *e = l->x.e;
    cf_address(e, text);
    size_t colon = str_rchr(text, ':');
    if (e->address.len != 0 || colon == SIZE_MAX) {
        return;
    }
    text = str_head(text, colon); /* "203.0.113.9:1234", "[2001:db8::1]:443" */
    if (text.len > 2 && text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        text = str_head(str_from(text, 1), text.len - 2);
    }
    cf_address(e, text);
}

void login_fact(struct login *l, enum event_attr id, struct str value)
{
    cf_add(&l->x, id, utf8_head(value, LOGIN_TEXT_MAX));
}

void login_facts(struct login *l, enum event_attr id, struct json_view array)
{
    struct json_iter it = json_iter_of(array);
    struct json_view key, one;
    size_t count = 0;
    while (array.kind == JSON_ARRAY && json_iter_next(&it, &key, &one)) {
        if (count++ == LOGIN_FACTS_MAX) {
            return;
        }
        login_fact(l, id, login_text(l, one));
    }
}

void login_operator(struct login *l, struct str number, struct str name)
{
    uint64_t as;
    bool known = str_u64(number, &as) && as != 0 && as <= UINT32_MAX;
    if (known) {
        login_fact(l, ATTR_OPERATOR,
                   cf_printf(&l->x, "AS%llu%s%.*s", (unsigned long long)as,
                             name.len != 0 ? " " : "", STR_ARG(name)));
    } else {
        login_fact(l, ATTR_OPERATOR, name);
    }
}

void login_place(struct login *l, struct json_view latitude, struct json_view longitude)
{
    double lat, lon;
    if (latitude.kind == JSON_NUMBER && longitude.kind == JSON_NUMBER &&
        str_f64((struct str){latitude.ptr, latitude.len}, &lat) &&
        str_f64((struct str){longitude.ptr, longitude.len}, &lon) && lat >= -90 && lat <= 90 &&
        lon >= -180 && lon <= 180) {
        login_fact(l, ATTR_PLACE, cf_printf(&l->x, "%.4f,%.4f", lat, lon));
    }
}

void login_mfa(struct login *l, bool yes)
{
    l->x.e->who.mfa = yes;
    cf_add(&l->x, ATTR_MFA, yes ? STR("Yes") : STR("No"));
}

enum err_code login_keep(struct login *l, const char *source, const char *service, struct err *err)
{
    struct event *e = l->x.e;
    e->service = str_of(service);
    e->sign_in = e->kind == EVENT_LOGIN;
    return cf_keep(&l->x, source, err);
}
