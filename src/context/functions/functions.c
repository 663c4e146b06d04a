/* Lists of functions: what there is, beside what the logs happen to name. */
#include "context/functions/functions_priv.h"

#define FORMATS                                                                                    \
    "aws lambda list-functions or list-function-url-configs, gcloud run services list or "         \
    "functions list (--format json), Cloudflare's list of scripts or of domains, CSV with a "      \
    "header line"

static const struct function_format *const formats[] = {
    &function_format_lambda, &function_format_google, &function_format_cloudflare};

enum err_code function_add(struct reader *r, struct listed_function *f, struct err *err)
{
    enum err_code rc = ERR_OK;
    if (f->key.name.len == 0) {
        rc = err_set(err, ERR_SYNTAX, "the function has no name");
    }
    rc = rc ? rc : reader_origin(r, &f->origin, err);
    if (rc == ERR_OK && !VEC_PUSH(&r->c->functions, *f)) {
        rc = reader_nomem(r, err);
    }
    if (rc != ERR_OK) {
        VEC_FREE(&f->hosts);
        return rc;
    }
    reader_newest(r, f->modified_us);
    return ERR_OK;
}

enum err_code function_texts(struct reader *r, const struct function_text *texts, size_t count,
                             struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        rc = reader_keep(r, texts[i].text, texts[i].to, err);
    }
    return rc;
}

static const struct function_format *format_of(const json_t *object)
{
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        if (json_is_object(object) && formats[i]->is(object)) {
            return formats[i];
        }
    }
    return NULL;
}

static enum err_code read_one(struct reader *r, const json_t *object, struct err *err)
{
    const struct function_format *f = format_of(object);
    return f != NULL ? f->read(r, object, err)
                     : (enum err_code)err_set(err, ERR_SYNTAX,
                                              "not a function as the rest of the file has them");
}

/* The list in what a tool prints. */
static const json_t *list_in(const json_t *root)
{
    static const char *const keys[] = {"Functions", "FunctionUrlConfigs", "result",
                                       "services",  "functions",          "items"};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        const json_t *list = jtree_get(root, keys[i]);
        if (json_is_array(list)) {
            return list;
        }
    }
    return root;
}

static enum err_code read_doc(struct reader *r, const json_t *root, void *arg, struct err *err)
{
    (void)arg;
    const json_t *found = list_in(root);
    bool is_list = json_is_array(found);
    size_t n = is_list ? json_array_size(found) : 1;
    r->line = is_list ? 0 : r->line;
    for (size_t i = 0; i < n; i++) {
        const json_t *object = is_list ? json_array_get(found, i) : found;
        struct err row_err = {0};
        r->record++;
        if (r->record == 1 && format_of(object) == NULL) {
            return reader_no_format(r, FORMATS, err);
        }
        enum err_code rc = reader_row(r, read_one(r, object, &row_err), &row_err, err);
        if (rc != ERR_OK) {
            return rc;
        }
    }
    return ERR_OK;
}

static enum err_code read_functions(struct context *c, struct str path, struct str text,
                                    struct err *err)
{
    struct reader r = {.c = c, .kind = CONTEXT_FUNCTIONS, .path = path};
    if (jtree_looks(text)) {
        return jtree_each(&r, text, read_doc, NULL, err);
    }
    return functions_read_csv(&r, text, err);
}

extern const struct context_ops context_functions;
const struct context_ops context_functions = {
    .kind = CONTEXT_FUNCTIONS,
    .summary = "functions you have: " FORMATS,
    .columns = functions_columns,
    .column_count = FUNCTIONS_COLUMNS,
    .read = read_functions,
};
