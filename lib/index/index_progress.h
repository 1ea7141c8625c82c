/* index_progress.h: how far a long call of the index is, told to its host, who
 * may cancel it. For training, k-means and tuning. */
#ifndef SM_INDEX_PROGRESS_H
#define SM_INDEX_PROGRESS_H

#include "common/status.h"

/* A part of a call: its shares 0 .. 1 are from .. to of the whole. */
typedef struct sm_index_progress {
    siamese_index_progress_fn tell; /* NULL: nobody wants to know */
    void *user;
    double from, to;
} sm_index_progress;

/* SIAMESE_E_CANCELLED if the host wants no more. progress: may be NULL. */
static inline sm_status sm_index_tell(const sm_index_progress *progress,
                                      double share)
{
    if (progress == NULL || progress->tell == NULL) return SIAMESE_OK;
    double const done =
        progress->from + share * (progress->to - progress->from);
    SM_REQUIRE(progress->tell(progress->user, done) == 0, SIAMESE_E_CANCELLED,
               "the progress callback cancelled the call");
    return SIAMESE_OK;
}

#endif
