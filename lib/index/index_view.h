/* index_view.h: an index as it stood at one moment, read piece by piece while
 * it goes on changing. For saving and exporting. */
#ifndef SM_INDEX_VIEW_H
#define SM_INDEX_VIEW_H

#include "common/stream_copy.h"
#include "index/index_handle.h"

/*
 * Nothing is copied when a view is opened. Rows that are about to change before
 * the view has read them are put aside for it by whoever changes them; lists
 * that a training replaces live on until the view is closed.
 */
typedef struct sm_view sm_view;

/*
 * Opens a view. At the same moment `head` writes something of the index to
 * *copy; NULL: nothing. Holds the lock for reading meanwhile, no longer.
 */
sm_status sm_view_open(sm_view **out, const siamese_index *index,
                       sm_write_object_fn head, sm_stream_copy *copy);
void sm_view_close(sm_view *view);

const sm_centroids *sm_view_centroids(const sm_view *view);
size_t sm_view_size(const sm_view *view, size_t list);

/*
 * Write the ids or the vectors of a list, with the lock held for a piece at a
 * time and never while the writer works. Each list must be written after those
 * before it; with `done` nothing of the list is written any more.
 */
sm_status sm_view_write_ids(sm_view *view, size_t list, bool done,
                            sm_writer *writer);
sm_status sm_view_write_vectors(sm_view *view, size_t list, bool done,
                                sm_writer *writer);

/* vectors[count][dim] = rows first .. first + count - 1 of a list, which are
 * not read any more if `done`; otherwise the same. */
sm_status sm_view_read_vectors(sm_view *view, size_t list, size_t first,
                               size_t count, bool done, float *vectors);

/* For index_update, under the write lock: puts aside, for every view of these
 * lists, what the removal of places[count], ascending, will change. Fails for
 * want of memory, and then nothing may be removed. */
sm_status sm_views_keep(const sm_lists *lists, const sm_place *places,
                        size_t count);

#endif
