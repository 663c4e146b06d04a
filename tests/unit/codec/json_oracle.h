/*
 * json_oracle - jansson as the judge of the scanner. Used by the tests and the fuzz target.
 *
 * The two differ, and may, only where named here:
 *   jansson refuses numbers that overflow, "\u0000" in keys and escaped lone surrogates, and takes
 *   a NUL byte behind the value for the end of the text;
 *   we refuse nesting beyond JSON_DEPTH_MAX and objects of more than JSON_KEYS_MAX members.
 */
#ifndef TESTS_JSON_ORACLE_H
#define TESTS_JSON_ORACLE_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Both headers have these names. */
#define JSON_OBJECT JANSSON_OBJECT
#define JSON_ARRAY  JANSSON_ARRAY
#define JSON_STRING JANSSON_STRING
#define JSON_TRUE   JANSSON_TRUE
#define JSON_FALSE  JANSSON_FALSE
#define JSON_NULL   JANSSON_NULL
#include <jansson.h>
#undef JSON_OBJECT
#undef JSON_ARRAY
#undef JSON_STRING
#undef JSON_TRUE
#undef JSON_FALSE
#undef JSON_NULL

#include "base/arena.h"
#include "codec/json.h"

/* NULL, or what is wrong: jansson's answer to a text that we answered with `status`, the fault at
 * `fault`. *out is jansson's value when both accept, to be freed by the caller. */
static inline const char *oracle_verdict(struct str text, enum json_status status, size_t fault,
                                         json_t **out)
{
    json_error_t error;
    json_t *value = json_loadb(text.ptr, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    *out = NULL;
    if (value != NULL && status == JSON_OK) {
        *out = value;
        return NULL;
    }
    if (value != NULL) {
        json_decref(value);
        bool limit = status == JSON_TOO_DEEP || status == JSON_TOO_WIDE;
        bool nul = status == JSON_BAD && text.ptr[fault] == '\0';
        return limit || nul ? NULL : "only jansson accepts it";
    }
    if (status != JSON_OK) {
        return NULL;
    }
    enum json_error_code code = json_error_code(&error);
    if (code == json_error_numeric_overflow || code == json_error_null_byte_in_key) {
        return NULL;
    }
    bool surrogate = strstr(error.text, "invalid Unicode '\\u") != NULL;
    return code == json_error_invalid_syntax && surrogate ? NULL : "only we accept it";
}

static inline const char *oracle_number(struct str text, const json_t *want)
{
    char copy[512];
    if (text.len >= sizeof(copy)) {
        return NULL; /* too long to hand to strtod here; its syntax was compared */
    }
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    if (json_typeof(want) == JSON_INTEGER) {
        return strtoll(copy, NULL, 10) == json_integer_value(want) ? NULL : "an integer differs";
    }
    double a = strtod(copy, NULL);
    double b = json_real_value(want);
    return memcmp(&a, &b, sizeof(a)) == 0 ? NULL : "a number differs";
}

static inline const char *oracle_text(struct json_view v, const char *want, size_t want_len)
{
    CLEANUP(arena_free) struct arena a = {0};
    struct str got;
    if (!json_text(v, &a, &got)) {
        return "no memory";
    }
    return got.len == want_len && memcmp(got.ptr, want, want_len) == 0 ? NULL : "a string differs";
}

static inline const char *oracle_same(struct json_view v, const json_t *want);

static inline const char *oracle_members(struct json_view v, const json_t *want)
{
    struct json_iter it = json_iter_of(v);
    struct json_view key;
    struct json_view value;
    size_t count = 0;
    while (json_iter_next(&it, &key, &value)) {
        count++;
    }
    if (count != json_object_size(want)) {
        return count > json_object_size(want) ? NULL : "a member is missing"; /* a key twice */
    }
    it = json_iter_of(v);
    while (json_iter_next(&it, &key, &value)) {
        CLEANUP(arena_free) struct arena a = {0};
        struct str name;
        if (!json_text(key, &a, &name)) {
            return "no memory";
        }
        const json_t *other = json_object_getn(want, name.ptr, name.len);
        if (other == NULL) {
            return "a key differs";
        }
        const char *wrong = oracle_same(value, other);
        if (wrong != NULL) {
            return wrong;
        }
    }
    return NULL;
}

static inline const char *oracle_elements(struct json_view v, const json_t *want)
{
    struct json_iter it = json_iter_of(v);
    struct json_view key;
    struct json_view value;
    size_t count = 0;
    while (json_iter_next(&it, &key, &value)) {
        if (count == json_array_size(want)) {
            return "an element too many";
        }
        const char *wrong = oracle_same(value, json_array_get(want, count++));
        if (wrong != NULL) {
            return wrong;
        }
    }
    return count == json_array_size(want) ? NULL : "an element is missing";
}

/* NULL, or what differs, at any depth. The text was checked, so JSON_DEPTH_MAX bounds it. */
static inline const char *oracle_same(struct json_view v, const json_t *want)
{
    switch (json_typeof(want)) {
    case JANSSON_OBJECT:
        return v.kind == JSON_OBJECT ? oracle_members(v, want) : "not an object";
    case JANSSON_ARRAY:
        return v.kind == JSON_ARRAY ? oracle_elements(v, want) : "not an array";
    case JANSSON_STRING:
        return v.kind == JSON_STRING
                   ? oracle_text(v, json_string_value(want), json_string_length(want))
                   : "not a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return v.kind == JSON_NUMBER ? oracle_number((struct str){v.ptr, v.len}, want)
                                     : "not a number";
    case JANSSON_TRUE:
        return v.kind == JSON_TRUE ? NULL : "not true";
    case JANSSON_FALSE:
        return v.kind == JSON_FALSE ? NULL : "not false";
    case JANSSON_NULL:
        break;
    }
    return v.kind == JSON_NULL ? NULL : "not null";
}

#endif
