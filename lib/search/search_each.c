/* search_each.c: a run and what to do for one of its queries in, all of them
 * done on the pool of the index. For the stages beside the scan. */
#include "search/search_each.h"

#include "common/size.h"
#include "index/index_handle.h"

/* So many take as long as it takes to wake a thread for the next ones. */
enum { QUERIES_OF_A_TASK = 4 };

typedef struct each_query {
    sm_search_query fn;
    void *context;
    size_t count;
} each_query;

static sm_status run_task(void *context, size_t task, size_t worker)
{
    const each_query *const e = context;
    size_t const first = task * QUERIES_OF_A_TASK;
    size_t const end = sm_min(first + QUERIES_OF_A_TASK, e->count);
    (void)worker;
    for (size_t q = first; q < end; q++)
        SM_RETURN_IF_ERROR(e->fn(e->context, q));
    return SIAMESE_OK;
}

sm_status sm_search_each(const sm_search_run *run, sm_search_query fn,
                         void *context)
{
    each_query e = {fn, context, run->request.count};
    return sm_pool_run(run->searcher->index->pool,
                       sm_chunks(e.count, QUERIES_OF_A_TASK), run_task, &e);
}
