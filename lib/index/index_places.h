/* index_places.h: where the vectors of an id stand, whatever an index holds.
 * For index_lists, which keeps it, and those who look an id up. Nothing here
 * locks. */
#ifndef SM_INDEX_PLACES_H
#define SM_INDEX_PLACES_H

#include "index/index_faiss.h"

/* A list and a row of it. */
typedef uint64_t sm_place;

#define SM_NO_PLACE UINT64_MAX
enum { SM_PLACE_ROW_BITS = 40 }; /* the list stands above them */

static inline sm_place sm_place_make(size_t list, size_t row)
{
    return (sm_place)list << SM_PLACE_ROW_BITS | row;
}

static inline size_t sm_place_list(sm_place place)
{
    return (size_t)(place >> SM_PLACE_ROW_BITS);
}

static inline size_t sm_place_row(sm_place place)
{
    return (size_t)(place & ((UINT64_C(1) << SM_PLACE_ROW_BITS) - 1));
}

/* The neighbours of a row in the chain of its bucket. */
typedef struct sm_link {
    sm_place next, before;
} sm_link;

/*
 * A hash table of rows by id. Its chains run through arrays that stand beside
 * the lists, one link a row, and in both directions: a row comes, goes and
 * moves in constant time, however many vectors an id has, and the ids
 * themselves are those of the lists. 24 to 32 bytes a vector.
 */
typedef struct sm_places {
    const FaissIndexIVFFlat *faiss;
    size_t nlist;
    sm_place *heads; /* [mask + 1], of the buckets */
    size_t mask;     /* a power of two less one */
    sm_link **links; /* [nlist], of a list's rows */
    size_t *room;    /* [nlist], links that there is memory for */
    size_t *sizes;   /* [nlist], rows of a list */
    size_t count;    /* rows in all chains */
} sm_places;

/* Of lists that are empty; to be freed after a failure too. */
sm_status sm_places_create(sm_places *places, const FaissIndexIVFFlat *faiss,
                           size_t nlist);
void sm_places_free(sm_places *places);

/* Makes room for added[nlist] more rows; taking them in cannot fail. */
sm_status sm_places_reserve(sm_places *places, const size_t *added);

/* Numbers the next row of a list, which is then linked under its id. Threads
 * may link rows at once if each id's share is that of its thread. */
sm_place sm_places_append(sm_places *places, size_t list);
void sm_places_link(sm_places *places, sm_place place, int64_t id);

/* The share of an id's bucket, 0 .. shares - 1. */
size_t sm_places_share(const sm_places *places, int64_t id, size_t shares);

/* Takes a row out, while the list has its id; follows a row to the place of one
 * that was taken out, before the list does; keeps the first `count` rows of a
 * list, when the others are out or moved. */
void sm_places_remove(sm_places *places, size_t list, size_t row);
void sm_places_move(sm_places *places, size_t list, size_t from, size_t to);
void sm_places_keep(sm_places *places, size_t list, size_t count);

static inline size_t sm_places_size(const sm_places *places, size_t list)
{
    return places->sizes[list];
}

/*
 * For those who have many ids or rows to come: the bucket of an id, and some
 * ids later what a link of it will touch, or the first and then the second row
 * that a search for it will look at; and what the removal of a row touches.
 */
void sm_places_prefetch(const sm_places *places, int64_t id);
void sm_places_prefetch_link(const sm_places *places, int64_t id);
void sm_places_prefetch_first(const sm_places *places, int64_t id);
void sm_places_prefetch_second(const sm_places *places, int64_t id);
void sm_places_prefetch_neighbours(const sm_places *places, sm_place place);

/* A place of the id, and another one behind it, in no particular order;
 * SM_NO_PLACE: there is none. */
sm_place sm_places_first(const sm_places *places, int64_t id);
sm_place sm_places_next(const sm_places *places, sm_place place, int64_t id);

/* Bytes that it takes. */
size_t sm_places_memory(const sm_places *places);

#endif
