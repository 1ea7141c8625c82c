/*
 * fuzz_search.c: searches of a model with every stage: how it is asked, and the
 * model's file, in. Hits are in order, of items that there are, as many as were
 * asked for at most, and what the request says of them holds; queries together
 * find what each finds alone, with the same bits; and a filter lets through
 * nothing else.
 *
 * An input is 64 bytes that choose, and a checkpoint. Changes go to those
 * bytes, or to the sections that a search reads.
 */
#include <ctype.h>
#include <math.h>

#include "fuzz/support/sections.h"

enum { HEAD = 64, QUERIES = 2, MOST_K = 12 };
#define MOST_BYTES ((uint64_t)1 << 20)

typedef struct asking {
    siamese_search_request request;
    siamese_text texts[QUERIES];
    siamese_id_filter *filter;
    size_t where;
} asking;

static const char *const conditions[] = {
    NULL, "price > 1", "brand is not missing and title >= 'r'",
    "not (price in (1.5, 3) or id = 'c')"};

static void ask(asking *a, fuzz_input *in)
{
    siamese_search_request *const r = &a->request;
    a->filter = NULL;
    fuzz_ok(siamese_search_request_init(r, sizeof *r));
    r->k = fuzz_below(in, MOST_K + 1);
    r->nprobe = fuzz_below(in, 3);
    size_t const choice = fuzz_byte(in), stages = fuzz_byte(in);
    r->exact = choice & 1;
    r->dedupe = choice >> 1 & 1;
    r->explain = choice >> 2 & 1;
    r->collapse_titles = choice >> 3 & 1;
    a->where = choice >> 4 & 3;
    r->rerank = (int32_t)(stages % 3);
    r->spelling = (int32_t)(stages / 3 % 3);
    r->feedback = (int32_t)(stages / 9 % 3);
    r->scan = (int32_t)(stages / 27 % 2);
    if (choice & 64) r->min_score = (double)fuzz_below(in, 200) / 100 - 1;
    if (choice & 128) r->min_confidence = (double)fuzz_below(in, 100) / 100;
    if (r->k == 0 && r->min_score < -1) r->k = 1;
    for (size_t q = 0; q < QUERIES; q++)
        a->texts[q] = fuzz_take(in, q ? in->size : 4 + fuzz_below(in, 24));
    r->texts = a->texts;
    r->count = QUERIES;
}

/* ---- what hits promise ---- */

static void check_query(const siamese_hits *hits, size_t q,
                        const siamese_search_request *r,
                        const siamese_items *items)
{
    size_t const count = siamese_hits_count(hits, q);
    const float *const scores = siamese_hits_scores(hits, q);
    const float *const confidences = siamese_hits_confidences(hits, q);
    const float *const vector_scores = siamese_hits_vector_scores(hits, q);
    const int64_t *const rows = siamese_hits_rows(hits, q);
    fuzz_require(r->k == 0 || count <= r->k);
    for (size_t i = 0; i < count; i++) {
        const char *const title = siamese_hits_title(hits, q, i);
        fuzz_require(items ? strlen(title) < MOST_BYTES : title == NULL);
        fuzz_require(i == 0 || scores[i - 1] >= scores[i]);
        fuzz_require((double)vector_scores[i] >= r->min_score);
        if (confidences)
            fuzz_require(confidences[i] >= 0 && confidences[i] <= 1 &&
                         (double)confidences[i] >= r->min_confidence - 1e-6);
        for (size_t j = 0; j < i; j++)
            fuzz_require(items == NULL || rows[i] != rows[j]);
    }
}

/* Two with a letter or a digit, so that they are not blank, that are equal to
 * the last byte, behind a NUL too. */
static int have_one_title(siamese_text a, siamese_text b)
{
    if (a.size != b.size || memcmp(a.data, b.data, a.size) != 0) return 0;
    for (size_t i = 0; i < a.size; i++)
        if (isalnum((unsigned char)a.data[i])) return 1;
    return 0;
}

static void check_collapsed(const siamese_hits *hits)
{
    const size_t *const offsets = siamese_hits_offsets(hits);
    size_t const total = offsets[QUERIES];
    siamese_text *const titles = malloc((total + 1) * sizeof *titles);
    fuzz_require(titles != NULL);
    fuzz_ok(siamese_hits_get_texts(hits, "title", titles, NULL, total, NULL));
    for (size_t q = 0; q < QUERIES; q++)
        for (size_t i = offsets[q]; i < offsets[q + 1]; i++)
            for (size_t j = offsets[q]; j < i; j++)
                fuzz_require(!have_one_title(titles[i], titles[j]));
    free(titles);
}

/* Each alone: the same rows and bits. */
static void check_alone(const siamese_model *model, const siamese_hits *all,
                        const siamese_search_request *request)
{
    siamese_search_request alone = *request;
    siamese_hits *hits;
    alone.count = 1;
    for (size_t q = 0; q < QUERIES; q++) {
        alone.texts = request->texts + q;
        fuzz_ok(siamese_model_search(model, &alone, &hits));
        size_t const count = siamese_hits_count(all, q);
        fuzz_require(siamese_hits_count(hits, 0) == count);
        if (count) {
            fuzz_require(memcmp(siamese_hits_rows(all, q),
                                siamese_hits_rows(hits, 0),
                                count * sizeof(int64_t)) == 0);
            fuzz_require(memcmp(siamese_hits_scores(all, q),
                                siamese_hits_scores(hits, 0),
                                count * sizeof(float)) == 0);
        }
        siamese_hits_free(hits);
    }
}

/* Rows that pass, by another search of them all, by their vectors alone. */
static void check_filter(const siamese_hits *hits, const siamese_items *items,
                         const char *condition)
{
    enum { MOST = 64 };
    int64_t rows[MOST];
    float ones[MOST], scores[MOST], one = 1;
    siamese_index_options options;
    siamese_index *index;
    siamese_id_filter *filter;
    size_t count = 0, found = 0;
    if (siamese_items_get_rows(items, rows, MOST, &count) || count == 0) return;
    if (siamese_items_create_where_filter(&filter, items, condition, NULL,
                                          NULL))
        return;
    for (size_t i = 0; i < count; i++) ones[i] = 1;
    fuzz_ok(siamese_index_options_init(&options, sizeof options));
    options.threads = 1;
    fuzz_ok(siamese_index_create(&index, 1, &options));
    fuzz_ok(siamese_index_add(index, rows, ones, count));
    fuzz_ok(siamese_index_search_filtered(index, &one, 1, MOST, NULL, filter,
                                          rows, scores, MOST, &found));
    for (size_t q = 0; q < QUERIES; q++)
        for (size_t i = 0; i < siamese_hits_count(hits, q); i++) {
            size_t at = 0;
            while (at < found && rows[at] != siamese_hits_rows(hits, q)[i])
                at++;
            fuzz_require(at < found);
        }
    siamese_id_filter_free(filter);
    siamese_index_free(index);
}

static void search(const siamese_model *model, asking *a)
{
    siamese_items *items = NULL;
    siamese_hits *hits;
    const char *const condition = conditions[a->where];
    (void)siamese_model_get_items(model, &items);
    if (items && condition)
        (void)siamese_items_create_where_filter(&a->filter, items, condition,
                                                NULL, NULL);
    a->request.filter = a->filter;
    if (siamese_model_search(model, &a->request, &hits) == SIAMESE_OK) {
        for (size_t q = 0; q < QUERIES; q++)
            check_query(hits, q, &a->request, items);
        if (a->request.collapse_titles) check_collapsed(hits);
        check_alone(model, hits, &a->request);
        if (a->filter) check_filter(hits, items, condition);
        siamese_hits_free(hits);
    }
    siamese_id_filter_free(a->filter);
    siamese_items_free(items);
}

/* ---- the entries ---- */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_count_memory();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    siamese_load_options options;
    siamese_bundle *bundle;
    siamese_model *model = NULL;
    asking a;
    if (size < HEAD) return 0;
    fuzz_input head = {data, HEAD};
    size_t const live = fuzz_memory_begin();
    ask(&a, &head);
    fuzz_ok(siamese_load_options_init(&options, sizeof options));
    options.max_bytes = MOST_BYTES;
    options.threads = 1;
    if (siamese_checkpoint_load_memory(&bundle, data + HEAD, size - HEAD,
                                       &options))
        return 0;
    if (siamese_model_from_bundle(&model, bundle) == SIAMESE_OK)
        search(model, &a);
    siamese_model_free(model);
    siamese_bundle_free(bundle);
    fuzz_memory_end(live);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned int seed)
{
    static const char *const names[] = {"words",       "ranker", "index",
                                        "query_tower", "items",  "vocab",
                                        "item_tower",  NULL};
    fuzz_random_begin(seed);
    if (size <= HEAD || max_size <= HEAD)
        return LLVMFuzzerMutate(data, size, max_size);
    if (fuzz_random_below(2)) {
        size_t const now = LLVMFuzzerMutate(data, HEAD, HEAD);
        memset(data + now, 0, HEAD - now);
        return size;
    }
    return HEAD + fuzz_sections_mutate(data + HEAD, size - HEAD,
                                       max_size - HEAD,
                                       names[fuzz_random_below(8)]);
}
