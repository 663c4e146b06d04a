#include "model/case_file.h"

const char *coverage_state_name(enum coverage_state s)
{
    static const char *const names[] = {"absent", "late", "partial", "present"};
    return (unsigned)s < ARRAY_LEN(names) ? names[s] : "absent";
}

const char *verdict_name(enum verdict v)
{
    static const char *const names[] = {"unknown", "legitimate", "suspicious"};
    return (unsigned)v < ARRAY_LEN(names) ? names[v] : "unknown";
}

const char *strength_name(enum strength s)
{
    static const char *const names[] = {"weak", "moderate", "strong"};
    return (unsigned)s < ARRAY_LEN(names) ? names[s] : "weak";
}

const char *case_whose_name(enum case_whose w)
{
    static const char *const names[CASE_WHOSE_MAX_] = {"none", "ours", "theirs", "both"};
    return (unsigned)w < CASE_WHOSE_MAX_ ? names[w] : "none";
}

const char *case_whose_text(enum case_whose w)
{
    static const char *const texts[CASE_WHOSE_MAX_] = {
        "", "a function of ours was abused", "somebody else's function was used against us",
        "a function of ours was abused, and somebody else's was used against us"};
    return (unsigned)w < CASE_WHOSE_MAX_ ? texts[w] : "";
}

const char *case_since_name(enum case_since s)
{
    static const char *const names[CASE_SINCE_MAX_] = {"", "new", "changed", "unchanged"};
    return (unsigned)s < CASE_SINCE_MAX_ ? names[s] : "";
}

int case_file_cmp(const struct case_file *a, const struct case_file *b)
{
    int pa = a->decision.priority == 0 ? 9 : a->decision.priority;
    int pb = b->decision.priority == 0 ? 9 : b->decision.priority;
    if (pa != pb) {
        return pa - pb;
    }
    if (a->severity != b->severity) {
        return a->severity > b->severity ? -1 : 1;
    }
    if (a->first_us != b->first_us) {
        return a->first_us < b->first_us ? -1 : 1;
    }
    return str_cmp(a->id, b->id);
}

void case_file_free(struct case_file *c)
{
    VEC_FREE(&c->findings);
    VEC_FREE(&c->timeline);
    VEC_FREE(&c->words);
    VEC_FREE(&c->since.changes);
    VEC_FREE(&c->since.supersedes);
    VEC_FREE(&c->functions);
    VEC_FREE(&c->actors);
    VEC_FREE(&c->addresses);
    for (unsigned q = 0; q < QUESTION_MAX_; q++) {
        VEC_FREE(&c->answers[q].items);
        VEC_FREE(&c->answers[q].against);
        VEC_FREE(&c->answers[q].coverage);
    }
    for (size_t i = 0; i < c->steps.len; i++) {
        VEC_FREE(&c->steps.at[i].rows);
    }
    VEC_FREE(&c->steps);
    VEC_FREE(&c->decision.not_seen);
    VEC_FREE(&c->decision.rows);
    for (size_t i = 0; i < c->plan.len; i++) {
        VEC_FREE(&c->plan.at[i].commands);
        VEC_FREE(&c->plan.at[i].undo);
        VEC_FREE(&c->plan.at[i].before);
    }
    VEC_FREE(&c->plan);
    VEC_FREE(&c->calls);
    VEC_FREE(&c->marks);
    VEC_FREE(&c->hunts);
}
