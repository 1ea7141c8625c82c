/* index_view.c: an index that changes in, its ids and vectors of one moment
 * out. For index_state and index_export. */
#include "index/index_view.h"

#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"

/* Bytes that are copied with the lock held. */
enum { PIECE = 1 << 17, FEWEST_SLOTS = 16 };

/* Rows put aside, found by their place: open addressing. */
typedef struct kept_rows {
    sm_place *slots; /* [mask + 1]; SM_NO_PLACE: free */
    size_t *rows;    /* [mask + 1], of ids and vectors */
    size_t mask;     /* a power of two, above 2 * count, less one */
    size_t count, id_capacity, vector_capacity;
    int64_t *ids;   /* [count] */
    float *vectors; /* [count][dim] */
} kept_rows;

struct sm_view {
    siamese_index *index; /* borrowed */
    sm_lists *lists;      /* a reference */
    size_t *sizes;        /* [nlist] */
    size_t list, row;     /* all before it is written */
    unsigned char *piece; /* of at least a vector */
    size_t piece_size;
    kept_rows kept;
    sm_view *next; /* of the same lists */
};

/* ---- rows put aside ---- */

static size_t slot_of(const kept_rows *kept, sm_place place)
{
    size_t slot = (size_t)sm_hash_mix(place) & kept->mask;
    while (kept->slots[slot] != SM_NO_PLACE && kept->slots[slot] != place)
        slot = (slot + 1) & kept->mask;
    return slot;
}

/* With room for as many more; the rows that are there stay. */
static sm_status widen(kept_rows *kept, size_t wanted)
{
    sm_status status = SIAMESE_OK;
    kept_rows wide = *kept;
    size_t slots = FEWEST_SLOTS;
    wide.slots = NULL;
    wide.rows = NULL;
    while (slots / 2 <= wanted)
        if (!sm_size_multiply(slots, 2, &slots)) return sm_fail_memory();
    if (kept->slots && slots <= kept->mask + 1) return SIAMESE_OK;
    wide.mask = slots - 1;
    wide.slots = sm_alloc_array(slots, sizeof *wide.slots);
    SM_CHECK_MEMORY(wide.slots);
    wide.rows = sm_alloc_array(slots, sizeof *wide.rows);
    SM_CHECK_MEMORY(wide.rows);
    memset(wide.slots, 0xff, slots * sizeof *wide.slots);
    for (size_t s = 0; kept->slots && s <= kept->mask; s++) {
        if (kept->slots[s] == SM_NO_PLACE) continue;
        size_t const slot = slot_of(&wide, kept->slots[s]);
        wide.slots[slot] = kept->slots[s];
        wide.rows[slot] = kept->rows[s];
    }
    sm_free(kept->slots);
    sm_free(kept->rows);
    *kept = wide;
    return SIAMESE_OK;
out:
    sm_free(wide.slots);
    sm_free(wide.rows);
    return status;
}

static sm_status reserve(kept_rows *kept, size_t more, size_t dim)
{
    size_t wanted;
    if (!sm_size_add(kept->count, more, &wanted)) return sm_fail_memory();
    SM_RETURN_IF_ERROR(widen(kept, wanted));
    int64_t *const ids =
        sm_grow(kept->ids, &kept->id_capacity, wanted, sizeof *ids);
    if (ids == NULL) return sm_fail_memory();
    kept->ids = ids;
    float *const vectors = sm_grow(kept->vectors, &kept->vector_capacity,
                                   wanted, dim * sizeof *vectors);
    if (vectors == NULL) return sm_fail_memory();
    kept->vectors = vectors;
    return SIAMESE_OK;
}

static void free_kept(kept_rows *kept)
{
    sm_free(kept->slots);
    sm_free(kept->rows);
    sm_free(kept->ids);
    sm_free(kept->vectors);
}

/* Puts a row aside, unless the view needs it no more or has it already. */
static void keep(sm_view *view, size_t list, size_t row)
{
    kept_rows *const kept = &view->kept;
    size_t const dim = view->lists->centroids->dim;
    sm_place const place = sm_place_make(list, row);
    const int64_t *ids;
    const float *vectors;
    if (place < sm_place_make(view->list, view->row)) return;
    if (row >= view->sizes[list]) return;
    size_t const slot = slot_of(kept, place);
    if (kept->slots[slot] == place) return;
    sm_faiss_list(view->lists->faiss, list, &ids, &vectors);
    kept->slots[slot] = place;
    kept->rows[slot] = kept->count;
    kept->ids[kept->count] = ids[row];
    memcpy(kept->vectors + kept->count * dim, vectors + row * dim,
           dim * sizeof *vectors);
    kept->count++;
}

sm_status sm_views_keep(const sm_lists *lists, const sm_place *places,
                        size_t count)
{
    size_t const dim = lists->centroids->dim;
    /* The rows that go, and the last ones, which take their places. */
    for (sm_view *view = lists->views; view; view = view->next)
        SM_RETURN_IF_ERROR(reserve(&view->kept, 2 * count, dim));
    for (size_t i = 0; lists->views && i < count;) {
        const int64_t *ids;
        const float *vectors;
        size_t const list = sm_place_list(places[i]);
        size_t const size = sm_faiss_list(lists->faiss, list, &ids, &vectors);
        size_t end = i;
        while (end < count && sm_place_list(places[end]) == list) end++;
        for (sm_view *view = lists->views; view; view = view->next) {
            for (size_t p = i; p < end; p++)
                keep(view, list, sm_place_row(places[p]));
            for (size_t row = size - (end - i); row < size; row++)
                keep(view, list, row);
        }
        i = end;
    }
    return SIAMESE_OK;
}

/* ---- opening and closing ---- */

static void enlist(sm_view *view)
{
    pthread_mutex_lock(&view->index->views_lock);
    view->next = view->lists->views;
    view->lists->views = view;
    pthread_mutex_unlock(&view->index->views_lock);
}

/* Under the lock for reading: nobody puts anything aside meanwhile. */
static void withdraw(sm_view *view)
{
    pthread_mutex_lock(&view->index->views_lock);
    sm_view **place = &view->lists->views;
    while (*place && *place != view) place = &(*place)->next;
    if (*place) *place = view->next;
    pthread_mutex_unlock(&view->index->views_lock);
}

/* Under the lock for reading. */
static sm_status look(sm_view *view, sm_write_object_fn head,
                      sm_stream_copy *copy)
{
    sm_lists *const lists = view->index->lists;
    size_t const nlist = lists->centroids->nlist;
    const int64_t *ids;
    sm_references_add(&lists->references);
    view->lists = lists;
    view->piece_size = sm_max(PIECE, lists->centroids->dim * sizeof(float));
    view->piece = sm_alloc(view->piece_size);
    if (view->piece == NULL) return sm_fail_memory();
    view->sizes = sm_alloc_array(nlist, sizeof *view->sizes);
    if (view->sizes == NULL) return sm_fail_memory();
    for (size_t l = 0; l < nlist; l++)
        view->sizes[l] = sm_lists_ids(lists, l, &ids);
    if (head)
        SM_RETURN_IF_ERROR(
            sm_stream_copy_make(copy, head, view->index, "the index's head"));
    enlist(view);
    return SIAMESE_OK;
}

sm_status sm_view_open(sm_view **out, const siamese_index *index,
                       sm_write_object_fn head, sm_stream_copy *copy)
{
    sm_view *const view = sm_calloc(1, sizeof *view);
    if (view == NULL) return sm_fail_memory();
    view->index = sm_index_lock_read(index);
    sm_status const status = look(view, head, copy);
    sm_index_unlock(index);
    if (status == SIAMESE_OK)
        *out = view;
    else
        sm_view_close(view);
    return status;
}

void sm_view_close(sm_view *view)
{
    if (view == NULL) return;
    if (view->lists) {
        sm_index_lock_read(view->index);
        withdraw(view);
        sm_index_unlock(view->index);
    }
    sm_lists_release(view->lists);
    free_kept(&view->kept);
    sm_free(view->sizes);
    sm_free(view->piece);
    sm_free(view);
}

/* ---- reading ---- */

const sm_centroids *sm_view_centroids(const sm_view *view)
{
    return view->lists->centroids;
}

size_t sm_view_size(const sm_view *view, size_t list)
{
    return view->sizes[list];
}

/* What is written of a row. */
typedef enum row_part { IDS, VECTORS } row_part;

/* Rows first .. first + count - 1 of a list as they were, to view->piece. */
static void copy_rows(sm_view *view, row_part part, size_t list, size_t first,
                      size_t count, size_t row_size)
{
    const kept_rows *const kept = &view->kept;
    const int64_t *ids = NULL;
    const float *vectors = NULL;
    size_t const size =
        part == IDS ? sm_lists_ids(view->lists, list, &ids)
                    : sm_faiss_list(view->lists->faiss, list, &ids, &vectors);
    const unsigned char *const from = part == IDS
                                          ? (const unsigned char *)ids
                                          : (const unsigned char *)vectors;
    const unsigned char *const aside =
        part == IDS ? (const unsigned char *)kept->ids
                    : (const unsigned char *)kept->vectors;
    size_t const there = first < size ? sm_min(size - first, count) : 0;
    if (there) memcpy(view->piece, from + first * row_size, there * row_size);
    for (size_t r = 0; kept->count && r < count; r++) {
        size_t const slot = slot_of(kept, sm_place_make(list, first + r));
        if (kept->slots[slot] != SM_NO_PLACE)
            memcpy(view->piece + r * row_size,
                   aside + kept->rows[slot] * row_size, row_size);
    }
}

/* Rows as they were, to view->piece, in which they fit; behind them nothing of
 * the list is written any more if `done`. */
static sm_status fill_piece(sm_view *view, row_part part, size_t list,
                            size_t first, size_t count, bool done)
{
    size_t const dim = view->lists->centroids->dim;
    size_t const row_size = part == IDS ? sizeof(int64_t) : dim * sizeof(float);
    if (view->lists->mapped && part == VECTORS) /* which never change */
        return sm_mapped_read(view->lists->mapped, list, first, count,
                              (float *)(void *)view->piece);
    sm_index_lock_read(view->index);
    copy_rows(view, part, list, first, count, row_size);
    if (done) {
        view->list = list;
        view->row = first + count;
    }
    sm_index_unlock(view->index);
    return SIAMESE_OK;
}

static sm_status write_part(sm_view *view, row_part part, size_t list,
                            bool done, sm_writer *writer)
{
    size_t const dim = view->lists->centroids->dim;
    size_t const row_size = part == IDS ? sizeof(int64_t) : dim * sizeof(float);
    size_t const most = view->piece_size / row_size;
    for (size_t first = 0; first < view->sizes[list]; first += most) {
        size_t const count = sm_min(view->sizes[list] - first, most);
        SM_RETURN_IF_ERROR(fill_piece(view, part, list, first, count, done));
        SM_RETURN_IF_ERROR(
            part == IDS
                ? sm_write_i64s(writer, (const int64_t *)(void *)view->piece,
                                count)
                : sm_write_f32s(writer, (const float *)(void *)view->piece,
                                count * dim));
    }
    return SIAMESE_OK;
}

sm_status sm_view_read_vectors(sm_view *view, size_t list, size_t first,
                               size_t count, bool done, float *vectors)
{
    size_t const dim = view->lists->centroids->dim;
    size_t const most = view->piece_size / (dim * sizeof *vectors);
    for (size_t at = 0; at < count; at += most) {
        size_t const some = sm_min(count - at, most);
        SM_RETURN_IF_ERROR(
            fill_piece(view, VECTORS, list, first + at, some, done));
        memcpy(vectors + at * dim, view->piece, some * dim * sizeof *vectors);
    }
    return SIAMESE_OK;
}

sm_status sm_view_write_ids(sm_view *view, size_t list, bool done,
                            sm_writer *writer)
{
    return write_part(view, IDS, list, done, writer);
}

sm_status sm_view_write_vectors(sm_view *view, size_t list, bool done,
                                sm_writer *writer)
{
    return write_part(view, VECTORS, list, done, writer);
}
