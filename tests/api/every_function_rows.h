/*
 * every_function_rows.h: the rows of every_function.h.
 *
 *   XX(function, (pointer arguments), (result), a call that succeeds)
 *
 * p[i] is the argument i or NULL, n the capacity of the result.
 */
#ifndef EVERY_FUNCTION_ROWS_H
#define EVERY_FUNCTION_ROWS_H

#include "api/every_function.h"

/* A handle; what is read; what is written. With a 0: may be NULL. */
#define H(name, handle) {EVERY_HANDLE, #name, &w.handle, 0, 0}
#define H0(name, handle) {EVERY_HANDLE, #name, &w.handle, 0, 1}
#define I(name, place) {EVERY_INPUT, #name, place, 0, 0}
#define I0(name, place) {EVERY_INPUT, #name, place, 0, 1}
#define R(name, result) {EVERY_RESULT, #name, &w.result, sizeof w.result, 0}
#define R0(name, result) {EVERY_RESULT, #name, &w.result, sizeof w.result, 1}
#define OUT R(out, out)

/* A result of `size` elements in argument i; NEEDS: its size goes to w.needed,
 * TEXT: without the NUL. */
#define HAS(size, i) .capacity = (size), .buffer = (i)
#define NEEDS(size, i) HAS(size, i), .counts = 1
#define TEXT(size, i) HAS(size, i), .counts = 1, .nul = 1
#define MAKES(type) .free_out = every_free_##type

static inline void every_free_vocab(void *x)
{
    siamese_vocab_free(x);
}
static inline void every_free_tower(void *x)
{
    siamese_tower_free(x);
}
static inline void every_free_trainer(void *x)
{
    siamese_trainer_free(x);
}
static inline void every_free_index(void *x)
{
    siamese_index_free(x);
}
static inline void every_free_filter(void *x)
{
    siamese_id_filter_free(x);
}
static inline void every_free_bundle(void *x)
{
    siamese_bundle_free(x);
}
static inline void every_free_items(void *x)
{
    siamese_items_free(x);
}
static inline void every_free_evaluator(void *x)
{
    siamese_evaluator_free(x);
}

/* NULL counts as nothing: 0, and the handle of the world as something. */
static inline siamese_status every_count(const void *handle, size_t count)
{
    return (count > 0) == (handle != NULL) ? SIAMESE_OK : SIAMESE_E_INTERNAL;
}

/* What p[0] freed is the world's no more. */
static inline void *every_left(void *freed, void *handle)
{
    return freed ? NULL : handle;
}

static inline siamese_status every_name(const char *name)
{
    return name && *name ? SIAMESE_OK : SIAMESE_E_INTERNAL;
}

static inline void *every_allocate(void *user, size_t size)
{
    (void)user;
    return malloc(size);
}

static inline void *every_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    return realloc(pointer, size);
}

static inline void every_deallocate(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static inline siamese_status every_set_allocator(const void *given)
{
    siamese_allocator const own = {sizeof own, NULL, every_allocate,
                                   every_reallocate, every_deallocate};
    siamese_status const status = siamese_set_allocator(given ? &own : NULL);
    siamese_status const back = siamese_set_allocator(NULL);
    return status ? status : back;
}

static inline siamese_status every_stream_read(void *const *p)
{
    w.read = 0;
    return siamese_checkpoint_read(p[0], p[1] ? every_read : NULL, &w, p[2]);
}

#define FREES(XX, type, handle)                                                \
    XX(siamese_##type##_free, (H0(type, handle)), (.alone = 0),                \
       (siamese_##type##_free(p[0]), w.handle = every_left(p[0], w.handle), 0))

#define OPTIONS(XX, kind, known, good, size)                                 \
    XX(siamese_##kind##_options_init, (R(options, kind##_options)),            \
       (.alone = 0),                                                           \
       siamese_##kind##_options_init(p[0], sizeof w.kind##_options))           \
    XX(siamese_##kind##_options_set,                                           \
       (R(options, kind##_options), I(name, known), I(value, good)),         \
       (.alone = 0), siamese_##kind##_options_set(p[0], p[1], p[2]))           \
    XX(siamese_##kind##_options_get,                                           \
       (I(options, &w.kind##_options), I(name, known), R(buf, bytes),         \
        R0(needed, needed)),                                                   \
       (TEXT(size, 2)),                                                        \
       siamese_##kind##_options_get(p[0], p[1], p[2], n, p[3]))                \
    XX(siamese_##kind##_options_describe, (R(info, option)), (.alone = 0),     \
       siamese_##kind##_options_describe(0, p[0]))

#define EVERY_GENERAL(XX)                                                      \
    XX(siamese_version, (I0(none, "")), (.alone = 0),                          \
       every_name(siamese_version()))                                          \
    XX(siamese_last_error, (I0(none, "")), (.alone = 0),                       \
       every_name(siamese_last_error()))                                       \
    XX(siamese_status_name, (I0(none, "")), (.alone = 0),                      \
       every_name(siamese_status_name(-1)))                                    \
    XX(siamese_status_text, (I0(none, "")), (.alone = 0),                      \
       every_name(siamese_status_text(-1)))                                    \
    XX(siamese_ranking_name, (I0(none, "")), (.alone = 0),                     \
       every_name(siamese_ranking_name(0)))                                    \
    XX(siamese_set_allocator, (I0(allocator, "")), (.alone = 1),               \
       every_set_allocator(p[0]))                                              \
    XX(siamese_set_log, (I0(log, "")), (.alone = 1),                           \
       siamese_set_log(NULL, NULL, SIAMESE_LOG_OFF))                           \
    OPTIONS(XX, vocab, "max_tokens", "7", 5)                                   \
    OPTIONS(XX, tower, "encoder", "bag", 5)                                    \
    OPTIONS(XX, field, "kind", "id", 5)                                        \
    OPTIONS(XX, trainer, "epochs", "9", 2)                                     \
    OPTIONS(XX, index, "metric", "cosine", 14)                                 \
    OPTIONS(XX, search, "nprobe", "9", 2)                                      \
    OPTIONS(XX, evaluator, "gain", "exponential", 7)                           \
    OPTIONS(XX, save, "compression", "9", 2)                                   \
    OPTIONS(XX, load, "threads", "1", 2)                                       \
    OPTIONS(XX, items, "ids", "text", 8)                                       \
    OPTIONS(XX, model, "threads", "1", 2)                                      \
    OPTIONS(XX, ranker, "feedback", "9", 3)                                    \
    XX(siamese_preset_describe, (R(info, preset)), (.alone = 0),               \
       siamese_preset_describe(0, p[0]))                                       \
    XX(siamese_preset_get, (I(preset, "default"), R(setting, setting)),        \
       (.alone = 0), siamese_preset_get(p[0], 0, p[1]))                        \
    XX(siamese_preset_apply,                                                   \
       (I(preset, "default"), R0(vocab, vocab_options),                        \
        R0(tower, tower_options), R0(trainer, trainer_options),                \
        R0(index, index_options)),                                             \
       (.alone = 0), siamese_preset_apply(p[0], p[1], p[2], p[3], p[4]))       \
    XX(siamese_preset_apply_ranker,                                            \
       (I(preset, "default"), R(ranker, ranker_options)), (.alone = 0),        \
       siamese_preset_apply_ranker(p[0], p[1]))

#define EVERY_VOCAB(XX)                                                        \
    XX(siamese_vocab_create, (OUT, I0(options, &w.vocab_options)),             \
       (MAKES(vocab)), siamese_vocab_create(p[0], p[1]))                       \
    FREES(XX, vocab, vocab)                                                    \
    XX(siamese_vocab_add, (H(vocab, counting), I(texts, part_texts)),          \
       (.alone = 0), siamese_vocab_add(p[0], p[1], PART_TEXTS))                \
    XX(siamese_vocab_finish, (H(vocab, counting)), (.alone = 0),               \
       siamese_vocab_finish(p[0]))                                             \
    XX(siamese_vocab_set_tokens, (H(vocab, counting), I(tokens, w.tokens)),    \
       (.alone = 0), siamese_vocab_set_tokens(p[0], p[1], 3))                  \
    XX(siamese_vocab_set_idf,                                                  \
       (H(vocab, rows_vocab), I(tokens, &w.tokens[1]), I(idf, every_idf)),     \
       (.alone = 0), siamese_vocab_set_idf(p[0], p[1], p[2], 2))               \
    XX(siamese_vocab_get_idf, (H(vocab, tf_idf), R(idf, floats)),              \
       (HAS(7, 1)), siamese_vocab_get_idf(p[0], p[1], n))                      \
    XX(siamese_vocab_size, (H0(vocab, vocab)), (.alone = 0),                   \
       every_count(p[0], siamese_vocab_size(p[0])))                            \
    XX(siamese_vocab_tokenize,                                                 \
       (H(vocab, vocab), I(texts, part_texts), R(ids, ids),                    \
        R(offsets, sizes), R0(ids_needed, needed)),                            \
       (NEEDS(4, 2), .fills = 1 << 3),                                         \
       siamese_vocab_tokenize(p[0], p[1], 2, p[2], n, p[3], p[4]))             \
    XX(siamese_vocab_encode,                                                   \
       (H(vocab, tf_idf), I(texts, part_texts), R(out, floats)),               \
       (HAS(14, 2)), siamese_vocab_encode(p[0], p[1], 2, p[2], n))             \
    XX(siamese_vocab_get_stats, (H(vocab, vocab), R(stats, stats)),            \
       (.alone = 0), siamese_vocab_get_stats(p[0], p[1]))                      \
    XX(siamese_vocab_measure,                                                  \
       (H(vocab, vocab), I(texts, part_texts), R(stats, stats)), (.alone = 0), \
       siamese_vocab_measure(p[0], p[1], 2, p[2]))                             \
    XX(siamese_vocab_token,                                                    \
       (H(vocab, vocab), R(buf, bytes), R0(needed, needed)),                   \
       (TEXT(6, 1)), siamese_vocab_token(p[0], 1, p[1], n, p[2]))              \
    XX(siamese_vocab_lookup, (H(vocab, vocab), I(data, "oak"), R(id, ids)), \
       (.alone = 0), siamese_vocab_lookup(p[0], p[1], 3, p[2]))                \
    XX(siamese_vocab_grow, (OUT, H(old, vocab), H(fresh, grown)),              \
       (MAKES(vocab)), siamese_vocab_grow(p[0], p[1], p[2], 0))                \
    XX(siamese_vocab_train_sentencepiece, (OUT, I(texts, part_texts)),         \
       (MAKES(vocab), .optional = 1), every_pieces(p[0], p[1]))                \
    XX(siamese_vocab_load_sentencepiece,                                       \
       (OUT, I(model, every_model), I0(options, &w.vocab_options)),            \
       (MAKES(vocab), .optional = 1),                                          \
       siamese_vocab_load_sentencepiece(p[0], p[1], every_model_size, p[2]))   \
    XX(siamese_vocab_get_sentencepiece,                                        \
       (H(vocab, pieces),                                                      \
        {EVERY_RESULT, "model", every_model, sizeof every_model, 0},           \
        R0(needed, needed)),                                                   \
       (NEEDS(1, 1), .optional = 1, .measured = 1),                            \
       siamese_vocab_get_sentencepiece(p[0], p[1], n, p[2]))                   \
    XX(siamese_vocab_get_options,                                              \
       (H(vocab, vocab), R(options, vocab_options)), (.alone = 0),             \
       siamese_vocab_get_options(p[0], p[1]))

#define EVERY_TOWER(XX)                                                        \
    XX(siamese_tower_create, (OUT, I0(options, &w.tower_options)),             \
       (MAKES(tower)), siamese_tower_create(p[0], p[1]))                       \
    FREES(XX, tower, tower)                                                    \
    XX(siamese_tower_add_field,                                                \
       (H(tower, empty), I(name, "more"), H(vocab, vocab),                     \
        I0(options, &w.field_options)),                                        \
       (.alone = 0), siamese_tower_add_field(p[0], p[1], p[2], p[3]))          \
    XX(siamese_tower_dim, (H0(tower, tower)), (.alone = 0),                    \
       every_count(p[0], siamese_tower_dim(p[0])))                             \
    XX(siamese_tower_field_count, (H0(tower, tower)), (.alone = 0),            \
       every_count(p[0], siamese_tower_field_count(p[0])))                     \
    XX(siamese_tower_get_vocab, (H(tower, tower), OUT), (MAKES(vocab)),        \
       siamese_tower_get_vocab(p[0], 0, p[1]))                                 \
    XX(siamese_tower_encode,                                                   \
       (H(tower, tower), I(rows, part_texts), R(out, floats)),                 \
       (HAS(8, 2)), siamese_tower_encode(p[0], p[1], 2, 1, p[2], n))           \
    XX(siamese_tower_encode_ids,                                               \
       (H(tower, tower), I(ids, every_token_ids), I(offsets, every_offsets),   \
        R(out, floats)),                                                       \
       (HAS(8, 3)), siamese_tower_encode_ids(p[0], p[1], p[2], 2, p[3], n))    \
    XX(siamese_tower_parameter_count, (H0(tower, tower)), (.alone = 0),        \
       every_count(p[0], siamese_tower_parameter_count(p[0])))                 \
    XX(siamese_tower_parameter_info, (H(tower, tower), R(info, parameter)),    \
       (.alone = 0), siamese_tower_parameter_info(p[0], 0, p[1]))              \
    XX(siamese_tower_parameter_get,                                            \
       (H(tower, tower), I(name, "fw_bias"), R(values, floats),                \
        R0(needed, needed)),                                                   \
       (NEEDS(8, 2)),                                                          \
       siamese_tower_parameter_get(p[0], p[1], p[2], n, p[3]))                 \
    XX(siamese_tower_parameter_set,                                            \
       (H(tower, tower), I(name, "fw_bias"), I(values, w.floats)),             \
       (.alone = 0), siamese_tower_parameter_set(p[0], p[1], p[2], 8))         \
    XX(siamese_tower_get_field_name,                                           \
       (H(tower, tower), R(buf, bytes), R0(needed, needed)),                   \
       (TEXT(6, 1)),                                                           \
       siamese_tower_get_field_name(p[0], 0, p[1], n, p[2]))                   \
    XX(siamese_tower_quantize, (OUT, H(tower, tower)), (MAKES(tower)),         \
       siamese_tower_quantize(p[0], p[1], SIAMESE_PRECISION_INT8))             \
    XX(siamese_tower_grow, (OUT, H(tower, tower), H(vocab, vocab)),            \
       (MAKES(tower)), siamese_tower_grow(p[0], p[1], 0, p[2]))                \
    XX(siamese_tower_get_options,                                              \
       (H(tower, tower), R(options, tower_options)), (.alone = 0),             \
       siamese_tower_get_options(p[0], p[1]))

#define EVERY_TRAINER(XX)                                                      \
    XX(siamese_trainer_create,                                                 \
       (OUT, H(query, tower), H(item, tower),                                  \
        I0(options, &w.trainer_options)),                                      \
       (MAKES(trainer)), siamese_trainer_create(p[0], p[1], p[2], p[3]))       \
    FREES(XX, trainer, trainer)                                                \
    XX(siamese_trainer_add_pairs, (H(trainer, trainer), I(pairs, &w.pairs)),   \
       (.alone = 0), siamese_trainer_add_pairs(p[0], p[1]))                    \
    XX(siamese_trainer_add_items, (H(trainer, trainer), I(items, &w.items)),   \
       (.alone = 0), siamese_trainer_add_items(p[0], p[1]))                    \
    XX(siamese_trainer_item_count, (H0(trainer, trainer)), (.alone = 0),       \
       siamese_trainer_item_count(p[0]) ? SIAMESE_E_INTERNAL : 0)              \
    XX(siamese_trainer_pair_count, (H0(trainer, trainer)), (.alone = 0),       \
       every_count(p[0], siamese_trainer_pair_count(p[0])))                    \
    XX(siamese_trainer_step,                                                   \
       (H(trainer, trainer), I(rows, every_rows), R0(out, step)),              \
       (.alone = 0),                                                           \
       siamese_trainer_step(p[0], p[1], 2, p[2]))                              \
    XX(siamese_trainer_set_validation,                                         \
       (H(trainer, trainer), I(pairs, &w.pairs), I0(candidates, &w.items)),    \
       (.alone = 0), siamese_trainer_set_validation(p[0], p[1], p[2]))         \
    XX(siamese_trainer_set_source,                                             \
       (H(trainer, streaming), I0(source, &w.source)), (.alone = 0),           \
       siamese_trainer_set_source(p[0], p[1]))                                 \
    XX(siamese_trainer_fit, (H(trainer, trainer)), (.goes_on = 1),             \
       siamese_trainer_fit(p[0], NULL, NULL))                                  \
    XX(siamese_trainer_cancel, (H(trainer, trainer)), (.alone = 0),            \
       siamese_trainer_cancel(p[0]))                                           \
    XX(siamese_trainer_forget_cancel, (H(trainer, trainer)), (.alone = 0),     \
       siamese_trainer_forget_cancel(p[0]))                                    \
    XX(siamese_trainer_set_exchange,                                           \
       (H(trainer, trainer), I0(exchange, &w.exchange)), (.alone = 0),         \
       siamese_trainer_set_exchange(p[0], p[1]))                               \
    XX(siamese_trainer_snapshot,                                               \
       (H(trainer, trainer), R0(query, out), R0(item, out2)), (MAKES(tower)),  \
       siamese_trainer_snapshot(p[0], p[1], p[2]))                             \
    XX(siamese_trainer_evaluate,                                               \
       (H(trainer, trainer), I0(pairs, &w.pairs), I0(candidates, &w.items),    \
        I(ks, every_ks), R(accuracy, doubles)),                                \
       (HAS(2, 4)),                                                            \
       siamese_trainer_evaluate(p[0], p[1], p[2], p[3], 2, p[4], n))           \
    XX(siamese_trainer_grow, (H(trainer, trainer), H(vocab, vocab)),           \
       (.alone = 0),                                                           \
       siamese_trainer_grow(p[0], SIAMESE_SIDE_QUERY, 0, p[1]))                \
    XX(siamese_trainer_get_gradient,                                           \
       (H(trainer, trainer), I(name, "fw_bias"), R(values, floats),            \
        R0(needed, needed)),                                                   \
       (NEEDS(8, 2)),                                                          \
       siamese_trainer_get_gradient(p[0], SIAMESE_SIDE_QUERY, p[1], p[2], n,   \
                                    p[3]))                                     \
    XX(siamese_trainer_get_progress,                                           \
       (H(trainer, trainer), R(progress, progress)), (.alone = 0),             \
       siamese_trainer_get_progress(p[0], p[1]))                               \
    XX(siamese_trainer_set_option,                                             \
       (H(trainer, trainer), I(name, "epochs"), I(value, "2")), (.alone = 0),  \
       siamese_trainer_set_option(p[0], p[1], p[2]))                           \
    XX(siamese_trainer_get_options,                                            \
       (H(trainer, trainer), R(options, trainer_options)), (.alone = 0),       \
       siamese_trainer_get_options(p[0], p[1]))

#define EVERY_INDEX(XX)                                                        \
    XX(siamese_index_create, (OUT, I0(options, &w.index_options)),             \
       (MAKES(index)), siamese_index_create(p[0], 3, p[1]))                    \
    FREES(XX, index, index)                                                    \
    XX(siamese_index_train, (H(index, plain), I(vectors, w.floats)),           \
       (.alone = 0), siamese_index_train(p[0], p[1], 3))                       \
    XX(siamese_index_add,                                                      \
       (H(index, index), I(ids, every_ids), I(vectors, w.floats)),             \
       (.alone = 0), siamese_index_add(p[0], p[1], p[2], 3))                   \
    XX(siamese_index_remove,                                                   \
       (H(index, index), I(ids, every_ids), R0(removed, needed)),              \
       (.alone = 0), siamese_index_remove(p[0], p[1], 3, p[2]))                \
    XX(siamese_index_search,                                                   \
       (H(index, index), I(queries, w.floats),                                 \
        I0(options, &w.search_options), R(ids, ids), R(scores, floats[8]),     \
        R0(found, sizes)),                                                     \
       (HAS(4, 3)),                                                            \
       siamese_index_search(p[0], p[1], 2, 2, p[2], p[3], p[4], n, p[5]))      \
    XX(siamese_id_filter_create, (OUT, I(ids, every_ids)), (MAKES(filter)),    \
       siamese_id_filter_create(p[0], SIAMESE_FILTER_EXCLUDE, p[1], 3))        \
    FREES(XX, id_filter, filter)                                               \
    XX(siamese_index_search_filtered,                                          \
       (H(index, index), I(queries, w.floats), H0(filter, filter),             \
        R(ids, ids), R(scores, floats[8]), R0(found, sizes)),                  \
       (HAS(4, 3)),                                                            \
       siamese_index_search_filtered(p[0], p[1], 2, 2, NULL, p[2], p[3], p[4], \
                                     n, p[5]))                                 \
    XX(siamese_index_range_search,                                             \
       (H(index, index), I(queries, w.floats), R(offsets, sizes), R(ids, ids), \
        R(scores, floats[8]), R0(needed, needed)),                             \
       (NEEDS(12, 3), .fills = 1 << 2),                                        \
       siamese_index_range_search(p[0], p[1], 2, -9, &w.search_options, p[2],  \
                                  p[3], p[4], n, p[5]))                        \
    XX(siamese_index_range_search_filtered,                                    \
       (H(index, index), H0(filter, filter), R(offsets, sizes), R(ids, ids),   \
        R(scores, floats[8]), R0(needed, needed)),                             \
       (NEEDS(6, 3), .fills = 1 << 2),                                \
       siamese_index_range_search_filtered(                                    \
           p[0], w.floats, 2, -9, &w.search_options, p[1], p[2], p[3], p[4],   \
           p[1] ? n : ROOM, p[5]))                                             \
    XX(siamese_index_tune_nprobe,                                              \
       (H(index, index), I(queries, w.floats), R(nprobe, needed),              \
        R0(reached, doubles[0])),                                              \
       (.alone = 0),                                                           \
       siamese_index_tune_nprobe(p[0], p[1], 2, 2, 0.9, p[2], p[3]))           \
    XX(siamese_index_update,                                                   \
       (H(index, index), I(ids, every_ids), I(vectors, w.floats),              \
        R0(removed, needed)),                                                  \
       (.alone = 0), siamese_index_update(p[0], p[1], p[2], 3, p[3]))          \
    XX(siamese_index_train_with_progress,                                      \
       (H(index, plain), I(vectors, w.floats)), (.alone = 0),                  \
       siamese_index_train_with_progress(p[0], p[1], 3, NULL, NULL))           \
    XX(siamese_index_contains, (H(index, index), R(vectors, needed)),          \
       (.alone = 0), siamese_index_contains(p[0], 10, p[1]))                   \
    XX(siamese_index_get_vectors,                                              \
       (H(index, index), R(out, floats), R0(needed, needed)), (NEEDS(4, 1)),   \
       siamese_index_get_vectors(p[0], 10, p[1], n, p[2]))                     \
    XX(siamese_index_get_ids,                                                  \
       (H(index, index), R(ids, ids), R0(needed, needed)), (NEEDS(6, 1)),      \
       siamese_index_get_ids(p[0], p[1], n, p[2]))                             \
    XX(siamese_index_tune_nprobe_with_progress,                                \
       (H(index, index), I(queries, w.floats), R(nprobe, needed),              \
        R0(reached, doubles[0])),                                              \
       (.alone = 0),                                                           \
       siamese_index_tune_nprobe_with_progress(p[0], p[1], 2, 2, 0.9, NULL,    \
                                               NULL, p[2], p[3]))              \
    XX(siamese_index_set_nprobe, (H(index, index)), (.alone = 0),              \
       siamese_index_set_nprobe(p[0], 1))                                      \
    XX(siamese_index_reconstruct, (H(index, index), R(out, floats)),           \
       (HAS(4, 1)), siamese_index_reconstruct(p[0], 10, p[1], n))              \
    XX(siamese_index_count, (H0(index, index)), (.alone = 0),                  \
       every_count(p[0], siamese_index_count(p[0])))                           \
    XX(siamese_index_get_info, (H(index, index), R(info, index_info)),         \
       (.alone = 0), siamese_index_get_info(p[0], p[1]))                       \
    XX(siamese_index_get_options,                                              \
       (H(index, index), R(options, index_options)), (.alone = 0),             \
       siamese_index_get_options(p[0], p[1]))                                  \
    XX(siamese_index_get_centroids,                                            \
       (H(index, index), R(out, floats), R0(needed, needed)), (NEEDS(8, 1)),   \
       siamese_index_get_centroids(p[0], p[1], n, p[2]))                       \
    XX(siamese_index_set_centroids,                                            \
       (H(index, bare), I(centroids, w.floats)), (.alone = 0),                \
       siamese_index_set_centroids(p[0], p[1], 2, 4))                          \
    XX(siamese_hits_merge,                                                     \
       (I(shard_ids, every_shard_ids), I(shard_scores, every_shard_scores),    \
        R(ids, ids), R(scores, floats[8]), R0(found, sizes),                   \
        R0(missing, missing)),                                                 \
       (HAS(3, 2)),                                                            \
       siamese_hits_merge(p[0], p[1], 2, 1, 3, 0, p[2], p[3], n, p[4], p[5]))  \
    XX(siamese_hits_merge_range,                                               \
       (I(shard_offsets, every_shard_offsets), I(shard_ids, every_shard_ids),  \
        I(shard_scores, every_shard_scores), R(offsets, sizes), R(ids, ids),   \
        R(scores, floats[8]), R0(needed, needed), R0(missing, missing)),       \
       (NEEDS(6, 4), .fills = 1 << 3),                                         \
       siamese_hits_merge_range(p[0], p[1], p[2], 2, 2, 0, p[3], p[4], p[5],   \
                                n, p[6], p[7]))                                \
    XX(siamese_index_export_faiss, (H(index, index), I(path, every_path)),     \
       (.alone = 0), siamese_index_export_faiss(p[0], p[1]))

#define EVERY_EVALUATOR(XX)                                                    \
    XX(siamese_evaluator_create,                                               \
       (OUT, I0(options, &w.evaluator_options), I(ks, every_ks)),              \
       (MAKES(evaluator)), siamese_evaluator_create(p[0], p[1], p[2], 2))      \
    FREES(XX, evaluator, evaluator)                                            \
    XX(siamese_evaluator_add_vectors,                                          \
       (H(evaluator, evaluator), I(judgements, &w.judgements),                 \
        I(vectors, &w.vectors), R0(values, doubles)),                          \
       (HAS(28, 3)),                                                           \
       siamese_evaluator_add_vectors(p[0], p[1], p[2], p[3], p[3] ? n : 0))    \
    XX(siamese_evaluator_add_rankings,                                         \
       (H(evaluator, evaluator), I(judgements, &w.judgements),                 \
        I(rankings, &w.rankings), R0(values, doubles)),                        \
       (HAS(28, 3)),                                                           \
       siamese_evaluator_add_rankings(p[0], p[1], p[2], p[3], p[3] ? n : 0))   \
    XX(siamese_evaluator_get_means,                                            \
       (H(evaluator, evaluator), R(means, doubles), R0(counts, counts)),       \
       (HAS(14, 1)), siamese_evaluator_get_means(p[0], p[1], n, p[2]))

#define SETS(XX, part, handle)                                                 \
    XX(siamese_bundle_set_##part, (H(bundle, none), H0(part, handle)),         \
       (.alone = 0), siamese_bundle_set_##part(p[0], p[1]))
#define GETS(XX, part, type)                                                   \
    XX(siamese_bundle_get_##part, (H(bundle, bundle), OUT), (MAKES(type)),     \
       siamese_bundle_get_##part(p[0], p[1]))

#define EVERY_BUNDLE(XX)                                                       \
    XX(siamese_bundle_create, (OUT), (MAKES(bundle)),                          \
       siamese_bundle_create(p[0]))                                            \
    FREES(XX, bundle, bundle)                                                  \
    SETS(XX, vocab, vocab)                                                     \
    SETS(XX, query_tower, tower)                                               \
    SETS(XX, item_tower, tower)                                                \
    SETS(XX, trainer, trainer)                                                 \
    SETS(XX, items, things)                                                    \
    SETS(XX, index, index)                                                     \
    SETS(XX, ranker, ranker)                                                   \
    XX(siamese_bundle_set_section,                                             \
       (H(bundle, bundle), I(name, "titles"), I(data, "oak desk")),            \
       (.alone = 0), siamese_bundle_set_section(p[0], p[1], p[2], 8))          \
    GETS(XX, vocab, vocab)                                                     \
    GETS(XX, query_tower, tower)                                               \
    GETS(XX, item_tower, tower)                                                \
    GETS(XX, trainer, trainer)                                                 \
    GETS(XX, items, items)                                                     \
    GETS(XX, index, index)                                                     \
    GETS(XX, ranker, ranker)                                                   \
    XX(siamese_bundle_get_section,                                             \
       (H(bundle, bundle), I(name, "titles"), R(data, bytes),                  \
        R0(needed, needed)),                                                   \
       (NEEDS(3, 2)),                                                          \
       siamese_bundle_get_section(p[0], p[1], p[2], n, p[3]))                  \
    XX(siamese_checkpoint_save,                                                \
       (I(path, every_path), H(bundle, bundle), I0(options, &w.save_options)), \
       (.alone = 0), siamese_checkpoint_save(p[0], p[1], p[2]))                \
    XX(siamese_checkpoint_load,                                                \
       (OUT, I(path, every_path), I0(options, &w.load_options)),               \
       (MAKES(bundle)), siamese_checkpoint_load(p[0], p[1], p[2]))             \
    XX(siamese_checkpoint_load_memory,                                         \
       (OUT, H(data, file.bytes), I0(options, &w.load_options)),               \
       (MAKES(bundle)),                                                        \
       siamese_checkpoint_load_memory(p[0], p[1], w.file.size, p[2]))          \
    XX(siamese_checkpoint_write,                                               \
       (I(write, ""), H(bundle, bundle), I0(options, &w.save_options)),        \
       (.alone = 0),                                                           \
       siamese_checkpoint_write(p[0] ? every_write : NULL, &w.again, p[1],     \
                                p[2]))                                         \
    XX(siamese_checkpoint_read,                                                \
       (OUT, I(read, ""), I0(options, &w.load_options)), (MAKES(bundle)),      \
       every_stream_read(p))                                                   \
    XX(siamese_checkpoint_verify, (I(path, every_path)), (.alone = 0),         \
       siamese_checkpoint_verify(p[0]))                                        \
    XX(siamese_checkpoint_info,                                                \
       (I(path, every_path), R(infos, sections), R0(needed, needed),           \
        R0(format_version, number)),                                           \
       (NEEDS(11, 1), .fills = 1 << 3),                                        \
       siamese_checkpoint_info(p[0], p[1], n, p[2], p[3]))

#include "api/every_porch_rows.h"

#define EVERY_FUNCTION(XX)                                                     \
    EVERY_GENERAL(XX)                                                          \
    EVERY_VOCAB(XX)                                                            \
    EVERY_TOWER(XX)                                                            \
    EVERY_TRAINER(XX)                                                          \
    EVERY_INDEX(XX)                                                            \
    EVERY_EVALUATOR(XX)                                                        \
    EVERY_BUNDLE(XX)                                                           \
    EVERY_PORCH(XX)

#define EVERY_LIST(...) __VA_ARGS__
#define EVERY_CALL(function, list, result, expression)                         \
    static siamese_status call_##function(void *const *p, size_t n)            \
    {                                                                          \
        (void)p;                                                               \
        (void)n;                                                               \
        return expression;                                                     \
    }
#define EVERY_ROW(function, list, result, expression)                          \
    {.name = #function,                                                        \
     .call = call_##function,                                                  \
     .arguments = {EVERY_LIST list},                                           \
     EVERY_LIST result},

EVERY_FUNCTION(EVERY_CALL)

/* The build's list of what lib/siamese.map exports, XX(function): what has no
 * row is an undeclared number here. */
#ifdef EVERY_EXPORTED
#define EVERY_NUMBER(function, list, result, expression) row_of_##function,
enum { EVERY_FUNCTION(EVERY_NUMBER) every_rows_in_all };
#define XX(function) _Static_assert(row_of_##function >= 0, "has a row");
#include EVERY_EXPORTED
#undef XX
#endif

static const every_function every_functions[] = {EVERY_FUNCTION(EVERY_ROW)};

enum { EVERY_COUNT = sizeof every_functions / sizeof *every_functions };

#endif
