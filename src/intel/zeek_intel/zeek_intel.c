/*
 * zeek_intel - files of Zeek's intelligence framework: tab-separated, with a "#fields" line.
 */
#include "intel/intel.h"

enum { FIELDS_MAX = 32 };

struct layout {
    size_t value, type, source, desc, confidence; /* SIZE_MAX: there is none */
};

static bool layout_of(struct str line, struct layout *out)
{
    static const struct str names[] = {STR_INIT("indicator"), STR_INIT("indicator_type"),
                                       STR_INIT("meta.source"), STR_INIT("meta.desc"),
                                       STR_INIT("meta.confidence")};
    struct layout l = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    size_t *at[] = {&l.value, &l.type, &l.source, &l.desc, &l.confidence};
    struct str name;
    if (!str_starts(line, STR("#fields"))) {
        return false;
    }
    line = str_trim(str_from(line, 7));
    for (size_t i = 0; i < FIELDS_MAX && str_cut(&line, '\t', &name); i++) {
        for (size_t k = 0; k < ARRAY_LEN(names); k++) {
            if (str_eq(str_trim(name), names[k])) {
                *at[k] = i;
            }
        }
    }
    *out = l;
    return l.value != SIZE_MAX && l.type != SIZE_MAX;
}

static int probe(struct str path, struct str head)
{
    struct layout l;
    struct str line;
    (void)path;
    return str_cut(&head, '\n', &line) && layout_of(line, &l) ? 98 : 0;
}

/* Intel::ADDR and its like; *passed: a type that logs of functions and network do not show. */
static bool read_value(struct str type, struct str value, struct arena *texts, struct indicator *in,
                       bool *passed)
{
    static const struct str observables[] = {STR_INIT("Intel::ADDR"), STR_INIT("Intel::SUBNET"),
                                             STR_INIT("Intel::URL"), STR_INIT("Intel::DOMAIN")};
    *passed = false;
    for (size_t i = 0; i < ARRAY_LEN(observables); i++) {
        if (str_eq(type, observables[i])) {
            return intel_observable(value, texts, in);
        }
    }
    if (str_eq(type, STR("Intel::CERT_HASH"))) {
        return intel_fingerprint(INTEL_CERT, value, texts, in);
    }
    if (str_eq(type, STR("Intel::FILE_HASH"))) {
        return intel_observable_or_hash(value, texts, in) && in->kind >= INTEL_MD5 &&
               in->kind <= INTEL_SHA256;
    }
    if (str_eq(type, STR("Intel::JA3")) || str_eq(type, STR("JA3::JA3"))) {
        return intel_fingerprint(INTEL_JA3, value, texts, in);
    }
    *passed = true;
    return false;
}

static enum err_code one_line(const struct layout *l, struct str line, uint64_t number,
                              enum intel_class class, const struct intel_sink *sink,
                              struct err *err)
{
    struct str field[FIELDS_MAX];
    size_t count = 0;
    while (count < FIELDS_MAX && str_cut(&line, '\t', &field[count])) {
        count += 1;
    }
    if (l->value >= count || l->type >= count) {
        sink->reject(sink->arg, number, "fewer fields than the #fields line names");
        return ERR_OK;
    }
    struct str desc = l->desc < count ? field[l->desc] : STR_EMPTY;
    struct str source = l->source < count ? field[l->source] : STR_EMPTY;
    struct indicator in = {.confidence = 50,
                           .from_us = TIME_NONE,
                           .until_us = TIME_NONE,
                           .note = desc.len > 1 ? desc : source};
    double d;
    if (l->confidence < count && str_f64(field[l->confidence], &d) && d >= 0 && d <= 100) {
        in.confidence = (uint8_t)d;
    }
    in.class = intel_class_guess(desc);
    in.class = in.class == INTEL_UNKNOWN ? intel_class_guess(source) : in.class;
    in.class = in.class == INTEL_UNKNOWN ? class : in.class;
    bool passed;
    if (!read_value(field[l->type], str_trim(field[l->value]), sink->texts, &in, &passed)) {
        if (!passed) {
            sink->reject(sink->arg, number, "its value is not what its type says");
        }
        return ERR_OK;
    }
    return intel_add_observable(sink, &in, err);
}

static enum err_code read_zeek_intel(struct str path, struct str text,
                                     const struct intel_sink *sink, struct str *version,
                                     struct err *err)
{
    struct layout l;
    struct str line;
    uint64_t number = 0;
    size_t slash = str_rchr(path, '/');
    enum intel_class class =
        intel_class_guess(slash == SIZE_MAX ? path : str_from(path, slash + 1));
    (void)version;
    if (!str_cut(&text, '\n', &line) || !layout_of(line, &l)) {
        return err_set(err, ERR_SCHEMA, "no #fields line with indicator and indicator_type");
    }
    for (number = 2; str_cut(&text, '\n', &line); number++) {
        if (line.len > 0 && line.ptr[line.len - 1] == '\r') {
            line.len--;
        }
        enum err_code rc = line.len == 0 || line.ptr[0] == '#'
                               ? ERR_OK
                               : one_line(&l, line, number, class, sink, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

const struct intel_ops intel_zeek_intel = {
    .name = "zeek_intel",
    .summary = "files of Zeek's intelligence framework",
    .probe = probe,
    .read = read_zeek_intel,
};
