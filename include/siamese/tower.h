/*
 * tower.h: a tower turns rows of fields into vectors.
 *
 * Each field of a row has an encoder; the fields' vectors are combined, and a
 * hidden layer, a projection and a normalisation may follow. docs/towers.md
 * gives each rule, with its formula and source.
 */
#ifndef LIBSIAMESE_TOWER_H
#define LIBSIAMESE_TOWER_H

#include <siamese/vocab.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_tower siamese_tower;

/* ---- options ---- */

/* What makes a vector of the embeddings of a text's tokens. */
enum {
    SIAMESE_ENCODER_LSTM = 0, /* Hochreiter and Schmidhuber 1997 */
    SIAMESE_ENCODER_BAG = 1,  /* a mean or sum */
    SIAMESE_ENCODER_GRU = 2,  /* Cho et al. 2014, with Keras's reset_after */
    SIAMESE_ENCODER_TRANSFORMER = 3 /* Vaswani et al. 2017, as in BERT */
};

/*
 * How the vectors of a text's tokens become one: MEAN, SUM or WEIGHTED in bags,
 * MEAN, CLS or MAX in transformers.
 */
enum {
    SIAMESE_POOLING_MEAN = 0,
    SIAMESE_POOLING_SUM = 1,
    SIAMESE_POOLING_WEIGHTED = 2, /* a mean with one learned weight per token */
    SIAMESE_POOLING_CLS = 3,      /* the vector of the first token */
    SIAMESE_POOLING_MAX = 4
};

enum {
    SIAMESE_ACTIVATION_NONE = 0,
    SIAMESE_ACTIVATION_RELU = 1,
    SIAMESE_ACTIVATION_TANH = 2,
    SIAMESE_ACTIVATION_GELU = 3,     /* exact, by erf */
    SIAMESE_ACTIVATION_GELU_TANH = 4 /* its approximation by tanh */
};

/* How the vectors of several fields become one. */
enum {
    SIAMESE_COMBINE_SUM = 0,   /* they are added; all have one size */
    SIAMESE_COMBINE_CONCAT = 1 /* they are put one behind the other */
};

/* How the numbers of an embedding table are stored. */
enum {
    SIAMESE_PRECISION_FLOAT32 = 0,
    SIAMESE_PRECISION_FLOAT16 = 1, /* IEEE 754 binary16 */
    SIAMESE_PRECISION_INT8 = 2     /* 8-bit integers times a scale per row */
};

typedef struct siamese_tower_options {
    size_t struct_size;
    size_t embedding_dim;      /* the size of a token's embedding; default 8 */
    size_t units;              /* of an LSTM or GRU, per direction; default 8 */
    uint64_t seed;             /* of the initial weights; default 1 */
    int32_t threads;           /* for encode; 0: one per processor */
    int32_t kernel;            /* SIAMESE_KERNEL_*; default AUTO */
    size_t hidden;             /* the width of a hidden dense layer; 0: none */
    size_t project;            /* the width of a dense projection; 0: none */
    int32_t hidden_activation; /* SIAMESE_ACTIVATION_*; default RELU */
    int32_t project_activation; /* SIAMESE_ACTIVATION_*; default NONE */
    int32_t normalize;          /* 1: divide each vector by its length */
    int32_t encoder;            /* SIAMESE_ENCODER_*; default LSTM */
    int32_t pooling;            /* SIAMESE_POOLING_*; default MEAN */
    int32_t mask_zero;          /* 1: ignore padding (id 0); default 0 */
    size_t layers;              /* of all encoders but the bag; default 1 */
    int32_t bidirectional;      /* 1: LSTM and GRU read both ways; default 1 */
    int32_t combine;            /* SIAMESE_COMBINE_*; default SUM */
    size_t heads;               /* of a transformer; default 4 */
    size_t feed_forward;        /* the hidden width of a transformer's blocks;
                                 * 0: 4 embedding_dim */
    double dropout;             /* of a transformer in training; default 0 */
    double layer_norm_epsilon;  /* of a transformer; default 1e-12 */
    int32_t norm_first;         /* 1: pre-norm; 0: post-norm, as BERT has it */
    int32_t feed_forward_activation; /* SIAMESE_ACTIVATION_*; default GELU */
    double embedding_stddev;  /* embeddings begin N(0, embedding_stddev^2);
                                 * 0: as Keras, or, a transformer's, as BERT */
    int32_t table_precision;  /* SIAMESE_PRECISION_* of the tables of a
                                 * trainer's snapshots; default FLOAT32 */
    int32_t matmul_precision; /* SIAMESE_MATMUL_PRECISION_* of encode; default
                               * FLOAT32 */
} siamese_tower_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status
siamese_tower_options_init(siamese_tower_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_tower_options_set(
    siamese_tower_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_tower_options_get(
    const siamese_tower_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_tower_options_describe(size_t i, siamese_option_info *info);

/* What a field reads from its text. */
enum {
    SIAMESE_FIELD_TEXT = 0,   /* tokens, through a vocabulary and an encoder */
    SIAMESE_FIELD_ID = 1,     /* an id: the text as a whole has an embedding */
    SIAMESE_FIELD_NUMBERS = 2 /* decimal numbers, through a dense layer */
};

typedef struct siamese_field_options {
    size_t struct_size;
    size_t sequence_length; /* tokens read of a text; 0: the vocabulary's */
    size_t buckets;         /* ids are hashed to so many embeddings if there is
                             * no vocabulary; default 65536 */
    size_t numbers;         /* the numbers per text, 1 to 64; default 1 */
    size_t dim;             /* the size of an ID's or NUMBERS' vector; 0:
                             * embedding_dim, or with combine SUM the size of
                             * the first field's vector */
    size_t shared_field;    /* n: use the encoder of field n, counted from 1;
                             * 0: an encoder of its own */
    double weight;          /* multiplies the field's vector; default 1 */
    int32_t kind;           /* SIAMESE_FIELD_*; default TEXT */
} siamese_field_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status
siamese_field_options_init(siamese_field_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_field_options_set(
    siamese_field_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_field_options_get(
    const siamese_field_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_field_options_describe(size_t i, siamese_option_info *info);

/* ---- making a tower ---- */

/*
 * Creates a tower without fields.
 *   out      receives the tower; free it with siamese_tower_free
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_OPTION for options that do not go together;
 * SIAMESE_E_UNSUPPORTED for a kernel level that this processor lacks.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_tower_create(siamese_tower **out, const siamese_tower_options *options);

/*
 * Adds a field and initialises its encoder; a row then has one more text. Add
 * all fields before you set parameters, since the dense layers are created
 * anew.
 *
 * TEXT     The text goes through vocab and the tower's encoder. The embedding
 *          table has max_tokens + 1 rows, or siamese_vocab_size + 1 if
 *          max_tokens is 0. Texts are cut at the sequence length. Without
 *          mask_zero they are padded to it with id 0, and padding is treated as
 *          ordinary tokens, as in Keras; with mask_zero it is ignored, and a
 *          text without tokens has a vector of zeros.
 *     LSTM, GRU    Each layer but the last hands on its output at every token.
 *                  The vector is the last layer's final state, those of both
 *                  directions side by side.
 *     BAG          The vector is the mean, sum or weighted mean of the
 *                  embeddings. Texts may be of any length if neither field nor
 *                  vocabulary has a sequence length.
 *     TRANSFORMER  Token and learned position embeddings, `layers` blocks of
 *                  self-attention and a feed-forward layer, then the pooling.
 *                  Padding is neither attended nor pooled, whatever mask_zero
 *                  is.
 * ID       The text as a whole has an embedding: that of its token in vocab,
 *          or, if vocab is NULL, row 1 + hash % buckets.
 * NUMBERS  x W + b of exactly `numbers` decimal numbers, with white space or a
 *          comma between them. They are not scaled; vocab must be NULL.
 *
 * Initial values are those of Keras. A transformer's embeddings begin with
 * N(0, 0.02^2) as in BERT, its kernels Glorot uniform and its biases 0 as in
 * PyTorch's nn.Transformer.
 *
 * A row's vector is the sum of its fields' vectors, each times its weight, or
 * these vectors one behind the other (option `combine`). A field that is empty
 * in a row of several fields is absent: it adds nothing. So is a text of white
 * space alone in a field of numbers. Then come, where the
 * options ask for them, Dense(hidden), Dense(project) and UnitNormalization.
 *
 *   name     1 to 63 bytes of [a-z0-9_], which no other field has. The names of
 *            all fields' parameters but the first one's begin with "name_";
 *            they have at most 63 bytes
 *   vocab    is finished, and is kept alive; NULL for NUMBERS and a hashed ID
 *   options  NULL means the defaults. A shared field must be an earlier text
 *            field with an equal vocabulary
 * Errors: SIAMESE_E_STATE if the vocabulary is not finished or the tower's
 * tables are not in FLOAT32; SIAMESE_E_OPTION for sizes that do not fit or a
 * field that cannot be shared; SIAMESE_E_LIMIT for a table that is too large.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_tower_add_field(
    siamese_tower *tower, const char *name, const siamese_vocab *vocab,
    const siamese_field_options *options);

/* Frees the tower; NULL is allowed. Threads: one. */
SIAMESE_API void siamese_tower_free(siamese_tower *tower);

/* ---- from texts to vectors ---- */

/*
 * Returns the size of one vector, in floats; 0 until a field is added.
 * Threads: any.
 */
SIAMESE_API size_t siamese_tower_dim(const siamese_tower *tower);

/*
 * Encodes rows of texts. A row's vector has the same bits in any batch and with
 * any number of threads.
 *   rows          [count][fields] texts, one row behind the other
 *   fields        the number of texts per row, 1 .. siamese_tower_field_count;
 *                 the fields beyond are absent in every row
 *   out           [count][siamese_tower_dim] receives the vectors
 *   out_capacity  in floats
 * Errors: SIAMESE_E_STATE without a field; SIAMESE_E_RANGE if out_capacity is
 * too small; SIAMESE_E_ARGUMENT for a text that does not hold the field's
 * numbers; SIAMESE_E_NOT_FINITE if weights or numbers are so large that a
 * vector is not finite. The last two name the row and leave `out` undefined.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_tower_encode(const siamese_tower *tower,
                                                const siamese_text *rows,
                                                size_t count, size_t fields,
                                                float *out,
                                                size_t out_capacity);

/*
 * Encodes rows of token ids with a tower of one field, of texts or ids. Row r
 * is ids[offsets[r]] .. ids[offsets[r + 1] - 1]; it is cut at the sequence
 * length and padded as a text is.
 *   ids           [offsets[count]] ids of the vocabulary
 *   offsets       [count + 1] in ascending order
 *   out           [count][siamese_tower_dim] receives the vectors
 *   out_capacity  in floats
 * Errors: those of siamese_tower_encode; SIAMESE_E_STATE for any other
 * tower; SIAMESE_E_ARGUMENT names the first row with an id
 * outside the table or with decreasing offsets.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_tower_encode_ids(const siamese_tower *tower,
                                                    const int64_t *ids,
                                                    const size_t *offsets,
                                                    size_t count, float *out,
                                                    size_t out_capacity);

/* ---- what a tower is ---- */

/*
 * Reads the options in force.
 *   options  options->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_tower_get_options(
    const siamese_tower *tower, siamese_tower_options *options);

/* Returns the number of fields, which is the number of texts per row.
 * Threads: any. */
SIAMESE_API size_t siamese_tower_field_count(const siamese_tower *tower);

/*
 * Gives out the vocabulary of a field.
 *   field  0 .. siamese_tower_field_count - 1
 *   out    receives a handle of its own; free it with siamese_vocab_free
 * Errors: SIAMESE_E_NOT_FOUND if there is no such field or it has no
 * vocabulary.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_tower_get_vocab(const siamese_tower *tower,
                                                   size_t field,
                                                   siamese_vocab **out);

/*
 * Writes the name of a field, as siamese_tower_add_field was given it.
 *   field   0 .. siamese_tower_field_count - 1
 *   buf     [size] receives the name and a NUL
 *   needed  receives its length without the NUL; may be NULL
 * Errors: SIAMESE_E_NOT_FOUND if there is no such field; SIAMESE_E_RANGE if
 * size is not more than *needed.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_tower_get_field_name(const siamese_tower *tower, size_t field,
                             char *buf, size_t size, size_t *needed);

/* ---- parameters, by name ---- */

/*
 * Parameters have the names and layouts of Keras, row-major. With V rows of the
 * embedding table, E = embedding_dim, u = units, f = feed_forward, and L the
 * sequence length:
 *
 * BAG          embedding [V][E]; of weighted pooling token_weight [V][1].
 * LSTM         embedding [V][E]; fw_kernel [E][4u], fw_recurrent [u][4u],
 *              fw_bias [4u], gates in the order i, f, c, o.
 * GRU          embedding [V][E]; fw_kernel [E][3u], fw_recurrent [u][3u],
 *              fw_bias [2][3u], gates in the order z, r, h, the bias of the
 *              input before that of the state.
 *
 * In both the backward direction has bw_ in place of fw_. Names of the second
 * layer begin with layer2_, and so on; the rows of layer2_fw_kernel are [2u]
 * below two directions, the forward one's first, else [u].
 *
 * TRANSFORMER  embedding [V][E]; position_embedding [L][E];
 *              embedding_norm_gamma and _beta [E], with norm_first
 *              last_norm_gamma and _beta. Of block N = 0, 1, ...:
 *              blockN_query_kernel [E][E] and _bias [E], the same with key,
 *              value and attention_output; blockN_feed_forward_hidden_kernel
 *              [E][f] and _bias [f], blockN_feed_forward_output_kernel [f][E]
 *              and _bias [E]; blockN_attention_norm_gamma and _beta [E],
 *              blockN_feed_forward_norm_gamma and _beta [E]. A kernel W
 *              [in][out] is that of y = x W + b (PyTorch's Linear holds its
 *              transpose); the columns of one head stand together.
 *
 * Behind the fields: hidden_kernel [in][hidden] and hidden_bias [hidden]; of
 * the projection dense_kernel [in][project] and dense_bias [project].
 */
typedef struct siamese_parameter_info {
    size_t struct_size;
    char name[64];     /* "embedding", "fw_kernel", ... with a NUL */
    size_t rank;       /* 1 to 4 */
    size_t shape[4];   /* 1 beyond rank */
    size_t count;      /* the number of values, the product of shape */
    int32_t precision; /* SIAMESE_PRECISION_*; only tables are not FLOAT32 */
} siamese_parameter_info;

/* Returns the number of parameters. Threads: any. */
SIAMESE_API size_t siamese_tower_parameter_count(const siamese_tower *tower);

/*
 * Describes a parameter.
 *   i     0 .. siamese_tower_parameter_count - 1
 *   info  info->struct_size must be set
 * Errors: SIAMESE_E_NOT_FOUND if there is no such parameter.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_tower_parameter_info(
    const siamese_tower *tower, size_t i, siamese_parameter_info *info);

/*
 * Reads the values of a parameter.
 *   values    [capacity] receives them, row-major
 *   capacity  in floats
 *   needed    receives the number of values; may be NULL
 * Errors: SIAMESE_E_NOT_FOUND if there is no parameter of this name;
 * SIAMESE_E_RANGE if capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_tower_parameter_get(const siamese_tower *tower, const char *name,
                            float *values, size_t capacity, size_t *needed);

/*
 * Sets the values of a parameter; a table of another precision than FLOAT32
 * takes them rounded.
 *   values  [count] finite numbers, row-major
 *   count   is the parameter's own
 * Errors: SIAMESE_E_NOT_FOUND if there is no parameter of this name;
 * SIAMESE_E_ARGUMENT for another count; SIAMESE_E_NOT_FINITE for a value that
 * is not finite.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_tower_parameter_set(siamese_tower *tower,
                                                       const char *name,
                                                       const float *values,
                                                       size_t count);

/* ---- copies of a tower ---- */

/*
 * Creates a copy whose embedding tables have another precision, which is then
 * its option table_precision too. Other parameters stay as they are.
 *   FLOAT16  rounds to nearest even; half the memory, about 3 decimal digits
 *   INT8     x = q s, where s, of each row, is max |x| / 127 with its last 7
 *            bits cleared and q is x / s to nearest even (Jacob et al. 2018); a
 *            quarter of the memory, an error of at most s / 2 (rows below
 *            1.5e-36 become 0)
 *   FLOAT32  keeps the numbers exactly
 * A packed table is never unpacked, and its vectors have the bits that the same
 * numbers in FLOAT32 give. A trainer made from the copy trains in FLOAT32.
 *   out        receives the copy; free it with siamese_tower_free
 *   precision  SIAMESE_PRECISION_*
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_tower_quantize(siamese_tower **out,
                                                  const siamese_tower *tower,
                                                  int32_t precision);

/*
 * Creates a copy that has a grown vocabulary (siamese_vocab_grow) in one field,
 * and in all others of the same vocabulary. All weights are kept; the rows of
 * new tokens are those that the tower's seed gives them. The copy's tables are
 * in FLOAT32.
 *   out    receives the copy; free it with siamese_tower_free
 *   field  0 .. siamese_tower_field_count - 1
 *   vocab  has every token of the old vocabulary under its id; it is kept alive
 * Errors: SIAMESE_E_ARGUMENT if a token has another id; SIAMESE_E_STATE if
 * vocab is not finished; SIAMESE_E_NOT_FOUND if there is no such field or it
 * has no vocabulary; SIAMESE_E_UNSUPPORTED if another parameter would have to
 * grow too.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_tower_grow(siamese_tower **out,
                                              const siamese_tower *tower,
                                              size_t field,
                                              const siamese_vocab *vocab);

#ifdef __cplusplus
}
#endif

#endif
