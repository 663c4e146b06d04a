/*
 * layer_unshare - take back the right of others to use a layer version (A18). The version itself
 * is evidence and stays.
 */
#include "respond/draft.h"

static enum err_code plan(struct case_file *c, struct arena *a, struct err *err)
{
    for (size_t i = 0; i < c->timeline.len; i++) {
        const struct event *e = c->timeline.at[i];
        struct str arn = event_attr_get(e, ATTR_LAYER);
        struct str sid = event_attr_get(e, ATTR_STATEMENT_ID);
        struct str layer;
        struct str version;
        if (!draft_did(e, "lambda", "AddLayerVersionPermission") || sid.len == 0 ||
            !draft_layer(arn, &layer, &version)) {
            continue;
        }
        struct draft d;
        draft_begin(&d, c, a, "layer_unshare", arn);
        draft_why(&d, "the layer was shared with %.*s",
                  STR_ARG(event_attr_get(e, ATTR_GRANT_PRINCIPAL)));
        draft_breaks(&d, "functions of others that are deployed with this layer from now on");
        DRAFT_READ(&d,
                   "aws lambda get-layer-version-policy --layer-name {} --version-number {} "
                   "--region {}",
                   layer, version, e->region);
        DRAFT_COMMAND(&d,
                      "aws lambda remove-layer-version-permission --layer-name {} --version-number "
                      "{} --statement-id {} --region {}",
                      layer, version, sid, e->region);
        draft_note(&d, DRAFT_UNDO,
                   "aws lambda add-layer-version-permission, from the policy that was kept");
        enum err_code rc = draft_end(&d, err);
        if (rc) {
            return rc;
        }
    }
    return ERR_OK;
}

extern const struct respond_ops respond_layer_unshare;
const struct respond_ops respond_layer_unshare = {
    .name = "layer_unshare",
    .summary = "take back the right of others to use a layer",
    .phase = RESPOND_EXPOSURE,
    .plan = plan,
};
