/* every_porch_rows.h: the rows of every_function_rows.h for items, searcher,
 * hits and model. */
#ifndef EVERY_PORCH_ROWS_H
#define EVERY_PORCH_ROWS_H

static inline void every_free_hits(void *x)
{
    siamese_hits_free(x);
}
static inline void every_free_searcher(void *x)
{
    siamese_searcher_free(x);
}
static inline void every_free_ranker(void *x)
{
    siamese_ranker_free(x);
}
static inline void every_free_model(void *x)
{
    siamese_model_free(x);
}

/* Something of the world's hits, nothing of NULL. */
static inline siamese_status every_there(const void *hits, const void *found)
{
    return (hits != NULL) == (found != NULL) ? SIAMESE_OK : SIAMESE_E_INTERNAL;
}

static inline siamese_status every_model_read(void *const *p)
{
    w.read = 0;
    return siamese_model_read(p[0], p[1] ? every_read : NULL, &w, p[2]);
}

#define IDS I(ids, every_item_ids)

#define EVERY_ITEMS(XX)                                                        \
    XX(siamese_items_create, (OUT, I0(options, &w.items_options)),             \
       (MAKES(items)), siamese_items_create(p[0], p[1]))                       \
    FREES(XX, items, things)                                                   \
    XX(siamese_items_add_column, (H(items, things), I(name, "more")),          \
       (.alone = 0), siamese_items_add_column(p[0], p[1], 0))                  \
    XX(siamese_items_add,                                                      \
       (H(items, things), I(rows, &w.new_rows), R0(numbers, ids)),             \
       (HAS(3, 2)), siamese_items_add(p[0], p[1], p[2], n))                    \
    XX(siamese_items_update,                                                   \
       (H(items, things), I(rows, &w.item_rows), R0(numbers, ids)),            \
       (HAS(3, 2)), siamese_items_update(p[0], p[1], p[2], n))                 \
    XX(siamese_items_remove, (H(items, things), IDS, R0(removed, needed)),     \
       (.alone = 0), siamese_items_remove(p[0], p[1], NULL, 3, p[2]))          \
    XX(siamese_items_get_info, (H(items, things), R(info, items_info)),        \
       (.alone = 0), siamese_items_get_info(p[0], p[1]))                       \
    XX(siamese_items_count, (H0(items, things)), (.alone = 0),                 \
       every_count(p[0], siamese_items_count(p[0])))                           \
    XX(siamese_items_get_column, (H(items, things), R(info, column_info)),     \
       (.alone = 0), siamese_items_get_column(p[0], 0, p[1]))                  \
    XX(siamese_items_find, (H(items, things), IDS, R(numbers, ids)),           \
       (HAS(3, 2)), siamese_items_find(p[0], p[1], NULL, 3, p[2], n))          \
    XX(siamese_items_get_rows,                                                 \
       (H(items, things), R(numbers, ids), R0(needed, needed)),                \
       (NEEDS(3, 1)), siamese_items_get_rows(p[0], p[1], n, p[2]))             \
    XX(siamese_items_get_texts,                                                \
       (H(items, things), I(column, "title"), I0(numbers, every_numbers),      \
        R(offsets, sizes), R(bytes, bytes), R0(needed, needed),                \
        R0(present, present)),                                                 \
       (NEEDS(26, 4), .fills = 1 << 3),                                        \
       siamese_items_get_texts(p[0], p[1], p[2], 3, p[3], p[4], n, p[5],       \
                               p[6]))                                          \
    XX(siamese_items_get_integers,                                             \
       (H(items, things), I(column, "stock"), I0(numbers, every_numbers),      \
        R(values, ids), R0(present, present)),                                 \
       (HAS(3, 3)),                                                            \
       siamese_items_get_integers(p[0], p[1], p[2], 3, p[3], n, p[4]))         \
    XX(siamese_items_get_numbers,                                              \
       (H(items, things), I(column, "price"), I0(numbers, every_numbers),      \
        R(values, doubles), R0(present, present)),                             \
       (HAS(3, 3)),                                                            \
       siamese_items_get_numbers(p[0], p[1], p[2], 3, p[3], n, p[4]))          \
    XX(siamese_items_create_filter,                                            \
       (OUT, H(items, things), IDS, R0(missing, needed)), (MAKES(filter)),     \
       siamese_items_create_filter(p[0], p[1], 0, p[2], NULL, 3, p[3]))        \
    XX(siamese_items_create_where_filter,                                      \
       (OUT, H(items, things), I(expression, "stock >= 0"),                    \
        H0(within, filter), R0(found, needed)),                                \
       (MAKES(filter)),                                                        \
       siamese_items_create_where_filter(p[0], p[1], p[2], p[3], p[4]))

#define SEARCHER_GETS(XX, part, type)                                          \
    XX(siamese_searcher_get_##part, (H(searcher, searcher), OUT),              \
       (MAKES(type)), siamese_searcher_get_##part(p[0], p[1]))

#define EVERY_SEARCHER(XX)                                                     \
    XX(siamese_search_request_init, (R(request, request)), (.alone = 0),       \
       siamese_search_request_init(p[0], sizeof w.request))                    \
    XX(siamese_search_request_set,                                             \
       (R(request, request), I(name, "k"), I(value, "3")), (.alone = 0),       \
       siamese_search_request_set(p[0], p[1], p[2]))                           \
    XX(siamese_search_request_get,                                             \
       (I(request, &w.request), I(name, "k"), R(buf, bytes),                   \
        R0(needed, needed)),                                                   \
       (TEXT(2, 2)),                                                           \
       siamese_search_request_get(p[0], p[1], p[2], n, p[3]))                  \
    XX(siamese_search_request_describe, (R(info, option)), (.alone = 0),       \
       siamese_search_request_describe(0, p[0]))                               \
    XX(siamese_searcher_create,                                                \
       (OUT, H0(query, tower), H0(item, tower), H(index, rows_index),          \
        H0(items, things)),                                                    \
       (MAKES(searcher)),                                                      \
       siamese_searcher_create(p[0], p[1], p[2], p[3], p[4]))                  \
    FREES(XX, searcher, searcher)                                              \
    XX(siamese_searcher_search,                                                \
       (H(searcher, searcher), I(request, &w.request), OUT), (MAKES(hits)),    \
       siamese_searcher_search(p[0], p[1], p[2]))                              \
    XX(siamese_searcher_add,                                                   \
       (H(searcher, searcher), I(rows, &w.new_rows), I0(vectors, w.floats)),   \
       (.alone = 0), siamese_searcher_add(p[0], p[1], p[2]))                   \
    XX(siamese_searcher_update,                                                \
       (H(searcher, searcher), I(rows, &w.item_rows), I0(vectors, w.floats)),  \
       (.alone = 0), siamese_searcher_update(p[0], p[1], p[2]))                \
    XX(siamese_searcher_remove,                                                \
       (H(searcher, searcher), IDS, R0(removed, needed)), (.alone = 0),        \
       siamese_searcher_remove(p[0], p[1], NULL, 3, p[2]))                     \
    SEARCHER_GETS(XX, query_tower, tower)                                      \
    SEARCHER_GETS(XX, item_tower, tower)                                       \
    SEARCHER_GETS(XX, index, index)                                            \
    SEARCHER_GETS(XX, items, items)                                            \
    SEARCHER_GETS(XX, ranker, ranker)                                          \
    XX(siamese_searcher_set_ranker,                                            \
       (H(searcher, searcher), H0(ranker, ranker)), (.alone = 0),              \
       siamese_searcher_set_ranker(p[0], p[1]))                                \
    XX(siamese_ranker_create, (OUT, I0(options, &w.ranker_options)),           \
       (MAKES(ranker)), siamese_ranker_create(p[0], p[1]))                     \
    FREES(XX, ranker, ranker)                                                  \
    XX(siamese_ranker_get_options,                                             \
       (H(ranker, ranker), R(options, ranker_options)), (.alone = 0),          \
       siamese_ranker_get_options(p[0], p[1]))                                 \
    XX(siamese_ranker_get_info, (H(ranker, ranker), R(info, ranker_info)),     \
       (.alone = 0), siamese_ranker_get_info(p[0], p[1]))                      \
    XX(siamese_ranker_describe_feature,                                        \
       (H(ranker, ranker), R(feature, ranker_feature)), (.alone = 0),          \
       siamese_ranker_describe_feature(p[0], 0, p[1]))

#define HITS_HAVE(XX, array)                                                   \
    XX(siamese_hits_##array, (H0(hits, hits)), (.alone = 0),                   \
       every_there(p[0], siamese_hits_##array(p[0], 0)))

#define EVERY_HITS(XX)                                                         \
    FREES(XX, hits, hits)                                                      \
    XX(siamese_hits_query_count, (H0(hits, hits)), (.alone = 0),               \
       every_count(p[0], siamese_hits_query_count(p[0])))                      \
    XX(siamese_hits_count, (H0(hits, hits)), (.alone = 0),                     \
       every_count(p[0], siamese_hits_count(p[0], 0)))                         \
    XX(siamese_hits_offsets, (H0(hits, hits)), (.alone = 0),                   \
       every_there(p[0], siamese_hits_offsets(p[0])))                          \
    XX(siamese_hits_known, (H0(hits, hits)), (.alone = 0),                     \
       every_count(p[0], (size_t)siamese_hits_known(p[0], 0)))                 \
    HITS_HAVE(XX, rows)                                                        \
    HITS_HAVE(XX, scores)                                                      \
    HITS_HAVE(XX, ids)                                                         \
    HITS_HAVE(XX, vector_scores)                                               \
    HITS_HAVE(XX, confidences)                                                 \
    XX(siamese_hits_corrected, (H0(hits, hits)), (.alone = 0),                 \
       every_there(NULL, siamese_hits_corrected(p[0], 0)))                     \
    XX(siamese_hits_title, (H0(hits, hits)), (.alone = 0),                     \
       every_there(p[0], siamese_hits_title(p[0], 0, 0)))                      \
    XX(siamese_hits_text_id, (H0(hits, hits)), (.alone = 0),                   \
       every_there(NULL, siamese_hits_text_id(p[0], 0, 0)))                    \
    XX(siamese_hits_get_texts,                                                 \
       (H(hits, hits), I(column, "title"), R(values, texts),                   \
        R0(present, present), R0(needed, needed)),                             \
       (NEEDS(2, 2)),                                                          \
       siamese_hits_get_texts(p[0], p[1], p[2], p[3], n, p[4]))                \
    XX(siamese_hits_get_integers,                                              \
       (H(hits, hits), I(column, "id"), R(values, ids),                        \
        R0(present, present), R0(needed, needed)),                             \
       (NEEDS(2, 2)),                                                          \
       siamese_hits_get_integers(p[0], p[1], p[2], p[3], n, p[4]))             \
    XX(siamese_hits_get_numbers,                                               \
       (H(hits, hits), I(column, "price"), R(values, doubles),                 \
        R0(present, present), R0(needed, needed)),                             \
       (NEEDS(2, 2)),                                                          \
       siamese_hits_get_numbers(p[0], p[1], p[2], p[3], n, p[4]))              \
    XX(siamese_hits_get_shares,                                                \
       (H(hits, hits), R(shares, floats), R0(needed, needed)),                 \
       (NEEDS(EVERY_FEATURES, 1)),                                             \
       siamese_hits_get_shares(p[0], 0, 0, p[1], n, p[2]))

#define MODEL_GETS(XX, part, type)                                             \
    XX(siamese_model_get_##part, (H(model, model), OUT), (MAKES(type)),        \
       siamese_model_get_##part(p[0], p[1]))

#define EVERY_MODEL(XX)                                                        \
    XX(siamese_model_create,                                                   \
       (OUT, I0(preset, "small"), I0(options, &w.model_options)),              \
       (MAKES(model)), siamese_model_create(p[0], p[1], p[2]))                 \
    FREES(XX, model, model)                                                    \
    XX(siamese_model_set,                                                      \
       (H(model, model), I(name, "epochs"), I(value, "3")), (.alone = 0),      \
       siamese_model_set(p[0], p[1], p[2]))                                    \
    XX(siamese_model_add_column, (H(model, model), I(name, "more")),           \
       (.alone = 0), siamese_model_add_column(p[0], p[1], 0))                  \
    XX(siamese_model_add_field,                                                \
       (H(model, fresh), I(name, "more"), I0(options, &w.field_options)),      \
       (.alone = 0), siamese_model_add_field(p[0], p[1], p[2]))                \
    XX(siamese_model_set_vocab, (H(model, fresh), H0(vocab, vocab)),           \
       (.alone = 0), siamese_model_set_vocab(p[0], p[1]))                      \
    XX(siamese_model_add_pairs, (H(model, model), I(pairs, &w.pairs)),         \
       (.alone = 0), siamese_model_add_pairs(p[0], p[1]))                      \
    XX(siamese_model_set_validation,                                           \
       (H(model, model), I(pairs, &w.pairs), I0(candidates, &w.items)),        \
       (.alone = 0), siamese_model_set_validation(p[0], p[1], p[2]))           \
    XX(siamese_model_train, (H(model, model)), (.goes_on = 1),                 \
       siamese_model_train(p[0], NULL, NULL))                                  \
    XX(siamese_model_resume, (H(model, model)), (.goes_on = 1),                \
       siamese_model_resume(p[0], NULL, NULL))                                 \
    XX(siamese_model_prepare, (H(model, model)), (.goes_on = 1),               \
       siamese_model_prepare(p[0]))                                            \
    XX(siamese_model_cancel, (H(model, model)), (.alone = 0),                  \
       siamese_model_cancel(p[0]))                                             \
    XX(siamese_model_forget_cancel, (H(model, model)), (.alone = 0),           \
       siamese_model_forget_cancel(p[0]))                                      \
    XX(siamese_model_grow, (H(model, model)), (.goes_on = 1),                  \
       siamese_model_grow(p[0], 0))                                            \
    XX(siamese_model_rebuild, (H(model, model)), (.alone = 0),                 \
       siamese_model_rebuild(p[0], NULL, NULL))                                \
    XX(siamese_model_finish, (H(model, model)), (.alone = 0),                  \
       siamese_model_finish(p[0]))                                             \
    XX(siamese_model_add_items, (H(model, model), I(rows, &w.new_rows)),       \
       (.alone = 0), siamese_model_add_items(p[0], p[1]))                      \
    XX(siamese_model_update_items, (H(model, model), I(rows, &w.item_rows)),   \
       (.alone = 0), siamese_model_update_items(p[0], p[1]))                   \
    XX(siamese_model_remove_items,                                             \
       (H(model, model), IDS, R0(removed, needed)), (.alone = 0),              \
       siamese_model_remove_items(p[0], p[1], NULL, 3, p[2]))                  \
    XX(siamese_model_search_text,                                              \
       (H(model, model), I(text, "red lamp"), OUT), (MAKES(hits)),             \
       siamese_model_search_text(p[0], p[1], 2, p[2]))                         \
    XX(siamese_model_search,                                                   \
       (H(model, model), I(request, &w.request), OUT), (MAKES(hits)),          \
       siamese_model_search(p[0], p[1], p[2]))                                 \
    XX(siamese_model_encode,                                                   \
       (H(model, model), I(rows, part_texts), R(out, floats)),                 \
       (HAS(8, 2)), siamese_model_encode(p[0], 0, p[1], 2, 1, p[2], n))        \
    XX(siamese_model_save,                                                     \
       (H(model, model), I(path, every_path), I0(options, &w.save_options)),   \
       (.alone = 0), siamese_model_save(p[0], p[1], p[2]))                     \
    XX(siamese_model_write,                                                    \
       (H(model, model), I(write, ""), I0(options, &w.save_options)),          \
       (.alone = 0),                                                           \
       siamese_model_write(p[0], p[1] ? every_write : NULL, &w.again, p[2]))   \
    XX(siamese_model_open,                                                     \
       (OUT, I(path, every_path), I0(options, &w.load_options)),               \
       (MAKES(model)), siamese_model_open(p[0], p[1], p[2]))                   \
    XX(siamese_model_read, (OUT, I(read, ""), I0(options, &w.load_options)),   \
       (MAKES(model)), every_model_read(p))                                    \
    XX(siamese_model_reload,                                                   \
       (H(model, model), I(path, every_path), I0(options, &w.load_options)),   \
       (.alone = 0), siamese_model_reload(p[0], p[1], p[2]))                   \
    XX(siamese_model_get_info, (H(model, model), R(info, model_info)),         \
       (.alone = 0), siamese_model_get_info(p[0], p[1]))                       \
    MODEL_GETS(XX, vocab, vocab)                                               \
    MODEL_GETS(XX, query_tower, tower)                                         \
    MODEL_GETS(XX, item_tower, tower)                                          \
    XX(siamese_model_get_trainer, (H(model, trained), OUT), (MAKES(trainer)),  \
       siamese_model_get_trainer(p[0], p[1]))                                  \
    MODEL_GETS(XX, index, index)                                               \
    MODEL_GETS(XX, items, items)                                               \
    MODEL_GETS(XX, searcher, searcher)                                         \
    MODEL_GETS(XX, ranker, ranker)                                             \
    MODEL_GETS(XX, bundle, bundle)                                             \
    XX(siamese_model_from_bundle, (OUT, H(bundle, bundle)), (MAKES(model)),    \
       siamese_model_from_bundle(p[0], p[1]))

#define EVERY_PORCH(XX)                                                        \
    EVERY_ITEMS(XX)                                                            \
    EVERY_SEARCHER(XX)                                                         \
    EVERY_HITS(XX)                                                             \
    EVERY_MODEL(XX)

#endif
