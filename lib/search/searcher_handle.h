/* searcher_handle.h: the parts of a searcher, which never change while it
 * lives; each guards itself. */
#ifndef SM_SEARCHER_HANDLE_H
#define SM_SEARCHER_HANDLE_H

#include "common/reference.h"
#include "common/status.h"
#include "search/ranker.h"

struct siamese_searcher {
    sm_references references;
    siamese_tower *query, *item; /* NULL: only vectors */
    siamese_index *index;
    siamese_items *items;   /* NULL: rows alone */
    siamese_ranker *ranker; /* NULL: hits are as the scan finds them */
    size_t dim;
};

#endif
