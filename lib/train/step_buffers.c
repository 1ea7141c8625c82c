/*
 * step_buffers.c: sizes come in, arrays are there for them afterwards; the
 * trainer creates them, batch_gradients.c fills them.
 */
#include "train/step_buffers.h"

#include "common/memory.h"
#include "common/size.h"

sm_status sm_step_buffers_create(sm_step_buffers *buffers, sm_pool *pool,
                                 bool word_sums, int shared,
                                 size_t query_fields)
{
    *buffers = (sm_step_buffers){0};
    sm_step_pairs_init(&buffers->batch, query_fields);
    sm_status status =
        sm_tower_pass_create(&buffers->query_pass, pool, word_sums);
    if (status == SIAMESE_OK && !shared)
        status = sm_tower_pass_create(&buffers->item_pass, pool, word_sums);
    if (status != SIAMESE_OK) sm_step_buffers_free(buffers);
    return status;
}

static void free_pairs(sm_step_buffers *buffers)
{
    sm_free(buffers->texts);
    sm_aligned_free(buffers->queries);
    sm_aligned_free(buffers->items);
    sm_aligned_free(buffers->query_gradients);
    sm_aligned_free(buffers->item_gradients);
    sm_free(buffers->weights);
    sm_free(buffers->query_numbers);
    sm_free(buffers->probabilities);
}

void sm_step_buffers_free(sm_step_buffers *buffers)
{
    free_pairs(buffers);
    sm_step_pairs_free(&buffers->batch);
    sm_step_columns_free(&buffers->columns);
    for (size_t side = 0; side < SM_SIDES; side++)
        sm_row_gradients_free(&buffers->row_gradients[side]);
    sm_loss_free(&buffers->loss);
    sm_tower_pass_free(buffers->query_pass);
    sm_tower_pass_free(buffers->item_pass);
    *buffers = (sm_step_buffers){0};
}

sm_status sm_step_buffers_reserve(sm_step_buffers *buffers, size_t pairs,
                                  size_t columns, size_t dim, size_t fields)
{
    if (pairs <= buffers->pairs && columns <= buffers->columns_capacity)
        return SIAMESE_OK;
    sm_step_buffers more = *buffers;
    size_t queries, items, texts;
    pairs = sm_max(pairs, buffers->pairs);
    columns = sm_max(columns, buffers->columns_capacity);
    if (!sm_size_multiply(pairs, dim, &queries) ||
        !sm_size_multiply(columns, dim, &items) ||
        !sm_size_add(pairs, columns, &texts) ||
        !sm_size_multiply(texts, fields, &texts))
        return sm_fail_memory();
    more.pairs = pairs;
    more.columns_capacity = columns;
    more.texts = sm_alloc_array(texts, sizeof *more.texts);
    more.queries = sm_aligned_array(queries, sizeof *more.queries);
    more.items = sm_aligned_array(items, sizeof *more.items);
    more.query_gradients =
        sm_aligned_array(queries, sizeof *more.query_gradients);
    more.item_gradients = sm_aligned_array(items, sizeof *more.item_gradients);
    more.weights = sm_alloc_array(pairs, sizeof *more.weights);
    more.query_numbers = sm_alloc_array(pairs, sizeof *more.query_numbers);
    more.probabilities = sm_alloc_array(columns, sizeof *more.probabilities);
    if (!more.texts || !more.queries || !more.items || !more.query_gradients ||
        !more.item_gradients || !more.weights || !more.query_numbers ||
        !more.probabilities) {
        free_pairs(&more);
        return sm_fail_memory();
    }
    free_pairs(buffers);
    *buffers = more;
    return SIAMESE_OK;
}
