/*
 * encoder.h: what every encoder of token rows offers the tower: one vector a
 * row, by which the rows of a batch do not know of each other.
 *
 * An encoder's struct begins with an sm_encoder, its scratch and its pass with
 * an sm_encoder_scratch and an sm_encoder_pass. A new kind is one more
 * sm_encoder_type in encoder_types.c's table.
 */
#ifndef SM_ENCODER_H
#define SM_ENCODER_H

#include <stdbool.h>

#include "common/pool.h"
#include "math/kernels.h"
#include "nn/parameter_list.h"

typedef struct sm_encoder_config {
    int32_t kind;         /* SIAMESE_ENCODER_* */
    size_t table;         /* rows of the embedding: ids are 0 .. table - 1 */
    size_t length;        /* rows are cut at it, and padded to it with id 0; 0,
                           * where the type allows it: as long as they are */
    size_t embedding_dim; /* numbers a token */
    bool mask_zero;       /* ids 0 are no tokens */
    double embedding_stddev; /* at the start; 0: as the type has it */
    int32_t pooling;         /* of a bag or a transformer: SIAMESE_POOLING_* */
    size_t layers;           /* of all but a bag */
    /* of an LSTM or GRU: */
    size_t units;
    bool bidirectional;
    /* of a transformer: */
    size_t heads, feed_forward;      /* feed_forward 0: 4 embedding_dim */
    int32_t feed_forward_activation; /* SIAMESE_ACTIVATION_* */
    bool norm_first;
    double dropout, layer_norm_epsilon;
    uint64_t seed; /* of what is random in training */
} sm_encoder_config;

typedef struct sm_encoder_type sm_encoder_type;

typedef struct sm_encoder {
    const sm_encoder_type *type;
    size_t dim; /* numbers a vector */
} sm_encoder;

/* Memory of one thread that encodes, kept from call to call. */
typedef struct sm_encoder_scratch {
    const sm_encoder_type *type;
} sm_encoder_scratch;

/* What forward found, and keeps for backward, kept from batch to batch. */
typedef struct sm_encoder_pass {
    const sm_encoder_type *type;
    uint64_t seed;   /* set before forward: of what is random in this pass */
    size_t distinct; /* rows of different ids */
    const float *vectors;    /* [distinct][dim] */
    const uint32_t *row_map; /* [rows]: number of the distinct row */
} sm_encoder_pass;

struct sm_encoder_type {
    bool any_length; /* config.length may be 0 */
    bool takes_runs; /* forward takes marked ids: common/marked_id.h */

    /* Adds the parameters, all zero, to the list. */
    sm_status (*create)(sm_encoder **out, sm_parameters *list,
                        const sm_encoder_config *config);
    void (*destroy)(sm_encoder *encoder);

    /* Draws the initial values; update is to follow. */
    sm_status (*initialise)(sm_encoder *encoder, uint64_t seed);

    /* After the parameters' values, or the kernels, changed. */
    void (*update)(sm_encoder *encoder, const sm_kernels *kernels);

    sm_status (*scratch_create)(sm_encoder_scratch **out);
    void (*scratch_free)(sm_encoder_scratch *scratch);

    /*
     * Vectors of rows ids[offsets[r]] .. ids[offsets[r + 1] - 1] into
     * out[rows][dim], on the caller's thread: the same bits for a row alone.
     */
    sm_status (*encode)(const sm_encoder *encoder, sm_encoder_scratch *scratch,
                        const int32_t *ids, const size_t *offsets, size_t rows,
                        float *out);

    sm_status (*pass_create)(sm_encoder_pass **out);
    void (*pass_free)(sm_encoder_pass *pass);

    /* The same for training, in parallel over chunks that do not depend on the
     * number of threads. */
    sm_status (*forward)(const sm_encoder *encoder, sm_pool *pool,
                         sm_encoder_pass *pass, const int32_t *ids,
                         const size_t *offsets, size_t rows);

    /* From gradients[distinct][dim] to those of the parameters, overwritten. */
    sm_status (*backward)(const sm_encoder *encoder, sm_pool *pool,
                          sm_encoder_pass *pass, const float *gradients);
};

/* The calls of any encoder, by its type; each takes NULL. */
void sm_encoder_free(sm_encoder *encoder);
void sm_encoder_scratch_free(sm_encoder_scratch *scratch);
void sm_encoder_pass_free(sm_encoder_pass *pass);

#endif
