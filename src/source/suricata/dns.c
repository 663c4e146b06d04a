#include "source/suricata/eve.h"

enum { ANSWERS_MAX = 512 };

static struct json_view view(struct net *n, enum eve_field f)
{
    return record_view(n->r, f);
}

/* Names are compared as names; other data (TXT) stays as it is. */
static struct str data_of(struct net *n, struct str type, struct json_view v)
{
    struct str text = net_view_text(n, v);
    return str_eq(type, STR("TXT")) ? text : net_name(n, text);
}

static uint32_t ttl_of(struct json_view v)
{
    uint64_t ttl;
    return v.kind == JSON_NUMBER && str_u64(str_make(v.ptr, v.len), &ttl) && ttl <= UINT32_MAX
               ? (uint32_t)ttl
               : 0;
}

static struct dns_answer answer_of(struct net *n, struct json_view object)
{
    struct dns_answer a = {.name = STR_EMPTY, .type = STR_EMPTY, .data = STR_EMPTY};
    struct json_view data = {0};
    struct json_iter it = json_iter_of(object);
    struct json_view key;
    struct json_view value;
    while (object.kind == JSON_OBJECT && json_iter_next(&it, &key, &value)) {
        struct str k = {key.ptr, key.len};
        if (str_eq(k, STR("rrname"))) {
            a.name = net_name(n, net_view_text(n, value));
        } else if (str_eq(k, STR("rrtype"))) {
            a.type = net_view_text(n, value);
        } else if (str_eq(k, STR("rdata"))) {
            data = value;
        } else if (str_eq(k, STR("ttl"))) {
            a.ttl_s = ttl_of(value);
        }
    }
    a.data = data_of(n, a.type, data);
    return a;
}

static size_t count_of(struct json_view list)
{
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view value;
    size_t count = 0;
    while (count < ANSWERS_MAX && json_iter_next(&it, &key, &value)) {
        count++;
    }
    return count;
}

static struct dns_answer *make_room(struct net *n, size_t count)
{
    struct dns_answer *room = ARENA_ARRAY(n->a, struct dns_answer, count);
    n->full = n->full || room == NULL;
    n->f->answers = room;
    return room;
}

static void answer_list(struct net *n, struct json_view list)
{
    size_t count = count_of(list);
    struct dns_answer *room = count == 0 ? NULL : make_room(n, count);
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view value;
    for (size_t i = 0; room != NULL && i < count && json_iter_next(&it, &key, &value); i++) {
        room[i] = answer_of(n, value);
        n->f->answer_count = i + 1;
    }
}

/* {"A": ["192.0.2.1"], "CNAME": ["…"]}: who had which name is not told. */
static void answer_groups(struct net *n, struct json_view groups)
{
    struct json_view type;
    struct json_view list;
    size_t count = 0;
    for (struct json_iter it = json_iter_of(groups); json_iter_next(&it, &type, &list);) {
        count += list.kind == JSON_ARRAY ? count_of(list) : 0;
    }
    count = count < ANSWERS_MAX ? count : ANSWERS_MAX;
    struct dns_answer *room = count == 0 ? NULL : make_room(n, count);
    size_t at = 0;
    for (struct json_iter it = json_iter_of(groups);
         room != NULL && json_iter_next(&it, &type, &list);) {
        struct str name = net_view_text(n, type);
        struct json_view key;
        struct json_view value;
        struct json_iter in = json_iter_of(list);
        while (list.kind == JSON_ARRAY && at < count && json_iter_next(&in, &key, &value)) {
            room[at++] = (struct dns_answer){
                .name = STR_EMPTY, .type = name, .data = data_of(n, name, value)};
        }
    }
    n->f->answer_count = at;
}

static struct json_view first_of(struct json_view list)
{
    struct json_iter it = json_iter_of(list);
    struct json_view key;
    struct json_view value;
    return list.kind == JSON_ARRAY && json_iter_next(&it, &key, &value) ? value
                                                                        : (struct json_view){0};
}

static void question(struct net *n)
{
    struct json_view name = view(n, EVE_DNS_RRNAME);
    struct json_view type = view(n, EVE_DNS_RRTYPE);
    struct json_view asked = first_of(view(n, EVE_DNS_QUERIES));
    struct json_view beside = view(n, EVE_DNS_ANSWER);
    asked = asked.kind == JSON_OBJECT ? asked : first_of(view(n, EVE_DNS_QUERY));
    asked = asked.kind == JSON_OBJECT ? asked : beside;
    if (name.kind == JSON_ABSENT && asked.kind == JSON_OBJECT) {
        name = json_member(asked, STR("rrname"));
        type = json_member(asked, STR("rrtype"));
    }
    n->f->host = net_name(n, net_view_text(n, name));
    n->f->dns_type = net_view_text(n, type);
    n->f->dns_rcode = net_text(n, EVE_DNS_RCODE);
    if (n->f->dns_rcode.len == 0 && beside.kind == JSON_OBJECT) {
        n->f->dns_rcode = net_view_text(n, json_member(beside, STR("rcode")));
    }
}

static void one_answer(struct net *n)
{
    struct dns_answer *room = make_room(n, 1);
    if (room != NULL) {
        *room = (struct dns_answer){.name = n->f->host, .type = n->f->dns_type};
        room->data = data_of(n, room->type, view(n, EVE_DNS_RDATA));
        room->ttl_s = ttl_of(view(n, EVE_DNS_TTL));
        n->f->answer_count = 1;
    }
}

void eve_fill_dns(struct net *n)
{
    question(n);
    struct json_view list = view(n, EVE_DNS_ANSWERS);
    struct json_view groups = view(n, EVE_DNS_GROUPED);
    struct json_view beside = view(n, EVE_DNS_ANSWER);
    if (list.kind != JSON_ARRAY && beside.kind == JSON_OBJECT) {
        list = json_member(beside, STR("answers"));
        groups = groups.kind == JSON_OBJECT ? groups : json_member(beside, STR("grouped"));
    }
    if (list.kind == JSON_ARRAY) {
        answer_list(n, list);
    } else if (groups.kind == JSON_OBJECT) {
        answer_groups(n, groups);
    } else if (view(n, EVE_DNS_RDATA).kind == JSON_STRING) {
        one_answer(n);
    }
}

bool eve_has_dns(struct net *n)
{
    return view(n, EVE_DNS_RRNAME).kind != JSON_ABSENT ||
           view(n, EVE_DNS_QUERIES).kind == JSON_ARRAY ||
           view(n, EVE_DNS_QUERY).kind == JSON_ARRAY || view(n, EVE_DNS_ANSWER).kind == JSON_OBJECT;
}

bool eve_dns_from_server(struct net *n)
{
    enum { DNS_PORT = 53 };
    return n->f->client_port == DNS_PORT && n->f->server_port != DNS_PORT &&
           n->f->server_port != 0 && !str_eq(net_text(n, EVE_DNS_TYPE), STR("query"));
}
