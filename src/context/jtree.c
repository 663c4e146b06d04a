#include "context/jtree.h"

#include <inttypes.h>
#include <string.h>

#include "base/mem.h"

bool jtree_looks(struct str text)
{
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        text = str_from(text, 3);
    }
    text = str_trim(text);
    return text.len > 0 && (text.ptr[0] == '{' || text.ptr[0] == '[');
}

/* jansson tells some failed allocations as syntax errors, and some not at all. */
static _Thread_local bool ran_out;

static void *jtree_alloc(size_t size)
{
    void *p = mem_alloc(1, size);
    ran_out = ran_out || p == NULL;
    return p;
}

static void json_done(json_t **j)
{
    json_decref(*j);
}

static uint64_t lines_in(const char *from, const char *to)
{
    uint64_t n = 0;
    while (from < to && (from = memchr(from, '\n', (size_t)(to - from))) != NULL) {
        n++;
        from++;
    }
    return n;
}

static enum err_code load_failed(struct reader *r, const json_error_t *je, bool first,
                                 struct err *err)
{
    struct err bad = {0};
    (void)err_set(&bad, ERR_SYNTAX, "not JSON: %s", je->text);
    if (!first) {
        return reader_row(r, ERR_SYNTAX, &bad, err);
    }
    return err_set(err, ERR_SYNTAX, "%.*s:%" PRIu64 ": %s", STR_ARG(r->path),
                   r->line + (uint64_t)(je->line > 0 ? je->line - 1 : 0), bad.msg);
}

static void skip_space(struct str *text, uint64_t *line)
{
    while (text->len > 0 && chr_is_space(text->ptr[0])) {
        *line += text->ptr[0] == '\n';
        *text = str_from(*text, 1);
    }
}

enum err_code jtree_each(struct reader *r, struct str text,
                         enum err_code (*doc)(struct reader *r, const json_t *root, void *arg,
                                              struct err *err),
                         void *arg, struct err *err)
{
    if (text.len > JTREE_BYTES_MAX) {
        return err_set(err, ERR_LIMIT, "%.*s: more than 64 MiB of JSON; split the export",
                       STR_ARG(r->path));
    }
    json_set_alloc_funcs(jtree_alloc, mem_free);
    ran_out = false;
    uint64_t line = 1;
    if (str_starts(text, STR("\xef\xbb\xbf"))) {
        text = str_from(text, 3);
    }
    bool first = true;
    for (skip_space(&text, &line); text.len > 0; skip_space(&text, &line)) {
        json_error_t je;
        CLEANUP(json_done)
        json_t *root =
            json_loadb(text.ptr, text.len,
                       JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &je);
        r->line = line;
        if (ran_out) { /* even with a root: it may lack what did not fit */
            return reader_nomem(r, err);
        }
        size_t used = root != NULL ? (size_t)je.position : str_chr(text, '\n');
        enum err_code rc = root != NULL ? doc(r, root, arg, err) : load_failed(r, &je, first, err);
        if (rc != ERR_OK) {
            return rc;
        }
        used = used > text.len ? text.len : used;
        line += lines_in(text.ptr, text.ptr + used);
        text = str_from(text, used);
        first = false;
    }
    return ERR_OK;
}

const json_t *jtree_get(const json_t *object, const char *key)
{
    return json_is_object(object) ? json_object_get(object, key) : NULL;
}

static const json_t *iget(const json_t *object, struct str key)
{
    if (!json_is_object(object)) {
        return NULL;
    }
    /* jansson walks through a pointer to non-const, but changes nothing. */
    json_t *walked = (json_t *)(uintptr_t)object;
    const char *name;
    json_t *value;
    json_object_foreach(walked, name, value)
    {
        if (str_ieq(str_of(name), key)) {
            return value;
        }
    }
    return NULL;
}

const json_t *jtree_iget(const json_t *object, const char *key)
{
    return iget(object, str_of(key));
}

const json_t *jtree_at(const json_t *object, const char *path)
{
    struct str rest = str_of(path);
    struct str key;
    while (object != NULL && str_cut(&rest, '.', &key)) {
        object = iget(object, key);
    }
    return object;
}

struct str jtree_str(const json_t *value)
{
    return json_is_string(value) ? str_make(json_string_value(value), json_string_length(value))
                                 : STR_EMPTY;
}

enum err_code jtree_text(struct reader *r, const json_t *value, struct str *out, struct err *err)
{
    bool done = true;
    if (json_is_integer(value)) {
        done = arena_printf(&r->c->arena, out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        done = arena_printf(&r->c->arena, out, "%.9g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        *out = json_is_true(value) ? STR("true") : STR("false");
    } else {
        *out = jtree_str(value);
    }
    return done ? ERR_OK : reader_nomem(r, err);
}
