/*
 * json_arithmetic - how a case was decided, as JSON.
 */
#include "model/arithmetic.h"
#include "report/json_parts.h"
#include "report/show.h"

static void boolean(struct json_writer *w, const char *key, bool v)
{
    json_key(w, str_of(key));
    json_bool(w, v);
}

static void number(struct json_writer *w, const char *key, int64_t v)
{
    json_key(w, str_of(key));
    json_i64(w, v);
}

static void list(struct json_writer *w, const char *key)
{
    json_key(w, str_of(key));
    json_array_begin(w);
}

static void item(struct json_writer *w, const struct sum_item *it)
{
    json_object_begin(w);
    json_parts_str(w, "id", it->item.id);
    json_parts_str(w, "group", it->item.group);
    number(w, "weight", it->item.weight_full);
    number(w, "counted", it->item.weight);
    json_parts_str(w, "fate", str_of(item_fate_name(it->fate)));
    json_parts_str(w, "why", it->why);
    boolean(w, "hard", it->item.hard);
    boolean(w, "authorises", it->item.authorises);
    json_parts_str(w, "text", it->item.text);
    json_parts_str(w, "ref", it->item.ref);
    json_object_end(w);
}

static void event(struct json_writer *w, const struct event_sum *e)
{
    json_object_begin(w);
    json_parts_time(w, "time", e->time_us);
    json_parts_str(w, "action", e->action);
    json_parts_str(w, "outcome", e->outcome);
    json_parts_str(w, "record_id", e->record_id);
    boolean(w, "decides", e->decides);
    json_parts_str(w, "answer", str_of(verdict_name(e->verdict)));
    number(w, "score", e->score);
    list(w, "items");
    for (size_t i = 0; i < e->item_count; i++) {
        item(w, &e->items[i]);
    }
    json_array_end(w);
    list(w, "bars");
    for (size_t i = 0; i < e->bar_count; i++) {
        json_parts_text(w, e->bars[i]);
    }
    json_array_end(w);
    json_object_end(w);
}

static void part(struct json_writer *w, const struct part_sum *p)
{
    json_object_begin(w);
    json_parts_str(w, "id", str_of(show_question(p->question)));
    json_parts_str(w, "part", p->part);
    boolean(w, "raised", p->raised);
    json_parts_str(w, "raised_by", p->raised_by);
    json_parts_str(w, "answer", str_of(verdict_name(p->verdict)));
    json_parts_u64(w, "events_all", p->events_all);
    list(w, "events");
    for (size_t i = 0; i < p->event_count; i++) {
        event(w, &p->events[i]);
    }
    json_array_end(w);
    json_object_end(w);
}

static void table(struct json_writer *w, const struct arithmetic *a)
{
    list(w, "facts");
    for (size_t i = 0; i < a->fact_count; i++) {
        json_object_begin(w);
        json_parts_str(w, "fact", a->facts[i].fact);
        json_parts_str(w, "value", a->facts[i].value);
        json_parts_str(w, "meaning", a->facts[i].doc);
        json_object_end(w);
    }
    json_array_end(w);
    list(w, "rows");
    for (size_t i = 0; i < a->row_count; i++) {
        json_object_begin(w);
        json_parts_str(w, "row", a->rows[i].row);
        json_parts_str(w, "text", a->rows[i].text);
        boolean(w, "fits", a->rows[i].fits);
        boolean(w, "decides", a->rows[i].decides);
        json_parts_str(w, "failed", a->rows[i].failed);
        json_object_end(w);
    }
    json_array_end(w);
}

void json_parts_arithmetic(struct json_writer *w, const struct arithmetic *a)
{
    json_key(w, STR("arithmetic"));
    json_object_begin(w);
    json_key(w, STR("thresholds"));
    json_object_begin(w);
    number(w, "suspicious", a->suspicious);
    number(w, "legitimate", a->legitimate);
    number(w, "bar", a->bar);
    json_object_end(w);
    list(w, "parts");
    for (size_t i = 0; i < a->part_count; i++) {
        part(w, &a->parts[i]);
    }
    json_array_end(w);
    table(w, a);
    list(w, "what_if");
    for (size_t i = 0; i < a->what_if_count; i++) {
        json_object_begin(w);
        json_parts_str(w, "if", a->what_ifs[i].what);
        json_parts_str(w, "then", a->what_ifs[i].then);
        json_parts_str(w, "row", a->what_ifs[i].row);
        json_object_end(w);
    }
    json_array_end(w);
    json_object_end(w);
}
