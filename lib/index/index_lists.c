/* index_lists.c: vectors and their lists in, FAISS's inverted lists out, and
 * back. For whoever holds the index's lock. */
#include "index/index_lists.h"

#include <stdlib.h>
#include <string.h>

#include "common/assert.h"
#include "common/memory.h"
#include "common/size.h"

/* Lists from which on their probes have codes. */
enum { PROBE_CODES_FROM = 256 };

enum {
    AHEAD = 16, /* ids and rows before one whose place is fetched */
    WORD_BITS = 64,
};

/* ---- lists ---- */

/*
 * FAISS takes the list of a vector from us, but its index holds a quantiser: it
 * counts as trained by it, and an export needs it. *rows are its numbers.
 */
static sm_status make_quantiser(FaissIndex **out, float **rows,
                                const sm_centroids *c)
{
    sm_status status = SIAMESE_OK;
    FaissIndexFlatIP *quantiser = NULL;
    SM_TRY(sm_faiss_status(
        faiss_IndexFlatIP_new_with(&quantiser, (int64_t)c->dim)));
    SM_TRY(sm_faiss_status(
        faiss_Index_add(quantiser, (int64_t)c->nlist, c->values)));
    faiss_IndexFlat_xb(quantiser, rows, NULL);
    *out = quantiser;
    quantiser = NULL;
out:
    if (quantiser) faiss_Index_free(quantiser);
    return status;
}

static sm_status make_probe_codes(sm_lists *lists)
{
    const sm_centroids *const centroids = lists->centroids;
    size_t const dim = centroids->dim;
    sm_code_rows one = {NULL, NULL, NULL};
    SM_RETURN_IF_ERROR(sm_code_rows_make(&one, lists->bounds, NULL,
                                         centroids->values, 1, dim));
    sm_codes_keep(&lists->probe_codes, 0);
    for (size_t l = 0; l < centroids->nlist; l++) {
        lists->bounds->encode(dim, centroids->values + l * dim, one.coarse,
                              one.fine, one.rows);
        sm_codes_append(&lists->probe_codes, dim, &one, 0);
    }
    sm_code_rows_free(&one);
    return SIAMESE_OK;
}

/* Room for those of vectors, and the codes of the centroids. */
static sm_status make_codes(sm_lists *lists, const sm_bound_kernels *bounds)
{
    size_t const nlist = lists->centroids->nlist, dim = lists->centroids->dim;
    lists->bounds = bounds;
    lists->codes = sm_calloc(nlist, sizeof *lists->codes);
    if (lists->codes == NULL) return sm_fail_memory();
    if (nlist < PROBE_CODES_FROM) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_codes_reserve(&lists->probe_codes, dim, nlist));
    lists->numbers = sm_alloc_array(nlist, sizeof *lists->numbers);
    if (lists->numbers == NULL) return sm_fail_memory();
    for (size_t l = 0; l < nlist; l++) lists->numbers[l] = (int64_t)l;
    return make_probe_codes(lists);
}

sm_status sm_lists_create(sm_lists **out, sm_centroids *centroids,
                          const sm_bound_kernels *bounds)
{
    sm_status status = SIAMESE_OK;
    FaissIndex *quantiser = NULL;
    sm_faiss_region region;
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region));
    sm_lists *lists = sm_calloc(1, sizeof *lists);
    SM_CHECK_MEMORY(lists);
    sm_references_add(&centroids->references);
    sm_references_init(&lists->references);
    lists->centroids = centroids;
    if (bounds) SM_TRY(make_codes(lists, bounds));
    SM_TRY(make_quantiser(&quantiser, &lists->quantiser, centroids));
    SM_TRY(sm_faiss_status(faiss_IndexIVFFlat_new_with_metric(
        &lists->faiss, quantiser, centroids->dim, centroids->nlist,
        METRIC_INNER_PRODUCT)));
    faiss_IndexIVFFlat_set_own_fields(lists->faiss, 1);
    quantiser = NULL;
    SM_TRY(sm_places_create(&lists->places, lists->faiss, centroids->nlist));
    *out = lists;
    lists = NULL;
out:
    if (quantiser) faiss_Index_free(quantiser);
    sm_lists_release(lists);
    sm_faiss_leave(&region);
    return status;
}

void sm_lists_release(sm_lists *lists)
{
    if (lists == NULL || !sm_references_drop(&lists->references)) return;
    sm_places_free(&lists->places);
    sm_mapped_free(lists->mapped);
    if (lists->faiss) faiss_Index_free(lists->faiss);
    for (size_t l = 0; lists->codes && l < lists->centroids->nlist; l++)
        sm_codes_free(&lists->codes[l]);
    sm_free(lists->codes);
    sm_codes_free(&lists->probe_codes);
    sm_free(lists->numbers);
    sm_centroids_release(lists->centroids);
    sm_free(lists);
}

void sm_lists_set_nprobe(sm_lists *lists, size_t nprobe)
{
    faiss_IndexIVFFlat_set_nprobe(lists->faiss, nprobe);
}

sm_status sm_lists_reserve(sm_lists *lists, const size_t *added)
{
    size_t const dim = lists->centroids->dim;
    for (size_t l = 0; lists->codes && l < lists->centroids->nlist; l++)
        if (added[l])
            SM_RETURN_IF_ERROR(
                sm_codes_reserve(&lists->codes[l], dim, added[l]));
    SM_RETURN_IF_ERROR(sm_places_reserve(&lists->places, added));
    return sm_faiss_extension_status(sm_faiss_reserve(lists->faiss, added));
}

sm_status sm_lists_take_centroids(sm_lists *lists)
{
    const sm_centroids *const centroids = lists->centroids;
    memcpy(lists->quantiser, centroids->values,
           centroids->nlist * centroids->dim * sizeof *lists->quantiser);
    return lists->numbers ? make_probe_codes(lists) : SIAMESE_OK;
}

sm_status sm_lists_create_mapped(sm_lists **out, sm_centroids *centroids,
                                 const sm_bound_kernels *bounds,
                                 sm_mapped *mapped)
{
    sm_lists *lists;
    sm_status const status = sm_lists_create(&lists, centroids, bounds);
    if (status != SIAMESE_OK) {
        sm_mapped_free(mapped);
        return status;
    }
    lists->mapped = mapped;
    lists->count = mapped->starts[mapped->nlist];
    *out = lists;
    return SIAMESE_OK;
}

/* ---- what is there ---- */

size_t sm_lists_ids(const sm_lists *lists, size_t l, const int64_t **ids)
{
    const sm_mapped *const mapped = lists->mapped;
    const float *vectors;
    if (mapped == NULL) return sm_faiss_list(lists->faiss, l, ids, &vectors);
    *ids = mapped->ids + mapped->starts[l];
    return sm_mapped_size(mapped, l);
}

sm_status sm_lists_vectors(const sm_lists *lists, size_t l, size_t first,
                           size_t count, float *room, const float **vectors)
{
    const int64_t *ids;
    if (lists->mapped) {
        *vectors = room;
        return sm_mapped_read(lists->mapped, l, first, count, room);
    }
    sm_faiss_list(lists->faiss, l, &ids, vectors);
    *vectors += first * lists->centroids->dim;
    return SIAMESE_OK;
}

sm_status sm_lists_codes(const sm_lists *lists, size_t l,
                         const sm_codes **codes)
{
    *codes = &lists->codes[l];
    return lists->mapped ? sm_mapped_codes(lists->mapped, l, &lists->codes[l])
                         : SIAMESE_OK;
}

/* ---- taking out ---- */

static int compare_places(const void *x, const void *y)
{
    sm_place const a = *(const sm_place *)x, b = *(const sm_place *)y;
    return (a > b) - (a < b);
}

static void sort_few(sm_place *places, size_t *count)
{
    size_t kept = 0;
    qsort(places, *count, sizeof *places, compare_places);
    for (size_t i = 0; i < *count; i++)
        if (i == 0 || places[i] != places[i - 1]) places[kept++] = places[i];
    *count = kept;
}

/* By a bit for each row of all lists. */
static sm_status sort_many(const sm_lists *lists, sm_place *places,
                           size_t *count)
{
    sm_status status = SIAMESE_OK;
    size_t const nlist = lists->centroids->nlist;
    size_t const words = sm_chunks(lists->count, WORD_BITS);
    size_t kept = 0, l = 0;
    uint64_t *bits = NULL;
    size_t *const starts = sm_alloc_array(nlist + 1, sizeof *starts);
    SM_CHECK_MEMORY(starts);
    bits = sm_calloc(words, sizeof *bits);
    SM_CHECK_MEMORY(bits);
    starts[0] = 0;
    for (size_t i = 0; i < nlist; i++)
        starts[i + 1] = starts[i] + sm_places_size(&lists->places, i);
    for (size_t i = 0; i < *count; i++) {
        size_t const row =
            starts[sm_place_list(places[i])] + sm_place_row(places[i]);
        bits[row / WORD_BITS] |= UINT64_C(1) << row % WORD_BITS;
    }
    for (size_t w = 0; w < words; w++)
        for (uint64_t left = bits[w]; left; left &= left - 1) {
            size_t const row = w * WORD_BITS + (size_t)__builtin_ctzll(left);
            while (starts[l + 1] <= row) l++;
            places[kept++] = sm_place_make(l, row - starts[l]);
        }
    *count = kept;
out:
    sm_free(bits);
    sm_free(starts);
    return status;
}

/* Ascending, each once. */
static sm_status sort_places(const sm_lists *lists, sm_place *places,
                             size_t *count)
{
    if (*count > lists->count / WORD_BITS + lists->centroids->nlist)
        return sort_many(lists, places, count);
    if (*count > 1) sort_few(places, count);
    return SIAMESE_OK;
}

/* For the search of ids[i]: of those that follow. */
static void prefetch_search(const sm_places *places, const int64_t *ids,
                            size_t i, size_t count)
{
    if (i + 3 * AHEAD < count) sm_places_prefetch(places, ids[i + 3 * AHEAD]);
    if (i + 2 * AHEAD < count)
        sm_places_prefetch_first(places, ids[i + 2 * AHEAD]);
    if (i + AHEAD < count) sm_places_prefetch_second(places, ids[i + AHEAD]);
}

sm_status sm_lists_find(const sm_lists *lists, const int64_t *ids, size_t count,
                        sm_place **places, size_t *found)
{
    sm_status status = SIAMESE_OK;
    const sm_places *const all = &lists->places;
    size_t capacity = 0;
    sm_place *grown;
    *places = NULL;
    *found = 0;
    for (size_t i = 0; i < count; i++) {
        prefetch_search(all, ids, i, count);
        for (sm_place p = sm_places_first(all, ids[i]); p != SM_NO_PLACE;
             p = sm_places_next(all, p, ids[i])) {
            grown = sm_grow(*places, &capacity, *found + 1, sizeof *grown);
            SM_CHECK_MEMORY(grown);
            *places = grown;
            grown[(*found)++] = p;
        }
    }
    SM_TRY(sort_places(lists, *places, found));
out:
    return status;
}

static void move_row(sm_lists *lists, size_t l, size_t from, size_t to)
{
    sm_places_move(&lists->places, l, from, to);
    sm_faiss_move(lists->faiss, l, from, to);
    if (lists->codes)
        sm_codes_move(&lists->codes[l], lists->centroids->dim, from, to);
}

/* Takes rows of list l out, of which the last ones take the places. */
static void remove_of_list(sm_lists *lists, size_t l, const sm_place *gone,
                           size_t count)
{
    const int64_t *ids;
    const float *vectors;
    size_t left = sm_faiss_list(lists->faiss, l, &ids, &vectors);
    for (size_t i = 0; i < count; i++) {
        if (i + 2 * AHEAD < count)
            sm_places_prefetch(&lists->places,
                               ids[sm_place_row(gone[i + 2 * AHEAD])]);
        if (i + AHEAD < count)
            sm_places_prefetch_neighbours(&lists->places, gone[i + AHEAD]);
        sm_places_remove(&lists->places, l, sm_place_row(gone[i]));
    }
    for (size_t i = 0; i < count; i++) {
        while (i < count && sm_place_row(gone[count - 1]) == left - 1) {
            left--;
            count--;
        }
        if (i < count) move_row(lists, l, --left, sm_place_row(gone[i]));
    }
    sm_places_keep(&lists->places, l, left);
    sm_faiss_resize(lists->faiss, l, left);
    if (lists->codes) sm_codes_keep(&lists->codes[l], left);
}

void sm_lists_remove(sm_lists *lists, const sm_place *places, size_t count)
{
    for (size_t i = 0; i < count;) {
        size_t const l = sm_place_list(places[i]), begin = i;
        while (i < count && sm_place_list(places[i]) == l) i++;
        remove_of_list(lists, l, places + begin, i - begin);
    }
    lists->count -= count;
    sm_faiss_set_count(lists->faiss, lists->count);
}

static size_t codes_memory(const sm_lists *lists, size_t l)
{
    const sm_mapped *const mapped = lists->mapped;
    /* another thread may be reading them from the file */
    if (mapped &&
        !atomic_load_explicit(&mapped->are_read[l], memory_order_acquire))
        return 0;
    return sm_codes_memory(&lists->codes[l], lists->centroids->dim);
}

size_t sm_lists_memory(const sm_lists *lists)
{
    size_t const nlist = lists->centroids->nlist;
    size_t const numbers = nlist * lists->centroids->dim;
    size_t memory = sizeof *lists + sm_places_memory(&lists->places) +
                    sm_faiss_memory(lists->faiss);
    memory += numbers * 2 * sizeof(float); /* centroids and quantiser */
    if (nlist > 1) memory += numbers * sizeof(float); /* strips */
    memory += sm_codes_memory(&lists->probe_codes, lists->centroids->dim);
    for (size_t l = 0; lists->codes && l < nlist; l++)
        memory += sizeof(sm_codes) + codes_memory(lists, l);
    return lists->mapped ? memory + sm_mapped_memory(lists->mapped) : memory;
}
