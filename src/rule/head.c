/*
 * The head of a rule: what becomes its detection.
 */
#include "model/attack.h"
#include "rule/rule_priv.h"

static bool copy(struct loader *l, struct str from, struct str *to)
{
    return arena_dup(l->arena, str_trim(from), to) || loader_no_memory(l);
}

static struct str text_of(const struct yaml_node *doc, const char *key)
{
    return str_trim(yaml_text(yaml_get(doc, str_of(key))));
}

static unsigned line_of(const struct yaml_node *doc, const char *key)
{
    const struct yaml_node *n = yaml_get(doc, str_of(key));
    return n == NULL ? doc->line : n->line;
}

/* ---- tags ---- */

static const struct str tag_prefix = STR_INIT("attack.");

/* "t1648" and "t1098.003"; numbers of any edition of ATT&CK (model/attack.h). */
static bool is_technique(struct str s)
{
    if (s.len < 5 || chr_lower(s.ptr[0]) != 't') {
        return false;
    }
    size_t digits = 0;
    for (size_t i = 1; i < s.len; i++) {
        if (s.ptr[i] != '.' && !chr_is_digit(s.ptr[i])) {
            return false;
        }
        digits += chr_is_digit(s.ptr[i]) ? 1 : 0;
    }
    return digits >= 4;
}

/* A tactic's name, not a group (g0001), software (s0001) or campaign (c0001). */
static bool is_tactic(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (chr_is_digit(s.ptr[i]) || s.ptr[i] == '.') {
            return false;
        }
    }
    return s.len != 0;
}

static bool add_technique(struct loader *l, struct str name, struct str *to)
{
    char *text = ARENA_ARRAY(l->arena, char, name.len + 1);
    if (text == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < name.len; i++) {
        text[i] = i == 0 ? 'T' : name.ptr[i];
    }
    *to = attack_old(str_make(text, name.len));
    return true;
}

/* The two numbers of one technique are one. */
static bool has_technique(const struct detection *d, struct str id)
{
    for (size_t i = 0; i < d->technique_count; i++) {
        if (str_eq(d->techniques[i], id)) {
            return true;
        }
    }
    return false;
}

static bool set_tactic(struct loader *l, struct str name, struct str *to)
{
    char *text = ARENA_ARRAY(l->arena, char, name.len + 1);
    if (text == NULL) {
        return loader_no_memory(l);
    }
    for (size_t i = 0; i < name.len; i++) {
        text[i] = name.ptr[i] == '_' ? '-' : chr_lower(name.ptr[i]);
    }
    *to = attack_old(str_make(text, name.len));
    return true;
}

static bool read_tags(struct loader *l, const struct yaml_node *doc, struct detection *d)
{
    const struct yaml_node *tags = yaml_get(doc, STR("tags"));
    size_t count = tags != NULL && tags->kind == YAML_LIST ? tags->count : 0;
    struct str *techniques = ARENA_ARRAY(l->arena, struct str, count + 1);
    if (techniques == NULL) {
        return loader_no_memory(l);
    }
    d->techniques = techniques;
    for (size_t i = 0; i < count; i++) {
        struct str tag = str_trim(yaml_text(tags->items[i]));
        if (!str_istarts(tag, tag_prefix)) {
            continue;
        }
        struct str name = str_from(tag, tag_prefix.len);
        bool ok = true;
        if (is_technique(name)) {
            struct str *to = &techniques[d->technique_count];
            ok = add_technique(l, name, to);
            d->technique_count += ok && !has_technique(d, *to) ? 1 : 0;
        } else if (d->tactic.len == 0 && is_tactic(name)) {
            ok = set_tactic(l, name, &d->tactic);
        }
        if (!ok) {
            return false;
        }
    }
    return true;
}

/* ---- our own key ---- */

static bool read_question(struct loader *l, const struct yaml_node *own, struct detection *d)
{
    struct str q = text_of(own, "question");
    if (q.len == 2 && q.ptr[0] == 'Q' && q.ptr[1] >= '1' && q.ptr[1] <= '4') {
        d->question = (enum question)(q.ptr[1] - '1');
        return true;
    }
    return q.len == 0 || str_eq(q, STR("none")) ||
           loader_refuse(l, line_of(own, "question"),
                         "faaswatch.question must be Q1 to Q4 or none");
}

static bool check_own_keys(struct loader *l, const struct yaml_node *own)
{
    static const struct str known[] = {STR_INIT("ref"),        STR_INIT("question"),
                                       STR_INIT("indicator"),  STR_INIT("entity"),
                                       STR_INIT("confidence"), STR_INIT("posture")};
    for (size_t i = 0; i < own->count; i++) {
        bool found = false;
        for (size_t k = 0; k < ARRAY_LEN(known); k++) {
            found = found || str_eq(own->pairs[i].key, known[k]);
        }
        if (!found) {
            return loader_refuse(l, own->pairs[i].line, "faaswatch.%.*s is no key that is known",
                                 STR_ARG(str_head(own->pairs[i].key, 40)));
        }
    }
    return true;
}

static bool read_own(struct loader *l, const struct yaml_node *doc, struct detection *d)
{
    const struct yaml_node *own = yaml_get(doc, STR("faaswatch"));
    if (own == NULL || own->kind != YAML_MAP) {
        return loader_refuse(l, doc->line, "a rule of our pack needs the key 'faaswatch:'");
    }
    if (!check_own_keys(l, own) || !read_question(l, own, d)) {
        return false;
    }
    struct str indicator = text_of(own, "indicator");
    if (indicator.len != 0 && !indicator_parse(indicator, &d->indicator)) {
        return loader_refuse(l, line_of(own, "indicator"),
                             "faaswatch.indicator must be KI1 to KI4 or LS");
    }
    if (!entity_kind_parse(text_of(own, "entity"), &d->entity)) {
        return loader_refuse(l, line_of(own, "entity"),
                             "faaswatch.entity must be function, actor, role, address or account");
    }
    if (!str_f64(text_of(own, "confidence"), &d->confidence) || d->confidence < 0 ||
        d->confidence > 1) {
        return loader_refuse(l, line_of(own, "confidence"),
                             "faaswatch.confidence must be a number from 0 to 1");
    }
    const struct yaml_node *posture = yaml_get(own, STR("posture"));
    if (posture != NULL && !yaml_bool(posture, &d->is_posture)) {
        return loader_refuse(l, posture->line, "faaswatch.posture must be true or false");
    }
    if (text_of(own, "ref").len == 0) {
        return loader_refuse(l, own->line, "faaswatch.ref is missing");
    }
    return copy(l, text_of(own, "ref"), &d->ref);
}

/* ---- all of it ---- */

static double usual_confidence(struct str status)
{
    if (str_eq(status, STR("stable"))) {
        return 0.7;
    }
    return str_eq(status, STR("test")) ? 0.6 : 0.5;
}

static bool read_id(struct loader *l, const struct yaml_node *doc, struct rule *r)
{
    struct detection *d = &r->about;
    struct str id = text_of(doc, "id");
    struct str name = text_of(doc, "name");
    if (!copy(l, name, &r->name)) {
        return false;
    }
    if (l->ours) {
        if (name.len == 0 || id.len == 0) {
            return loader_refuse(l, doc->line, "a rule of our pack needs 'id' and 'name'");
        }
        return (arena_printf(l->arena, &d->id, "faaswatch.%.*s", STR_ARG(name)) ||
                loader_no_memory(l)) &&
               copy(l, id, &r->key);
    }
    bool ok = copy(l, id.len != 0 ? id : name.len != 0 ? name : d->title, &d->id);
    r->key = d->id;
    return ok;
}

bool head_read(struct loader *l, const struct yaml_node *doc, struct rule *out)
{
    struct detection *d = &out->about;
    d->question = QUESTION_NONE;
    d->entity = ENTITY_ACTOR;
    d->severity = SEVERITY_MEDIUM;
    d->confidence = usual_confidence(text_of(doc, "status"));
    d->ours = l->ours;
    if (text_of(doc, "title").len == 0) {
        return loader_refuse(l, doc->line, "'title' is missing");
    }
    struct str level = text_of(doc, "level");
    if (level.len != 0 && !severity_parse(level, &d->severity)) {
        return loader_refuse(l, line_of(doc, "level"),
                             "level '%.*s' is none of informational, low, medium, high, critical",
                             STR_ARG(str_head(level, 40)));
    }
    return copy(l, text_of(doc, "title"), &d->title) && read_id(l, doc, out) &&
           copy(l, text_of(doc, "description"), &d->description) &&
           copy(l, text_of(doc, "author"), &d->author) && read_tags(l, doc, d) &&
           (!l->ours || read_own(l, doc, d));
}
