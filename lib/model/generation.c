/* generation.c: the parts of a model in, one counted object of them out. */
#include "model/generation.h"

#include "common/memory.h"
#include "index/index_handle.h"
#include "items/items.h"
#include "search/ranker.h"
#include "tower/tower.h"

/* The searcher's own has its words, which the next generation may want. */
static sm_status give_ranker(sm_generation *g)
{
    siamese_ranker *own;
    SM_RETURN_IF_ERROR(siamese_searcher_set_ranker(g->searcher, g->ranker));
    SM_RETURN_IF_ERROR(siamese_searcher_get_ranker(g->searcher, &own));
    siamese_ranker_free(g->ranker);
    g->ranker = own;
    return SIAMESE_OK;
}

sm_status sm_generation_create(sm_generation **out, siamese_tower *query,
                               siamese_tower *item, siamese_index *index,
                               siamese_items *items,
                               const siamese_ranker *ranker, uint64_t step)
{
    sm_status status = SIAMESE_OK;
    sm_generation *const g = sm_calloc(1, sizeof *g);
    if (g == NULL) return sm_fail_memory();
    sm_references_init(&g->references);
    g->step = step;
    if (query) g->query = sm_tower_reference(query);
    if (item) g->item = sm_tower_reference(item);
    if (index) g->index = sm_index_reference(index);
    if (items) g->items = sm_items_reference(items);
    if (ranker) g->ranker = sm_ranker_reference(ranker);
    if (index)
        SM_TRY(
            siamese_searcher_create(&g->searcher, query, item, index, items));
    if (index && ranker) SM_TRY(give_ranker(g));
    *out = g;
    return SIAMESE_OK;
out:
    sm_generation_release(g);
    return status;
}

sm_generation *sm_generation_reference(sm_generation *generation)
{
    sm_references_add(&generation->references);
    return generation;
}

void sm_generation_release(sm_generation *generation)
{
    if (generation == NULL || !sm_references_drop(&generation->references))
        return;
    siamese_searcher_free(generation->searcher);
    siamese_ranker_free(generation->ranker);
    siamese_index_free(generation->index);
    siamese_items_free(generation->items);
    siamese_tower_free(generation->query);
    siamese_tower_free(generation->item);
    sm_free(generation);
}
