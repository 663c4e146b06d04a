#include "model/result.h"

void result_free(struct result *r)
{
    for (size_t i = 0; i < r->findings.len; i++) {
        finding_free(r->findings.at[i]);
    }
    for (size_t i = 0; i < r->cases.len; i++) {
        case_file_free(r->cases.at[i]);
    }
    VEC_FREE(&r->skipped);
    VEC_FREE(&r->unrecognised);
    VEC_FREE(&r->sources);
    VEC_FREE(&r->feeds);
    VEC_FREE(&r->with);
    VEC_FREE(&r->without);
    VEC_FREE(&r->notes);
    VEC_FREE(&r->findings);
    VEC_FREE(&r->cases);
    VEC_FREE(&r->digest);
    VEC_FREE(&r->since.gone);
}
