/* index_lists.h: the vectors of an index in FAISS's lists. Nothing here
 * locks. */
#ifndef SM_INDEX_LISTS_H
#define SM_INDEX_LISTS_H

#include <stdbool.h>

#include "index/index_centroids.h"
#include "index/index_faiss.h"
#include "index/index_mapped.h"

/* A save that reads them: index_view.h. */
struct sm_view;

typedef struct sm_lists {
    sm_references references;
    sm_centroids *centroids;
    FaissIndexIVFFlat *faiss;
    size_t count;    /* vectors held */
    sm_codes *codes; /* [nlist]: of each list's vectors; NULL: there are none */
    const sm_bound_kernels *bounds; /* that make them */
    sm_places places;               /* of each id's vectors */
    sm_mapped *mapped; /* NULL, or what is there instead of vectors, codes and
                        * places in memory; such lists never change */
    struct sm_view *views; /* that have not read all of them */

    float *quantiser;     /* [nlist][dim]: FAISS's copy of the centroids */
    sm_codes probe_codes; /* of the centroids, where there are many */
    int64_t *numbers;     /* [nlist]: 0, 1, 2, ... */
} sm_lists;

/* Empty, with one reference and one of its own to the centroids. bounds: NULL
 * for no codes. */
sm_status sm_lists_create(sm_lists **out, sm_centroids *centroids,
                          const sm_bound_kernels *bounds);
void sm_lists_release(sm_lists *lists);

/* Lists whose vectors stay in a file; they take `mapped` over, after a failure
 * too. */
sm_status sm_lists_create_mapped(sm_lists **out, sm_centroids *centroids,
                                 const sm_bound_kernels *bounds,
                                 sm_mapped *mapped);

/* Takes note of centroids that were stretched after the lists were made, before
 * anything else sees the lists. */
sm_status sm_lists_take_centroids(sm_lists *lists);

/* The ids of a list; returns its size. */
size_t sm_lists_ids(const sm_lists *lists, size_t l, const int64_t **ids);

/* Rows first .. first + count - 1 of a list: where they stand, or, where they
 * stay in a file, read to room[count][dim]. */
sm_status sm_lists_vectors(const sm_lists *lists, size_t l, size_t first,
                           size_t count, float *room, const float **vectors);

/* The codes of a list; the lists have codes. */
sm_status sm_lists_codes(const sm_lists *lists, size_t l,
                         const sm_codes **codes);

/* What other programs find in an export; 1 until it is set. */
void sm_lists_set_nprobe(sm_lists *lists, size_t nprobe);

/* Makes room for added[nlist] more in each list; appending them cannot fail. */
sm_status sm_lists_reserve(sm_lists *lists, const size_t *added);

/* The places of all vectors of ids[count], ascending, for sm_free. */
sm_status sm_lists_find(const sm_lists *lists, const int64_t *ids, size_t count,
                        sm_place **places, size_t *found);

/* Takes out the vectors at places[count], ascending. */
void sm_lists_remove(sm_lists *lists, const sm_place *places, size_t count);

/* Bytes that the lists take. */
size_t sm_lists_memory(const sm_lists *lists);

#endif
