/* tower.h: rows of fields to vectors */
#ifndef LIBSIAMESE_TOWER_H
#define LIBSIAMESE_TOWER_H

#include <siamese/vocab.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_tower siamese_tower;

enum {
    SIAMESE_ENCODER_LSTM = 0,
    SIAMESE_ENCODER_BAG = 1,
    SIAMESE_ENCODER_GRU = 2, /* Keras's, with reset_after */
    SIAMESE_ENCODER_TRANSFORMER = 3
};

enum {
    SIAMESE_POOLING_MEAN = 0,
    SIAMESE_POOLING_SUM = 1,
    SIAMESE_POOLING_WEIGHTED = 2, /* mean with a learned weight a token */
    SIAMESE_POOLING_CLS = 3,      /* the first token's */
    SIAMESE_POOLING_MAX = 4
};

enum {
    SIAMESE_ACTIVATION_NONE = 0,
    SIAMESE_ACTIVATION_RELU = 1,
    SIAMESE_ACTIVATION_TANH = 2,
    SIAMESE_ACTIVATION_GELU = 3,     /* by erf */
    SIAMESE_ACTIVATION_GELU_TANH = 4 /* by tanh */
};

/* What several fields' vectors become: their sum, or one behind the other. */
enum { SIAMESE_COMBINE_SUM = 0, SIAMESE_COMBINE_CONCAT = 1 };

/* How the numbers of an embedding table are held. */
enum {
    SIAMESE_PRECISION_FLOAT32 = 0,
    SIAMESE_PRECISION_FLOAT16 = 1, /* IEEE 754 binary16 */
    SIAMESE_PRECISION_INT8 = 2     /* times a scale of the row */
};

typedef struct siamese_tower_options {
    size_t struct_size;
    size_t embedding_dim; /* numbers a token; default 8 */
    size_t units;         /* of an LSTM or GRU, each direction; default 8 */
    uint64_t seed;        /* of the initial weights */
    int32_t threads;      /* for encode; 0: one a processor */
    int32_t kernel;       /* SIAMESE_KERNEL_* */
    size_t hidden;        /* numbers of a hidden dense layer; 0: none */
    size_t project;       /* numbers of a dense projection; 0: none */
    int32_t hidden_activation;  /* SIAMESE_ACTIVATION_*; default RELU */
    int32_t project_activation; /* SIAMESE_ACTIVATION_*; default NONE */
    int32_t normalize;          /* 1: vectors are divided by their length */
    int32_t encoder;            /* SIAMESE_ENCODER_*; default LSTM */
    int32_t pooling;            /* SIAMESE_POOLING_*; default MEAN */
    int32_t mask_zero;          /* 1: ids 0, the pads, are no tokens */
    size_t layers;              /* of all encoders but the bag; default 1 */
    int32_t bidirectional;      /* an LSTM or GRU reads both ways; default 1 */
    int32_t combine;            /* SIAMESE_COMBINE_*, of several fields */
    size_t heads;               /* of a transformer; default 4 */
    size_t feed_forward;        /* its hidden width; 0: 4 embedding_dim */
    double dropout;             /* its, in training; default 0 */
    double layer_norm_epsilon;  /* its; default 1e-12 */
    int32_t norm_first;         /* 1: pre-norm; 0: post-norm, as BERT */
    int32_t feed_forward_activation; /* SIAMESE_ACTIVATION_*; default GELU */
    double embedding_stddev; /* embeddings begin N(0, it^2); 0: Keras's or BERT's */
    int32_t table_precision; /* SIAMESE_PRECISION_*, of a trainer's snapshots */
} siamese_tower_options;

SIAMESE_API siamese_status siamese_tower_options_init(
    siamese_tower_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_tower_options_set(
    siamese_tower_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_tower_options_get(const siamese_tower_options *options,
                          const char *name, char *buf, size_t size,
                          size_t *needed);
SIAMESE_API siamese_status
siamese_tower_options_describe(size_t i, siamese_option_info *info);

enum {
    SIAMESE_FIELD_TEXT = 0,   /* a text, through a vocabulary and an encoder */
    SIAMESE_FIELD_ID = 1,     /* an embedding for the text as a whole */
    SIAMESE_FIELD_NUMBERS = 2 /* decimal numbers, through a dense layer */
};

typedef struct siamese_field_options {
    size_t struct_size;
    size_t sequence_length; /* tokens read of a text; 0: the vocab's */
    size_t buckets;         /* an id without vocab is hashed to; 65536 */
    size_t numbers;         /* in a text of numbers, 1 to 64; default 1 */
    size_t dim;             /* of an id's or numbers' vector; 0: see add_field */
    size_t shared_field;    /* n: the encoder of field n - 1; 0: its own */
    double weight;          /* of its vector; default 1 */
    int32_t kind;           /* SIAMESE_FIELD_*; default TEXT */
} siamese_field_options;

SIAMESE_API siamese_status siamese_field_options_init(
    siamese_field_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_field_options_set(
    siamese_field_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_field_options_get(const siamese_field_options *options,
                          const char *name, char *buf, size_t size,
                          size_t *needed);
SIAMESE_API siamese_status
siamese_field_options_describe(size_t i, siamese_option_info *info);

/* A tower without fields. options may be NULL. */
SIAMESE_API siamese_status siamese_tower_create(
    siamese_tower **out, const siamese_tower_options *options);

SIAMESE_API void siamese_tower_free(siamese_tower *tower);

/*
 * Adds a field and makes its encoder with Keras's initialisers. A row then has one
 * more text.
 *   TEXT     through vocab and the tower's encoder. Its table
 *            Embedding(size + 1, embedding_dim) is of the vocabulary's max_tokens,
 *            or of its size if that has no limit.
 *            LSTM, GRU  as many layers as asked for, each one way or both ways.
 *                  All but the last hand on what they say at every token, the last
 *                  its last state, of both ways side by side
 *            BAG   the mean, sum or weighted mean of the embeddings; texts of any
 *                  length if neither field nor vocabulary have a sequence length
 *            TRANSFORMER  token and learned position embeddings, `layers` blocks
 *                  of self-attention and feed-forward layer, then the mean, first
 *                  or maximum of the tokens. Pads are never attended nor pooled,
 *                  whatever mask_zero says. Embeddings begin at N(0, 0.02^2) as
 *                  BERT's, kernels Glorot uniform and biases 0 as PyTorch's
 *                  nn.Transformer
 *   ID       an embedding for the text as a whole: learned for the tokens of
 *            vocab, or, without one (NULL), for 1 + hash % buckets
 *   NUMBERS  x W + b of exactly so many decimal numbers, white space or a comma
 *            between them; vocab NULL. Scale them: they are taken as they are.
 * Texts are cut at the sequence length, and, without mask_zero, padded to it with
 * id 0; such pads are tokens like others, as in Keras. With mask_zero they are
 * none, and a text without tokens has a vector of zeros.
 *
 * The vector of a row is the sum of its fields' weighted vectors, which are then of
 * one size, or those one behind the other (option `combine`). A field that is empty
 * in a row of several fields is absent: it adds nothing; so are numbers of white
 * space alone, of any kind. dim 0 is embedding_dim,
 * or, for a sum, the size of the first field. What follows, each if asked for:
 * Dense(hidden), Dense(project), UnitNormalization.
 *
 * Add all fields before setting parameters: the dense layers are made anew. The
 * parameters of all fields but the first have names that begin with "NAME_". A
 * shared encoder is that of an earlier text field with an equal vocabulary.
 *
 * The vocabulary must be finished (SIAMESE_E_STATE) and is kept alive.
 * SIAMESE_E_OPTION for sizes that do not fit, or a shared field that cannot be.
 * name: 1 to 63 bytes of [a-z0-9_], no other field's; parameters' names have at
 * most 63 bytes.
 */
SIAMESE_API siamese_status siamese_tower_add_field(
    siamese_tower *tower, const char *name, const siamese_vocab *vocab,
    const siamese_field_options *options);

/* Numbers a vector; 0 before there is a field. */
SIAMESE_API size_t siamese_tower_dim(const siamese_tower *tower);

/* Fields a row. */
SIAMESE_API size_t siamese_tower_field_count(const siamese_tower *tower);

/* The vocabulary of a field, as a handle of its own, to be freed.
 * SIAMESE_E_NOT_FOUND for a field without one, or that is not there. */
SIAMESE_API siamese_status siamese_tower_get_vocab(const siamese_tower *tower,
                                                   size_t field,
                                                   siamese_vocab **out);

/*
 * Vectors of count rows of `fields` texts each, laid out row by row, into
 * out[count][dim]; out_capacity in floats. A text's vector is the same bits in
 * any batch and with any number of threads. Fewer fields than the tower's: the
 * last ones are absent in every row. SIAMESE_E_STATE without a field,
 * SIAMESE_E_ARGUMENT for more fields than the tower's or a row whose numbers are
 * none, SIAMESE_E_NOT_FINITE for a row whose vector is not finite, since weights or
 * numbers are too large; these two name the row, and what out then holds is of no
 * use.
 */
SIAMESE_API siamese_status siamese_tower_encode(const siamese_tower *tower,
                                                const siamese_text *rows,
                                                size_t count, size_t fields,
                                                float *out,
                                                size_t out_capacity);

/*
 * The same from token ids of a one-field tower: row r is
 * ids[offsets[r]] .. ids[offsets[r + 1] - 1], cut at or padded to the sequence
 * length. SIAMESE_E_ARGUMENT names the first row with an id outside the table or
 * with decreasing offsets; SIAMESE_E_NOT_FINITE as above.
 */
SIAMESE_API siamese_status siamese_tower_encode_ids(
    const siamese_tower *tower, const int64_t *ids, const size_t *offsets,
    size_t count, float *out, size_t out_capacity);

typedef struct siamese_parameter_info {
    size_t struct_size;
    char name[64];   /* "embedding", "fw_kernel", ... with a NUL */
    size_t rank;     /* 1 to 4 */
    size_t shape[4]; /* row-major; 1 past rank */
    size_t count;    /* numbers in all */
    int32_t precision; /* SIAMESE_PRECISION_*; all but tables are FLOAT32 */
} siamese_parameter_info;

/*
 * Parameters are named and laid out as Keras holds them: embedding [size+1][E];
 * of an LSTM fw_kernel [E][4u], fw_recurrent [u][4u], fw_bias [4u], gates in the
 * order i, f, c, o; of a GRU fw_kernel [E][3u], fw_recurrent [u][3u], fw_bias
 * [2][3u], gates in the order z, r, h and the bias of the input before that of
 * the state; the same with bw_ for the backward direction; the second layer's
 * names begin with layer2_, and so on: above two directions layer2_fw_kernel is
 * [2u][..], the forward one's u first, else [u][..]; token_weight
 * [size+1][1] of weighted pooling; hidden_kernel [in][hidden], hidden_bias
 * [hidden]; of the projection dense_kernel [in][project], dense_bias [project].
 *
 * Of a transformer, with d = embedding_dim, f = feed_forward, L the sequence
 * length, and y = x W + b of a kernel W [in][out] (PyTorch's Linear holds the
 * transpose): embedding [size+1][d]; position_embedding [L][d];
 * embedding_norm_gamma and _beta [d], with norm_first last_norm_gamma and _beta;
 * of block N = 0, 1, ... blockN_query_kernel [d][d] and _bias [d], the same with
 * key, value and attention_output; blockN_feed_forward_hidden_kernel [d][f] and
 * _bias [f], blockN_feed_forward_output_kernel [f][d] and _bias [d];
 * blockN_attention_norm_gamma and _beta [d], blockN_feed_forward_norm_gamma and
 * _beta [d]. The columns of a head stand together.
 */
SIAMESE_API size_t siamese_tower_parameter_count(const siamese_tower *tower);
SIAMESE_API siamese_status siamese_tower_parameter_info(
    const siamese_tower *tower, size_t i, siamese_parameter_info *info);
SIAMESE_API siamese_status
siamese_tower_parameter_get(const siamese_tower *tower, const char *name,
                            float *values, size_t capacity, size_t *needed);

/* count must be the parameter's, all values finite (SIAMESE_E_NOT_FINITE); a packed
 * table takes them rounded. Not while others encode. */
SIAMESE_API siamese_status
siamese_tower_parameter_set(siamese_tower *tower, const char *name,
                            const float *values, size_t count);

/*
 * A copy of the tower with its embedding tables in SIAMESE_PRECISION_*, which is
 * then its option `table_precision` too; other parameters stay as they are.
 *   FLOAT16  to nearest even; half the memory, numbers of 3 digits
 *   INT8     x = q s: s, of each row, is the largest |x| / 127 with its last 7 bits
 *            cleared, q is x / s to nearest even; a quarter of the memory. The
 *            error of a number is at most s / 2 (rows under 1.5e-36 become 0)
 *   FLOAT32  the same numbers, exactly
 * Such a table takes no more memory in the process, and its vectors have the bits
 * that the same numbers in FLOAT32 give. A trainer made from the copy trains in
 * FLOAT32; fields can be added to a tower in FLOAT32 alone (SIAMESE_E_STATE).
 */
SIAMESE_API siamese_status siamese_tower_quantize(siamese_tower **out,
                                                  const siamese_tower *tower,
                                                  int32_t precision);

/*
 * A copy of the tower whose field, and every other field of the same vocabulary,
 * has the grown vocabulary in its place: all weights are kept, and the rows of
 * new tokens have those that the tower's seed gives them. SIAMESE_E_ARGUMENT if a
 * token of the old vocabulary is not under its id in the new one,
 * SIAMESE_E_NOT_FOUND if there is no such field. Its tables are in FLOAT32.
 */
SIAMESE_API siamese_status siamese_tower_grow(siamese_tower **out,
                                              const siamese_tower *tower,
                                              size_t field,
                                              const siamese_vocab *vocab);

/* The options in force; options->struct_size must be set. */
SIAMESE_API siamese_status siamese_tower_get_options(
    const siamese_tower *tower, siamese_tower_options *options);

#ifdef __cplusplus
}
#endif

#endif
