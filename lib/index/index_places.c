/* index_places.c: rows that come, go and move in, the rows of an id out. For
 * index_lists and those who look an id up. */
#include "index/index_places.h"

#include <string.h>

#include "common/assert.h"
#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"

enum { FEWEST_BUCKETS = 16, AHEAD = 16 };

/* ---- life ---- */

static sm_status make_heads(sm_place **out, size_t buckets)
{
    sm_place *const heads = sm_alloc_array(buckets, sizeof *heads);
    if (heads == NULL) return sm_fail_memory();
    memset(heads, 0xff, buckets * sizeof *heads);
    *out = heads;
    return SIAMESE_OK;
}

sm_status sm_places_create(sm_places *places, const FaissIndexIVFFlat *faiss,
                           size_t nlist)
{
    places->faiss = faiss;
    places->nlist = nlist;
    places->mask = FEWEST_BUCKETS - 1;
    SM_RETURN_IF_ERROR(make_heads(&places->heads, FEWEST_BUCKETS));
    places->links = sm_calloc(nlist, sizeof(sm_link *));
    if (places->links == NULL) return sm_fail_memory();
    places->room = sm_calloc(nlist, sizeof *places->room);
    places->sizes = sm_calloc(nlist, sizeof *places->sizes);
    return places->room && places->sizes ? SIAMESE_OK : sm_fail_memory();
}

void sm_places_free(sm_places *places)
{
    for (size_t l = 0; places->links && l < places->nlist; l++)
        sm_free(places->links[l]);
    sm_free(places->links);
    sm_free(places->room);
    sm_free(places->sizes);
    sm_free(places->heads);
    *places = (sm_places){0};
}

/* ---- chains ---- */

static int64_t id_of(const sm_places *places, sm_place place)
{
    const int64_t *ids;
    const float *vectors;
    sm_faiss_list(places->faiss, sm_place_list(place), &ids, &vectors);
    return ids[sm_place_row(place)];
}

static sm_place *head_of(const sm_places *places, int64_t id)
{
    return &places
                ->heads[(size_t)sm_secret_number((uint64_t)id) & places->mask];
}

static sm_link *link_of(const sm_places *places, sm_place place)
{
    return &places->links[sm_place_list(place)][sm_place_row(place)];
}

void sm_places_link(sm_places *places, sm_place place, int64_t id)
{
    sm_place *const head = head_of(places, id);
    *link_of(places, place) = (sm_link){*head, SM_NO_PLACE};
    if (*head != SM_NO_PLACE) link_of(places, *head)->before = place;
    *head = place;
}

void sm_places_prefetch(const sm_places *places, int64_t id)
{
    __builtin_prefetch(head_of(places, id), 1);
}

void sm_places_prefetch_link(const sm_places *places, int64_t id)
{
    sm_place const head = *head_of(places, id);
    if (head != SM_NO_PLACE) __builtin_prefetch(link_of(places, head), 1);
}

sm_place sm_places_append(sm_places *places, size_t list)
{
    size_t const row = places->sizes[list]++;
    sm_assert(row < places->room[list]);
    places->count++;
    return sm_place_make(list, row);
}

size_t sm_places_share(const sm_places *places, int64_t id, size_t shares)
{
    size_t const bucket = (size_t)(head_of(places, id) - places->heads);
    return bucket * shares >> __builtin_popcountll(places->mask);
}

static void prefetch_row(const sm_places *places, sm_place place)
{
    const int64_t *ids;
    const float *vectors;
    if (place == SM_NO_PLACE) return;
    __builtin_prefetch(link_of(places, place));
    sm_faiss_list(places->faiss, sm_place_list(place), &ids, &vectors);
    __builtin_prefetch(ids + sm_place_row(place));
}

void sm_places_prefetch_first(const sm_places *places, int64_t id)
{
    prefetch_row(places, *head_of(places, id));
}

void sm_places_prefetch_second(const sm_places *places, int64_t id)
{
    sm_place const head = *head_of(places, id);
    if (head != SM_NO_PLACE) prefetch_row(places, link_of(places, head)->next);
}

void sm_places_prefetch_neighbours(const sm_places *places, sm_place place)
{
    const sm_link *const link = link_of(places, place);
    if (link->next != SM_NO_PLACE)
        __builtin_prefetch(link_of(places, link->next), 1);
    if (link->before != SM_NO_PLACE)
        __builtin_prefetch(link_of(places, link->before), 1);
}

/* What pointed to a row points to `place`: its neighbours, or its bucket. */
static void point(sm_places *places, const sm_link *link, int64_t id,
                  sm_place next, sm_place before)
{
    if (link->before == SM_NO_PLACE)
        *head_of(places, id) = next;
    else
        link_of(places, link->before)->next = next;
    if (link->next != SM_NO_PLACE) link_of(places, link->next)->before = before;
}

void sm_places_remove(sm_places *places, size_t list, size_t row)
{
    sm_place const place = sm_place_make(list, row);
    const sm_link *const link = link_of(places, place);
    point(places, link, id_of(places, place), link->next, link->before);
    places->count--;
}

void sm_places_move(sm_places *places, size_t list, size_t from, size_t to)
{
    sm_place const old = sm_place_make(list, from);
    sm_place const new = sm_place_make(list, to);
    const sm_link *const link = link_of(places, old);
    point(places, link, id_of(places, old), new, new);
    *link_of(places, new) = *link;
}

void sm_places_keep(sm_places *places, size_t list, size_t count)
{
    sm_assert(count <= places->sizes[list]);
    places->sizes[list] = count;
}

static sm_place find_from(const sm_places *places, sm_place place, int64_t id)
{
    while (place != SM_NO_PLACE && id_of(places, place) != id)
        place = link_of(places, place)->next;
    return place;
}

sm_place sm_places_first(const sm_places *places, int64_t id)
{
    return find_from(places, *head_of(places, id), id);
}

sm_place sm_places_next(const sm_places *places, sm_place place, int64_t id)
{
    return find_from(places, link_of(places, place)->next, id);
}

/* ---- room ---- */

static sm_status reserve_links(sm_places *places, size_t list, size_t more)
{
    size_t wanted;
    if (!sm_size_add(places->sizes[list], more, &wanted) ||
        (uint64_t)wanted >> SM_PLACE_ROW_BITS)
        return sm_fail_memory();
    if (wanted <= places->room[list]) return SIAMESE_OK;
    wanted = sm_max(wanted, places->room[list] / 2 * 3);
    sm_link *const links =
        sm_realloc_array(places->links[list], wanted, sizeof *links);
    if (links == NULL) return sm_fail_memory();
    places->links[list] = links;
    places->room[list] = wanted;
    return SIAMESE_OK;
}

/* All rows once more, in the buckets that there are now. */
static void link_all(sm_places *places)
{
    for (size_t l = 0; l < places->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        sm_faiss_list(places->faiss, l, &ids, &vectors);
        size_t const size = places->sizes[l];
        for (size_t r = 0; r < size; r++) {
            if (r + 2 * AHEAD < size) {
                sm_places_prefetch(places, ids[r + 2 * AHEAD]);
                sm_places_prefetch_link(places, ids[r + AHEAD]);
            }
            sm_places_link(places, sm_place_make(l, r), ids[r]);
        }
    }
}

sm_status sm_places_reserve(sm_places *places, const size_t *added)
{
    size_t wanted = places->count, buckets = places->mask + 1;
    sm_place *heads = NULL;
    for (size_t l = 0; l < places->nlist; l++) {
        if (added[l] == 0) continue;
        SM_RETURN_IF_ERROR(reserve_links(places, l, added[l]));
        if (!sm_size_add(wanted, added[l], &wanted)) return sm_fail_memory();
    }
    if (wanted <= buckets) return SIAMESE_OK;
    while (buckets < wanted)
        if (!sm_size_multiply(buckets, 2, &buckets)) return sm_fail_memory();
    SM_RETURN_IF_ERROR(make_heads(&heads, buckets));
    sm_free(places->heads);
    places->heads = heads;
    places->mask = buckets - 1;
    link_all(places);
    return SIAMESE_OK;
}

size_t sm_places_memory(const sm_places *places)
{
    size_t memory = (places->mask + 1) * sizeof *places->heads +
                    places->nlist * (sizeof(sm_link *) + 2 * sizeof(size_t));
    for (size_t l = 0; l < places->nlist; l++)
        memory += places->room[l] * sizeof(sm_link);
    return memory;
}
