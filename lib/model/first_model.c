/*
 * first_model.c: pairs whose queries are not held back, and items, in; a bag of
 * at most 128 numbers, trained for a fifth of the time, and a searcher of the
 * items out. Of all fields it reads the title alone. For model_learn.c.
 */
#include "model/first_model.h"

#include "common/memory.h"
#include "common/size.h"
#include "text/vocab.h"
#include "tower/tower.h"

/* Numbers of a vector; which part of the training's epochs and steps. */
enum { DIM = 128, PART = 5 };

enum { ROWS_AT_ONCE = 8192 };

static siamese_text title_of(const sm_first_data *data, size_t i)
{
    return sm_text_rows_text(&data->store->items, data->items[i].row, 0);
}

/* ---- the vocabulary ---- */

static bool is_learned_from(const sm_first_data *data, uint32_t query)
{
    return !data->held[query];
}

/* Texts on their way into the vocabulary. */
typedef struct text_block {
    sm_model_run *run;
    siamese_vocab *vocab;
    siamese_text texts[ROWS_AT_ONCE];
    size_t used;
} text_block;

static sm_status flush(text_block *block)
{
    size_t const count = block->used;
    block->used = 0;
    SM_RETURN_IF_ERROR(sm_model_tell(block->run, SIAMESE_STAGE_RANK, 0));
    return siamese_vocab_add(block->vocab, block->texts, count);
}

static sm_status take(text_block *block, siamese_text text)
{
    block->texts[block->used++] = text;
    return block->used == ROWS_AT_ONCE ? flush(block) : SIAMESE_OK;
}

static sm_status take_texts(text_block *block, const sm_first_data *data)
{
    const sm_pair_store *const store = data->store;
    for (size_t i = 0; i < data->item_count; i++)
        SM_RETURN_IF_ERROR(take(block, title_of(data, i)));
    for (size_t i = 0; i < store->count; i++) {
        uint32_t const query = sm_pair_store_get(store, i).query;
        if (is_learned_from(data, query))
            SM_RETURN_IF_ERROR(
                take(block, sm_text_rows_text(&store->queries, query, 0)));
    }
    return flush(block);
}

/* A sentencepiece model knows no more of these queries than of any; another
 * vocabulary is to have its words without theirs. */
static sm_status make_vocab(sm_model_run *run, const sm_first_data *data,
                            siamese_vocab **out)
{
    sm_status status = SIAMESE_OK;
    const siamese_vocab *const whole = sm_tower_field_vocab(data->item, 0);
    text_block *block = NULL;
    if (sm_vocab_has_pieces(whole)) {
        *out = sm_vocab_reference(whole);
        return SIAMESE_OK;
    }
    block = sm_calloc(1, sizeof *block);
    SM_CHECK_MEMORY(block);
    block->run = run;
    SM_TRY(siamese_vocab_create(&block->vocab, sm_vocab_options(whole)));
    SM_TRY(take_texts(block, data));
    SM_TRY(siamese_vocab_finish(block->vocab));
    *out = block->vocab;
    block->vocab = NULL;
out:
    if (block) siamese_vocab_free(block->vocab);
    sm_free(block);
    return status;
}

/* ---- the tower and its trainer ---- */

static sm_status make_tower(sm_model_run *run, const sm_first_data *data,
                            siamese_tower **out)
{
    sm_status status = SIAMESE_OK;
    siamese_tower_options options = {.struct_size = sizeof options};
    siamese_vocab *vocab = NULL;
    siamese_tower *tower = NULL;
    SM_TRY(siamese_tower_get_options(data->item, &options));
    options.embedding_dim = sm_min(options.embedding_dim, (size_t)DIM);
    SM_TRY(make_vocab(run, data, &vocab));
    SM_TRY(siamese_tower_create(&tower, &options));
    SM_TRY(siamese_tower_add_field(tower, "text", vocab,
                                   sm_tower_field_options(data->item, 0)));
    *out = tower;
    tower = NULL;
out:
    siamese_vocab_free(vocab);
    siamese_tower_free(tower);
    return status;
}

static size_t part_of(size_t whole)
{
    return whole / PART > 0 ? whole / PART : whole > 0;
}

static siamese_trainer_options short_options(const siamese_trainer_options *all)
{
    siamese_trainer_options own = *all;
    own.epochs = sm_max(part_of(all->epochs), (size_t)1);
    own.min_steps = part_of(all->min_steps);
    own.max_steps = part_of(all->max_steps);
    own.warmup_steps = all->warmup_steps / PART;
    own.schedule_steps = part_of(all->schedule_steps);
    own.metrics = SIAMESE_METRICS_NONE;
    own.mined_negatives = 0;
    own.patience = 0;
    return own;
}

/* Rows for the trainer, each with the texts of its first fields. */
typedef struct rows {
    siamese_text *queries, *items;
    int64_t *ids;
    float *weights, *probabilities;
    size_t count;
} rows;

static void free_rows(rows *r)
{
    sm_free(r->queries);
    sm_free(r->items);
    sm_free(r->ids);
    sm_free(r->weights);
    sm_free(r->probabilities);
}

static sm_status make_rows(rows *r, size_t count)
{
    *r = (rows){.queries = sm_alloc_array(count, sizeof *r->queries),
                .items = sm_alloc_array(count, sizeof *r->items),
                .ids = sm_alloc_array(count, sizeof *r->ids),
                .weights = sm_alloc_array(count, sizeof *r->weights),
                .probabilities =
                    sm_alloc_array(count, sizeof *r->probabilities)};
    if (r->queries && r->items && r->ids && r->weights && r->probabilities)
        return SIAMESE_OK;
    free_rows(r);
    return sm_fail_memory();
}

static void add_row(rows *r, const sm_pair_store *store, uint32_t item,
                    uint32_t number, float probability)
{
    r->items[r->count] = sm_text_rows_text(&store->items, item, 0);
    r->ids[r->count] = number;
    r->probabilities[r->count] = probability;
    r->count++;
}

static siamese_pairs pairs_of(const rows *r, bool has_queries)
{
    return (siamese_pairs){.struct_size = sizeof(siamese_pairs),
                           .queries = has_queries ? r->queries : NULL,
                           .items = r->items,
                           .query_fields = has_queries ? 1 : 0,
                           .item_fields = 1,
                           .item_ids = r->ids,
                           .weights = has_queries ? r->weights : NULL,
                           .item_probabilities = r->probabilities,
                           .count = r->count};
}

static sm_status give_pairs(siamese_trainer *trainer, const sm_first_data *data)
{
    rows r;
    SM_RETURN_IF_ERROR(make_rows(&r, data->store->count));
    for (size_t i = 0; i < data->store->count; i++) {
        sm_pair const pair = sm_pair_store_get(data->store, i);
        if (!is_learned_from(data, pair.query)) continue;
        r.queries[r.count] =
            sm_text_rows_text(&data->store->queries, pair.query, 0);
        r.weights[r.count] = pair.weight;
        add_row(&r, data->store, pair.item, pair.item_number, pair.probability);
    }
    siamese_pairs const pairs = pairs_of(&r, true);
    sm_status const status = siamese_trainer_add_pairs(trainer, &pairs);
    free_rows(&r);
    return status;
}

static sm_status give_items(siamese_trainer *trainer, const sm_first_data *data)
{
    rows r;
    SM_RETURN_IF_ERROR(make_rows(&r, data->item_count));
    for (size_t i = 0; i < data->item_count; i++)
        add_row(&r, data->store, data->items[i].row, data->items[i].number,
                data->items[i].probability);
    siamese_pairs const items = pairs_of(&r, false);
    sm_status const status = siamese_trainer_add_items(trainer, &items);
    free_rows(&r);
    return status;
}

static sm_status train(sm_model_run *run, const sm_first_data *data,
                       siamese_tower **out)
{
    sm_status status = SIAMESE_OK;
    siamese_trainer_options const options = short_options(data->options);
    siamese_tower *tower = NULL;
    siamese_trainer *trainer = NULL;
    SM_TRY(make_tower(run, data, &tower));
    SM_TRY(siamese_trainer_create(&trainer, tower, tower, &options));
    siamese_tower_free(tower);
    tower = NULL;
    SM_TRY(give_pairs(trainer, data));
    SM_TRY(give_items(trainer, data));
    SM_TRY(sm_model_fit_first(run, trainer));
    SM_TRY(siamese_trainer_snapshot(trainer, NULL, out));
out:
    siamese_tower_free(tower);
    siamese_trainer_free(trainer);
    return status;
}

/* ---- the searcher ---- */

static sm_status add_items(sm_model_run *run, const sm_first_data *data,
                           siamese_searcher *searcher)
{
    sm_status status = SIAMESE_OK;
    siamese_text *const titles = sm_alloc_array(ROWS_AT_ONCE, sizeof *titles);
    int64_t *const ids = sm_alloc_array(ROWS_AT_ONCE, sizeof *ids);
    SM_CHECK_MEMORY(titles);
    SM_CHECK_MEMORY(ids);
    for (size_t first = 0; first < data->item_count; first += ROWS_AT_ONCE) {
        size_t const count =
            sm_min(data->item_count - first, (size_t)ROWS_AT_ONCE);
        for (size_t i = 0; i < count; i++) {
            titles[i] = title_of(data, first + i);
            ids[i] = (int64_t)(first + i);
        }
        siamese_item_rows const some = {.struct_size = sizeof some,
                                        .count = count,
                                        .ids = ids,
                                        .titles = titles};
        SM_TRY(siamese_searcher_add(searcher, &some, NULL));
        SM_TRY(sm_model_tell(run, SIAMESE_STAGE_RANK, SM_FIRST_FITTED));
    }
out:
    sm_free(titles);
    sm_free(ids);
    return status;
}

static sm_status make_searcher(sm_model_run *run, const sm_first_data *data,
                               siamese_tower *tower, siamese_searcher **out)
{
    sm_status status = SIAMESE_OK;
    siamese_index_options options;
    siamese_index *index = NULL;
    siamese_items *items = NULL;
    siamese_searcher *searcher = NULL;
    SM_TRY(siamese_index_options_init(&options, sizeof options));
    options.threads = data->options->threads;
    SM_TRY(siamese_index_create(&index, siamese_tower_dim(tower), &options));
    SM_TRY(siamese_items_create(&items, NULL));
    SM_TRY(siamese_searcher_create(&searcher, tower, tower, index, items));
    SM_TRY(add_items(run, data, searcher));
    *out = searcher;
    searcher = NULL;
out:
    siamese_searcher_free(searcher);
    siamese_items_free(items);
    siamese_index_free(index);
    return status;
}

sm_status sm_first_model(sm_model_run *run, const sm_first_data *data,
                         siamese_searcher **out)
{
    siamese_tower *tower = NULL;
    SM_RETURN_IF_ERROR(train(run, data, &tower));
    sm_status const status = make_searcher(run, data, tower, out);
    siamese_tower_free(tower);
    return status;
}
