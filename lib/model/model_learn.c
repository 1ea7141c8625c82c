/*
 * model_learn.c: the pairs of a model's trainer in, weights of its ranker out.
 *
 * Some queries are held back from a short first model, which then searches for
 * them as the whole model will for queries that it was not trained on; a
 * ranker is learned by what it finds and the pairs say of that. For training.
 */
#include "model/model_learn.h"

#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/rng.h"
#include "common/size.h"
#include "model/first_model.h"
#include "search/rank_learner.h"
#include "search/ranker.h"
#include "search/words_change.h"
#include "train/trainer.h"
#include "tower/tower.h"

/*
 * Queries that are held back: 8 % of them, at least LEAST, at most a fifth, so
 * that the first model is like the whole one, and no more than MOST, which
 * teach no more. Of fewer than LEAST in all half are held back, to choose how
 * much words are to count and no more; of fewer than FEWEST none.
 */
enum { FEWEST = 60, LEAST = 270, MOST = 2000 };
#define SHARE 0.08
#define MOST_SHARE 0.2

/* Items that are searched; results that are looked at; queries at once. */
enum { ITEMS = 131072, DEPTH = 100, BATCH = 64 };

/* Of the seed's streams of random numbers: "rank". */
#define STREAM 0x72616e6b

/* What a query is to find. */
typedef struct judged {
    uint32_t number; /* of the item */
    float gain;
} judged;

typedef struct learning {
    sm_model_run *run;
    sm_first_data data;
    siamese_trainer_options options;
    bool *held;        /* [store->queries.count] */
    uint32_t *queries; /* [query_count] rows of those held back */
    size_t query_count;
    bool is_few;   /* too few to learn weights of all features */
    size_t *first; /* [store->queries.count + 1]: judged of each query */
    judged *judged;
    sm_item_list items;
    /* lists of results, one behind the other */
    float *features, *gains;
    size_t *offsets;
    size_t lists, rows;
} learning;

/* ---- which queries are held back ---- */

static size_t count_held(size_t all)
{
    if (all < LEAST) return all < FEWEST ? 0 : all / 2;
    size_t const share = (size_t)(SHARE * (double)all);
    size_t const most = (size_t)(MOST_SHARE * (double)all);
    return sm_min(sm_min(sm_max(share, (size_t)LEAST), most), (size_t)MOST);
}

/* Queries with a pair that weighs something, in the order of the pairs. */
static size_t list_queries(learning *l)
{
    const sm_pair_store *const store = l->data.store;
    size_t count = 0;
    for (size_t i = 0; i < store->count; i++) {
        sm_pair const pair = sm_pair_store_get(store, i);
        if (pair.weight == 0 || l->held[pair.query]) continue;
        l->held[pair.query] = true;
        l->queries[count++] = pair.query;
    }
    return count;
}

/* The first ones of a shuffle by the trainer's seed; none if they are few. */
static sm_status choose_queries(learning *l)
{
    size_t const rows = l->data.store->queries.count;
    sm_rng rng;
    l->data.held = l->held = sm_calloc(rows, sizeof *l->held);
    l->queries = sm_alloc_array(rows, sizeof *l->queries);
    if (l->held == NULL || l->queries == NULL) return sm_fail_memory();
    size_t const all = list_queries(l);
    l->query_count = count_held(all);
    l->is_few = all < LEAST;
    memset(l->held, 0, rows * sizeof *l->held);
    sm_rng_init(&rng, l->options.seed, STREAM);
    for (size_t i = 0; i < l->query_count; i++) {
        size_t const other = i + sm_rng_below(&rng, all - i);
        uint32_t const row = l->queries[other];
        l->queries[other] = l->queries[i];
        l->queries[i] = row;
        l->held[row] = true;
    }
    return SIAMESE_OK;
}

/* What those find, by counting. */
static sm_status list_judged(learning *l)
{
    const sm_pair_store *const store = l->data.store;
    size_t const rows = store->queries.count;
    l->first = sm_calloc(rows + 2, sizeof *l->first);
    if (l->first == NULL) return sm_fail_memory();
    for (size_t i = 0; i < store->count; i++) {
        uint32_t const query = sm_pair_store_get(store, i).query;
        if (l->held[query]) l->first[query + 2]++;
    }
    for (size_t q = 0; q <= rows; q++) l->first[q + 1] += l->first[q];
    l->judged = sm_alloc_array(l->first[rows + 1], sizeof *l->judged);
    if (l->judged == NULL) return sm_fail_memory();
    for (size_t i = 0; i < store->count; i++) {
        sm_pair const pair = sm_pair_store_get(store, i);
        if (l->held[pair.query])
            l->judged[l->first[pair.query + 1]++] =
                (judged){pair.item_number, pair.weight};
    }
    return SIAMESE_OK;
}

/* ---- which items are searched ---- */

/* All; or of more than ITEMS those that the queries are to find, and of the
 * others every so manieth. */
static sm_status choose_items(learning *l)
{
    const sm_pair_store *const store = l->data.store;
    SM_RETURN_IF_ERROR(sm_pair_store_distinct(
        store, NULL, store->count, store->catalogue.count, &l->items));
    size_t const count = l->items.count;
    if (count > ITEMS) {
        unsigned char *const wanted = sm_calloc(store->identities.count, 1);
        if (wanted == NULL) return sm_fail_memory();
        for (size_t i = 0; i < l->first[store->queries.count]; i++)
            wanted[l->judged[i].number] = 1;
        l->items.count = 0;
        for (size_t i = 0; i < count; i++)
            if (wanted[l->items.items[i].number] ||
                (i + 1) * ITEMS / count > i * ITEMS / count)
                l->items.items[l->items.count++] = l->items.items[i];
        sm_free(wanted);
    }
    l->data.items = l->items.items;
    l->data.item_count = l->items.count;
    return SIAMESE_OK;
}

/* ---- what the first model finds ---- */

static float gain_of(const learning *l, uint32_t query, int64_t id)
{
    uint32_t const number = l->items.items[id].number;
    float gain = 0;
    for (size_t i = l->first[query]; i < l->first[query + 1]; i++)
        if (l->judged[i].number == number && l->judged[i].gain > gain)
            gain = l->judged[i].gain;
    return gain;
}

static sm_status take_hits(learning *l, const siamese_hits *hits,
                           const uint32_t *queries, size_t count)
{
    for (size_t q = 0; q < count; q++) {
        size_t const found = siamese_hits_count(hits, q);
        const int64_t *const ids = siamese_hits_ids(hits, q);
        for (size_t i = 0; i < found; i++, l->rows++) {
            SM_RETURN_IF_ERROR(siamese_hits_get_shares(
                hits, q, i, l->features + l->rows * SM_FEATURES, SM_FEATURES,
                NULL));
            l->gains[l->rows] = gain_of(l, queries[q], ids[i]);
        }
        l->offsets[++l->lists] = l->rows;
    }
    return SIAMESE_OK;
}

static sm_status search_batch(learning *l, const siamese_searcher *searcher,
                              size_t first, size_t count)
{
    siamese_search_request request;
    siamese_text texts[BATCH];
    siamese_hits *hits;
    SM_RETURN_IF_ERROR(siamese_search_request_init(&request, sizeof request));
    for (size_t i = 0; i < count; i++)
        texts[i] = sm_text_rows_text(&l->data.store->queries,
                                     l->queries[first + i], 0);
    request.texts = texts;
    request.count = count;
    request.k = DEPTH;
    request.explain = 1;
    SM_RETURN_IF_ERROR(siamese_searcher_search(searcher, &request, &hits));
    sm_status const status = take_hits(l, hits, l->queries + first, count);
    siamese_hits_free(hits);
    return status;
}

/* With all weights 1 the shares of a score are the features themselves. */
static sm_status give_ranker(const siamese_ranker_options *options,
                             siamese_searcher *searcher)
{
    siamese_ranker_options own = *options;
    sm_linear_ranker ones = {.queries = 1};
    siamese_ranker *ranker;
    for (size_t f = 0; f < SM_FEATURES; f++) ones.weights[f] = 1;
    own.rerank_depth = sm_min(own.rerank_depth, (size_t)DEPTH);
    SM_RETURN_IF_ERROR(sm_ranker_create(&ranker, &own, &ones));
    sm_status const status = siamese_searcher_set_ranker(searcher, ranker);
    siamese_ranker_free(ranker);
    return status;
}

static sm_status search_all(learning *l, siamese_searcher *searcher)
{
    const siamese_ranker_options *const options =
        &l->run->model->settings.ranker;
    size_t const depth = sm_min(options->rerank_depth, (size_t)DEPTH);
    size_t const room = l->query_count * depth;
    SM_RETURN_IF_ERROR(give_ranker(options, searcher));
    l->features = sm_alloc_array(room, SM_FEATURES * sizeof *l->features);
    l->gains = sm_alloc_array(room, sizeof *l->gains);
    l->offsets = sm_calloc(l->query_count + 1, sizeof *l->offsets);
    if (l->features == NULL || l->gains == NULL || l->offsets == NULL)
        return sm_fail_memory();
    for (size_t done = 0; done < l->query_count; done += BATCH) {
        double const share = (double)done / (double)l->query_count;
        SM_RETURN_IF_ERROR(
            sm_model_tell(l->run, SIAMESE_STAGE_RANK,
                          SM_FIRST_FITTED + share * (1 - SM_FIRST_FITTED)));
        SM_RETURN_IF_ERROR(search_batch(
            l, searcher, done, sm_min(l->query_count - done, (size_t)BATCH)));
    }
    return SIAMESE_OK;
}

/* ---- all ---- */

static void end(learning *l)
{
    sm_free(l->held);
    sm_free(l->queries);
    sm_free(l->first);
    sm_free(l->judged);
    sm_free(l->items.items);
    sm_free(l->features);
    sm_free(l->gains);
    sm_free(l->offsets);
}

static sm_status learn(learning *l, sm_linear_ranker *learned)
{
    sm_status status = SIAMESE_OK;
    siamese_searcher *searcher = NULL;
    SM_TRY(choose_queries(l));
    if (l->query_count == 0) goto out;
    SM_TRY(list_judged(l));
    SM_TRY(choose_items(l));
    SM_TRY(sm_first_model(l->run, &l->data, &searcher));
    SM_TRY(search_all(l, searcher));
    sm_rank_lists const lists = {l->features, l->gains, l->offsets, l->lists};
    double const weight = l->run->model->settings.ranker.maxsim_weight;
    SM_TRY(l->is_few ? sm_rank_choose(&lists, weight, learned)
                     : sm_rank_learn(&lists, weight, learned));
    SM_TRY(sm_model_tell(l->run, SIAMESE_STAGE_RANK, 1));
out:
    siamese_searcher_free(searcher);
    return status;
}

/* Whether weights are wanted, and a bag of words is trained: what a ranker
 * learns by one says little of another encoder's cosines. */
static sm_status is_wanted(const siamese_model *model,
                           const siamese_tower *item, bool *out)
{
    const siamese_ranker_options *const r = &model->settings.ranker;
    siamese_tower_options options = {.struct_size = sizeof options};
    *out = false;
    if (!r->rerank || !r->learned || model->learned.queries > 0 ||
        !sm_words_can_be_of(item))
        return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_tower_get_options(item, &options));
    *out = options.encoder == SIAMESE_ENCODER_BAG;
    return SIAMESE_OK;
}

sm_status sm_model_learn(sm_model_run *run)
{
    siamese_model *const model = run->model;
    learning l = {.run = run};
    sm_linear_ranker learned = {.queries = 0};
    bool wanted;
    l.options.struct_size = sizeof l.options;
    l.data = (sm_first_data){.item = sm_trainer_item_tower(model->trainer),
                             .options = &l.options,
                             .store = sm_trainer_pairs(model->trainer)};
    SM_RETURN_IF_ERROR(is_wanted(model, l.data.item, &wanted));
    if (!wanted) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_trainer_get_options(model->trainer, &l.options));
    sm_status status = learn(&l, &learned);
    end(&l);
    if (status != SIAMESE_OK && status != SIAMESE_E_CANCELLED &&
        status != SIAMESE_E_MEMORY) {
        sm_log(SIAMESE_LOG_WARN, "the ranker learns no weights: %s",
               siamese_last_error());
        status = SIAMESE_OK;
    }
    if (status == SIAMESE_OK && learned.queries > 0) {
        pthread_mutex_lock(&model->work);
        model->learned = learned;
        pthread_mutex_unlock(&model->work);
    }
    return status;
}
