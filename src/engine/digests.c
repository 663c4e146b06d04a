#include "engine/digests.h"

#include <stdlib.h>

#include "base/map.h"
#include "integrity/integrity.h"
#include "sys/file.h"

enum { EVENTS_MAX = 10000 };

static bool index_paths(const struct input_list *inputs, struct map *out)
{
    for (size_t i = 0; i < inputs->len; i++) {
        struct map_entry *e = map_put(out, inputs->at[i].path);
        if (e == NULL) {
            return false;
        }
        e->value = (void *)(uintptr_t)i;
    }
    return true;
}

/* No input: the file lies in the copy, and --since left it out. */
static uint32_t file_index(const struct map *paths, struct str path)
{
    const struct map_entry *e = map_find(paths, path);
    return e == NULL ? UINT32_MAX : (uint32_t)(uintptr_t)e->value;
}

/* A name that is the same in every run, for telling copies. */
static bool name_record(const struct integrity_item *i, struct arena *a, struct str *out)
{
    return arena_printf(a, out, "%s %s %.*s", integrity_verdict_name(i->verdict),
                        integrity_kind_name(i->kind), STR_ARG(i->key));
}

static struct event *event_of(const struct integrity_item *i, const struct map *paths,
                              struct arena *a)
{
    struct event *e = ARENA_NEW(a, struct event);
    struct attr *attrs = ARENA_ARRAY(a, struct attr, 2);
    if (e == NULL || attrs == NULL || !name_record(i, a, &e->record_id) ||
        !arena_dup(a, i->account, &e->account) || !arena_dup(a, i->region, &e->region) ||
        !arena_dup(a, i->reason, &attrs[0].value) || !arena_dup(a, i->key, &attrs[1].value)) {
        return NULL;
    }
    attrs[0].id = ATTR_DESCRIPTION;
    attrs[1].id = ATTR_TRAIL;
    uint64_t size = 0;
    (void)file_kind(i->witness, &size);
    e->kind = EVENT_LOGGING;
    e->time_us = e->last_us = i->time_us;
    e->source = STR("aws.cloudtrail_digest");
    e->service = STR("cloudtrail.amazonaws.com");
    e->name = e->action = str_of(integrity_verdict_name(i->verdict));
    e->function.provider = STR("aws");
    e->attrs = attrs;
    e->attr_count = i->key.len > 0 ? 2 : 1;
    e->count = 1;
    e->origin = (struct origin){.file = file_index(paths, i->witness), .inner = -1, .length = size};
    return e;
}

static enum err_code take_items(const struct integrity_report *r, const struct input_list *inputs,
                                struct arena *a, struct scan_result *scan, struct err *err)
{
    CLEANUP(map_free) struct map paths = {0};
    size_t told = 0;
    if (r->items.len > 0 && !index_paths(inputs, &paths)) {
        return err_set(err, ERR_NOMEM, "no memory for what the digests say");
    }
    for (size_t i = 0; i < r->items.len; i++) {
        const struct integrity_item *item = &r->items.at[i];
        bool alarm = integrity_is_alarm(item->verdict);
        scan->integrity.alarms += alarm ? 1 : 0;
        scan->integrity.unverified += item->verdict == INTEGRITY_UNVERIFIED ? 1 : 0;
        if (!alarm || told == EVENTS_MAX) {
            continue;
        }
        struct event *e = event_of(item, &paths, a);
        if (e == NULL || !VEC_PUSH(&scan->events, e)) {
            return err_set(err, ERR_NOMEM, "no memory for what the digests say");
        }
        told++;
    }
    if (told > 0) {
        qsort(scan->events.at, scan->events.len, sizeof(*scan->events.at), event_ptr_cmp);
    }
    return ERR_OK;
}

enum err_code digests_check(const struct triage_options *o, const struct input_list *inputs,
                            struct arena *a, struct scan_result *scan, struct err *err)
{
    struct str_list dirs = {0};
    CLEANUP(arena_free) struct arena texts = {0};
    CLEANUP(integrity_report_free) struct integrity_report report = {0};
    enum err_code rc = ERR_OK;
    if (o->digest_keys.len == 0) {
        return ERR_OK;
    }
    for (size_t i = 0; rc == ERR_OK && i < o->path_count; i++) {
        if (file_kind(o->paths[i], NULL) == FILE_DIRECTORY && !VEC_PUSH(&dirs, o->paths[i])) {
            rc = err_set(err, ERR_NOMEM, "no memory for paths");
        }
    }
    if (rc == ERR_OK && dirs.len == 0) {
        rc =
            err_set(err, ERR_USAGE,
                    "--digest-keys needs a directory that is the copy of a bucket among the paths");
    }
    struct integrity_options options = {.dirs = dirs.at,
                                        .dir_count = dirs.len,
                                        .keys = o->digest_keys,
                                        .since_us = TIME_NONE,
                                        .until_us = o->until_us};
    rc = rc ? rc : integrity_cloudtrail(&options, &texts, &report, err);
    VEC_FREE(&dirs);
    if (rc) {
        return rc;
    }
    scan->integrity = (struct integrity_tally){.checked = true,
                                               .digests = report.digests_valid,
                                               .logs = report.logs_valid,
                                               .from_us = report.from_us,
                                               .to_us = report.to_us};
    return take_items(&report, inputs, a, scan, err);
}
