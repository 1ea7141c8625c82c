/* What docs/abi.md promises never to change: sizes, offsets and numbers,
 * written down here as the first release has them, and structs of other
 * versions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* ---- layout, on machines with 64-bit pointers ---- */

struct place {
    const char *member;
    size_t found, promised;
};

#define AT(type, member, promised)                                             \
    {                                                                          \
        #type "." #member, offsetof(type, member), promised                    \
    }
#define SIZE(type, promised)                                                   \
    {                                                                          \
        #type, sizeof(type), promised                                          \
    }

static void assert_places(const struct place *places, size_t count)
{
    if (sizeof(void *) != 8) skip();
    for (size_t i = 0; i < count; i++)
        if (places[i].found != places[i].promised)
            fail_msg("%s: %zu, not %zu", places[i].member, places[i].found,
                     places[i].promised);
}

static void test_layout__of_options(void **state)
{
    static const struct place places[] = {
        AT(siamese_vocab_options, struct_size, 0),
        AT(siamese_vocab_options, max_tokens, 8),
        AT(siamese_vocab_options, sequence_length, 16),
        AT(siamese_vocab_options, standardize, 24),
        AT(siamese_vocab_options, threads, 28),
        AT(siamese_vocab_options, normalizer, 32),
        AT(siamese_vocab_options, split, 36),
        AT(siamese_vocab_options, stemmer, 40),
        AT(siamese_vocab_options, output_mode, 44),
        AT(siamese_vocab_options, ngrams, 48),
        AT(siamese_vocab_options, hash_words, 112),
        AT(siamese_vocab_options, hash_buckets, 120),
        AT(siamese_vocab_options, char_ngrams, 128),
        AT(siamese_vocab_options, hash_min_count, 192),
        AT(siamese_vocab_options, strip_accents, 200),
        AT(siamese_vocab_options, compounds, 204),
        AT(siamese_vocab_options, quantities, 208),
        AT(siamese_vocab_options, number_ngrams, 212),
        AT(siamese_vocab_options, written_words, 216),
        AT(siamese_vocab_options, packs, 220),
        SIZE(siamese_vocab_options, 224),
        AT(siamese_tower_options, struct_size, 0),
        AT(siamese_tower_options, embedding_dim, 8),
        AT(siamese_tower_options, units, 16),
        AT(siamese_tower_options, seed, 24),
        AT(siamese_tower_options, threads, 32),
        AT(siamese_tower_options, kernel, 36),
        AT(siamese_tower_options, hidden, 40),
        AT(siamese_tower_options, project, 48),
        AT(siamese_tower_options, hidden_activation, 56),
        AT(siamese_tower_options, project_activation, 60),
        AT(siamese_tower_options, normalize, 64),
        AT(siamese_tower_options, encoder, 68),
        AT(siamese_tower_options, pooling, 72),
        AT(siamese_tower_options, mask_zero, 76),
        AT(siamese_tower_options, layers, 80),
        AT(siamese_tower_options, bidirectional, 88),
        AT(siamese_tower_options, combine, 92),
        AT(siamese_tower_options, heads, 96),
        AT(siamese_tower_options, feed_forward, 104),
        AT(siamese_tower_options, dropout, 112),
        AT(siamese_tower_options, layer_norm_epsilon, 120),
        AT(siamese_tower_options, norm_first, 128),
        AT(siamese_tower_options, feed_forward_activation, 132),
        AT(siamese_tower_options, embedding_stddev, 136),
        AT(siamese_tower_options, table_precision, 144),
        AT(siamese_tower_options, matmul_precision, 148),
        SIZE(siamese_tower_options, 152),
        AT(siamese_field_options, struct_size, 0),
        AT(siamese_field_options, sequence_length, 8),
        AT(siamese_field_options, buckets, 16),
        AT(siamese_field_options, numbers, 24),
        AT(siamese_field_options, dim, 32),
        AT(siamese_field_options, shared_field, 40),
        AT(siamese_field_options, weight, 48),
        AT(siamese_field_options, kind, 56),
        SIZE(siamese_field_options, 64),
        AT(siamese_trainer_options, struct_size, 0),
        AT(siamese_trainer_options, batch_size, 8),
        AT(siamese_trainer_options, epochs, 16),
        AT(siamese_trainer_options, shuffle_buffer, 24),
        AT(siamese_trainer_options, hard_negatives, 32),
        AT(siamese_trainer_options, seed, 40),
        AT(siamese_trainer_options, learning_rate, 48),
        AT(siamese_trainer_options, beta1, 56),
        AT(siamese_trainer_options, beta2, 64),
        AT(siamese_trainer_options, epsilon, 72),
        AT(siamese_trainer_options, temperature, 80),
        AT(siamese_trainer_options, cache, 88),
        AT(siamese_trainer_options, remove_accidental_hits, 92),
        AT(siamese_trainer_options, metrics, 96),
        AT(siamese_trainer_options, threads, 100),
        AT(siamese_trainer_options, kernel, 104),
        AT(siamese_trainer_options, loss, 108),
        AT(siamese_trainer_options, reduction, 112),
        AT(siamese_trainer_options, symmetric, 116),
        AT(siamese_trainer_options, mask_same_query, 120),
        AT(siamese_trainer_options, margin, 128),
        AT(siamese_trainer_options, weight_decay, 136),
        AT(siamese_trainer_options, momentum, 144),
        AT(siamese_trainer_options, initial_accumulator, 152),
        AT(siamese_trainer_options, clip_value, 160),
        AT(siamese_trainer_options, clip_norm, 168),
        AT(siamese_trainer_options, schedule_end, 176),
        AT(siamese_trainer_options, warmup_steps, 184),
        AT(siamese_trainer_options, schedule_steps, 192),
        AT(siamese_trainer_options, optimizer, 200),
        AT(siamese_trainer_options, schedule, 204),
        AT(siamese_trainer_options, sparse_updates, 208),
        AT(siamese_trainer_options, logq, 212),
        AT(siamese_trainer_options, random_negatives, 216),
        AT(siamese_trainer_options, logq_buckets, 224),
        AT(siamese_trainer_options, logq_rate, 232),
        AT(siamese_trainer_options, correct_epsilon, 240),
        AT(siamese_trainer_options, monitor, 244),
        AT(siamese_trainer_options, restore_best, 248),
        AT(siamese_trainer_options, validate_every, 256),
        AT(siamese_trainer_options, patience, 264),
        AT(siamese_trainer_options, min_delta, 272),
        AT(siamese_trainer_options, topk_match, 280),
        AT(siamese_trainer_options, self_supervision, 288),
        AT(siamese_trainer_options, fragment_contiguous, 296),
        AT(siamese_trainer_options, fragment_weight, 304),
        AT(siamese_trainer_options, fragment_min, 312),
        AT(siamese_trainer_options, fragment_max, 320),
        AT(siamese_trainer_options, min_steps, 328),
        AT(siamese_trainer_options, max_steps, 336),
        AT(siamese_trainer_options, mined_negatives, 344),
        AT(siamese_trainer_options, mine_first, 352),
        AT(siamese_trainer_options, mine_last, 360),
        AT(siamese_trainer_options, mine_from, 368),
        AT(siamese_trainer_options, mine_below, 376),
        AT(siamese_trainer_options, word_sums, 384),
        AT(siamese_trainer_options, matmul_precision, 388),
        SIZE(siamese_trainer_options, 392),
        AT(siamese_index_options, struct_size, 0),
        AT(siamese_index_options, nlist, 8),
        AT(siamese_index_options, nprobe, 16),
        AT(siamese_index_options, seed, 24),
        AT(siamese_index_options, metric, 32),
        AT(siamese_index_options, threads, 36),
        AT(siamese_index_options, kernel, 40),
        AT(siamese_index_options, scan, 44),
        SIZE(siamese_index_options, 48),
        AT(siamese_search_options, struct_size, 0),
        AT(siamese_search_options, nprobe, 8),
        AT(siamese_search_options, exact, 16),
        AT(siamese_search_options, min_score, 24),
        AT(siamese_search_options, dedupe, 32),
        AT(siamese_search_options, scan, 36),
        AT(siamese_search_options, strict_nprobe, 40),
        SIZE(siamese_search_options, 48),
        AT(siamese_evaluator_options, struct_size, 0),
        AT(siamese_evaluator_options, relevant, 8),
        AT(siamese_evaluator_options, gain_zero, 16),
        AT(siamese_evaluator_options, gain, 24),
        AT(siamese_evaluator_options, judged_only, 28),
        AT(siamese_evaluator_options, metric, 32),
        AT(siamese_evaluator_options, threads, 36),
        AT(siamese_evaluator_options, kernel, 40),
        AT(siamese_evaluator_options, ties, 44),
        SIZE(siamese_evaluator_options, 48),
        AT(siamese_save_options, struct_size, 0),
        AT(siamese_save_options, compression, 8),
        AT(siamese_save_options, finished, 12),
        AT(siamese_save_options, map, 16),
        SIZE(siamese_save_options, 24),
        AT(siamese_load_options, struct_size, 0),
        AT(siamese_load_options, max_bytes, 8),
        AT(siamese_load_options, threads, 16),
        AT(siamese_load_options, finished, 20),
        AT(siamese_load_options, map, 24),
        SIZE(siamese_load_options, 32),
    };
    (void)state;
    assert_places(places, COUNT(places));
}

static void test_layout__of_arguments_and_results(void **state)
{
    static const struct place places[] = {
        AT(siamese_text, data, 0),
        AT(siamese_text, size, 8),
        SIZE(siamese_text, 16),
        AT(siamese_allocator, struct_size, 0),
        AT(siamese_allocator, user, 8),
        AT(siamese_allocator, allocate, 16),
        AT(siamese_allocator, reallocate, 24),
        AT(siamese_allocator, deallocate, 32),
        SIZE(siamese_allocator, 40),
        AT(siamese_option_info, struct_size, 0),
        AT(siamese_option_info, name, 8),
        AT(siamese_option_info, type, 16),
        AT(siamese_option_info, default_value, 24),
        AT(siamese_option_info, range, 32),
        AT(siamese_option_info, help, 40),
        SIZE(siamese_option_info, 48),
        AT(siamese_parameter_info, struct_size, 0),
        AT(siamese_parameter_info, name, 8),
        AT(siamese_parameter_info, rank, 72),
        AT(siamese_parameter_info, shape, 80),
        AT(siamese_parameter_info, count, 112),
        AT(siamese_parameter_info, precision, 120),
        SIZE(siamese_parameter_info, 128),
        AT(siamese_pairs, struct_size, 0),
        AT(siamese_pairs, queries, 8),
        AT(siamese_pairs, items, 16),
        AT(siamese_pairs, query_fields, 24),
        AT(siamese_pairs, item_fields, 32),
        AT(siamese_pairs, item_ids, 40),
        AT(siamese_pairs, weights, 48),
        AT(siamese_pairs, item_probabilities, 56),
        AT(siamese_pairs, count, 64),
        AT(siamese_pairs, negatives, 72),
        AT(siamese_pairs, negative_offsets, 80),
        AT(siamese_pairs, negative_ids, 88),
        AT(siamese_pairs, negative_probabilities, 96),
        SIZE(siamese_pairs, 104),
        AT(siamese_vocab_stats, struct_size, 0),
        AT(siamese_vocab_stats, texts, 8),
        AT(siamese_vocab_stats, tokens, 16),
        AT(siamese_vocab_stats, unknown_tokens, 24),
        AT(siamese_vocab_stats, texts_cut, 32),
        AT(siamese_vocab_stats, tokens_cut, 40),
        SIZE(siamese_vocab_stats, 48),
        AT(siamese_source, struct_size, 0),
        AT(siamese_source, context, 8),
        AT(siamese_source, read, 16),
        AT(siamese_source, rewind, 24),
        AT(siamese_source, release, 32),
        SIZE(siamese_source, 40),
        AT(siamese_step, struct_size, 0),
        AT(siamese_step, step, 8),
        AT(siamese_step, pairs, 16),
        AT(siamese_step, loss_sum, 24),
        AT(siamese_step, loss_mean, 32),
        SIZE(siamese_step, 40),
        AT(siamese_index_info, struct_size, 0),
        AT(siamese_index_info, dim, 8),
        AT(siamese_index_info, count, 16),
        AT(siamese_index_info, nlist, 24),
        AT(siamese_index_info, nprobe, 32),
        AT(siamese_index_info, metric, 40),
        AT(siamese_index_info, memory, 48),
        SIZE(siamese_index_info, 56),
        AT(siamese_judgements, struct_size, 0),
        AT(siamese_judgements, queries, 8),
        AT(siamese_judgements, offsets, 16),
        AT(siamese_judgements, ids, 24),
        AT(siamese_judgements, grades, 32),
        SIZE(siamese_judgements, 40),
        AT(siamese_vectors, struct_size, 0),
        AT(siamese_vectors, dim, 8),
        AT(siamese_vectors, queries, 16),
        AT(siamese_vectors, items, 24),
        AT(siamese_vectors, item_ids, 32),
        AT(siamese_vectors, item_count, 40),
        SIZE(siamese_vectors, 48),
        AT(siamese_rankings, struct_size, 0),
        AT(siamese_rankings, depth, 8),
        AT(siamese_rankings, ids, 16),
        AT(siamese_rankings, found, 24),
        AT(siamese_rankings, scores, 32),
        SIZE(siamese_rankings, 40),
        AT(siamese_evaluator_counts, struct_size, 0),
        AT(siamese_evaluator_counts, queries, 8),
        AT(siamese_evaluator_counts, relevant, 16),
        AT(siamese_evaluator_counts, relevant_items, 24),
        AT(siamese_evaluator_counts, gaining, 32),
        AT(siamese_evaluator_counts, tied, 40),
        SIZE(siamese_evaluator_counts, 48),
        AT(siamese_section_info, struct_size, 0),
        AT(siamese_section_info, name, 8),
        AT(siamese_section_info, user, 72),
        AT(siamese_section_info, version, 76),
        AT(siamese_section_info, stored_size, 80),
        AT(siamese_section_info, size, 88),
        AT(siamese_section_info, crc32, 96),
        SIZE(siamese_section_info, 104),
    };
    (void)state;
    assert_places(places, COUNT(places));
}

static void test_layout__of_items_searches_and_models(void **state)
{
    static const struct place places[] = {
        AT(siamese_items_options, struct_size, 0),
        AT(siamese_items_options, ids, 8),
        AT(siamese_items_options, repeats, 12),
        SIZE(siamese_items_options, 16),
        AT(siamese_column_values, struct_size, 0),
        AT(siamese_column_values, name, 8),
        AT(siamese_column_values, texts, 16),
        AT(siamese_column_values, integers, 24),
        AT(siamese_column_values, numbers, 32),
        AT(siamese_column_values, present, 40),
        SIZE(siamese_column_values, 48),
        AT(siamese_item_rows, struct_size, 0),
        AT(siamese_item_rows, count, 8),
        AT(siamese_item_rows, ids, 16),
        AT(siamese_item_rows, text_ids, 24),
        AT(siamese_item_rows, titles, 32),
        AT(siamese_item_rows, columns, 40),
        AT(siamese_item_rows, column_count, 48),
        SIZE(siamese_item_rows, 56),
        AT(siamese_items_info, struct_size, 0),
        AT(siamese_items_info, count, 8),
        AT(siamese_items_info, next_row, 16),
        AT(siamese_items_info, columns, 24),
        AT(siamese_items_info, ids, 32),
        AT(siamese_items_info, repeats, 36),
        AT(siamese_items_info, bytes, 40),
        SIZE(siamese_items_info, 48),
        AT(siamese_column_info, struct_size, 0),
        AT(siamese_column_info, name, 8),
        AT(siamese_column_info, type, 72),
        SIZE(siamese_column_info, 80),
        AT(siamese_search_request, struct_size, 0),
        AT(siamese_search_request, texts, 8),
        AT(siamese_search_request, fields, 16),
        AT(siamese_search_request, vectors, 24),
        AT(siamese_search_request, count, 32),
        AT(siamese_search_request, k, 40),
        AT(siamese_search_request, min_score, 48),
        AT(siamese_search_request, filter, 56),
        AT(siamese_search_request, nprobe, 64),
        AT(siamese_search_request, exact, 72),
        AT(siamese_search_request, dedupe, 76),
        AT(siamese_search_request, dim, 80),
        AT(siamese_search_request, scan, 88),
        AT(siamese_search_request, rerank, 92),
        AT(siamese_search_request, spelling, 96),
        AT(siamese_search_request, feedback, 100),
        AT(siamese_search_request, explain, 104),
        AT(siamese_search_request, collapse_titles, 108),
        AT(siamese_search_request, min_confidence, 112),
        AT(siamese_search_request, strict_nprobe, 120),
        SIZE(siamese_search_request, 128),
        AT(siamese_ranker_options, struct_size, 0),
        AT(siamese_ranker_options, rerank, 8),
        AT(siamese_ranker_options, rerank_depth, 16),
        AT(siamese_ranker_options, maxsim_weight, 24),
        AT(siamese_ranker_options, spelling, 32),
        AT(siamese_ranker_options, feedback, 40),
        AT(siamese_ranker_options, feedback_weight, 48),
        AT(siamese_ranker_options, learned, 56),
        SIZE(siamese_ranker_options, 64),
        AT(siamese_model_options, struct_size, 0),
        AT(siamese_model_options, threads, 8),
        AT(siamese_model_options, repeats, 12),
        SIZE(siamese_model_options, 16),
        AT(siamese_model_info, struct_size, 0),
        AT(siamese_model_info, dim, 8),
        AT(siamese_model_info, items, 16),
        AT(siamese_model_info, vectors, 24),
        AT(siamese_model_info, pairs, 32),
        AT(siamese_model_info, generation, 40),
        AT(siamese_model_info, trained, 48),
        AT(siamese_model_info, training, 52),
        SIZE(siamese_model_info, 56),
    };
    (void)state;
    assert_places(places, COUNT(places));
}

static void test_layout__of_progress(void **state)
{
    static const struct place places[] = {
        AT(siamese_progress, struct_size, 0),
        AT(siamese_progress, stage, 8),
        AT(siamese_progress, topk_known, 12),
        AT(siamese_progress, step, 16),
        AT(siamese_progress, epoch, 24),
        AT(siamese_progress, epochs, 32),
        AT(siamese_progress, epoch_step, 40),
        AT(siamese_progress, epoch_steps, 48),
        AT(siamese_progress, pairs, 56),
        AT(siamese_progress, loss_mean, 64),
        AT(siamese_progress, loss_batch_sum, 72),
        AT(siamese_progress, pairs_per_second, 80),
        AT(siamese_progress, seconds, 88),
        AT(siamese_progress, seconds_left, 96),
        AT(siamese_progress, stage_done, 104),
        AT(siamese_progress, topk, 112),
        AT(siamese_progress, validation_step, 152),
        AT(siamese_progress, validation_loss, 160),
        AT(siamese_progress, validation_topk, 168),
        AT(siamese_progress, best_step, 208),
        AT(siamese_progress, best_value, 216),
        AT(siamese_progress, validations_without_best, 224),
        AT(siamese_progress, stopped_early, 232),
        AT(siamese_progress, best_restored, 236),
        AT(siamese_progress, validation_tied, 240),
        AT(siamese_progress, learning_rate, 248),
        SIZE(siamese_progress, 256),
    };
    (void)state;
    assert_places(places, COUNT(places));
}

/* ---- numbers ---- */

static void test_numbers__of_choices(void **state)
{
    static const int found[] = {SIAMESE_LOG_OFF,
                                SIAMESE_LOG_ERROR,
                                SIAMESE_LOG_WARN,
                                SIAMESE_LOG_INFO,
                                SIAMESE_LOG_DEBUG,
                                SIAMESE_KERNEL_AUTO,
                                SIAMESE_KERNEL_PORTABLE,
                                SIAMESE_KERNEL_AVX2,
                                SIAMESE_KERNEL_AVX512,
                                SIAMESE_KERNEL_NEON,
                                SIAMESE_STANDARDIZE_NONE,
                                SIAMESE_STANDARDIZE_LOWER,
                                SIAMESE_STANDARDIZE_STRIP_PUNCTUATION,
                                SIAMESE_STANDARDIZE_LOWER_AND_STRIP_PUNCTUATION,
                                SIAMESE_ID_PAD,
                                SIAMESE_ID_UNKNOWN,
                                SIAMESE_ENCODER_LSTM,
                                SIAMESE_ENCODER_BAG,
                                SIAMESE_ENCODER_GRU,
                                SIAMESE_METRICS_NONE,
                                SIAMESE_METRICS_EPOCH,
                                SIAMESE_METRICS_STEP,
                                SIAMESE_STAGE_TRAIN,
                                SIAMESE_STAGE_EVALUATE,
                                SIAMESE_SIDE_QUERY,
                                SIAMESE_SIDE_ITEM,
                                SIAMESE_METRIC_INNER_PRODUCT,
                                SIAMESE_METRIC_COSINE,
                                SIAMESE_TOPK_COUNT};
    static const int promised[] = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 0,
                                   1, 0, 1, 2, 0, 1, 2, 0, 1, 0, 1, 0, 1, 5};
    (void)state;
    assert_int_equal(COUNT(found), COUNT(promised));
    for (size_t i = 0; i < COUNT(found); i++)
        assert_int_equal(found[i], promised[i]);
}

static void test_numbers__of_rankings(void **state)
{
    static const int found[] = {
        SIAMESE_RANKING_RECALL,      SIAMESE_RANKING_PRECISION,
        SIAMESE_RANKING_HIT,         SIAMESE_RANKING_MRR,
        SIAMESE_RANKING_MAP,         SIAMESE_RANKING_NDCG,
        SIAMESE_RANKING_NDCG_BINARY, SIAMESE_RANKING_COUNT};
    (void)state;
    for (size_t i = 0; i < COUNT(found); i++) assert_int_equal(found[i], i);
    assert_int_equal(SIAMESE_TOPK_MATCH_SCORE, 0);
    assert_int_equal(SIAMESE_TOPK_MATCH_ID, 1);
    assert_int_equal(SIAMESE_GAIN_LINEAR, 0);
    assert_int_equal(SIAMESE_GAIN_EXPONENTIAL, 1);
    assert_int_equal(SIAMESE_STAGE_VALIDATE, 2);
    assert_int_equal(SIAMESE_STAGE_MINE, 3);
    assert_int_equal(SIAMESE_TIES_ORDER, 0);
    assert_int_equal(SIAMESE_TIES_EXPECTED, 1);
}

/* ---- structs of other versions ---- */

/* What a binding does that knows no layout: docs/abi.md, "Structs that
 * grow". */
static void test_options__live_in_a_block_of_unknown_layout(void **state)
{
    union {
        siamese_tower_options options;
        unsigned char bytes[256];
        uint64_t aligned;
    } block;
    siamese_tower *tower;
    siamese_tower_options read = {.struct_size = sizeof read};
    (void)state;
    assert_int_equal(siamese_tower_options_init(&block.options, sizeof block),
                     0);
    assert_int_equal(siamese_tower_options_set(&block.options, "units", "5"),
                     0);
    assert_int_equal(siamese_tower_create(&tower, &block.options), 0);
    assert_int_equal(siamese_tower_get_options(tower, &read), 0);
    assert_int_equal(read.units, 5);
    siamese_tower_free(tower);
    block.bytes[255] = 1;
    assert_int_equal(siamese_tower_create(&tower, &block.options),
                     SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "255"));
}

static void test_results__are_cut_off_for_an_older_caller(void **state)
{
    siamese_index *index;
    siamese_index_info info;
    (void)state;
    assert_int_equal(siamese_index_create(&index, 3, NULL), 0);
    memset(&info, 0x55, sizeof info);
    info.struct_size = offsetof(siamese_index_info, count);
    assert_int_equal(siamese_index_get_info(index, &info), 0);
    assert_int_equal(info.struct_size, offsetof(siamese_index_info, count));
    assert_int_equal(info.dim, 3);
    for (size_t i = offsetof(siamese_index_info, count); i < sizeof info; i++)
        assert_int_equal(((unsigned char *)&info)[i], 0x55);
    siamese_index_free(index);
}

static void test_results__are_zero_past_the_end_for_a_newer_caller(void **state)
{
    struct {
        siamese_index_info info;
        uint64_t later;
    } newer = {.info.struct_size = sizeof newer, .later = 7};
    siamese_index *index;
    (void)state;
    assert_int_equal(siamese_index_create(&index, 3, NULL), 0);
    assert_int_equal(siamese_index_get_info(index, &newer.info), 0);
    assert_int_equal(newer.info.struct_size, sizeof newer);
    assert_int_equal(newer.info.dim, 3);
    assert_int_equal(newer.later, 0);
    siamese_index_free(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layout__of_options),
        cmocka_unit_test(test_layout__of_arguments_and_results),
        cmocka_unit_test(test_layout__of_items_searches_and_models),
        cmocka_unit_test(test_layout__of_progress),
        cmocka_unit_test(test_numbers__of_choices),
        cmocka_unit_test(test_numbers__of_rankings),
        cmocka_unit_test(test_options__live_in_a_block_of_unknown_layout),
        cmocka_unit_test(test_results__are_cut_off_for_an_older_caller),
        cmocka_unit_test(
            test_results__are_zero_past_the_end_for_a_newer_caller),
    };
    return cmocka_run_group_tests_name("abi", tests, NULL, NULL);
}
