#include <string.h>

#include "base/vec.h"
#include "codec/json_priv.h"

enum { PATHS_BYTES_MAX = 16 * 1024 * 1024 };

struct json_paths *json_paths_new(void)
{
    struct json_paths *p = mem_alloc(1, sizeof(*p));
    if (p == NULL) {
        return NULL;
    }
    arena_init(&p->arena, PATHS_BYTES_MAX);
    if (!VEC_PUSH(&p->nodes, ((struct json_path_node){.slot = -1}))) {
        json_paths_free(p);
        return NULL;
    }
    return p;
}

void json_paths_free(struct json_paths *p)
{
    if (p == NULL) {
        return;
    }
    arena_free(&p->arena);
    VEC_FREE(&p->nodes);
    mem_free(p);
}

static uint32_t find_child(const struct json_paths *p, uint32_t parent, struct str key)
{
    uint32_t at = p->nodes.at[parent].child;
    while (at != 0 && !str_eq(p->nodes.at[at].key, key)) {
        at = p->nodes.at[at].sibling;
    }
    return at;
}

/* The slot of a path that was added before, or -1. */
static int find_slot(const struct json_paths *p, const struct str *keys, size_t count)
{
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
        at = find_child(p, at, keys[i]);
        if (at == 0) {
            return -1;
        }
    }
    return p->nodes.at[at].slot;
}

/* The node of the path, made as needed; 0 on no memory. */
static uint32_t put_path(struct json_paths *p, const struct str *keys, size_t count)
{
    uint32_t parent = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t at = find_child(p, parent, keys[i]);
        if (at == 0) {
            struct json_path_node n = {.slot = -1, .sibling = p->nodes.at[parent].child};
            at = (uint32_t)p->nodes.len;
            if (!arena_dup(&p->arena, keys[i], &n.key) || !VEC_PUSH(&p->nodes, n)) {
                return 0;
            }
            p->nodes.at[parent].child = at;
        }
        parent = at;
    }
    return parent;
}

static enum err_code check_path(const struct str *keys, size_t count, struct err *err)
{
    if (count == 0 || count > JSON_PATH_SEGMENTS_MAX) {
        return err_set(err, ERR_LIMIT, "a field path has %zu keys; 1 to %d are possible", count,
                       JSON_PATH_SEGMENTS_MAX);
    }
    for (size_t i = 0; i < count; i++) {
        if (keys[i].len > JSON_PATH_KEY_MAX) {
            return err_set(err, ERR_LIMIT, "a key of a field path is %zu bytes long; at most %d",
                           keys[i].len, JSON_PATH_KEY_MAX);
        }
    }
    return ERR_OK;
}

enum err_code json_paths_add(struct json_paths *p, const struct str *keys, size_t count,
                             unsigned *out_slot, struct err *err)
{
    enum err_code rc = check_path(keys, count, err);
    if (rc != ERR_OK) {
        return rc;
    }
    int known = find_slot(p, keys, count);
    if (known >= 0) {
        *out_slot = (unsigned)known;
        return ERR_OK;
    }
    if (p->slot_count == JSON_SLOTS_MAX) {
        return err_set(err, ERR_LIMIT,
                       "more than %d different fields are asked for; load fewer rules",
                       JSON_SLOTS_MAX);
    }
    uint32_t at = put_path(p, keys, count);
    if (at == 0) {
        return err_set(err, ERR_NOMEM, "out of memory for field paths");
    }
    struct str *segments = ARENA_ARRAY(&p->arena, struct str, count);
    if (segments == NULL) {
        return err_set(err, ERR_NOMEM, "out of memory for field paths");
    }
    uint32_t node = 0;
    for (size_t i = 0; i < count; i++) {
        node = find_child(p, node, keys[i]);
        segments[i] = p->nodes.at[node].key;
    }
    p->slots[p->slot_count].segments = segments;
    p->slots[p->slot_count].count = count;
    p->nodes.at[at].slot = (int)p->slot_count;
    *out_slot = p->slot_count++;
    return ERR_OK;
}

enum err_code json_paths_add_dotted(struct json_paths *p, struct str path, unsigned *out_slot,
                                    struct err *err)
{
    struct str keys[JSON_PATH_SEGMENTS_MAX];
    size_t count = 0;
    for (struct str rest = path;;) {
        size_t dot = str_chr(rest, '.');
        struct str key = dot == SIZE_MAX ? rest : str_head(rest, dot);
        if (key.len == 0) {
            return err_set(err, ERR_SCHEMA, "the field path \"%.*s\" has an empty key",
                           STR_ARG(str_head(path, 80)));
        }
        if (count == JSON_PATH_SEGMENTS_MAX) {
            return err_set(err, ERR_LIMIT, "the field path \"%.*s\" has more than %d keys",
                           STR_ARG(str_head(path, 80)), JSON_PATH_SEGMENTS_MAX);
        }
        keys[count++] = key;
        if (dot == SIZE_MAX) {
            return json_paths_add(p, keys, count, out_slot, err);
        }
        rest = str_from(rest, dot + 1);
    }
}

size_t json_paths_segments(const struct json_paths *p, unsigned slot, const struct str **out)
{
    *out = p->slots[slot].segments;
    return p->slots[slot].count;
}

void json_paths_decide(struct json_paths *p, unsigned slot_a, unsigned slot_b)
{
    p->decides = true;
    p->decide[0] = (uint16_t)slot_a;
    p->decide[1] = (uint16_t)slot_b;
}

void json_paths_settle(struct json_paths *p, unsigned slot)
{
    p->settle[slot / 64] |= (uint64_t)1 << (slot % 64);
}

void json_paths_want_all(struct json_paths *p)
{
    p->all = true;
}
