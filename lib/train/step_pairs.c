/*
 * step_pairs.c: the rows of a batch come in, its pairs go out, for
 * batch_gradients.c. Fragments are drawn, and looked for among the given
 * queries, in parallel; which of the others are equal is found in their order.
 */
#include "train/step_pairs.h"

#include "common/cancel.h"
#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"

/* Pairs of a task. */
enum { PART = 128 };

void sm_step_pairs_init(sm_step_pairs *step, size_t query_fields)
{
    *step = (sm_step_pairs){.pairs = NULL};
    sm_text_rows_init(&step->fragments, query_fields);
}

static void free_parts(sm_step_pairs *step)
{
    for (size_t p = 0; p < step->part_count; p++) {
        sm_free(step->parts[p].bytes);
        sm_free(step->parts[p].query);
    }
    sm_free(step->parts);
    step->parts = NULL;
    step->part_count = 0;
}

void sm_step_pairs_free(sm_step_pairs *step)
{
    free_parts(step);
    sm_free(step->pairs);
    sm_free(step->sizes);
    sm_text_rows_free(&step->fragments);
    sm_step_pairs_init(step, step->fragments.fields);
}

static sm_status reserve(sm_step_pairs *step, size_t count)
{
    size_t const parts = sm_chunks(count, PART);
    if (count > step->capacity || step->pairs == NULL) {
        step->capacity = 0;
        SM_RENEW(step->pairs, count);
        SM_RENEW(step->sizes, count);
        step->capacity = count;
    }
    if (parts <= step->part_count) return SIAMESE_OK;
    free_parts(step);
    step->parts = sm_calloc(parts, sizeof *step->parts);
    if (step->parts == NULL) return sm_fail_memory();
    step->part_count = parts;
    for (size_t p = 0; p < parts; p++) {
        siamese_text *const query =
            sm_calloc(step->fragments.fields, sizeof *query);
        if (query == NULL) {
            free_parts(step);
            return sm_fail_memory();
        }
        step->parts[p].query = query;
    }
    return SIAMESE_OK;
}

/* ---- drawing ---- */

typedef struct read_context {
    sm_step_pairs *step;
    const sm_pair_store *store;
    const sm_batch *batch;
    size_t query_field;
} read_context;

/* What of the part's bytes is not used has room for so many. */
static sm_status reserve_bytes(sm_fragment_part *part, size_t more)
{
    size_t wanted;
    if (!sm_size_add(part->used, more, &wanted)) return sm_fail_memory();
    char *const grown = sm_grow(part->bytes, &part->capacity, wanted, 1);
    if (grown == NULL) return sm_fail_memory();
    part->bytes = grown;
    return SIAMESE_OK;
}

/* Pair i of the batch, generated pair `number`; its fragment is kept where it
 * is no given query. */
static sm_status generate(const read_context *x, sm_fragment_part *part,
                          size_t i, size_t number)
{
    const sm_generated_pairs *const generated = x->batch->source.generated;
    sm_pair *const pair = &x->step->pairs[i];
    SM_RETURN_IF_ERROR(reserve_bytes(
        part, sm_generated_pairs_room(generated, x->store, number)));
    char *const fragment = part->bytes + part->used;
    size_t const size =
        sm_generated_pairs_get(generated, x->store, number, pair, fragment);
    part->query[x->query_field] = (siamese_text){fragment, size};
    pair->query =
        sm_text_rows_find(&x->store->queries, part->query, x->query_field + 1);
    if (pair->query != UINT32_MAX) return SIAMESE_OK;
    x->step->sizes[i] = size;
    part->used += size;
    return SIAMESE_OK;
}

static sm_status read_task(void *context, size_t task, size_t worker)
{
    const read_context *const x = context;
    const sm_batch *const batch = x->batch;
    sm_fragment_part *const part = &x->step->parts[task];
    size_t const end = sm_min((task + 1) * PART, batch->count);
    (void)worker;
    part->used = 0;
    for (size_t i = task * PART; i < end; i++) {
        size_t const row = batch->rows[i];
        x->step->sizes[i] = 0;
        if (row < batch->source.pairs)
            x->step->pairs[i] = sm_pair_store_get(x->store, row);
        else
            SM_RETURN_IF_ERROR(generate(x, part, i, row - batch->source.pairs));
    }
    return sm_cancel_check();
}

/* ---- queries that were not given ---- */

static sm_status number_part(const read_context *x, size_t p)
{
    sm_step_pairs *const step = x->step;
    sm_fragment_part *const part = &step->parts[p];
    size_t const given = x->store->queries.count;
    const char *bytes = part->bytes;
    for (size_t i = p * PART; i < sm_min((p + 1) * PART, x->batch->count);
         i++) {
        uint32_t row;
        if (step->sizes[i] == 0) continue;
        part->query[x->query_field] = (siamese_text){bytes, step->sizes[i]};
        bytes += step->sizes[i];
        SM_RETURN_IF_ERROR(sm_text_rows_add(&step->fragments, part->query,
                                            x->query_field + 1, &row));
        SM_REQUIRE(row < UINT32_MAX - given, SIAMESE_E_LIMIT,
                   "more than %u distinct queries", UINT32_MAX - 1);
        step->pairs[i].query = (uint32_t)given + row;
    }
    return SIAMESE_OK;
}

sm_status sm_step_pairs_read(sm_step_pairs *step, sm_pool *pool,
                             const sm_pair_store *store, const sm_batch *batch)
{
    const sm_generated_pairs *const generated = batch->source.generated;
    size_t const parts = sm_chunks(batch->count, PART);
    read_context context = {step, store, batch,
                            generated ? generated->rules.query_field : 0};
    SM_RETURN_IF_ERROR(reserve(step, batch->count));
    sm_text_rows_cut(&step->fragments, 0);
    SM_RETURN_IF_ERROR(sm_pool_run(pool, parts, read_task, &context));
    for (size_t p = 0; p < parts; p++)
        SM_RETURN_IF_ERROR(number_part(&context, p));
    return SIAMESE_OK;
}

void sm_step_pairs_query(const sm_step_pairs *step, const sm_pair_store *store,
                         size_t i, siamese_text *texts)
{
    size_t const query = step->pairs[i].query, given = store->queries.count;
    if (query < given)
        sm_text_rows_get(&store->queries, query, texts);
    else
        sm_text_rows_get(&step->fragments, query - given, texts);
}
