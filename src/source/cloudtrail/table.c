#include "source/cloudtrail/table.h"

/* Lengths differ nearly always, so a walk costs a comparison of numbers a row. Asked once a
 * distinct pair, and once for each event that has a row. */
static const struct ct_row *find_action(const struct ct_service *s, struct str action)
{
    for (size_t i = 0; i < s->row_count; i++) {
        if (str_eq(s->rows[i].action, action)) {
            return &s->rows[i];
        }
    }
    return NULL;
}

const struct ct_row *ct_row_find(struct str service, struct str action,
                                 const struct ct_service **out_service)
{
    static const struct ct_area *const areas[] = {&ct_area_lambda,  &ct_area_identity,
                                                  &ct_area_trigger, &ct_area_logging,
                                                  &ct_area_deploy,  &ct_area_use};
    for (size_t a = 0; a < ARRAY_LEN(areas); a++) {
        for (size_t i = 0; i < areas[a]->count; i++) {
            const struct ct_service *s = &areas[a]->services[i];
            const struct ct_row *row = str_eq(s->name, service) ? find_action(s, action) : NULL;
            if (row != NULL) {
                *out_service = s;
                return row;
            }
        }
    }
    return NULL;
}
