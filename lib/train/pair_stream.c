/*
 * pair_stream.c: a source is read once from end to end, and numbers go out;
 * trainer_data.c has that done before an epoch, fit.c then shuffles the pairs.
 */
#include "train/pair_stream.h"

#include <math.h>

#include "common/cancel.h"
#include "common/memory.h"

void sm_pair_stream_free(sm_pair_stream *stream)
{
    if (stream->source.release) stream->source.release(stream->source.context);
    sm_free(stream->items.items);
    *stream = (sm_pair_stream){.is_set = false};
}

void sm_pair_stream_forget(sm_pair_stream *stream)
{
    stream->is_counted = stream->has_items = false;
    stream->count = stream->items.count = 0;
}

/* ---- what a source cannot do ---- */

sm_status sm_pair_stream_check_options(const siamese_trainer_options *o)
{
    SM_REQUIRE(o->mined_negatives == 0, SIAMESE_E_OPTION,
               "mined_negatives: mining ranks the items for all pairs, which "
               "are not there at once with a source; use random_negatives or "
               "hard_negatives");
    SM_REQUIRE(o->logq != SIAMESE_LOGQ_COUNTED, SIAMESE_E_OPTION,
               "logq: counted looks at all pairs, which are not there at once "
               "with a source; use streaming, or given with "
               "item_probabilities");
    SM_REQUIRE(o->metrics == SIAMESE_METRICS_NONE, SIAMESE_E_OPTION,
               "metrics: FactorizedTopK ranks the items of all pairs, which "
               "are not there at once with a source; use none, and "
               "siamese_trainer_set_validation with candidates");
    return SIAMESE_OK;
}

sm_status sm_pair_stream_check(const siamese_trainer_options *o,
                               const sm_pair_store *store)
{
    SM_RETURN_IF_ERROR(sm_pair_stream_check_options(o));
    SM_REQUIRE(o->random_negatives == 0 || store->catalogue.count > 0,
               SIAMESE_E_STATE,
               "random_negatives: with a source they are drawn from a "
               "catalogue; give one by siamese_trainer_add_items");
    SM_REQUIRE(o->self_supervision == 0 || store->catalogue.count > 0,
               SIAMESE_E_STATE,
               "self_supervision: with a source its pairs are made of a "
               "catalogue; give one by siamese_trainer_add_items, or set it to "
               "0");
    return SIAMESE_OK;
}

/* ---- the first pass ---- */

sm_pair_reader sm_pair_stream_reader(const sm_pair_stream *stream,
                                     const sm_pair_store *store,
                                     const siamese_tower *query,
                                     const siamese_tower *item)
{
    return (sm_pair_reader){
        .source = stream->source, .store = store, .query = query, .item = item};
}

typedef struct pass {
    sm_pair_store *store;
    sm_pair_mark mark;   /* the store without the pair */
    unsigned char *seen; /* [identities of the catalogue] */
    sm_item_list items;
} pass;

/*
 * The item of a pair, if it is the first of its identity. Its texts stay in the
 * store, where they may differ from those of the catalogue: a row an identity
 * at most.
 */
static sm_status take_item(pass *p, const siamese_pairs *pair, size_t number)
{
    sm_pair_store *const store = p->store;
    SM_RETURN_IF_ERROR(
        sm_pair_store_add(store, NULL, NULL, pair, SM_PAIRS_WHOLE, "source"));
    sm_pair const own = sm_pair_store_get(store, 0);
    bool const is_known = own.item_number < p->mark.identities;
    if (is_known && !p->seen[own.item_number]) {
        sm_item *const grown = sm_grow(p->items.items, &p->items.capacity,
                                       p->items.count + 1, sizeof *grown);
        if (grown == NULL) return sm_fail_memory();
        p->items.items = grown;
        grown[p->items.count++] =
            (sm_item){own.item, own.item_number, own.probability};
        p->seen[own.item_number] = 1;
        if (own.item == p->mark.items) p->mark.items++;
    }
    sm_pair_store_cut(store, p->mark);
    SM_REQUIRE(is_known, SIAMESE_E_STATE,
               "self_supervision: the item of pair %zu of the source is not "
               "in the catalogue of siamese_trainer_add_items",
               number);
    return SIAMESE_OK;
}

static sm_status read_all(sm_pair_reader *reader, pass *p, bool wants_items)
{
    SM_RETURN_IF_ERROR(sm_pair_reader_rewind(reader));
    for (;;) {
        siamese_pairs pair;
        SM_RETURN_IF_ERROR(sm_pair_reader_next(reader, &pair));
        if (pair.count == 0) return SIAMESE_OK;
        if (wants_items)
            SM_RETURN_IF_ERROR(take_item(p, &pair, reader->count - 1));
    }
}

sm_status sm_pair_stream_count(sm_pair_stream *stream, sm_pair_store *store,
                               const siamese_tower *query,
                               const siamese_tower *item, bool wants_items)
{
    sm_status status = SIAMESE_OK;
    size_t const catalogue = store->catalogue.count;
    if (stream->is_counted &&
        (!wants_items || (stream->has_items && stream->of_items == catalogue)))
        return SIAMESE_OK;
    sm_pair_reader reader = sm_pair_stream_reader(stream, store, query, item);
    pass p = {.store = store, .mark = sm_pair_store_mark(store)};
    size_t const rows = store->items.count;
    if (wants_items) {
        p.seen = sm_calloc(store->identities.count + 1, 1);
        SM_CHECK_MEMORY(p.seen);
    }
    SM_TRY(read_all(&reader, &p, wants_items));
    sm_item_list const before = stream->items;
    stream->items = p.items;
    p.items = before;
    stream->is_counted = true;
    stream->has_items = wants_items;
    stream->of_items = catalogue;
    stream->count = reader.count;
    stream->hash = reader.hash;
out:
    if (status != SIAMESE_OK) {
        p.mark.items = rows;
        sm_pair_store_cut(store, p.mark);
    }
    sm_free(p.seen);
    sm_free(p.items.items);
    return status;
}
