/*
 * fuzz_index.c: an index through any adds, removals, updates, trainings and
 * searches, beside a plain list of its vectors that is searched one by one.
 * Numbers are small and whole, so that scores are exact. With a filter, in a
 * batch, by range and without codes the results are those of the list, and
 * searches of some lists find what is there, in order.
 *
 * An input is bytes that choose, one after the other.
 */
#include "fuzz/support/fuzz.h"

enum { DIM = 4, MOST = 256, MOST_IDS = 24, QUERIES = 3, STEPS = 64 };

typedef struct entry {
    int64_t id;
    float vector[DIM];
} entry;

typedef struct world {
    fuzz_input in;
    siamese_index *index;
    entry list[MOST];
    size_t count;
    int has_codes;
} world;

typedef struct hit {
    int64_t id;
    float score;
} hit;

static float number_of(fuzz_input *in)
{
    return (float)(int)fuzz_below(in, 7) - 3.0f;
}

/* Ids come again, and some are far apart. */
static int64_t id_of(fuzz_input *in)
{
    size_t const number = fuzz_below(in, MOST_IDS);
    return number < 20 ? (int64_t)number : INT64_MAX - (int64_t)number;
}

/* ---- the list ---- */

static size_t drop(world *w, const int64_t *ids, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->count; i++) {
        int is_gone = 0;
        for (size_t j = 0; j < count; j++) is_gone |= ids[j] == w->list[i].id;
        if (!is_gone) w->list[kept++] = w->list[i];
    }
    size_t const dropped = w->count - kept;
    w->count = kept;
    return dropped;
}

static void append(world *w, const int64_t *ids, const float *vectors,
                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        entry *const e = &w->list[w->count++];
        e->id = ids[i];
        memcpy(e->vector, vectors + i * DIM, sizeof e->vector);
    }
}

static int by_rank(const void *a, const void *b)
{
    const hit *const x = a, *const y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Of ids that pass: included[], or not excluded[]; all, best first. */
static size_t brute(const world *w, const float *query, int mode,
                    const int64_t *ids, size_t id_count, hit *hits)
{
    size_t count = 0;
    for (size_t i = 0; i < w->count; i++) {
        float score = 0;
        int is_named = 0;
        for (size_t d = 0; d < DIM; d++)
            score += query[d] * w->list[i].vector[d];
        for (size_t j = 0; j < id_count; j++)
            is_named |= ids[j] == w->list[i].id;
        if (mode >= 0 && is_named != (mode == SIAMESE_FILTER_INCLUDE)) continue;
        hits[count++] = (hit){w->list[i].id, score};
    }
    qsort(hits, count, sizeof *hits, by_rank);
    return count;
}

/* Of hits of one id the best alone. */
static size_t once(hit *hits, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t j = 0;
        while (j < kept && hits[j].id != hits[i].id) j++;
        if (j == kept) hits[kept++] = hits[i];
    }
    return kept;
}

static void require_hits(const hit *wanted, size_t count, const int64_t *ids,
                         const float *scores)
{
    for (size_t i = 0; i < count; i++)
        fuzz_require(ids[i] == wanted[i].id && scores[i] == wanted[i].score);
}

/* ---- searches ---- */

static void check_range(const world *w, const float *queries,
                        const siamese_search_options *options)
{
    static int64_t ids[QUERIES * MOST];
    static float scores[QUERIES * MOST];
    static hit wanted[MOST];
    size_t offsets[QUERIES + 1], needed;
    float const least = 1;
    fuzz_ok(siamese_index_range_search(w->index, queries, QUERIES, least,
                                       options, offsets, ids, scores,
                                       QUERIES * MOST, &needed));
    for (size_t q = 0; q < QUERIES; q++) {
        size_t count = brute(w, queries + q * DIM, -1, NULL, 0, wanted);
        if (options->dedupe) count = once(wanted, count);
        while (count > 0 && wanted[count - 1].score < least) count--;
        fuzz_require(offsets[q + 1] - offsets[q] == count);
        require_hits(wanted, count, ids + offsets[q], scores + offsets[q]);
    }
    fuzz_require(needed == offsets[QUERIES]);
}

static void search(world *w)
{
    static hit wanted[MOST];
    int64_t ids[QUERIES * MOST], named[4];
    float queries[QUERIES * DIM], scores[QUERIES * MOST];
    size_t found[QUERIES];
    siamese_search_options options;
    siamese_id_filter *filter = NULL;
    size_t const choice = fuzz_byte(&w->in);
    size_t const k = 1 + fuzz_below(&w->in, 12), named_count = choice % 5;
    int const mode = named_count ? (int)(choice >> 3 & 1) : -1;
    for (size_t i = 0; i < QUERIES * DIM; i++) queries[i] = number_of(&w->in);
    for (size_t i = 0; i < named_count; i++) named[i] = id_of(&w->in);
    if (mode >= 0)
        fuzz_ok(siamese_id_filter_create(&filter, mode, named, named_count));
    fuzz_ok(siamese_search_options_init(&options, sizeof options));
    options.exact = !(choice & 16);
    options.dedupe = choice >> 5 & 1;
    options.scan = (int32_t)((choice >> 6) % (w->has_codes ? 3 : 2));
    fuzz_ok(siamese_index_search_filtered(w->index, queries, QUERIES, k,
                                          &options, filter, ids, scores,
                                          QUERIES * k, found));
    for (size_t q = 0; q < QUERIES; q++) {
        size_t count =
            brute(w, queries + q * DIM, mode, named, named_count, wanted);
        if (options.dedupe) count = once(wanted, count);
        if (options.exact) {
            fuzz_require(found[q] == (count < k ? count : k));
            require_hits(wanted, found[q], ids + q * k, scores + q * k);
            continue;
        }
        fuzz_require(found[q] <= count);
        for (size_t i = 0; i < found[q]; i++) /* of some lists: what is there */
            fuzz_require(scores[q * k + i] <= wanted[i].score);
    }
    siamese_id_filter_free(filter);
    if (options.exact) check_range(w, queries, &options);
}

/* ---- changes ---- */

static void change(world *w)
{
    float vectors[8 * DIM];
    int64_t ids[8];
    size_t const choice = fuzz_byte(&w->in), count = 1 + choice / 4 % 8;
    size_t removed = 0;
    for (size_t i = 0; i < count; i++) ids[i] = id_of(&w->in);
    if (choice % 4 == 2) {
        fuzz_ok(siamese_index_remove(w->index, ids, count, &removed));
        fuzz_require(removed == drop(w, ids, count));
        return;
    }
    for (size_t i = 0; i < count * DIM; i++) vectors[i] = number_of(&w->in);
    if (w->count + count > MOST) return;
    if (choice % 4 == 3) {
        fuzz_ok(siamese_index_update(w->index, ids, vectors, count, &removed));
        fuzz_require(removed == drop(w, ids, count));
    } else
        fuzz_ok(siamese_index_add(w->index, ids, vectors, count));
    append(w, ids, vectors, count);
}

static void train(world *w)
{
    float vectors[16 * DIM];
    size_t const count = 4 + fuzz_below(&w->in, 13);
    for (size_t i = 0; i < count * DIM; i++) vectors[i] = number_of(&w->in);
    (void)siamese_index_train(w->index, vectors, count);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_count_memory();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static world w;
    siamese_index_options options;
    size_t const live = fuzz_memory_begin();
    w.in = (fuzz_input){data, size};
    w.count = 0;
    fuzz_ok(siamese_index_options_init(&options, sizeof options));
    size_t const shape = fuzz_byte(&w.in);
    options.threads = 1;
    options.nlist = shape % 5;
    options.scan = (int32_t)(shape / 8 % 3);
    w.has_codes = options.scan == SIAMESE_SCAN_BOUNDED;
    fuzz_ok(siamese_index_create(&w.index, DIM, &options));
    for (int step = 0; step < STEPS && w.in.size > 0; step++) {
        size_t const what = fuzz_below(&w.in, 8);
        if (what == 7)
            train(&w);
        else if (what >= 4)
            search(&w);
        else
            change(&w);
        fuzz_require(siamese_index_count(w.index) == w.count);
    }
    search(&w);
    siamese_index_free(w.index);
    fuzz_memory_end(live);
    return 0;
}
