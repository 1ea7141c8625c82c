/* generation.c: the parts of a model in, one counted object of them out. */
#include "model/generation.h"

#include "common/memory.h"
#include "index/index_handle.h"
#include "items/items.h"
#include "tower/tower.h"

sm_status sm_generation_create(sm_generation **out, siamese_tower *query,
                               siamese_tower *item, siamese_index *index,
                               siamese_items *items, uint64_t step)
{
    sm_generation *const g = sm_calloc(1, sizeof *g);
    if (g == NULL) return sm_fail_memory();
    sm_references_init(&g->references);
    g->step = step;
    if (query) g->query = sm_tower_reference(query);
    if (item) g->item = sm_tower_reference(item);
    if (index) g->index = sm_index_reference(index);
    if (items) g->items = sm_items_reference(items);
    sm_status const status =
        index ? siamese_searcher_create(&g->searcher, query, item, index, items)
              : SIAMESE_OK;
    if (status == SIAMESE_OK)
        *out = g;
    else
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
    siamese_index_free(generation->index);
    siamese_items_free(generation->items);
    siamese_tower_free(generation->query);
    siamese_tower_free(generation->item);
    sm_free(generation);
}
