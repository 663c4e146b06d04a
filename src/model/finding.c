#include "model/finding.h"

int finding_cmp(const struct finding *a, const struct finding *b)
{
    if (a->severity != b->severity) {
        return a->severity > b->severity ? -1 : 1;
    }
    if (a->first_us != b->first_us) {
        return a->first_us < b->first_us ? -1 : 1;
    }
    int d = str_cmp(a->detection->id, b->detection->id);
    return d != 0 ? d : str_cmp(a->id, b->id);
}

void finding_free(struct finding *f)
{
    VEC_FREE(&f->events);
    VEC_FREE(&f->addresses);
    VEC_FREE(&f->hosts);
    VEC_FREE(&f->intel);
    VEC_FREE(&f->functions);
}
