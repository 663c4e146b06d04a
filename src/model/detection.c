#include "model/detection.h"

static const char *const severities[SEVERITY_MAX_] = {"informational", "low", "medium", "high",
                                                      "critical"};
static const char *const indicators[INDICATOR_MAX_] = {"", "KI1", "KI2", "KI3", "KI4", "LS"};

const char *severity_name(enum severity s)
{
    return (unsigned)s < SEVERITY_MAX_ ? severities[s] : "unknown";
}

bool severity_parse(struct str s, enum severity *out)
{
    for (unsigned i = 0; i < SEVERITY_MAX_; i++) {
        if (str_ieq(s, str_of(severities[i]))) {
            *out = (enum severity)i;
            return true;
        }
    }
    return false;
}

const char *indicator_name(enum key_indicator i)
{
    return (unsigned)i < INDICATOR_MAX_ ? indicators[i] : "";
}

bool indicator_parse(struct str s, enum key_indicator *out)
{
    for (unsigned i = 1; i < INDICATOR_MAX_; i++) {
        if (str_eq(s, str_of(indicators[i]))) {
            *out = (enum key_indicator)i;
            return true;
        }
    }
    return false;
}

bool entity_kind_parse(struct str s, enum entity_kind *out)
{
    static const struct str names[] = {STR_INIT("function"), STR_INIT("actor"), STR_INIT("role"),
                                       STR_INIT("address"), STR_INIT("account")};
    for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
        if (str_eq(s, names[i])) {
            *out = (enum entity_kind)i;
            return true;
        }
    }
    return false;
}
