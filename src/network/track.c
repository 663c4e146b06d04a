/*
 * track - what is kept of a pair that matters, in any order.
 */
#include <string.h>

#include "network/tally_priv.h"

#define CMP(a, b) (((a) > (b)) - ((a) < (b)))

void track_free(struct track *k)
{
    series_free(&k->when);
    mem_free(k->sizes);
    mem_free(k->places);
    *k = (struct track){0};
}

bool track_opens(struct track *k, enum grade grade)
{
    if (grade < k->grade) {
        return false;
    }
    if (grade > k->grade) {
        struct sizes *sizes = k->sizes;
        k->sizes = NULL;
        track_free(k);
        *k = (struct track){
            .sizes = sizes, .grade = (uint8_t)grade, .by = CONTACT_BY_MAX_, .server = NONE};
    }
    return true;
}

int place_cmp(const struct place *a, const struct place *b)
{
    int d = CMP(a->time_us, b->time_us);
    d = d != 0 ? d : CMP(a->origin.file, b->origin.file);
    d = d != 0 ? d : CMP(a->origin.offset, b->origin.offset);
    return d != 0 ? d : CMP(a->origin.inner, b->origin.inner);
}

/* Of nine in order the fifth goes: what stays are the four first and the four last of all. */
bool track_place(struct track *k, const struct place *p)
{
    if (k->place_len == k->place_cap) {
        unsigned cap = k->place_cap == 0 ? 2 : k->place_cap == 2 ? 4 : TRAFFIC_PLACES_MAX + 1;
        struct place *grown = mem_resize(k->places, cap, sizeof(*grown));
        if (grown == NULL) {
            return false;
        }
        k->places = grown;
        k->place_cap = (uint8_t)cap;
    }
    size_t at = k->place_len;
    while (at > 0 && place_cmp(&k->places[at - 1], p) > 0) {
        at--;
    }
    if (at > 0 && place_cmp(&k->places[at - 1], p) == 0) {
        return true;
    }
    memmove(&k->places[at + 1], &k->places[at], (k->place_len - at) * sizeof(*p));
    k->places[at] = *p;
    k->place_len++;
    if (k->place_len > TRAFFIC_PLACES_MAX) {
        size_t middle = TRAFFIC_PLACES_MAX / 2;
        memmove(&k->places[middle], &k->places[middle + 1],
                (k->place_len - middle - 1) * sizeof(*p));
        k->place_len--;
    }
    return true;
}

bool track_size(struct track *k, uint64_t bytes, uint64_t times)
{
    if (k->sizes == NULL) {
        k->sizes = mem_alloc(1, sizeof(*k->sizes));
    }
    if (k->sizes != NULL) {
        sizes_add(k->sizes, bytes, times);
    }
    return k->sizes != NULL;
}

/* `server`: the index of from's server in the tally of `to`, the lower of the two when both have
 * one. */
bool track_merge(struct track *to, const struct track *from, uint32_t server)
{
    if (!track_opens(to, from->grade)) {
        return true;
    }
    to->by = from->by < to->by ? from->by : to->by;
    to->script_path |= from->script_path;
    to->port = to->port == 0 || (from->port != 0 && from->port < to->port) ? from->port : to->port;
    to->tools |= from->tools;
    to->server = server;
    to->answered += from->answered;
    to->refused += from->refused;
    to->no_name += from->no_name;
    to->in_tls += from->in_tls;
    to->sni += from->sni;
    to->ech += from->ech;
    if (to->agent.len == 0 || (from->agent.len > 0 && str_cmp(from->agent, to->agent) < 0)) {
        to->agent = from->agent;
    }
    for (size_t i = 0; i < from->place_len; i++) {
        if (!track_place(to, &from->places[i])) {
            return false;
        }
    }
    return series_merge(&to->when, &from->when);
}

size_t track_memory(const struct track *k)
{
    return sizeof(*k) + series_memory(&k->when) + k->place_cap * sizeof(*k->places) +
           (k->sizes != NULL ? sizeof(*k->sizes) : 0);
}

/* ---- ties ---- */

bool tie_covers(const struct tally_tie *tie, uint32_t second)
{
    for (size_t i = 0; i < tie->spans.len; i++) {
        const struct span *s = &tie->spans.at[i];
        if (second >= s->from_s && second <= s->to_s) {
            return true;
        }
    }
    return false;
}

static bool near(const struct span *a, const struct span *b)
{
    return a->from_s <= (uint64_t)b->to_s + TIE_JOIN_S &&
           b->from_s <= (uint64_t)a->to_s + TIE_JOIN_S;
}

static void widen(struct span *s, const struct span *by)
{
    s->from_s = by->from_s < s->from_s ? by->from_s : s->from_s;
    s->to_s = by->to_s > s->to_s ? by->to_s : s->to_s;
}

/* Spans that are near each other become one; which ones do depends on all of them alone. */
bool tie_add(struct tally_tie *tie, struct span span)
{
    size_t n = 0;
    for (size_t i = 0; i < tie->spans.len; i++) {
        if (near(&tie->spans.at[i], &span)) {
            widen(&span, &tie->spans.at[i]);
        } else {
            tie->spans.at[n++] = tie->spans.at[i];
        }
    }
    tie->spans.len = n;
    for (size_t i = 0; n >= TALLY_SPANS_MAX && i < n; i++) {
        widen(&span, &tie->spans.at[i]);
    }
    tie->spans.len = n >= TALLY_SPANS_MAX ? 0 : n;
    if (!VEC_PUSH(&tie->spans, span)) {
        return false;
    }
    for (size_t i = tie->spans.len - 1; i > 0; i--) {
        if (tie->spans.at[i].from_s < tie->spans.at[i - 1].from_s) {
            struct span s = tie->spans.at[i];
            tie->spans.at[i] = tie->spans.at[i - 1];
            tie->spans.at[i - 1] = s;
        }
    }
    return true;
}
