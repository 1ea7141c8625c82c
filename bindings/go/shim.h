/* shim.h: what cgo cannot write or what should be one call from Go: options of
 * each kind by a number, callbacks that carry a number of Go's, and searches
 * that bring their error text along. All files of the package include it. */
#ifndef SIAMESE_GO_SHIM_H
#define SIAMESE_GO_SHIM_H

#include <siamese/siamese.h>
#include <stdlib.h>
#include <string.h>

/* ---- options, by the number of their kind ---- */

#define GO_KINDS(XX)                                                           \
    XX(vocab)                                                                  \
    XX(tower)                                                                  \
    XX(field)                                                                  \
    XX(trainer)                                                                \
    XX(index)                                                                  \
    XX(search)                                                                 \
    XX(ranker)                                                                 \
    XX(evaluator)                                                              \
    XX(save)                                                                   \
    XX(load)                                                                   \
    XX(items)                                                                  \
    XX(model)

enum {
#define GO_KIND(kind) GO_KIND_##kind,
    GO_KINDS(GO_KIND)
#undef GO_KIND
        GO_KIND_COUNT
};

static inline const char *go_kind_name(int32_t kind)
{
    switch (kind) {
#define GO_KIND(kind)                                                          \
    case GO_KIND_##kind: return #kind;
        GO_KINDS(GO_KIND)
#undef GO_KIND
    }
    return "";
}

static inline siamese_status go_options_init(int32_t kind, void *options,
                                             size_t size)
{
    switch (kind) {
#define GO_KIND(kind)                                                          \
    case GO_KIND_##kind: return siamese_##kind##_options_init(options, size);
        GO_KINDS(GO_KIND)
#undef GO_KIND
    }
    return SIAMESE_E_INTERNAL;
}

static inline siamese_status go_options_set(int32_t kind, void *options,
                                            const char *name,
                                            const char *value)
{
    switch (kind) {
#define GO_KIND(kind)                                                          \
    case GO_KIND_##kind:                                                       \
        return siamese_##kind##_options_set(options, name, value);
        GO_KINDS(GO_KIND)
#undef GO_KIND
    }
    return SIAMESE_E_INTERNAL;
}

static inline siamese_status go_options_get(int32_t kind, const void *options,
                                            const char *name, char *buf,
                                            size_t size)
{
    switch (kind) {
#define GO_KIND(kind)                                                          \
    case GO_KIND_##kind:                                                       \
        return siamese_##kind##_options_get(options, name, buf, size, NULL);
        GO_KINDS(GO_KIND)
#undef GO_KIND
    }
    return SIAMESE_E_INTERNAL;
}

static inline siamese_status go_options_describe(int32_t kind, size_t i,
                                                 siamese_option_info *info)
{
    switch (kind) {
#define GO_KIND(kind)                                                          \
    case GO_KIND_##kind: return siamese_##kind##_options_describe(i, info);
        GO_KINDS(GO_KIND)
#undef GO_KIND
    }
    return SIAMESE_E_INTERNAL;
}

/* ---- callbacks: user is a runtime/cgo.Handle ---- */

siamese_status go_trainer_fit(siamese_trainer *trainer, uintptr_t user);
siamese_status go_trainer_set_source(siamese_trainer *trainer, uintptr_t user);
siamese_status go_trainer_set_exchange(siamese_trainer *trainer, size_t rank,
                                       size_t size, uintptr_t user);
siamese_status go_checkpoint_write(uintptr_t user, const siamese_bundle *bundle,
                                   const void *options);
siamese_status go_checkpoint_read(siamese_bundle **out, uintptr_t user,
                                  const void *options);
siamese_status go_model_train(siamese_model *model, uintptr_t user);
siamese_status go_model_resume(siamese_model *model, uintptr_t user);
siamese_status go_index_train(siamese_index *index, const float *vectors,
                              size_t count, uintptr_t user);
siamese_status go_index_tune(const siamese_index *index, const float *queries,
                             size_t count, size_t k, double recall,
                             uintptr_t user, size_t *nprobe, double *reached);
siamese_status go_model_rebuild(siamese_model *model, uintptr_t user);
siamese_status go_model_write(const siamese_model *model, uintptr_t user,
                              const void *options);
siamese_status go_model_read(siamese_model **out, uintptr_t user,
                             const void *options);
siamese_status go_set_log(int32_t level);

/* ---- calls whose error text comes along, so that no thread is locked ---- */

typedef struct go_result {
    siamese_status status;
    char *message; /* to be freed; NULL after a success */
} go_result;

static inline go_result go_result_of(siamese_status status)
{
    go_result result = {status, NULL};
    if (status != SIAMESE_OK) result.message = strdup(siamese_last_error());
    return result;
}

/* One text, which stays where it is. */
static inline go_result go_tower_encode_one(const siamese_tower *tower,
                                            const char *data, size_t size,
                                            float *out, size_t capacity)
{
    siamese_text const text = {data, size};
    return go_result_of(
        siamese_tower_encode(tower, &text, 1, 1, out, capacity));
}

static inline go_result go_tower_encode(const siamese_tower *tower,
                                        const siamese_text *rows, size_t count,
                                        size_t fields, float *out,
                                        size_t capacity)
{
    return go_result_of(
        siamese_tower_encode(tower, rows, count, fields, out, capacity));
}

/* The members of siamese_search_options that a struct of Go's has. The others
 * have the defaults, which Go asks for once: that takes a while. */
typedef struct go_search {
    double min_score;
    size_t nprobe;
    int32_t exact;
    int32_t dedupe;
    int32_t strict_nprobe;
} go_search;

static inline siamese_search_options
go_search_options(siamese_search_options options, go_search search)
{
    options.min_score = search.min_score;
    options.nprobe = search.nprobe;
    options.exact = search.exact;
    options.dedupe = search.dedupe;
    options.strict_nprobe = search.strict_nprobe;
    return options;
}

static inline go_result go_index_search(const siamese_index *index,
                                        const float *queries, size_t count,
                                        size_t k,
                                        siamese_search_options defaults,
                                        go_search search,
                                        const siamese_id_filter *filter,
                                        int64_t *ids, float *scores,
                                        size_t capacity, size_t *found)
{
    siamese_search_options const options =
        go_search_options(defaults, search);
    return go_result_of(siamese_index_search_filtered(
        index, queries, count, k, &options, filter, ids, scores, capacity,
        found));
}

/* The members of siamese_search_request that are of a ranker or leave hits
 * out. */
typedef struct go_stages {
    double min_confidence;
    int32_t rerank, spelling, feedback;
    int32_t explain;
    int32_t collapse_titles;
} go_stages;

/* The members of siamese_search_request; the search's own are in go_search. */
static inline siamese_search_request
go_request(siamese_search_request request, const siamese_text *texts,
           size_t fields, size_t count, size_t k, go_search search,
           go_stages stages, const siamese_id_filter *filter)
{
    request.texts = texts;
    request.fields = fields;
    request.count = count;
    request.k = k;
    request.min_score = search.min_score;
    request.filter = filter;
    request.nprobe = search.nprobe;
    request.exact = search.exact;
    request.dedupe = search.dedupe;
    request.strict_nprobe = search.strict_nprobe;
    request.rerank = stages.rerank;
    request.spelling = stages.spelling;
    request.feedback = stages.feedback;
    request.explain = stages.explain;
    request.collapse_titles = stages.collapse_titles;
    request.min_confidence = stages.min_confidence;
    return request;
}

/* Hits and all that Go reads of them without another call. */
typedef struct go_hits {
    siamese_hits *hits;
    size_t queries, count;
    const size_t *offsets;
    const int64_t *rows, *ids; /* ids are NULL if they are texts */
    const float *scores, *vector_scores;
    const float *confidences; /* NULL where no ranker ranked */
    siamese_text *titles;   /* [count], or NULL without items; of malloc */
    siamese_text *text_ids; /* [count] if ids are texts, else NULL; malloc's */
    go_result result;
} go_hits;

/* A column of texts, in memory of malloc; none of hits without items. */
static inline siamese_status go_hits_texts(const siamese_hits *hits,
                                           const char *column, size_t count,
                                           siamese_text **out)
{
    siamese_text *const texts = malloc(count * sizeof *texts + 1);
    if (texts == NULL) return SIAMESE_E_MEMORY;
    siamese_status const status =
        siamese_hits_get_texts(hits, column, texts, NULL, count, NULL);
    if (status == SIAMESE_OK)
        *out = texts;
    else
        free(texts);
    return status;
}

static inline go_hits go_hits_of(siamese_status status, siamese_hits *hits)
{
    go_hits all = {NULL};
    all.result = go_result_of(status);
    if (status != SIAMESE_OK) return all;
    all.hits = hits;
    all.queries = siamese_hits_query_count(hits);
    all.offsets = siamese_hits_offsets(hits);
    all.count = all.offsets[all.queries];
    all.rows = siamese_hits_rows(hits, 0);
    all.ids = siamese_hits_ids(hits, 0);
    all.scores = siamese_hits_scores(hits, 0);
    all.vector_scores = siamese_hits_vector_scores(hits, 0);
    all.confidences = siamese_hits_confidences(hits, 0);
    siamese_status const titles =
        go_hits_texts(hits, "title", all.count, &all.titles);
    siamese_status const ids =
        all.ids == NULL && all.count
            ? go_hits_texts(hits, "id", all.count, &all.text_ids)
            : SIAMESE_OK;
    if (titles == SIAMESE_E_MEMORY || ids == SIAMESE_E_MEMORY) {
        free(all.titles);
        free(all.text_ids);
        siamese_hits_free(hits);
        all = (go_hits){NULL};
        all.result.status = SIAMESE_E_MEMORY;
        all.result.message = strdup("out of memory");
    }
    return all;
}

static inline void go_hits_free(go_hits *all)
{
    free(all->titles);
    free(all->text_ids);
    siamese_hits_free(all->hits);
}

/* What one query found, packed for Go into memory of C's, so that one call is all
 * that it takes: the hits and behind them the bytes of their texts, title and id
 * of each in turn. */
typedef struct go_packed_hit {
    int64_t id, row;
    size_t title_size, id_size;
    float score, vector_score, confidence;
} go_packed_hit;

typedef struct go_packed {
    go_result result;
    size_t count, bytes; /* of hits, and of their texts */
    siamese_hits *left;  /* hits that did not fit, else NULL */
} go_packed;

static inline size_t go_pack_text(char *bytes, const siamese_text *texts,
                                  size_t i, size_t *size)
{
    *size = texts ? texts[i].size : 0;
    if (*size) memcpy(bytes, texts[i].data, *size);
    return *size;
}

/* Packs hits to memory[size] and frees them, or leaves them. */
static inline void go_pack(go_packed *out, go_hits all, void *memory,
                           size_t size)
{
    go_packed_hit *const hits = memory;
    size_t bytes = all.count * sizeof *hits;
    for (size_t i = 0; i < all.count; i++)
        bytes += (all.titles ? all.titles[i].size : 0) +
                 (all.text_ids ? all.text_ids[i].size : 0);
    if (bytes > size) {
        out->left = all.hits;
        free(all.titles);
        free(all.text_ids);
        return;
    }
    char *text = (char *)(hits + all.count);
    for (size_t i = 0; i < all.count; i++) {
        hits[i].id = all.ids ? all.ids[i] : 0;
        hits[i].row = all.rows[i];
        hits[i].score = all.scores[i];
        hits[i].vector_score = all.vector_scores[i];
        hits[i].confidence = all.confidences ? all.confidences[i] : 0;
        text += go_pack_text(text, all.titles, i, &hits[i].title_size);
        text += go_pack_text(text, all.text_ids, i, &hits[i].id_size);
    }
    out->count = all.count;
    out->bytes = bytes - all.count * sizeof *hits;
    go_hits_free(&all);
}

/* One text, which stays where it is. Structs go by their address: what cgo is
 * handed by value it puts on the heap. */
static inline void go_model_search_one(const siamese_model *model,
                                       const char *data, size_t size, size_t k,
                                       const siamese_search_request *defaults,
                                       go_packed *out, void *memory,
                                       size_t room)
{
    siamese_text const text = {data, size};
    siamese_search_request request = *defaults;
    request.texts = &text;
    request.count = 1;
    request.k = k;
    siamese_hits *hits = NULL;
    siamese_status const status = siamese_model_search(model, &request, &hits);
    go_hits const all = go_hits_of(status, hits);
    *out = (go_packed){.result = all.result};
    if (all.result.status == SIAMESE_OK) go_pack(out, all, memory, room);
}

/* Hits that were left. */
static inline void go_hits_again(siamese_hits *hits, go_hits *out)
{
    *out = go_hits_of(SIAMESE_OK, hits);
}

static inline go_hits go_searcher_search(const siamese_searcher *searcher,
                                         siamese_search_request request)
{
    siamese_hits *hits = NULL;
    siamese_status const status =
        siamese_searcher_search(searcher, &request, &hits);
    return go_hits_of(status, hits);
}

/* Vectors of Go's, whose address may stand in no struct of Go's. */
static inline go_hits go_searcher_search_vectors(
    const siamese_searcher *searcher, siamese_search_request request,
    const float *vectors, size_t count, size_t dim)
{
    request.vectors = vectors;
    request.count = count;
    request.dim = dim;
    return go_searcher_search(searcher, request);
}

/* The size of a searcher's vectors, which never changes. */
static inline siamese_status
go_searcher_dim(const siamese_searcher *searcher, size_t *dim)
{
    siamese_index_info info = {.struct_size = sizeof info};
    siamese_index *index;
    siamese_status status = siamese_searcher_get_index(searcher, &index);
    if (status != SIAMESE_OK) return status;
    status = siamese_index_get_info(index, &info);
    siamese_index_free(index);
    *dim = info.dim;
    return status;
}

static inline go_hits go_model_search(const siamese_model *model,
                                      siamese_search_request request)
{
    siamese_hits *hits = NULL;
    siamese_status const status = siamese_model_search(model, &request, &hits);
    return go_hits_of(status, hits);
}

#endif
