/* paired_source.h: pairs in memory as a source for a trainer, which may fail at
 * a call, end early or change. */
#ifndef PAIRED_SOURCE_H
#define PAIRED_SOURCE_H

#include "small_pairs.h"

typedef struct paired_source {
    siamese_pairs pairs;
    size_t at, batch; /* pairs a read; 0: 1, 2, 3, ... in turn */
    long calls;       /* of either function */
    long fail_at;     /* the call that fails; < 0: none */
    int is_silent;    /* it fails without a text */
    int released;     /* so often */
    size_t offsets[SMALL_PAIRS + 1];
} paired_source;

static inline int32_t paired_fails(paired_source *s, char *error, size_t size)
{
    if (s->calls++ != s->fail_at) return 0;
    if (!s->is_silent) snprintf(error, size, "the disk is gone");
    return 7;
}

static inline int32_t paired_read(void *context, siamese_pairs *out,
                                  char *error, size_t size)
{
    paired_source *const s = context;
    const siamese_pairs *const all = &s->pairs;
    size_t const left = all->count - s->at;
    size_t const wanted = s->batch ? s->batch : 1 + s->at % 13;
    size_t const count = wanted < left ? wanted : left, at = s->at;
    if (paired_fails(s, error, size)) return 7;
    *out = *all;
    out->count = count;
    out->queries += at * all->query_fields;
    out->items += at * all->item_fields;
    if (all->item_ids) out->item_ids += at;
    if (all->weights) out->weights += at;
    if (all->item_probabilities) out->item_probabilities += at;
    if (all->negatives && count > 0) {
        size_t const first = all->negative_offsets[at];
        for (size_t i = 0; i <= count; i++)
            s->offsets[i] = all->negative_offsets[at + i] - first;
        out->negative_offsets = s->offsets;
        out->negatives += first * all->item_fields;
        if (all->negative_ids) out->negative_ids += first;
        if (all->negative_probabilities) out->negative_probabilities += first;
    }
    s->at += count;
    return 0;
}

static inline int32_t paired_rewind(void *context, char *error, size_t size)
{
    paired_source *const s = context;
    s->at = 0;
    return paired_fails(s, error, size);
}

static inline void paired_release(void *context)
{
    ((paired_source *)context)->released++;
}

static inline siamese_source source_of(paired_source *s)
{
    return (siamese_source){sizeof(siamese_source), s, paired_read,
                            paired_rewind, paired_release};
}

#endif
