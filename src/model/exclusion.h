/*
 * exclusion - what somebody decided not to be told, with a name under it and an end.
 *
 * An exclusion hides hits of the detections it names on records that its selection describes, until
 * it expires; what it hid is counted and stands in every report.
 */
#ifndef MODEL_EXCLUSION_H
#define MODEL_EXCLUSION_H

#include <stdint.h>

#include "model/detection.h"

struct exclusion {
    size_t number; /* among those of the run */
    struct str title;
    struct str owner;
    struct str reason;
    struct str expires;           /* as written */
    int64_t expires_us;           /* events from then on are not hidden */
    const struct str *detections; /* ids, or refs such as "D14" */
    size_t detection_count;       /* 0: all detections */
};

bool exclusion_names(const struct exclusion *x, const struct detection *d);

#endif
