#include <string.h>

#include "intel/intel.h"

static const char *const class_names[INTEL_CLASS_MAX_] = {
    [INTEL_UNKNOWN] = "unclassified", [INTEL_C2] = "command and control",
    [INTEL_MALWARE] = "malware",      [INTEL_SCANNER] = "scanner",
    [INTEL_ABUSE] = "abuse",          [INTEL_ANONYMISER] = "anonymiser",
};

const char *intel_class_name(enum intel_class c)
{
    return (unsigned)c < INTEL_CLASS_MAX_ ? class_names[c] : class_names[INTEL_UNKNOWN];
}

bool intel_class_parse(struct str s, enum intel_class *out)
{
    enum intel_class c = intel_class_guess(s);
    if (c == INTEL_UNKNOWN && !str_ieq(s, STR("unclassified")) && !str_ieq(s, STR("unknown"))) {
        return false;
    }
    *out = c;
    return true;
}

enum intel_class intel_class_guess(struct str text)
{
    /* Whole words: "tor" is in "Tor exit" and not in "history". The first that fits: a text that speaks of command and control means the worst. */
    static const struct {
        struct str word;
        enum intel_class class;
    } words[] = {
        {STR_INIT("c2"), INTEL_C2},
        {STR_INIT("c&c"), INTEL_C2},
        {STR_INIT("cnc"), INTEL_C2},
        {STR_INIT("command and control"), INTEL_C2},
        {STR_INIT("command-and-control"), INTEL_C2},
        {STR_INIT("botnet"), INTEL_C2},
        {STR_INIT("malware"), INTEL_MALWARE},
        {STR_INIT("trojan"), INTEL_MALWARE},
        {STR_INIT("ransomware"), INTEL_MALWARE},
        {STR_INIT("stealer"), INTEL_MALWARE},
        {STR_INIT("rat"), INTEL_MALWARE},
        {STR_INIT("payload"), INTEL_MALWARE},
        {STR_INIT("dropper"), INTEL_MALWARE},
        {STR_INIT("phishing"), INTEL_MALWARE},
        {STR_INIT("scanner"), INTEL_SCANNER},
        {STR_INIT("scanners"), INTEL_SCANNER},
        {STR_INIT("scanning"), INTEL_SCANNER},
        {STR_INIT("scan"), INTEL_SCANNER},
        {STR_INIT("tor"), INTEL_ANONYMISER},
        {STR_INIT("vpn"), INTEL_ANONYMISER},
        {STR_INIT("proxy"), INTEL_ANONYMISER},
        {STR_INIT("anonymiser"), INTEL_ANONYMISER},
        {STR_INIT("anonymizer"), INTEL_ANONYMISER},
        {STR_INIT("abuse"), INTEL_ABUSE},
        {STR_INIT("spam"), INTEL_ABUSE},
        {STR_INIT("bruteforce"), INTEL_ABUSE},
        {STR_INIT("brute force"), INTEL_ABUSE},
        {STR_INIT("brute-force"), INTEL_ABUSE},
    };
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_has_word(text, words[i].word, "")) {
            return words[i].class;
        }
    }
    return INTEL_UNKNOWN;
}

const char *intel_kind_name(enum intel_kind k)
{
    static const char *const names[] = {
        [INTEL_IP] = "address",       [INTEL_HOST] = "name",   [INTEL_URL] = "URL",
        [INTEL_MD5] = "MD5",          [INTEL_SHA1] = "SHA-1",  [INTEL_SHA256] = "SHA-256",
        [INTEL_CERT] = "certificate", [INTEL_JA3] = "JA3",     [INTEL_JA4] = "JA4",
        [INTEL_PORT] = "port",        [INTEL_OTHER] = "other",
    };
    return (unsigned)k < ARRAY_LEN(names) ? names[k] : names[INTEL_OTHER];
}

static const char *const tlp_names[TLP_MAX_] = {
    [TLP_NONE] = "",           [TLP_CLEAR] = "TLP:CLEAR", [TLP_GREEN] = "TLP:GREEN",
    [TLP_AMBER] = "TLP:AMBER", [TLP_RED] = "TLP:RED",     [TLP_AMBER_STRICT] = "TLP:AMBER+STRICT",
};

const char *intel_tlp_name(enum intel_tlp t)
{
    return (unsigned)t < TLP_MAX_ ? tlp_names[t] : "";
}

enum intel_tlp intel_tlp_of(struct str s)
{
    s = str_istarts(s, STR("tlp:")) ? str_from(s, 4) : s;
    for (unsigned t = TLP_CLEAR; t < TLP_MAX_; t++) {
        if (str_ieq(s, str_of(tlp_names[t] + 4))) {
            return (enum intel_tlp)t;
        }
    }
    return str_ieq(s, STR("white")) ? TLP_CLEAR : TLP_NONE;
}
