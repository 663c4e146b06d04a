/*
 * setup - everything a run needs before the first log byte is read. Wrong configuration ends the
 * run here.
 */
#ifndef ENGINE_SETUP_H
#define ENGINE_SETUP_H

#include "codec/json.h"
#include "context/context.h"
#include "engine/recognise.h"
#include "engine/triage.h"
#include "intel/intel.h"
#include "network/traffic.h"
#include "playbook/playbook.h"
#include "rule/rule.h"

struct setup {
    struct context *context;
    struct intel *intel;
    struct rule_set *rules;
    struct playbook *playbook;
    struct json_paths *paths;
    struct recogniser known; /* the sources */
    struct names *names;
    struct traffic_know know; /* what tallies ask; points to this setup */
    struct iam_book *book;    /* of --iam; NULL: not given */
    bool intel_given;
    size_t own_rules;
};

/* ERR_USAGE, ERR_SCHEMA, ERR_NOTFOUND, ERR_SYNTAX with the file and the reason; ERR_NOMEM. */
NODISCARD enum err_code setup_load(const struct triage_options *o, struct setup *out,
                                   struct err *err);
void setup_free(struct setup *s);

#endif
