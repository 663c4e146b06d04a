/*
 * cacao - the containment plans of the cases as one CACAO 2.0 playbook: approve, then for each step
 * read what is to be kept, act, go on; when acting fails, undo it and stop.
 */
#include <stdio.h>

#include "codec/uuid.h"
#include "report/json_parts.h"
#include "report/mask.h"
#include "report/show.h"
#include "report/stix_parts.h"

enum { ID_MAX = STIX_ID_MAX };

/* Steps that a plan step becomes. */
enum part { PART_BEFORE, PART_ACT, PART_UNDO, PART_MAX_ };

struct cacao_step {
    const struct case_file *file;
    const struct plan_step *plan;
    enum part part;
};

struct playbook {
    struct json_writer w;
    const struct result *result;
    char base[40]; /* UUID of the playbook: the ids of its steps are made from it */
    struct {
        VEC_OF(struct cacao_step);
    } steps; /* before and act, in order */
    bool failed;
};

static void id_of(struct playbook *p, const char *type, const char *what, size_t n,
                  char out[ID_MAX])
{
    char name[96];
    (void)snprintf(name, sizeof(name), "%s\n%s\n%zu", p->base, what, n);
    p->failed = !stix_id_of(type, str_of(name), out) || p->failed;
}

static void member(struct playbook *p, const char *name, const char *value)
{
    json_parts_str(&p->w, name, str_of(value));
}

/* ---- commands ---- */

static bool is_remark(struct str line)
{
    return line.len > 0 && line.ptr[0] == '#';
}

static void command(struct playbook *p, struct str line, enum part part)
{
    static const char *const activities[PART_MAX_] = {"analyze-collected-data", "restrict-access",
                                                      "revert-system"};
    CLEANUP(buf_free) struct buf plain = {0};
    bool remark = is_remark(line);
    mask_add_command(&plain, remark ? str_trim(str_from(line, 1)) : line);
    json_object_begin(&p->w);
    member(p, "type", remark ? "manual" : "bash");
    json_key(&p->w, STR("command"));
    json_str(&p->w, buf_str(&plain));
    member(p, "playbook_activity", activities[part]);
    json_object_end(&p->w);
    p->failed = p->failed || plain.failed;
}

static void commands(struct playbook *p, const struct cacao_step *s)
{
    const struct plan_step *x = s->plan;
    const struct str *lines = s->part == PART_BEFORE ? x->before.at
                              : s->part == PART_ACT  ? x->commands.at
                                                     : x->undo.at;
    size_t len = s->part == PART_BEFORE ? x->before.len
                 : s->part == PART_ACT  ? x->commands.len
                                        : x->undo.len;
    json_key(&p->w, STR("commands"));
    json_array_begin(&p->w);
    for (size_t i = 0; i < len; i++) {
        command(p, lines[i], s->part);
    }
    json_array_end(&p->w);
}

/* ---- steps ---- */

static void open_step(struct playbook *p, const char *id, const char *type)
{
    json_key(&p->w, str_of(id));
    json_object_begin(&p->w);
    member(p, "type", type);
}

static void agent(struct playbook *p)
{
    char id[ID_MAX];
    id_of(p, "individual", "responder", 0, id);
    member(p, "agent", id);
}

static void manual_step(struct playbook *p, const char *id, const char *name, const char *what,
                        const char *next)
{
    open_step(p, id, "action");
    member(p, "name", name);
    json_key(&p->w, STR("commands"));
    json_array_begin(&p->w);
    json_object_begin(&p->w);
    member(p, "type", "manual");
    member(p, "command", what);
    json_object_end(&p->w);
    json_array_end(&p->w);
    agent(p);
    member(p, "on_completion", next);
    json_object_end(&p->w);
}

static void describe(struct playbook *p, const struct cacao_step *s)
{
    static const char *const verbs[PART_MAX_] = {"keep first", "do", "undo"};
    CLEANUP(buf_free) struct buf text = {0};
    buf_printf(&text, "case %.*s: %.*s, %s: %.*s", STR_ARG(show_case_id(s->file->id)),
               STR_ARG(s->plan->action), verbs[s->part], STR_ARG(s->plan->target));
    json_parts_str(&p->w, "name", buf_str(&text));
    text.len = 0;
    buf_add(&text, s->plan->why);
    if (s->part == PART_ACT && s->plan->breaks.len > 0) {
        buf_printf(&text, "%sBreaks: %.*s", text.len > 0 ? ". " : "", STR_ARG(s->plan->breaks));
    }
    json_parts_str(&p->w, "description", buf_str(&text));
    p->failed = p->failed || text.failed;
}

static void step(struct playbook *p, size_t n, const char *next, const char *failed)
{
    char id[ID_MAX];
    char undo[ID_MAX];
    const struct cacao_step *s = &p->steps.at[n];
    bool can_undo = s->part == PART_ACT && s->plan->undo.len > 0;
    id_of(p, "action", "step", n, id);
    id_of(p, "action", "undo", n, undo);
    open_step(p, id, "action");
    describe(p, s);
    commands(p, s);
    agent(p);
    member(p, "on_success", next);
    member(p, "on_failure", can_undo ? undo : failed);
    json_object_end(&p->w);
    if (can_undo) {
        struct cacao_step back = {s->file, s->plan, PART_UNDO};
        open_step(p, undo, "action");
        describe(p, &back);
        commands(p, &back);
        agent(p);
        member(p, "on_completion", failed);
        json_object_end(&p->w);
    }
}

static void workflow(struct playbook *p)
{
    char start[ID_MAX];
    char approve[ID_MAX];
    char failed[ID_MAX];
    char end[ID_MAX];
    char next[ID_MAX];
    id_of(p, "start", "start", 0, start);
    id_of(p, "action", "approve", 0, approve);
    id_of(p, "action", "failed", 0, failed);
    id_of(p, "end", "end", 0, end);
    member(p, "workflow_start", start);
    json_key(&p->w, STR("workflow"));
    json_object_begin(&p->w);
    open_step(p, start, "start");
    member(p, "on_completion", approve);
    json_object_end(&p->w);
    bool any = p->steps.len > 0;
    id_of(p, "action", "step", 0, next);
    manual_step(p, approve, any ? "approve the plan" : "nothing to contain",
                any ? "Read the report of each case; somebody who may approve containment says "
                      "which steps are taken."
                    : "No case asks for containment; the report says why.",
                any ? next : end);
    for (size_t i = 0; i < p->steps.len; i++) {
        id_of(p, "action", "step", i + 1, next);
        step(p, i, i + 1 < p->steps.len ? next : end, failed);
    }
    if (any) {
        manual_step(p, failed, "a step failed",
                    "Stop here: say who decides how to go on, and keep what the steps printed.",
                    end);
    }
    open_step(p, end, "end");
    json_object_end(&p->w);
    json_object_end(&p->w);
}

/* ---- the playbook ---- */

static void texts(struct playbook *p, const char *name, const char *const *at, size_t len)
{
    json_key(&p->w, str_of(name));
    json_array_begin(&p->w);
    for (size_t i = 0; i < len; i++) {
        json_str(&p->w, str_of(at[i]));
    }
    json_array_end(&p->w);
}

static void head(struct playbook *p)
{
    static const char *const types[] = {"investigation", "mitigation"};
    static const char *const activities[] = {"analyze-collected-data", "restrict-access",
                                             "revert-system"};
    char time[STIX_TIME_MAX];
    CLEANUP(buf_free) struct buf name = {0};
    buf_printf(&name, "playbook--%s", p->base);
    stix_time(p->result->until_us, time);
    member(p, "type", "playbook");
    member(p, "spec_version", "cacao-2.0");
    json_parts_str(&p->w, "id", buf_str(&name));
    name.len = 0;
    buf_printf(&name, "containment of %zu cases of %.*s", p->result->cases.len,
               STR_ARG(p->result->technique));
    json_parts_str(&p->w, "name", buf_str(&name));
    member(
        p, "description",
        "Plan only: nothing has been done. Each step says what it keeps first, what it breaks and "
        "how it is undone.");
    if (p->steps.len > 0) {
        texts(p, "playbook_types", types, ARRAY_LEN(types));
        texts(p, "playbook_activities", activities, ARRAY_LEN(activities));
    }
    member(p, "created_by", stix_own_identity);
    member(p, "created", time);
    member(p, "modified", time);
    p->failed = p->failed || name.failed;
}

static void agents(struct playbook *p)
{
    char id[ID_MAX];
    id_of(p, "individual", "responder", 0, id);
    json_key(&p->w, STR("agent_definitions"));
    json_object_begin(&p->w);
    json_key(&p->w, str_of(id));
    json_object_begin(&p->w);
    member(p, "type", "individual");
    member(p, "name", "responder");
    member(p, "description", "a person with the command line of the provider and its rights");
    json_object_end(&p->w);
    json_object_end(&p->w);
}

static bool collect(struct playbook *p)
{
    for (size_t i = 0; i < p->result->cases.len; i++) {
        const struct case_file *c = p->result->cases.at[i];
        for (size_t k = 0; k < c->plan.len; k++) {
            const struct plan_step *x = &c->plan.at[k];
            struct cacao_step before = {c, x, PART_BEFORE};
            struct cacao_step act = {c, x, PART_ACT};
            if ((x->before.len > 0 && !VEC_PUSH(&p->steps, before)) ||
                (x->commands.len > 0 && !VEC_PUSH(&p->steps, act))) {
                return false;
            }
        }
    }
    return true;
}

static bool name_it(struct playbook *p)
{
    CLEANUP(buf_free) struct buf text = {0};
    buf_add_cstr(&text, "playbook");
    for (size_t i = 0; i < p->result->cases.len; i++) {
        buf_printf(&text, "\n%.*s", STR_ARG(p->result->cases.at[i]->id));
    }
    return !text.failed && uuid_of(uuid_space_own, buf_str(&text), p->base);
}

static enum err_code write(const struct result *r, const struct report_options *o, struct buf *out,
                           struct err *err)
{
    struct playbook p = {.w = json_writer_of(out, 1), .result = r};
    (void)o;
    bool fine = collect(&p) && name_it(&p);
    if (fine) {
        json_object_begin(&p.w);
        head(&p);
        workflow(&p);
        agents(&p);
        json_object_end(&p.w);
        buf_addc(out, '\n');
    }
    VEC_FREE(&p.steps);
    return fine && !p.failed && !out->failed
               ? ERR_OK
               : err_set(err, ERR_NOMEM, "no memory for the CACAO playbook");
}

const struct report_ops report_cacao = {
    .name = "cacao",
    .suffix = ".cacao.json",
    .summary = "CACAO 2.0: the containment plans as a playbook",
    .write = write,
};
