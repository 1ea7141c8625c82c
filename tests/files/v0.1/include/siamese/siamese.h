/*
 * siamese.h: the whole public API of libsiamese.
 *
 * libsiamese learns two-tower (siamese) embeddings of short texts and searches
 * them, inside the host's own process.
 *
 *   text -- vocab --> token ids -- tower --> vector -- trainer --> better towers
 *                                              |
 *                                              +-- index --> (item id, score)
 *
 * Conventions that hold for every function:
 *
 * - A function that can fail returns a siamese_status: 0 (SIAMESE_OK) or a
 *   negative SIAMESE_E_* code. siamese_last_error() then tells what and where.
 *   On failure nothing is half done: handles and output pointers are as before,
 *   unless the function says otherwise.
 * - Handles are opaque. The out-parameter comes first. X_free(NULL) does
 *   nothing. Handles keep what they need alive, so free them in any order.
 * - Text is UTF-8 with its size in bytes; no NUL is needed.
 * - Vectors are float, row-major: row r of [count][dim] begins at r * dim.
 * - Results go to buffers of the caller, each with its capacity in elements.
 *   Too small gives SIAMESE_E_RANGE, with the size that is needed in `needed`
 *   where the function has one. A capacity of 0 with a NULL buffer asks.
 * - Every struct that crosses, but siamese_text, begins with struct_size: set it
 *   to sizeof of the struct. Structs are only ever appended to.
 * - Thread rule: functions that take a const handle may run at once from many
 *   threads; others need the handle to themselves. Exceptions are stated: the
 *   index is internally synchronised, and a trainer may be cancelled and
 *   snapshotted while it trains.
 * - The library writes to no stream, reads no environment variable, installs no
 *   signal handler and never ends the process.
 */
#ifndef SIAMESE_H
#define SIAMESE_H

#include <stddef.h>
#include <stdint.h>
#include <siamese/version.h>

#if defined(__GNUC__)
#define SIAMESE_API __attribute__((visibility("default")))
#else
#define SIAMESE_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------------------- */
/* Status codes and errors                                                   */
/* ------------------------------------------------------------------------- */

/* 0 is success, errors are negative; a code is never renumbered. */
typedef int32_t siamese_status;

/* XX(name, code, text): the one table of codes, names and texts. */
#define SIAMESE_STATUS_MAP(XX)                                                 \
    XX(E_ARGUMENT, -1, "an argument is not valid")                             \
    XX(E_OPTION, -2, "an option is unknown or its value is not valid")         \
    XX(E_RANGE, -3, "a buffer is too small")                                   \
    XX(E_STATE, -4, "the call is not possible in this state")                  \
    XX(E_NOT_FOUND, -5, "there is no such thing")                              \
    XX(E_MEMORY, -6, "out of memory")                                          \
    XX(E_IO, -7, "a file could not be read or written")                        \
    XX(E_FORMAT, -8, "the data is damaged or of another format")               \
    XX(E_VERSION, -9, "the data is of a newer format version")                 \
    XX(E_LIMIT, -10, "a limit is exceeded")                                    \
    XX(E_CANCELLED, -11, "cancelled")                                          \
    XX(E_UNSUPPORTED, -12, "not supported by this build")                      \
    XX(E_NOT_FINITE, -13, "a number is not finite")                            \
    XX(E_INTERNAL, -14, "an internal error")

enum {
    SIAMESE_OK = 0
#define SIAMESE_STATUS_CODE_(name, code, text) , SIAMESE_##name = code
    SIAMESE_STATUS_MAP(SIAMESE_STATUS_CODE_)
#undef SIAMESE_STATUS_CODE_
};

/* The version of the library, e.g. "0.1.0". Static; any thread. */
SIAMESE_API const char *siamese_version(void);

/*
 * What the last failing call of this thread found, naming the argument, file,
 * line or section; "" before the first failure. A successful call leaves it as
 * it is. The pointer is valid until this thread's next failing call: copy it in
 * the same native call as the failing function where tasks move between
 * threads.
 */
SIAMESE_API const char *siamese_last_error(void);

/* "SIAMESE_E_ARGUMENT" for -1, "SIAMESE_OK" for 0; "unknown" else. Static. */
SIAMESE_API const char *siamese_status_name(siamese_status status);

/* "an argument is not valid" for -1; "unknown status" else. Static. */
SIAMESE_API const char *siamese_status_text(siamese_status status);

/* ------------------------------------------------------------------------- */
/* Process-wide hooks, set before the first handle is made                   */
/* ------------------------------------------------------------------------- */

/*
 * Memory for the library's own data. The functions have the contracts of malloc,
 * realloc and free, with `user` first, and may be called from any thread at once.
 * Not from here: BLIS's buffers, mapped from the system once, and what C++ inside
 * takes by operator new (the index's lists, in FAISS).
 */
typedef struct siamese_allocator {
    size_t struct_size;
    void *user;
    void *(*allocate)(void *user, size_t size);
    void *(*reallocate)(void *user, void *pointer, size_t size);
    void (*deallocate)(void *user, void *pointer);
} siamese_allocator;

/*
 * Sets the allocator; NULL restores the C library's. SIAMESE_E_STATE while a
 * handle exists; SIAMESE_E_ARGUMENT if a function is missing. Not concurrent with
 * any other call.
 */
SIAMESE_API siamese_status
siamese_set_allocator(const siamese_allocator *allocator);

enum {
    SIAMESE_LOG_OFF = 0,
    SIAMESE_LOG_ERROR = 1,
    SIAMESE_LOG_WARN = 2,
    SIAMESE_LOG_INFO = 3,
    SIAMESE_LOG_DEBUG = 4
};

/* Receives one message without a newline; runs on the thread that logs. */
typedef void (*siamese_log_fn)(void *user, int32_t level, const char *message);

/*
 * Messages up to `level` go to `log`; NULL turns logging off (the default).
 * SIAMESE_E_STATE while a handle exists. Not concurrent with any other call.
 */
SIAMESE_API siamese_status siamese_set_log(siamese_log_fn log, void *user,
                                           int32_t level);

/* ------------------------------------------------------------------------- */
/* Options                                                                   */
/* ------------------------------------------------------------------------- */

/*
 * Each kind X of options has four functions:
 *
 * siamese_X_options_init(o, sizeof *o) fills in the defaults. Passing NULL where
 *   options are taken means the defaults.
 * siamese_X_options_set(o, name, value) sets one by name from text, e.g.
 *   ("learning_rate", "0.003"). SIAMESE_E_OPTION names what is accepted.
 * siamese_X_options_get(o, name, buf, size, needed) writes one as text.
 * siamese_X_options_describe(i, info) describes option i = 0, 1, ...;
 *   SIAMESE_E_NOT_FOUND past the last.
 *
 * A list is int32_t[SIAMESE_LIST_SIZE] in the struct, up to its first 0; as text
 * it is "none", or numbers and ranges: "1,3" or "1-3".
 *
 * A struct_size larger than the library's is accepted if the tail that the
 * library does not know is all zero, else SIAMESE_E_OPTION.
 */
typedef struct siamese_option_info {
    size_t struct_size;
    const char *name;          /* "learning_rate" */
    const char *type; /* "float", "integer", "choice", "flag" or "list" */
    const char *default_value; /* "0.001" */
    const char *range;         /* "> 0", "0 .. 1000" or "none | lower" */
    const char *help;          /* one sentence */
} siamese_option_info;

/* Numbers that an option of type list has room for. */
enum { SIAMESE_LIST_SIZE = 16 };

/* UTF-8 bytes; data may be NULL if size is 0. */
typedef struct siamese_text {
    const char *data;
    size_t size;
} siamese_text;

/* Kernel levels, for the `kernel` option of towers, trainers and indexes. */
enum {
    SIAMESE_KERNEL_AUTO = 0, /* the best that this processor has */
    SIAMESE_KERNEL_PORTABLE = 1,
    SIAMESE_KERNEL_AVX2 = 2, /* with FMA and F16C */
    SIAMESE_KERNEL_AVX512 = 3
};

/* ------------------------------------------------------------------------- */
/* vocab: texts to token ids (Keras 2.15's TextVectorization, and more)      */
/* ------------------------------------------------------------------------- */

typedef struct siamese_vocab siamese_vocab;

enum {
    SIAMESE_STANDARDIZE_NONE = 0,
    SIAMESE_STANDARDIZE_LOWER = 1,             /* ASCII letters only */
    SIAMESE_STANDARDIZE_STRIP_PUNCTUATION = 2, /* the 32 ASCII ones deleted */
    SIAMESE_STANDARDIZE_LOWER_AND_STRIP_PUNCTUATION = 3
};

enum {
    SIAMESE_NORMALIZER_KERAS = 0,  /* as `standardize` says; bytes */
    SIAMESE_NORMALIZER_UNICODE = 1 /* NFKC, case folded, letters and digits */
};

enum {
    SIAMESE_SPLIT_WHITESPACE = 0,
    SIAMESE_SPLIT_NONE = 1,     /* the text is one token */
    SIAMESE_SPLIT_CHARACTER = 2 /* code points */
};

enum {
    SIAMESE_OUTPUT_INT = 0,       /* ids in the order of the text */
    SIAMESE_OUTPUT_MULTI_HOT = 1, /* rows of numbers: 1 for a token there is */
    SIAMESE_OUTPUT_COUNT = 2,     /* how often it is there */
    SIAMESE_OUTPUT_TF_IDF = 3     /* that, times ln(1 + N / (1 + df)) */
};

enum {
    SIAMESE_QUANTITIES_NONE = 0,
    SIAMESE_QUANTITIES_ADD = 1,    /* numbers as values, with units */
    SIAMESE_QUANTITIES_REPLACE = 2 /* and units are one word, 3/4 is none */
};

/* Ids of the two tokens that a table begins with, if output_mode is int. In the
 * other modes [UNK] is 0, and there is no padding. */
enum { SIAMESE_ID_PAD = 0, SIAMESE_ID_UNKNOWN = 1 };

typedef struct siamese_vocab_options {
    size_t struct_size;
    size_t max_tokens;      /* table size with '' and [UNK]; 0: no limit */
    size_t sequence_length; /* tokens kept of a text, the first; 0: all */
    int32_t standardize;    /* SIAMESE_STANDARDIZE_*; default 3 */
    int32_t threads;        /* for add and tokenize; 0: one a processor */
    int32_t normalizer;     /* SIAMESE_NORMALIZER_* */
    int32_t split;          /* SIAMESE_SPLIT_* */
    int32_t stemmer;        /* place of the language in the option's range */
    int32_t output_mode;    /* SIAMESE_OUTPUT_* */
    int32_t ngrams[SIAMESE_LIST_SIZE]; /* widths; none: words alone */
    int32_t hash_words;  /* 1: words, or their n-grams, are features */
    size_t hash_buckets; /* ids are hashed into so many; 0: from a table */
    int32_t char_ngrams[SIAMESE_LIST_SIZE]; /* hashed, of <word> */
    size_t hash_min_count; /* of a bucket that has an id; 0: all have */
    int32_t strip_accents; /* 1: letters without them; of the unicode normalizer */
    int32_t compounds;     /* 1: learned words also where joined or split */
    int32_t quantities;    /* SIAMESE_QUANTITIES_*; hashed */
    int32_t number_ngrams; /* 0: words of digits have no char_ngrams; default 1 */
    int32_t written_words; /* 1: hashed: words beside their stems */
} siamese_vocab_options;

SIAMESE_API siamese_status siamese_vocab_options_init(
    siamese_vocab_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_vocab_options_set(
    siamese_vocab_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_vocab_options_get(const siamese_vocab_options *options,
                          const char *name, char *buf, size_t size,
                          size_t *needed);
SIAMESE_API siamese_status
siamese_vocab_options_describe(size_t i, siamese_option_info *info);

/* An empty vocabulary that counts. options may be NULL. */
SIAMESE_API siamese_status siamese_vocab_create(
    siamese_vocab **out, const siamese_vocab_options *options);

SIAMESE_API void siamese_vocab_free(siamese_vocab *vocab);

/*
 * Counts the tokens of texts[count]; call it as often as the texts come. Counts
 * are of all occurrences, before truncation. SIAMESE_E_STATE once finished. If
 * memory runs out the vocabulary is as before the call. With hash_buckets there
 * is nothing to learn, and only the statistics are counted, unless there is
 * hash_min_count: then each bucket's features are.
 */
SIAMESE_API siamese_status siamese_vocab_add(siamese_vocab *vocab,
                                             const siamese_text *texts,
                                             size_t count);

/*
 * Freezes the table: the most frequent tokens first, ties by their bytes
 * descending, after '' = 0 and [UNK] = 1 (or [UNK] = 0). The same for any order of texts and
 * any number of threads. With hash_min_count the buckets that occurred so often
 * have the ids from 1 on, ascending, and the others have none. SIAMESE_E_STATE if
 * finished already.
 */
SIAMESE_API siamese_status siamese_vocab_finish(siamese_vocab *vocab);

/*
 * Instead of add and finish: the table itself, in id order, beginning with ''
 * and [UNK], as siamese_vocab_token gives it; with [UNK] alone unless output_mode
 * is int. SIAMESE_E_ARGUMENT for other first tokens, an empty or a repeated one,
 * or more than max_tokens. SIAMESE_E_STATE with hash_buckets, which needs no
 * table, and for tf_idf, which set_idf is for.
 */
SIAMESE_API siamese_status siamese_vocab_set_tokens(siamese_vocab *vocab,
                                                    const siamese_text *tokens,
                                                    size_t count);

/*
 * A finished vocabulary of a sentencepiece model: model[size] are the bytes of a
 * .model file, and are copied. Piece i is id i + 1; id 0 stays the pad. Of the
 * options max_tokens (ignored), sequence_length and threads may differ from their
 * defaults: the model does the rest. SIAMESE_E_UNSUPPORTED if the library was
 * built without sentencepiece, SIAMESE_E_FORMAT for bytes that are no model.
 * sentencepiece checks little of it: load models of people you trust.
 */
SIAMESE_API siamese_status siamese_vocab_load_sentencepiece(
    siamese_vocab **out, const void *model, size_t size,
    const siamese_vocab_options *options);

/*
 * The same with a unigram model trained on texts[count], of max_tokens ids at
 * most. SIAMESE_E_ARGUMENT if the texts are too few for it.
 */
SIAMESE_API siamese_status siamese_vocab_train_sentencepiece(
    siamese_vocab **out, const siamese_text *texts, size_t count,
    const siamese_vocab_options *options);

/* The bytes of its model into model[size]: *needed (may be NULL) is their
 * number; SIAMESE_E_RANGE if size is less, SIAMESE_E_STATE if it has none. */
SIAMESE_API siamese_status siamese_vocab_get_sentencepiece(
    const siamese_vocab *vocab, void *model, size_t size, size_t *needed);

/*
 * siamese_vocab_set_tokens for output_mode tf_idf, with the idf of each token:
 * idf[count].
 * SIAMESE_E_NOT_FINITE for one that is no number, SIAMESE_E_STATE in other modes.
 */
SIAMESE_API siamese_status siamese_vocab_set_idf(siamese_vocab *vocab,
                                                 const siamese_text *tokens,
                                                 const float *idf,
                                                 size_t count);

/*
 * The idf of every token, [UNK]'s the mean of the others', into
 * idf[siamese_vocab_size]. SIAMESE_E_STATE in other modes, or before finish.
 */
SIAMESE_API siamese_status siamese_vocab_get_idf(const siamese_vocab *vocab,
                                                 float *idf,
                                                 size_t idf_capacity);

/*
 * Tokens in the table, '' and [UNK] included; 0 before it is finished. All ids
 * are below: with hash_buckets it is one more than those, or, with
 * hash_min_count, than the learned ones.
 */
SIAMESE_API size_t siamese_vocab_size(const siamese_vocab *vocab);

/*
 * Token ids of texts[count], ragged: those of text r are
 * ids[offsets[r]] .. ids[offsets[r + 1] - 1], at most sequence_length of them,
 * without padding; features that were not learned have none. In output modes other than int they are the columns of encode,
 * of all tokens. offsets has count + 1 elements. *ids_needed (may be NULL)
 * is the total; if it is more than ids_capacity, SIAMESE_E_RANGE, and offsets
 * are filled in all the same. SIAMESE_E_STATE before the table is finished.
 */
SIAMESE_API siamese_status siamese_vocab_tokenize(
    const siamese_vocab *vocab, const siamese_text *texts, size_t count,
    int64_t *ids, size_t ids_capacity, size_t *offsets, size_t *ids_needed);

/*
 * Rows of numbers by the output_mode multi_hot, count or tf_idf: out[count][size]
 * where size is siamese_vocab_size; all tokens of a text are counted.
 * SIAMESE_E_STATE for output_mode int or before the table is finished,
 * SIAMESE_E_RANGE if out_capacity is less than count * size.
 */
SIAMESE_API siamese_status siamese_vocab_encode(const siamese_vocab *vocab,
                                                const siamese_text *texts,
                                                size_t count, float *out,
                                                size_t out_capacity);

/* What the table and sequence_length leave out of texts. */
typedef struct siamese_vocab_stats {
    size_t struct_size;
    uint64_t texts;
    uint64_t tokens;         /* or features, of all texts, before any cut */
    uint64_t unknown_tokens; /* of these, not in the table */
    uint64_t texts_cut;      /* with more tokens than sequence_length */
    uint64_t tokens_cut;     /* behind the cut */
} siamese_vocab_stats;

/* Of the texts that were added, as of finish; a checkpoint keeps them. All 0 if
 * the table was set. stats->struct_size must be set. */
SIAMESE_API siamese_status siamese_vocab_get_stats(
    const siamese_vocab *vocab, siamese_vocab_stats *stats);

/* Of texts[count], by the finished table. */
SIAMESE_API siamese_status siamese_vocab_measure(const siamese_vocab *vocab,
                                                 const siamese_text *texts,
                                                 size_t count,
                                                 siamese_vocab_stats *stats);

/*
 * The bytes of token `id`, with a NUL behind them: *needed (may be NULL) is
 * their number without it; SIAMESE_E_RANGE if size <= *needed.
 * SIAMESE_E_NOT_FOUND if there is no such id; SIAMESE_E_STATE with hash_buckets:
 * many tokens have one id.
 */
SIAMESE_API siamese_status siamese_vocab_token(const siamese_vocab *vocab,
                                               int64_t id, char *buf,
                                               size_t size, size_t *needed);

/*
 * The id of a token as it stands in the table (no standardisation); that of
 * [UNK] for one that is not there. With hash_buckets: the word's id, or, if it was
 * not learned, SIAMESE_ID_PAD.
 */
SIAMESE_API siamese_status siamese_vocab_lookup(const siamese_vocab *vocab,
                                                const char *data, size_t size,
                                                int64_t *id);

/*
 * A finished vocabulary that goes on from `old`: its tokens under their ids, then
 * those of `fresh`, a vocabulary of new texts, that it lacks, in fresh's order,
 * until there are max_tokens (0: all). Both are finished (SIAMESE_E_STATE) and
 * read texts alike (SIAMESE_E_ARGUMENT); learned hashed features grow like tokens,
 * but without hash_min_count hashed ones need no growth, and sentencepiece models
 * have none (SIAMESE_E_STATE). The other options
 * are those of old; idf comes from where the token comes from.
 */
SIAMESE_API siamese_status siamese_vocab_grow(siamese_vocab **out,
                                              const siamese_vocab *old,
                                              const siamese_vocab *fresh,
                                              size_t max_tokens);

/* The options in force; options->struct_size must be set. */
SIAMESE_API siamese_status siamese_vocab_get_options(
    const siamese_vocab *vocab, siamese_vocab_options *options);

/* ------------------------------------------------------------------------- */
/* tower: rows of fields to vectors                                          */
/* ------------------------------------------------------------------------- */

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
 *   NUMBERS  x W + b of so many decimal numbers, white space or commas between
 *            them; vocab NULL. Scale them: they are taken as they are.
 * Texts are cut at the sequence length, and, without mask_zero, padded to it with
 * id 0; such pads are tokens like others, as in Keras. With mask_zero they are
 * none, and a text without tokens has a vector of zeros.
 *
 * The vector of a row is the sum of its fields' weighted vectors, which are then of
 * one size, or those one behind the other (option `combine`). A field that is empty
 * in a row of several fields is absent: it adds nothing. dim 0 is embedding_dim,
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
 * SIAMESE_E_NOT_FOUND for a field without one. */
SIAMESE_API siamese_status siamese_tower_get_vocab(const siamese_tower *tower,
                                                   size_t field,
                                                   siamese_vocab **out);

/*
 * Vectors of count rows of `fields` texts each, laid out row by row, into
 * out[count][dim]; out_capacity in floats. A text's vector is the same bits in
 * any batch and with any number of threads. Fewer fields than the tower's: the
 * last ones are absent in every row. SIAMESE_E_STATE without a field,
 * SIAMESE_E_ARGUMENT for more fields than the tower's or a row whose numbers are
 * none.
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
 * with decreasing offsets.
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

/* count must be the parameter's, all values finite; a packed table takes them
 * rounded. Not while others encode. */
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
 * token of the old vocabulary is not under its id in the new one. Its tables are
 * in FLOAT32.
 */
SIAMESE_API siamese_status siamese_tower_grow(siamese_tower **out,
                                              const siamese_tower *tower,
                                              size_t field,
                                              const siamese_vocab *vocab);

/* The options in force; options->struct_size must be set. */
SIAMESE_API siamese_status siamese_tower_get_options(
    const siamese_tower *tower, siamese_tower_options *options);

/* ------------------------------------------------------------------------- */
/* trainer: in-batch softmax (tfrs.tasks.Retrieval 0.7.3) with Adam          */
/* ------------------------------------------------------------------------- */

typedef struct siamese_trainer siamese_trainer;

enum {
    SIAMESE_METRICS_NONE = 0,
    SIAMESE_METRICS_EPOCH = 1, /* FactorizedTopK once after each epoch */
    SIAMESE_METRICS_STEP = 2   /* in each step, as the notebook has it */
};

enum {
    SIAMESE_LOSS_SOFTMAX = 0, /* in-batch softmax cross-entropy */
    SIAMESE_LOSS_HINGE = 1    /* triplets: max(0, margin + s_ij - s_ii) */
};

enum { SIAMESE_REDUCTION_SUM = 0, SIAMESE_REDUCTION_MEAN = 1 };

enum {
    SIAMESE_OPTIMIZER_ADAM = 0,
    SIAMESE_OPTIMIZER_ADAMW = 1,
    SIAMESE_OPTIMIZER_ADAGRAD = 2,
    SIAMESE_OPTIMIZER_SGD = 3
};

/* How the learning rate goes on after the warm-up. */
enum {
    SIAMESE_SCHEDULE_CONSTANT = 0,
    SIAMESE_SCHEDULE_LINEAR = 1,
    SIAMESE_SCHEDULE_COSINE = 2
};

/* Where the probabilities of the logQ correction come from. */
enum {
    SIAMESE_LOGQ_GIVEN = 0,    /* from the host, 1 where it gave none */
    SIAMESE_LOGQ_NONE = 1,     /* no correction */
    SIAMESE_LOGQ_COUNTED = 2,  /* the items' shares of what is drawn */
    SIAMESE_LOGQ_STREAMING = 3 /* estimated from the steps so far */
};

/* The figure of the validation that says which weights are the best. */
enum {
    SIAMESE_MONITOR_TOP_10 = 0,
    SIAMESE_MONITOR_LOSS = 1,
    SIAMESE_MONITOR_TOP_1 = 2,
    SIAMESE_MONITOR_TOP_5 = 3,
    SIAMESE_MONITOR_TOP_50 = 4,
    SIAMESE_MONITOR_TOP_100 = 5
};

/* What FactorizedTopK takes for a pair's own item among the candidates. */
enum {
    SIAMESE_TOPK_MATCH_SCORE = 0, /* its own text */
    SIAMESE_TOPK_MATCH_ID = 1     /* the best of its id; none is a miss */
};

/* FactorizedTopK's k: 1, 5, 10, 50, 100. */
enum { SIAMESE_TOPK_COUNT = 5 };

typedef struct siamese_trainer_options {
    size_t struct_size;
    size_t batch_size; /* pairs a step; default 256; 0: by an epoch's pairs */
    size_t epochs;         /* in all, over every call of fit; default 1 */
    size_t shuffle_buffer; /* tf.data's shuffle(n); 0: in order; 1000 */
    size_t hard_negatives; /* kept per row, the highest; 0: all */
    uint64_t seed;         /* of the shuffle */
    double learning_rate;  /* default 0.001 */
    double beta1;          /* 0.9 */
    double beta2;          /* 0.999 */
    double epsilon;        /* 1e-7; Adam: outside the root */
    double temperature;    /* logits are divided by it; 1 */
    int32_t cache;         /* later epochs repeat the first's batches; 1 */
    int32_t remove_accidental_hits; /* mask same item ids as negatives; 0 */
    int32_t metrics;                /* SIAMESE_METRICS_*; default EPOCH */
    int32_t threads;                /* 0: one a processor */
    int32_t kernel;                 /* SIAMESE_KERNEL_* */
    int32_t loss;                   /* SIAMESE_LOSS_*; default SOFTMAX */
    int32_t reduction; /* SIAMESE_REDUCTION_*, of the gradients; SUM */
    int32_t symmetric; /* half from items to queries; 0 */
    int32_t mask_same_query; /* mask pairs of the same query; 0 */
    double margin;           /* of the hinge; 1 */
    double weight_decay;        /* of AdamW; default 0.004, as Keras */
    double momentum;            /* of SGD; 0 */
    double initial_accumulator; /* of Adagrad; default 0.1, as Keras */
    double clip_value;   /* gradients are cut at +- it; 0: not */
    double clip_norm;    /* and scaled to this norm over all; 0: not */
    double schedule_end; /* share of learning_rate at the schedule's end; 0 */
    size_t warmup_steps; /* in which the rate rises from 0; 0 */
    size_t schedule_steps;  /* that the schedule takes; 0: those of epochs */
    int32_t optimizer;      /* SIAMESE_OPTIMIZER_*; default ADAM */
    int32_t schedule;       /* SIAMESE_SCHEDULE_*; default CONSTANT */
    int32_t sparse_updates; /* rows that a batch lacks stay as they are; 0 */
    int32_t logq;           /* SIAMESE_LOGQ_*; default GIVEN */
    size_t random_negatives; /* items of the catalogue, drawn a step; 0 */
    size_t logq_buckets;     /* of logq=streaming; 131072 */
    double logq_rate;        /* of logq=streaming, how fast it learns; 0.05 */
    int32_t correct_epsilon; /* Adam's epsilon as PyTorch has it; 0 */
    int32_t monitor;         /* SIAMESE_MONITOR_*; default TOP_10 */
    int32_t restore_best;  /* fit ends with the best validation's weights; 1 */
    size_t validate_every; /* steps; 0: at the end of each epoch */
    size_t patience;  /* validations without a better one that end fit; 0: none */
    double min_delta; /* by which a better one is better; 0 */
    int32_t topk_match; /* SIAMESE_TOPK_MATCH_*; default SCORE */
    double self_supervision; /* pairs made an epoch for each item; 0 */
    double fragment_contiguous; /* how likely its words are neighbours; 0.5 */
    double fragment_weight;     /* sample weight of made pairs; 1 */
    size_t fragment_min;        /* words of a made query; 1 */
    size_t fragment_max;        /* 5 */
    size_t min_steps; /* in all, that raise epochs; 0 */
    size_t max_steps; /* in all, that end training; 0: none do */
    size_t mined_negatives; /* of a pair; 0 */
    size_t mine_first;      /* ranks that they are drawn from; 11 */
    size_t mine_last;       /* 60 */
    double mine_from;  /* share of training before the first of them; 0.75 */
    double mine_below; /* share of the pair's score they stay below; 0.95 */
} siamese_trainer_options;

SIAMESE_API siamese_status siamese_trainer_options_init(
    siamese_trainer_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_trainer_options_set(
    siamese_trainer_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_trainer_options_get(const siamese_trainer_options *options,
                            const char *name, char *buf, size_t size,
                            size_t *needed);
SIAMESE_API siamese_status
siamese_trainer_options_describe(size_t i, siamese_option_info *info);

/*
 * A trainer of a query and an item tower: the same handle twice means one
 * shared tower. It works on private copies, so the host may go on using the
 * towers it gave. Their dims must be equal. options may be NULL.
 */
SIAMESE_API siamese_status siamese_trainer_create(
    siamese_trainer **out, const siamese_tower *query,
    const siamese_tower *item, const siamese_trainer_options *options);

/* Not while another thread is inside a call with this trainer. */
SIAMESE_API void siamese_trainer_free(siamese_trainer *trainer);

/*
 * count rows: queries of query_fields texts, items of item_fields texts; fewer
 * than the tower's fields: the last ones are absent.
 */
typedef struct siamese_pairs {
    size_t struct_size;
    const siamese_text *queries; /* [count][query_fields] */
    const siamese_text *items;   /* [count][item_fields] */
    size_t query_fields;
    size_t item_fields;
    const int64_t *item_ids; /* [count] or NULL: equal texts, equal item */
    const float *weights;    /* [count] sample weights >= 0, or NULL: 1 */
    const float *item_probabilities; /* [count] for logQ, in (0, 1], or NULL */
    size_t count;
    /* Explicit negatives, or NULL: of pair i the items from negative_offsets[i]
     * to before negative_offsets[i + 1], negatives[][item_fields]. */
    const siamese_text *negatives;
    const size_t *negative_offsets;      /* [count + 1], from 0 on */
    const int64_t *negative_ids;         /* as item_ids, or NULL */
    const float *negative_probabilities; /* as item_probabilities, or NULL */
} siamese_pairs;

/* Adds training pairs; texts are copied. All or nothing. */
SIAMESE_API siamese_status siamese_trainer_add_pairs(
    siamese_trainer *trainer, const siamese_pairs *pairs);

/*
 * Adds items of the catalogue (queries and negatives NULL, weights not read) that
 * the option random_negatives draws from; without any it draws from the items of
 * the pairs. self_supervision makes pairs of both. Texts are copied. All or
 * nothing.
 */
SIAMESE_API siamese_status siamese_trainer_add_items(
    siamese_trainer *trainer, const siamese_pairs *items);

/* Items added so by siamese_trainer_add_items. */
SIAMESE_API size_t siamese_trainer_item_count(const siamese_trainer *trainer);

/* Pairs added so far. */
SIAMESE_API size_t siamese_trainer_pair_count(const siamese_trainer *trainer);

typedef struct siamese_step {
    size_t struct_size;
    uint64_t step;    /* steps done in all, this one included */
    size_t pairs;     /* of this step */
    double loss_sum;  /* TFRS's loss: the sum over the batch, before the update */
    double loss_mean; /* the same a pair */
} siamese_step;

/*
 * One step on the pairs of rows[count] (numbers in the order they were added,
 * repeats allowed): forward, loss, gradients, update. For hosts that choose their
 * own batches. *out may be NULL. SIAMESE_E_NOT_FINITE, without an update, if the
 * loss, a gradient or its square is not finite. It leaves fit's own order of
 * batches as it is.
 */
SIAMESE_API siamese_status siamese_trainer_step(siamese_trainer *trainer,
                                                const size_t *rows,
                                                size_t count,
                                                siamese_step *out);

/*
 * Pairs that training does not see, for siamese_trainer_fit to validate with:
 * FactorizedTopK of them over candidates as siamese_trainer_evaluate has them
 * (NULL: the items of the training pairs), and their mean loss. Copied. pairs NULL
 * ends validation. A trainer that was saved with validation pairs goes on where
 * it stood once it is given the same ones; other ones begin anew.
 */
SIAMESE_API siamese_status siamese_trainer_set_validation(
    siamese_trainer *trainer, const siamese_pairs *pairs,
    const siamese_pairs *candidates);

enum {
    SIAMESE_STAGE_TRAIN = 0,
    SIAMESE_STAGE_EVALUATE = 1,
    SIAMESE_STAGE_VALIDATE = 2
};

typedef struct siamese_progress {
    size_t struct_size;
    int32_t stage;           /* SIAMESE_STAGE_* */
    int32_t topk_known;      /* 1 if topk holds figures */
    uint64_t step;           /* steps done in all */
    size_t epoch;            /* whole epochs done */
    size_t epochs;           /* wanted */
    size_t epoch_step;       /* steps done of the running epoch */
    size_t epoch_steps;      /* steps of an epoch */
    size_t pairs;            /* pairs done of the running epoch */
    double loss_mean;        /* a pair, mean over the epoch so far */
    double loss_batch_sum;   /* TFRS's figure: sum over the last batch */
    double pairs_per_second; /* of this fit, training steps only */
    double seconds;          /* since fit began */
    double seconds_left;     /* estimate to the end of fit; < 0: not known */
    double stage_done;       /* share of this stage of the epoch, 0 .. 1 */
    double topk[SIAMESE_TOPK_COUNT]; /* accuracies at 1, 5, 10, 50, 100 */
    uint64_t validation_step; /* of the last validation; 0: none yet */
    double validation_loss;   /* a pair */
    double validation_topk[SIAMESE_TOPK_COUNT]; /* unless monitor is loss */
    uint64_t best_step;              /* of the best validation; 0: none */
    double best_value;               /* the monitored figure there */
    size_t validations_without_best; /* since then */
    int32_t stopped_early; /* 1: as many as patience, which ended fit */
    int32_t best_restored; /* 1: the weights are those of best_step */
} siamese_progress;

/* Runs on the thread that called fit; non-zero cancels. */
typedef int32_t (*siamese_progress_fn)(void *user,
                                       const siamese_progress *progress);

/*
 * Trains until `epochs` epochs and min_steps steps are done in all, or max_steps
 * are; the pairs of an epoch are those given and those that self_supervision
 * makes. progress (may be NULL) is called
 * after each step, during evaluation at least every 100 ms, and once at the end
 * of an epoch or validation. It ends early by the option patience. With
 * validation pairs the weights are at the end those of the best validation
 * (restore_best). SIAMESE_E_CANCELLED after a cancel: the trainer stands after a
 * whole step, and fit goes on from there. SIAMESE_E_STATE without pairs or items
 * to make them of, if a trainer loaded in the middle of an epoch has been given other pairs, or if one
 * loaded with validation pairs lacks them.
 */
SIAMESE_API siamese_status siamese_trainer_fit(siamese_trainer *trainer,
                                               siamese_progress_fn progress,
                                               void *user);

/*
 * Makes a running fit, step or evaluate return SIAMESE_E_CANCELLED within about
 * 100 ms; nothing if none runs. Any thread, at any time.
 */
SIAMESE_API siamese_status siamese_trainer_cancel(siamese_trainer *trainer);

/*
 * Frozen copies of the towers as they are now, between two steps; the same
 * handle twice if they are shared (free both). query or item may be NULL. Their
 * tables have the precision of the towers' option table_precision, while the
 * trainer goes on in float32. Any thread, at any time, while fit runs too.
 */
SIAMESE_API siamese_status siamese_trainer_snapshot(
    const siamese_trainer *trainer, siamese_tower **query,
    siamese_tower **item);

/*
 * FactorizedTopK: for each of `pairs` (NULL: the training pairs), whether fewer
 * than k of the candidates score strictly higher than the pair's own item; the
 * mean for each of ks[ks_count] into accuracy. candidates: rows of items
 * (queries NULL); NULL: the items of all training pairs, repeats included, as
 * the notebook has it. A score that is not finite is a miss. The option
 * topk_match says what the pair's own item is.
 */
SIAMESE_API siamese_status siamese_trainer_evaluate(
    siamese_trainer *trainer, const siamese_pairs *pairs,
    const siamese_pairs *candidates, const size_t *ks, size_t ks_count,
    double *accuracy, size_t accuracy_capacity);

enum { SIAMESE_SIDE_QUERY = 0, SIAMESE_SIDE_ITEM = 1 };

/*
 * siamese_tower_grow for a trainer's own tower of that side, or its shared one:
 * pairs, counters and the optimiser's state of all that was there stay, and the
 * next step reads texts by the grown vocabulary. Separate towers grow one by one.
 * The best validation so far is forgotten. Whole or not at all; not in a run
 * (SIAMESE_E_STATE).
 */
SIAMESE_API siamese_status siamese_trainer_grow(siamese_trainer *trainer,
                                                int32_t side, size_t field,
                                                const siamese_vocab *vocab);

/*
 * The gradient of the last step's loss for a parameter of a tower, shaped like
 * the parameter. SIAMESE_E_STATE before the first step.
 */
SIAMESE_API siamese_status siamese_trainer_get_gradient(
    const siamese_trainer *trainer, int32_t side, const char *name,
    float *values, size_t capacity, size_t *needed);

/* Where training stands: figures of the last step, epoch and evaluation. */
SIAMESE_API siamese_status siamese_trainer_get_progress(
    const siamese_trainer *trainer, siamese_progress *progress);

/*
 * Changes an option of an existing trainer by name: epochs, learning_rate,
 * max_steps, metrics, min_steps, patience or threads; SIAMESE_E_STATE for the
 * others.
 */
SIAMESE_API siamese_status siamese_trainer_set_option(
    siamese_trainer *trainer, const char *name, const char *value);

/* The options in force; options->struct_size must be set. */
SIAMESE_API siamese_status siamese_trainer_get_options(
    const siamese_trainer *trainer, siamese_trainer_options *options);

/* ------------------------------------------------------------------------- */
/* index: vectors to nearest ids (FAISS IVF-flat)                            */
/* ------------------------------------------------------------------------- */

/*
 * Internally synchronised, with or without const: any of its functions but free
 * may run at once from many threads. A search sees the index before or after an
 * add, remove or train, never between.
 */
typedef struct siamese_index siamese_index;

enum { SIAMESE_METRIC_INNER_PRODUCT = 0, SIAMESE_METRIC_COSINE = 1 };

typedef struct siamese_index_options {
    size_t struct_size;
    size_t nlist;    /* lists of vectors; 0: by the size of the collection */
    size_t nprobe;   /* lists that a search reads; 0: by nlist */
    uint64_t seed;   /* of the k-means */
    int32_t metric;  /* SIAMESE_METRIC_* */
    int32_t threads; /* for train, add and many queries; 0: one a processor */
    int32_t kernel;  /* SIAMESE_KERNEL_* */
} siamese_index_options;

SIAMESE_API siamese_status siamese_index_options_init(
    siamese_index_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_index_options_set(
    siamese_index_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_index_options_get(const siamese_index_options *options,
                          const char *name, char *buf, size_t size,
                          size_t *needed);
SIAMESE_API siamese_status
siamese_index_options_describe(size_t i, siamese_option_info *info);

typedef struct siamese_search_options {
    size_t struct_size;
    size_t nprobe; /* of this call; 0: the index's */
    int32_t exact; /* 1: read every list */
    double min_score; /* nothing below it is found; -1e20: any score */
    int32_t dedupe; /* 1: an id that has several vectors is found once */
} siamese_search_options;

SIAMESE_API siamese_status siamese_search_options_init(
    siamese_search_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_search_options_set(
    siamese_search_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_search_options_get(const siamese_search_options *options,
                           const char *name, char *buf, size_t size,
                           size_t *needed);
SIAMESE_API siamese_status
siamese_search_options_describe(size_t i, siamese_option_info *info);

/*
 * An empty index for vectors of dim numbers (1 to 65536). Until it is trained it
 * has one list, so search is exact.
 */
SIAMESE_API siamese_status siamese_index_create(
    siamese_index **out, size_t dim, const siamese_index_options *options);

SIAMESE_API void siamese_index_free(siamese_index *index);

/*
 * Chooses the lists by k-means on vectors[count][dim] and moves what the index
 * holds into them. With nlist 0: one list, which is exact search, below 100,000
 * vectors, else about 4 sqrt(count) lists. SIAMESE_E_ARGUMENT if count is less
 * than a given nlist or a number is not finite.
 */
SIAMESE_API siamese_status siamese_index_train(siamese_index *index,
                                               const float *vectors,
                                               size_t count);

/*
 * Adds vectors[count][dim] under ids[count], each >= 0. An id may stand for
 * several vectors. With the cosine metric vectors are stored at length 1 (a
 * zero vector stays zero). SIAMESE_E_ARGUMENT names the row whose id is negative
 * or whose vector is not finite; then nothing is added.
 */
SIAMESE_API siamese_status siamese_index_add(siamese_index *index,
                                             const int64_t *ids,
                                             const float *vectors,
                                             size_t count);

/* Removes every vector of ids[count]; *removed (may be NULL): how many. */
SIAMESE_API siamese_status siamese_index_remove(siamese_index *index,
                                                const int64_t *ids,
                                                size_t count, size_t *removed);

/*
 * The k best of the lists nearest to each of queries[count][dim]: ids and scores
 * [count][k], higher score first, equal scores by lower id, *capacity* elements
 * in each. found[count] (may be NULL): how many of the k there are; the rest has
 * id -1 and score -infinity. A query's results are the same bits alone or in any
 * batch, with any number of threads. options may be NULL. With the option dedupe
 * an id counts once, by its best vector, and every list is read where nprobe
 * lists hold fewer than k ids. SIAMESE_E_ARGUMENT: k = 0, nprobe > nlist, a query
 * that is not finite.
 */
SIAMESE_API siamese_status siamese_index_search(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    const siamese_search_options *options, int64_t *ids, float *scores,
    size_t capacity, size_t *found);

/* A set of ids that searches keep to, or leave out. It never changes: any number of
 * searches, of any indexes and threads, may use it at once. */
typedef struct siamese_id_filter siamese_id_filter;

enum { SIAMESE_FILTER_INCLUDE = 0, SIAMESE_FILTER_EXCLUDE = 1 };

/*
 * A filter of mode SIAMESE_FILTER_* for ids[count], each >= 0, as often as it likes;
 * they are copied. SIAMESE_E_ARGUMENT: a negative id, no such mode.
 */
SIAMESE_API siamese_status siamese_id_filter_create(siamese_id_filter **out,
                                                    int32_t mode,
                                                    const int64_t *ids,
                                                    size_t count);

/* When no search uses it any more. */
SIAMESE_API void siamese_id_filter_free(siamese_id_filter *filter);

/*
 * siamese_index_search among the ids that the filter lets pass; NULL: all. Where
 * the nprobe lists hold fewer than k of them, the query reads every list, and
 * its result is exact: fewer than k are found only if there are no more.
 */
SIAMESE_API siamese_status siamese_index_search_filtered(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    const siamese_search_options *options, const siamese_id_filter *filter,
    int64_t *ids, float *scores, size_t capacity, size_t *found);

/*
 * All vectors that score min_score or more: those of query r are at offsets[r]
 * .. offsets[r + 1] - 1 of ids and scores, in search's order. offsets has count
 * + 1 elements. *needed (may be NULL) is the total; if more than capacity,
 * SIAMESE_E_RANGE, and offsets are filled in all the same. Of min_score and that
 * of the options the higher one holds.
 */
SIAMESE_API siamese_status siamese_index_range_search(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options, size_t *offsets,
    int64_t *ids, float *scores, size_t capacity, size_t *needed);

/* The same among the ids that the filter lets pass, in the lists that are read. */
SIAMESE_API siamese_status siamese_index_range_search_filtered(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options,
    const siamese_id_filter *filter, size_t *offsets, int64_t *ids,
    float *scores, size_t capacity, size_t *needed);

/*
 * The least nprobe with which the k best of queries[count][dim] are found to this
 * share on average, 0 < recall <= 1, against exact search, into *nprobe;
 * *reached (may be NULL): the share that it finds. It searches about log2(nlist)
 * times and changes nothing: siamese_index_set_nprobe uses the answer. Queries
 * should be like those to come. SIAMESE_E_ARGUMENT: no queries, k = 0, recall out
 * of range.
 */
SIAMESE_API siamese_status siamese_index_tune_nprobe(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    double recall, size_t *nprobe, double *reached);

/*
 * The option nprobe from now on, as if the index had been made with it; it is saved
 * with the index. SIAMESE_E_OPTION if it is more than a given nlist.
 */
SIAMESE_API siamese_status siamese_index_set_nprobe(siamese_index *index,
                                                    size_t nprobe);

/*
 * The stored vector of an id into out[dim]; if it has several, the one that
 * compares lowest, number by number. SIAMESE_E_NOT_FOUND if it has none.
 */
SIAMESE_API siamese_status siamese_index_reconstruct(const siamese_index *index,
                                                     int64_t id, float *out,
                                                     size_t out_capacity);

/* Vectors in the index. */
SIAMESE_API size_t siamese_index_count(const siamese_index *index);

typedef struct siamese_index_info {
    size_t struct_size;
    size_t dim;
    size_t count;
    size_t nlist;   /* in force; 1 means exact search */
    size_t nprobe;  /* in force */
    int32_t metric; /* SIAMESE_METRIC_* */
} siamese_index_info;

/* What the index is now; info->struct_size must be set. */
SIAMESE_API siamese_status siamese_index_get_info(const siamese_index *index,
                                                  siamese_index_info *info);

/* The options it was made with, but nprobe, which may have been set since;
 * options->struct_size must be set. */
SIAMESE_API siamese_status siamese_index_get_options(
    const siamese_index *index, siamese_index_options *options);

/* Writes the index in FAISS's own file format, for other programs. */
SIAMESE_API siamese_status siamese_index_export_faiss(
    const siamese_index *index, const char *path);

/* ------------------------------------------------------------------------- */
/* presets: settings of all of these options that serve a purpose            */
/* ------------------------------------------------------------------------- */

typedef struct siamese_preset_info {
    size_t struct_size;
    const char *name; /* "default" */
    const char *help; /* what it is for */
} siamese_preset_info;

/* Describes preset i = 0, 1, ...; SIAMESE_E_NOT_FOUND past the last. */
SIAMESE_API siamese_status siamese_preset_describe(size_t i,
                                                   siamese_preset_info *info);

typedef struct siamese_preset_setting {
    size_t struct_size;
    const char *kind;  /* "vocab", "tower", "trainer" or "index" */
    const char *name;  /* as of siamese_X_options_set */
    const char *value; /* as text */
} siamese_preset_setting;

/* Setting i = 0, 1, ... of a preset; SIAMESE_E_NOT_FOUND past the last,
 * SIAMESE_E_OPTION, with their names, if there is no such preset. */
SIAMESE_API siamese_status siamese_preset_get(const char *preset, size_t i,
                                              siamese_preset_setting *setting);

/*
 * Sets what a preset sets in options that siamese_X_options_init has filled in;
 * the others stay. Each may be NULL. "default" is meant for retrieval: one shared
 * tower with one field of texts, the catalogue given with
 * siamese_trainer_add_items.
 */
SIAMESE_API siamese_status siamese_preset_apply(
    const char *preset, siamese_vocab_options *vocab,
    siamese_tower_options *tower, siamese_trainer_options *trainer,
    siamese_index_options *index);

/* ------------------------------------------------------------------------- */
/* evaluator: how good rankings are (docs/metrics.md has the formulas)       */
/* ------------------------------------------------------------------------- */

typedef struct siamese_evaluator siamese_evaluator;

/* The figures of one query at one k, in this order. */
enum {
    SIAMESE_RANKING_RECALL = 0,
    SIAMESE_RANKING_PRECISION = 1,
    SIAMESE_RANKING_HIT = 2,
    SIAMESE_RANKING_MRR = 3,
    SIAMESE_RANKING_MAP = 4,
    SIAMESE_RANKING_NDCG = 5,        /* of the grades' gains */
    SIAMESE_RANKING_NDCG_BINARY = 6, /* relevant items gain 1 */
    SIAMESE_RANKING_COUNT = 7
};

enum {
    SIAMESE_GAIN_LINEAR = 0,     /* max(0, grade - gain_zero) */
    SIAMESE_GAIN_EXPONENTIAL = 1 /* max(0, 2^(grade - gain_zero) - 1) */
};

typedef struct siamese_evaluator_options {
    size_t struct_size;
    double relevant;     /* the lowest grade that is relevant; default 1 */
    double gain_zero;    /* the grade that gains nothing; default 0 */
    int32_t gain;        /* SIAMESE_GAIN_*; default LINEAR */
    int32_t judged_only; /* rank a query's judged items alone; 0 */
    int32_t metric;      /* SIAMESE_METRIC_*, of vectors; INNER_PRODUCT */
    int32_t threads;     /* 0: one a processor */
    int32_t kernel;      /* SIAMESE_KERNEL_* */
} siamese_evaluator_options;

SIAMESE_API siamese_status siamese_evaluator_options_init(
    siamese_evaluator_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_evaluator_options_set(
    siamese_evaluator_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_evaluator_options_get(const siamese_evaluator_options *options,
                              const char *name, char *buf, size_t size,
                              size_t *needed);
SIAMESE_API siamese_status
siamese_evaluator_options_describe(size_t i, siamese_option_info *info);

/*
 * Judgements of `queries` queries: those of query q are offsets[q] ..
 * offsets[q + 1] - 1 of ids and grades. The last one of a query and id counts;
 * what has none is not relevant and gains nothing. Grades are finite.
 */
typedef struct siamese_judgements {
    size_t struct_size;
    size_t queries;
    const size_t *offsets; /* [queries + 1] */
    const int64_t *ids;    /* [offsets[queries]] */
    const double *grades;  /* [offsets[queries]] */
} siamese_judgements;

/*
 * Vectors of the judgements' queries and of all items. An id of several items
 * counts once, where its best one stands.
 */
typedef struct siamese_vectors {
    size_t struct_size;
    size_t dim;
    const float *queries;    /* [judgements' queries][dim] */
    const float *items;      /* [item_count][dim] */
    const int64_t *item_ids; /* [item_count], or NULL: the row is the id */
    size_t item_count;
} siamese_vectors;

/* Ready rankings, as siamese_index_search gives them, best first. */
typedef struct siamese_rankings {
    size_t struct_size;
    size_t depth;        /* results a query */
    const int64_t *ids;  /* [judgements' queries][depth] */
    const size_t *found; /* [queries] results there are, or NULL: depth */
} siamese_rankings;

/* Measures at each of ks[ks_count], all > 0. options may be NULL. */
SIAMESE_API siamese_status siamese_evaluator_create(
    siamese_evaluator **out, const siamese_evaluator_options *options,
    const size_t *ks, size_t ks_count);

SIAMESE_API void siamese_evaluator_free(siamese_evaluator *evaluator);

/*
 * Measures queries by exact search: each item is scored by inner product or
 * cosine (the evaluator's `metric`), equal scores stand in the order of rows. An
 * item whose score is not finite, or that is not there, is not found. Memory
 * grows with queries, items and judgements, never with their product; ranks are
 * the same for any number of threads. values[queries][ks_count]
 * [SIAMESE_RANKING_COUNT] (may be NULL): each query's figures, NaN where it does
 * not count. SIAMESE_E_ARGUMENT names what is not valid; then nothing is added.
 */
SIAMESE_API siamese_status siamese_evaluator_add_vectors(
    siamese_evaluator *evaluator, const siamese_judgements *judgements,
    const siamese_vectors *vectors, double *values, size_t values_capacity);

/*
 * The same for queries that are ranked already. An id that comes again is left
 * out; what is behind the last result is not found.
 */
SIAMESE_API siamese_status siamese_evaluator_add_rankings(
    siamese_evaluator *evaluator, const siamese_judgements *judgements,
    const siamese_rankings *rankings, double *values, size_t values_capacity);

typedef struct siamese_evaluator_counts {
    size_t struct_size;
    size_t queries;        /* added */
    size_t relevant;       /* of them, with a relevant item */
    size_t relevant_items; /* in all */
    size_t gaining;        /* queries whose judgements have a gain */
} siamese_evaluator_counts;

/*
 * The means over the queries added so far, means[ks_count]
 * [SIAMESE_RANKING_COUNT]: over those with a relevant item, and of NDCG over
 * those with a gain; NaN if there is none. Sums run in the order of queries, so
 * the bits do not depend on how they were split over calls. counts may be NULL.
 */
SIAMESE_API siamese_status siamese_evaluator_get_means(
    const siamese_evaluator *evaluator, double *means, size_t means_capacity,
    siamese_evaluator_counts *counts);

/* "recall" for SIAMESE_RANKING_RECALL and so on; "unknown" else. Static. */
SIAMESE_API const char *siamese_ranking_name(int32_t figure);

/* ------------------------------------------------------------------------- */
/* bundle and checkpoint: handles to and from one file                       */
/* ------------------------------------------------------------------------- */

/* What goes to, or came from, one checkpoint. It keeps its parts alive. */
typedef struct siamese_bundle siamese_bundle;

/* An empty bundle. */
SIAMESE_API siamese_status siamese_bundle_create(siamese_bundle **out);
SIAMESE_API void siamese_bundle_free(siamese_bundle *bundle);

/*
 * Each replaces what was there; NULL takes it out. What is saved is the state at
 * the time of the save. A trainer brings its own towers: SIAMESE_E_STATE for a
 * tower beside a trainer. The same tower on both sides is stored once.
 */
SIAMESE_API siamese_status siamese_bundle_set_vocab(siamese_bundle *bundle,
                                                    siamese_vocab *vocab);
SIAMESE_API siamese_status siamese_bundle_set_query_tower(
    siamese_bundle *bundle, siamese_tower *tower);
SIAMESE_API siamese_status siamese_bundle_set_item_tower(
    siamese_bundle *bundle, siamese_tower *tower);
SIAMESE_API siamese_status siamese_bundle_set_trainer(siamese_bundle *bundle,
                                                      siamese_trainer *trainer);
SIAMESE_API siamese_status siamese_bundle_set_index(siamese_bundle *bundle,
                                                    siamese_index *index);

/*
 * A named section of the host's own bytes, copied; NULL data takes it out.
 * name: 1 to 63 bytes of [a-z0-9_.-].
 */
SIAMESE_API siamese_status siamese_bundle_set_section(siamese_bundle *bundle,
                                                      const char *name,
                                                      const void *data,
                                                      size_t size);

/*
 * Each gives a handle of its own to be freed; SIAMESE_E_NOT_FOUND if the bundle
 * has none. get_vocab: the bundle's own, else the query tower's first field's,
 * else the item tower's. With a trainer the towers are its snapshot.
 */
SIAMESE_API siamese_status siamese_bundle_get_vocab(
    const siamese_bundle *bundle, siamese_vocab **out);
SIAMESE_API siamese_status siamese_bundle_get_query_tower(
    const siamese_bundle *bundle, siamese_tower **out);
SIAMESE_API siamese_status siamese_bundle_get_item_tower(
    const siamese_bundle *bundle, siamese_tower **out);
SIAMESE_API siamese_status siamese_bundle_get_trainer(
    const siamese_bundle *bundle, siamese_trainer **out);
SIAMESE_API siamese_status siamese_bundle_get_index(
    const siamese_bundle *bundle, siamese_index **out);

/* The bytes of a section; *needed (may be NULL): their number. */
SIAMESE_API siamese_status siamese_bundle_get_section(
    const siamese_bundle *bundle, const char *name, void *data,
    size_t capacity, size_t *needed);

typedef struct siamese_save_options {
    size_t struct_size;
    int32_t compression; /* zlib level 0 .. 9; default 1 */
    int32_t finished; /* 1: of a trainer its snapshot alone, a smaller file that
                         holds no state to train on from */
} siamese_save_options;

SIAMESE_API siamese_status siamese_save_options_init(
    siamese_save_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_save_options_set(
    siamese_save_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_save_options_get(const siamese_save_options *options, const char *name,
                         char *buf, size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_save_options_describe(size_t i, siamese_option_info *info);

typedef struct siamese_load_options {
    size_t struct_size;
    uint64_t max_bytes; /* that the sections may take unpacked; 0: no limit */
    int32_t threads;    /* of the loaded handles; 0: one a processor */
    int32_t finished;   /* 1: of a trainer's towers the snapshot, without the
                           trainer, of which only the CRC32 is checked */
} siamese_load_options;

SIAMESE_API siamese_status siamese_load_options_init(
    siamese_load_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_load_options_set(
    siamese_load_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_load_options_get(const siamese_load_options *options, const char *name,
                         char *buf, size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_load_options_describe(size_t i, siamese_option_info *info);

/*
 * Writes a temporary file beside path (without a name where the system allows
 * it), syncs it, renames it over path and syncs the folder: at any moment path is
 * the old file or the new one, whole. Nothing else is left, on failure or by
 * SIGKILL; docs/format.md has the one exception. SIAMESE_E_IO names path and reason.
 */
SIAMESE_API siamese_status siamese_checkpoint_save(
    const char *path, const siamese_bundle *bundle,
    const siamese_save_options *options);

/*
 * Every length is checked before memory is allocated for it. SIAMESE_E_FORMAT
 * names the section that is damaged, SIAMESE_E_VERSION a file of a newer format,
 * SIAMESE_E_LIMIT a file over max_bytes.
 */
SIAMESE_API siamese_status siamese_checkpoint_load(
    siamese_bundle **out, const char *path,
    const siamese_load_options *options);

/* The same from memory. */
SIAMESE_API siamese_status siamese_checkpoint_load_memory(
    siamese_bundle **out, const void *data, size_t size,
    const siamese_load_options *options);

/* Writes all of data[size]; non-zero fails the save with SIAMESE_E_IO. */
typedef int32_t (*siamese_write_fn)(void *user, const void *data, size_t size);

/* Reads up to size bytes; *done < size only at the end; non-zero fails. */
typedef int32_t (*siamese_read_fn)(void *user, void *data, size_t size,
                                   size_t *done);

/* The same to and from a stream; the callback runs on the calling thread. */
SIAMESE_API siamese_status siamese_checkpoint_write(
    siamese_write_fn write, void *user, const siamese_bundle *bundle,
    const siamese_save_options *options);
SIAMESE_API siamese_status siamese_checkpoint_read(
    siamese_bundle **out, siamese_read_fn read, void *user,
    const siamese_load_options *options);

typedef struct siamese_section_info {
    size_t struct_size;
    char name[64];        /* "query_tower", "index", ... with a NUL */
    int32_t user;         /* 1: a section of the host's own */
    uint32_t version;     /* of the section's format */
    uint64_t stored_size; /* bytes in the file */
    uint64_t size;        /* bytes unpacked */
    uint32_t crc32;       /* of the unpacked bytes */
} siamese_section_info;

/*
 * The section table of a file, without loading it: *needed (may be NULL) sections
 * into infos[capacity]; each infos[i].struct_size must be set. *format_version
 * may be NULL.
 */
SIAMESE_API siamese_status siamese_checkpoint_info(
    const char *path, siamese_section_info *infos, size_t capacity,
    size_t *needed, uint32_t *format_version);

#ifdef __cplusplus
}
#endif

#endif
