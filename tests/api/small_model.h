/* small_model.h: what hosts of a small model share: its items and pairs, the
 * model itself, and how they look at it. Model tests include it. */
#ifndef SMALL_MODEL_H
#define SMALL_MODEL_H

#include "api/checkpoint_parts.h"

#define TEXT(literal) {literal, sizeof(literal) - 1}

enum { ITEMS = 4, DIM = 8 };

static const siamese_text titles[ITEMS] = {
    TEXT("oak desk"), TEXT("red sofa"), TEXT("brass tap"), TEXT("power drill")};
static const siamese_text queries[ITEMS] = {
    TEXT("table"), TEXT("couch"), TEXT("faucet"), TEXT("screwdriver")};
static const int64_t ids[ITEMS] = {1, 2, 3, 4};

static const siamese_pairs pairs = {.struct_size = sizeof pairs,
                                    .queries = queries,
                                    .items = titles,
                                    .query_fields = 1,
                                    .item_fields = 1,
                                    .item_ids = ids,
                                    .count = ITEMS};
static const siamese_item_rows rows = {
    .struct_size = sizeof rows, .count = ITEMS, .ids = ids, .titles = titles};

static inline void set_small(siamese_model *model)
{
    ok(siamese_model_set(model, "embedding_dim", "8"));
    ok(siamese_model_set(model, "epochs", "3"));
    ok(siamese_model_set(model, "min_steps", "0"));
    ok(siamese_model_set(model, "batch_size", "2"));
}

/* A model without pairs and items. */
static inline siamese_model *make_small(void)
{
    siamese_model *model;
    ok(siamese_model_create(&model, NULL, NULL));
    set_small(model);
    return model;
}

static inline void assert_error(siamese_status status, siamese_status wanted,
                                const char *word)
{
    assert_int_equal(status, wanted);
    assert_non_null(strstr(siamese_last_error(), word));
}

static inline uint64_t steps_of(const siamese_model *model)
{
    siamese_progress progress = {.struct_size = sizeof progress};
    siamese_trainer *trainer;
    ok(siamese_model_get_trainer(model, &trainer));
    ok(siamese_trainer_get_progress(trainer, &progress));
    siamese_trainer_free(trainer);
    return progress.step;
}

/* Ends a training at a step. */
static inline int32_t stop_at(void *step, const siamese_progress *progress)
{
    return progress->step >= *(const uint64_t *)step;
}

/* What a model finds is what its towers say of the titles; however it is
 * ranked. */
static inline void assert_finds_by_its_towers(const siamese_model *model,
                                              const siamese_text *text)
{
    float query[DIM], items[DIM];
    siamese_search_request request;
    siamese_hits *hits;
    ok(siamese_model_encode(model, SIAMESE_SIDE_QUERY, text, 1, 1, query, DIM));
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = text;
    request.count = 1;
    request.feedback = request.spelling = SIAMESE_RANK_OFF;
    ok(siamese_model_search(model, &request, &hits));
    assert_true(siamese_hits_count(hits, 0) >= ITEMS);
    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++) {
        const char *const title = siamese_hits_title(hits, 0, i);
        siamese_text const row = {title, strlen(title)};
        double score = 0;
        ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, &row, 1, 1, items,
                                DIM));
        for (size_t d = 0; d < DIM; d++) score += (double)query[d] * items[d];
        assert_float_equal(siamese_hits_vector_scores(hits, 0)[i], score, 1e-5);
    }
    siamese_hits_free(hits);
}

#endif
