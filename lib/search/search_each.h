/* search_each.h: a stage of a search, query by query, on the threads that scan
 * the index. */
#ifndef SM_SEARCH_EACH_H
#define SM_SEARCH_EACH_H

#include "search/search_scan.h"

/* What is done for one query of the run; of none that another call has. */
typedef sm_status (*sm_search_query)(void *context, size_t query);

/* Each query of a run, in no order, on the threads of its index: what one does
 * must not depend on another. A lone query is the caller's own thread's. */
sm_status sm_search_each(const sm_search_run *run, sm_search_query fn,
                         void *context);

#endif
