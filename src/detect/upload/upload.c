/*
 * upload - D72: a host sends much more to a serverless name than it gets back.
 */
#include "detect/contact.h"
#include "detect/tools.h"

#define TIMES_MIN  5.0
#define MBYTES_MIN 20.0

static const struct str techniques[] = {STR_INIT("T1567")};

static const struct detection detections[] = {
    {.id = STR_INIT("faaswatch.upload"),
     .ref = STR_INIT("D72"),
     .title = STR_INIT("Far more sent to a serverless host than received"),
     .description =
         STR_INIT("A host sent more than 20 MB a day to a name of a serverless platform, "
                  "and got less than a fifth of it back."),
     .severity = SEVERITY_HIGH,
     .confidence = 0.7,
     .question = Q4,
     .indicator = KI2,
     .entity = ENTITY_ADDRESS,
     .techniques = techniques,
     .technique_count = ARRAY_LEN(techniques),
     .tactic = STR_INIT("exfiltration"),
     .ours = true},
};

static enum err_code judge(const struct detect_view *v, const struct traffic_contact *c)
{
    double out = (double)c->bytes_out;
    double in = (double)c->bytes_in;
    double most = env_threshold(&v->context->env, STR("upload_mb_a_day"), MBYTES_MIN) * 1e6;
    if (!c->has_bytes || out <= TIMES_MIN * in || out / contact_days(c) <= most ||
        !contact_is_serverless(v, c)) {
        return ERR_OK;
    }
    struct str client = contact_client(v, c);
    return contact_say(v, c, &detections[0], SEVERITY_HIGH, NULL,
                       "%.*s sent %.1f MB to %.*s and got %.1f MB, in %llu connections over %.1f "
                       "days%s",
                       SAY(client), out / 1e6, SAY(c->host), in / 1e6,
                       (unsigned long long)c->connections, contact_days(c),
                       c->bytes_shared ? "; estimated, its servers serve other names too" : "");
}

static enum err_code finish(void *state, const struct detect_view *v, struct err *err)
{
    enum err_code rc = ERR_OK;
    (void)state;
    (void)err;
    for (size_t i = 0; v->traffic != NULL && rc == ERR_OK && i < v->traffic->contacts.len; i++) {
        rc = judge(v, &v->traffic->contacts.at[i]);
    }
    return rc;
}

const struct detect_ops detect_upload = {
    .detections = detections,
    .detection_count = ARRAY_LEN(detections),
    .state_size = 1,
    .finish = finish,
};
