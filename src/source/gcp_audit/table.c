#include "source/gcp_audit/table.h"

static const struct gcp_area *const areas[] = {
    &gcp_area_functions, &gcp_area_run, &gcp_area_trigger, &gcp_area_identity, &gcp_area_logging,
};

const struct gcp_row *gcp_row_find(struct str service, struct str action,
                                   const struct gcp_service **out_service)
{
    for (size_t a = 0; a < ARRAY_LEN(areas); a++) {
        for (size_t s = 0; s < areas[a]->count; s++) {
            const struct gcp_service *sv = &areas[a]->services[s];
            if (!str_eq(sv->name, service)) {
                continue;
            }
            for (size_t i = 0; i < sv->row_count; i++) {
                if (str_eq(sv->rows[i].action, action)) {
                    *out_service = sv;
                    return &sv->rows[i];
                }
            }
        }
    }
    return NULL;
}

struct str gcp_action(struct str method)
{
    size_t dot = str_rchr(method, '.');
    size_t slash = str_rchr(method, '/');
    size_t at = dot == SIZE_MAX ? slash : slash == SIZE_MAX || dot > slash ? dot : slash;
    struct str last = at == SIZE_MAX ? method : str_from(method, at + 1);
    if (str_ieq(last, STR("SetIamPolicy"))) {
        return STR("SetIamPolicy"); /* setIamPolicy, SetIAMPolicy */
    }
    if (last.len == 0 || at == SIZE_MAX || last.ptr[0] < 'a' || last.ptr[0] > 'z') {
        return last;
    }
    struct str before = str_head(method, at);
    size_t begin = str_rchr(before, '.');
    return begin == SIZE_MAX ? method : str_from(method, begin + 1);
}
