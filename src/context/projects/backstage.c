/*
 * Backstage's catalog: catalog-info.yaml, or what GET /api/catalog/entities answers.
 *
 * Components and resources have an owner; groups list their members. A component's functions are what
 * its annotation aws.amazon.com/lambda-function-name says, else the component's own name, and that
 * name with anything behind a dash (pay, pay-worker).
 */
#include "codec/yaml.h"
#include "context/projects/projects_priv.h"

bool backstage_looks(struct str text)
{
    return (str_find(text, STR("apiVersion")) != SIZE_MAX &&
            str_find(text, STR("backstage.io/")) != SIZE_MAX) &&
           str_find(text, STR("kind")) != SIZE_MAX;
}

static enum err_code bad(const struct reader *r, unsigned line, struct err *err, const char *what)
{
    return err_set(err, ERR_SYNTAX, "line %u: %s of %.*s", line, what, STR_ARG(path_base(r->path)));
}

static enum err_code add_functions(struct reader *r, const struct yaml_node *meta,
                                   struct project *p, struct err *err)
{
    const struct yaml_node *notes = yaml_get(meta, STR("annotations"));
    struct str named = yaml_text(yaml_get(notes, STR("aws.amazon.com/lambda-function-name")));
    if (named.len > 0) {
        return reader_add_all(r, &p->functions, named, err);
    }
    struct str pattern = STR_EMPTY;
    enum err_code rc = reader_add(r, &p->functions, p->project, err);
    if (rc == ERR_OK && !arena_printf(&r->c->arena, &pattern, "%.*s-*", STR_ARG(p->project))) {
        rc = reader_nomem(r, err);
    }
    return rc == ERR_OK ? reader_add(r, &p->functions, pattern, err) : rc;
}

static enum err_code add_component(struct reader *r, const struct yaml_node *entity,
                                   struct err *err)
{
    const struct yaml_node *meta = yaml_get(entity, STR("metadata"));
    struct str name = yaml_text(yaml_get(meta, STR("name")));
    struct str owner = yaml_text(yaml_get(yaml_get(entity, STR("spec")), STR("owner")));
    struct project p = {.from_us = TIME_NONE, .to_us = TIME_NONE};
    if (name.len == 0 || owner.len == 0) {
        return bad(r, entity->line, err,
                   name.len == 0 ? "a component without a name" : "a component without spec.owner");
    }
    enum err_code rc = reader_keep(r, name, &p.project, err);
    if (rc == ERR_OK) {
        rc = reader_keep(r, STR("owner"), &p.role, err);
    }
    if (rc == ERR_OK) {
        rc = project_owner(r, owner, true, &p, err);
    }
    if (rc == ERR_OK) {
        rc = add_functions(r, meta, &p, err);
    }
    if (rc != ERR_OK) {
        project_release(&p);
        return rc;
    }
    return project_add(r, &p, err);
}

static enum err_code add_entity(struct reader *r, const struct yaml_node *entity, struct err *err)
{
    struct str kind = yaml_text(yaml_get(entity, STR("kind")));
    if (str_ieq(kind, STR("Component")) || str_ieq(kind, STR("Resource"))) {
        struct err row_err = {0};
        r->line = entity->line;
        return reader_row(r, add_component(r, entity, &row_err), &row_err, err);
    }
    return ERR_OK; /* systems, groups, users and templates own no function by themselves */
}

static enum err_code add_all(struct reader *r, const struct yaml_node *list, struct err *err)
{
    enum err_code rc = ERR_OK;
    for (size_t i = 0; rc == ERR_OK && i < list->count; i++) {
        rc = add_entity(r, list->items[i], err);
    }
    return rc;
}

enum err_code backstage_read(struct reader *r, struct str text, struct err *err)
{
    CLEANUP(arena_free) struct arena a;
    const struct yaml_node **docs = NULL;
    size_t count = 0;
    arena_init(&a, (size_t)256 << 20);
    enum err_code rc = yaml_load(text, &a, &docs, &count, err);
    if (rc != ERR_OK) {
        return err_wrap(err, rc, "%.*s", STR_ARG(r->path));
    }
    for (size_t i = 0; rc == ERR_OK && i < count; i++) {
        const struct yaml_node *items = yaml_get(docs[i], STR("items"));
        const struct yaml_node *list = docs[i]->kind == YAML_LIST ? docs[i] : items;
        rc = list != NULL && list->kind == YAML_LIST ? add_all(r, list, err)
                                                     : add_entity(r, docs[i], err);
    }
    return rc;
}
