#include "model/exclusion.h"

bool exclusion_names(const struct exclusion *x, const struct detection *d)
{
    for (size_t i = 0; i < x->detection_count; i++) {
        struct str name = x->detections[i];
        if (str_eq(name, d->id) || (d->ref.len != 0 && str_ieq(name, d->ref))) {
            return true;
        }
    }
    return x->detection_count == 0;
}
