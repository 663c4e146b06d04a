/* What gcloud prints as JSON: `run services list` (Knative's form, and the API's second version)
 * and `functions list` (both generations). */
#include "context/functions/functions_priv.h"

static const json_t *meta(const json_t *object, const char *key)
{
    return jtree_get(jtree_get(object, "metadata"), key);
}

static bool is_knative(const json_t *object)
{
    return str_starts(jtree_str(jtree_get(object, "apiVersion")), STR("serving.knative.dev/")) &&
           json_is_object(jtree_get(object, "metadata"));
}

/* "projects/P/locations/L/functions/N" or ".../services/N". */
static bool key_of(struct str name, struct function_key *key)
{
    struct str part[6];
    size_t n = 0;
    while (n < ARRAY_LEN(part) && str_cut(&name, '/', &part[n])) {
        n++;
    }
    bool fits = n == ARRAY_LEN(part) && name.len == 0 && str_eq(part[0], STR("projects")) &&
                str_eq(part[2], STR("locations")) &&
                (str_eq(part[4], STR("functions")) || str_eq(part[4], STR("services")));
    if (fits) {
        *key = (struct function_key){STR("gcp"), part[1], part[3], part[5]};
    }
    return fits;
}

static bool is_google(const json_t *object)
{
    struct function_key key;
    return is_knative(object) || key_of(jtree_str(jtree_get(object, "name")), &key);
}

static int64_t time_of(const json_t *value)
{
    int64_t us;
    bool zoned;
    struct str text = jtree_str(value);
    return text.len > 0 && time_parse_any(text, &us, &zoned) ? us : TIME_NONE;
}

/* "host/name@sha256:…": the digest; a tag tells no code. */
static struct str digest_of(struct str image)
{
    size_t at = str_find(image, STR("@sha256:"));
    return at == SIZE_MAX ? STR_EMPTY : str_from(image, at + 8);
}

/* All of its names: a list, or the text of one, '["https://a","https://b"]'. */
static enum err_code add_urls(struct reader *r, const json_t *urls, struct listed_function *f,
                              struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < json_array_size(urls); i++) {
        rc = reader_add(r, &f->hosts, jtree_str(json_array_get(urls, i)), err);
    }
    struct str text = str_trim(jtree_str(urls));
    if (!str_starts(text, STR("[")) || !str_ends(text, STR("]"))) {
        return rc;
    }
    text = str_head(str_from(text, 1), text.len - 2);
    struct str piece;
    while (rc == ERR_OK && str_cut(&text, ',', &piece)) {
        piece = str_trim(piece);
        bool quoted = piece.len > 2 && piece.ptr[0] == '"' && piece.ptr[piece.len - 1] == '"';
        rc = quoted ? reader_add(r, &f->hosts, str_head(str_from(piece, 1), piece.len - 2), err)
                    : ERR_OK;
    }
    return rc;
}

static enum err_code done(struct reader *r, enum err_code rc, struct listed_function *f,
                          struct err *err)
{
    if (rc != ERR_OK) {
        VEC_FREE(&f->hosts);
        return rc;
    }
    return function_add(r, f, err);
}

static enum err_code read_knative(struct reader *r, const json_t *object, struct err *err)
{
    const json_t *notes = meta(object, "annotations");
    const json_t *spec = jtree_at(object, "spec.template.spec");
    const json_t *image = jtree_get(json_array_get(jtree_get(spec, "containers"), 0), "image");
    const json_t *since = meta(object, "creationTimestamp");
    const json_t *conditions = jtree_at(object, "status.conditions");
    const json_t *changed = jtree_get(json_array_get(conditions, 0), "lastTransitionTime");
    struct listed_function f = {.key.provider = STR("gcp"),
                                .modified_us = time_of(changed != NULL ? changed : since)};
    const json_t *location = jtree_get(meta(object, "labels"), "cloud.googleapis.com/location");
    const struct function_text texts[] = {
        {jtree_str(meta(object, "namespace")), &f.key.account},
        {jtree_str(location), &f.key.region},
        {jtree_str(meta(object, "name")), &f.key.name},
        {jtree_str(jtree_at(object, "status.url")), &f.url},
        {jtree_str(jtree_get(spec, "serviceAccountName")), &f.role},
        {digest_of(jtree_str(image)), &f.code_hash},
        {jtree_str(jtree_at(object, "status.latestReadyRevisionName")), &f.version},
        {jtree_str(jtree_get(notes, "serving.knative.dev/lastModifier")), &f.modified_by}};
    enum err_code rc = function_texts(r, texts, ARRAY_LEN(texts), err);
    rc = rc ? rc : add_urls(r, jtree_get(notes, "run.googleapis.com/urls"), &f, err);
    return done(r, rc, &f, err);
}

/* The first of these paths that holds text. */
static struct str first_of(const json_t *object, const char *const paths[3])
{
    struct str found = STR_EMPTY;
    for (size_t i = 0; i < 3 && found.len == 0 && paths[i] != NULL; i++) {
        found = jtree_str(jtree_at(object, paths[i]));
    }
    return found;
}

static enum err_code read_google(struct reader *r, const json_t *object, struct err *err)
{
    if (is_knative(object)) {
        return read_knative(r, object, err);
    }
    struct function_key key = {0};
    if (!key_of(jtree_str(jtree_get(object, "name")), &key)) {
        return err_set(err, ERR_SYNTAX, "no name of a function or service");
    }
    struct listed_function f = {.key.provider = STR("gcp"),
                                .modified_us = time_of(jtree_get(object, "updateTime"))};
    const json_t *image =
        jtree_get(json_array_get(jtree_at(object, "template.containers"), 0), "image");
    const struct function_text texts[] = {
        {key.account, &f.key.account},
        {key.region, &f.key.region},
        {key.name, &f.key.name},
        {first_of(object, (const char *const[3]){"serviceConfig.uri", "uri", "httpsTrigger.url"}),
         &f.url},
        {first_of(object, (const char *const[3]){"serviceConfig.serviceAccountEmail",
                                                 "template.serviceAccount", "serviceAccountEmail"}),
         &f.role},
        {first_of(object, (const char *const[3]){"buildConfig.runtime", "runtime", NULL}),
         &f.runtime},
        {digest_of(jtree_str(image)), &f.code_hash},
        {first_of(object,
                  (const char *const[3]){"serviceConfig.revision", "latestReadyRevision", NULL}),
         &f.version},
        {jtree_str(jtree_get(object, "lastModifier")), &f.modified_by}};
    enum err_code rc = function_texts(r, texts, ARRAY_LEN(texts), err);
    rc = rc ? rc : add_urls(r, jtree_get(object, "urls"), &f, err);
    rc = rc ? rc : reader_add(r, &f.hosts, jtree_str(jtree_get(object, "url")), err);
    return done(r, rc, &f, err);
}

const struct function_format function_format_google = {is_google, read_google};
