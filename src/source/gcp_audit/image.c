#include "source/gcp_audit/image.h"

/* "host/project/name:tag@sha256:digest" */
static void add_image(struct gcp_extract *x, struct str image)
{
    gcp_add(x, ATTR_CODE_LOCATION, image);
    size_t at = str_find(image, STR("@sha256:"));
    if (at != SIZE_MAX && !gcp_added(x, ATTR_CODE_HASH)) {
        gcp_add(x, ATTR_CODE_HASH, str_from(image, at + 8));
    }
}

void gcp_add_images(struct gcp_extract *x, struct json_view containers)
{
    struct json_iter it = json_iter_of(containers);
    struct json_view key, c;
    while (containers.kind == JSON_ARRAY && x->count < GCP_ATTRS_MAX &&
           json_iter_next(&it, &key, &c)) {
        add_image(x, gcp_get(x, c, "image"));
    }
}
