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
    XX(evaluator)                                                              \
    XX(save)                                                                   \
    XX(load)

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
siamese_status go_checkpoint_write(uintptr_t user, const siamese_bundle *bundle,
                                   const void *options);
siamese_status go_checkpoint_read(siamese_bundle **out, uintptr_t user,
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

/* The members of siamese_search_options that a struct of Go's has. */
typedef struct go_search {
    double min_score;
    size_t nprobe;
    int32_t exact;
    int32_t dedupe;
} go_search;

static inline siamese_search_options go_search_options(go_search search)
{
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.min_score = search.min_score;
    options.nprobe = search.nprobe;
    options.exact = search.exact;
    options.dedupe = search.dedupe;
    return options;
}

static inline go_result go_index_search(const siamese_index *index,
                                        const float *queries, size_t count,
                                        size_t k, go_search search,
                                        const siamese_id_filter *filter,
                                        int64_t *ids, float *scores,
                                        size_t capacity, size_t *found)
{
    siamese_search_options const options = go_search_options(search);
    return go_result_of(siamese_index_search_filtered(
        index, queries, count, k, &options, filter, ids, scores, capacity,
        found));
}

#endif
