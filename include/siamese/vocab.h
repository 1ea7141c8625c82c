/*
 * vocab.h: a vocabulary turns texts into token ids.
 *
 * It follows Keras 2.15's TextVectorization exactly, and adds Unicode words,
 * Snowball stems, hashed features and sentencepiece models. docs/text.md gives
 * each rule, with its formula and source.
 *
 * A vocabulary first counts (create, add, finish) or is given its table
 * (set_tokens, set_idf), and is then finished: it never changes again.
 */
#ifndef LIBSIAMESE_VOCAB_H
#define LIBSIAMESE_VOCAB_H

#include <siamese/options.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_vocab siamese_vocab;

/* ---- options ---- */

/* What happens to a text before it is split. */
enum {
    SIAMESE_STANDARDIZE_NONE = 0,
    SIAMESE_STANDARDIZE_LOWER = 1,             /* lower-case ASCII letters */
    SIAMESE_STANDARDIZE_STRIP_PUNCTUATION = 2, /* delete ASCII's 32 signs */
    SIAMESE_STANDARDIZE_LOWER_AND_STRIP_PUNCTUATION = 3
};

enum {
    SIAMESE_NORMALIZER_KERAS = 0,  /* bytes, as `standardize` says */
    SIAMESE_NORMALIZER_UNICODE = 1 /* NFKC with case folded; words are runs of
                                    * letters or digits */
};

enum {
    SIAMESE_SPLIT_WHITESPACE = 0,
    SIAMESE_SPLIT_NONE = 1,     /* the whole text is one token */
    SIAMESE_SPLIT_CHARACTER = 2 /* each code point is a token */
};

enum {
    SIAMESE_OUTPUT_INT = 0,       /* ids in the order of the text */
    SIAMESE_OUTPUT_MULTI_HOT = 1, /* a row of floats: 1 where a token occurs */
    SIAMESE_OUTPUT_COUNT = 2,     /* the number of times that it occurs */
    SIAMESE_OUTPUT_TF_IDF = 3     /* that count times ln(1 + N / (1 + df)) */
};

enum {
    SIAMESE_QUANTITIES_NONE = 0,
    SIAMESE_QUANTITIES_ADD = 1,    /* add features of values and units */
    SIAMESE_QUANTITIES_REPLACE = 2 /* and write units and fractions one way */
};

/*
 * The ids of the two tokens that a table begins with if output_mode is int. In
 * the other modes there is no padding and [UNK] is 0.
 */
enum { SIAMESE_ID_PAD = 0, SIAMESE_ID_UNKNOWN = 1 };

typedef struct siamese_vocab_options {
    size_t struct_size;
    size_t max_tokens;      /* the table's largest size, '' and [UNK] included;
                             * 0: no limit; default 1000 */
    size_t sequence_length; /* keep so many tokens of a text, the first ones;
                             * 0: all; default 15 */
    int32_t standardize;    /* SIAMESE_STANDARDIZE_*; default 3 */
    int32_t threads;        /* for add and tokenize; 0: one per processor */
    int32_t normalizer;     /* SIAMESE_NORMALIZER_*; default KERAS */
    int32_t split;          /* SIAMESE_SPLIT_*; default WHITESPACE */
    int32_t stemmer;        /* index of the language in the range that
                             * siamese_vocab_options_describe gives; 0: none */
    int32_t output_mode;    /* SIAMESE_OUTPUT_*; default INT */
    int32_t ngrams[SIAMESE_LIST_SIZE]; /* widths in words; none: words alone */
    int32_t hash_words;  /* 1: words and their n-grams are hashed features;
                             * default 1 */
    size_t hash_buckets; /* hash features to this many ids; 0: use a table;
                             * default 0 */
    int32_t char_ngrams[SIAMESE_LIST_SIZE]; /* widths of the hashed character
                                             * n-grams of <word> */
    size_t hash_min_count; /* a bucket needs this many occurrences to have an
                             * id; 0: every bucket has one */
    int32_t strip_accents; /* 1: remove accents; of the unicode normalizer */
    int32_t compounds;     /* 1: find learned words that are joined or split */
    int32_t quantities;    /* SIAMESE_QUANTITIES_*, of hashed features */
    int32_t number_ngrams; /* 0: words that begin with a digit have no
                             * char_ngrams; default 1 */
    int32_t written_words; /* 1: hash the words beside their stems */
    int32_t packs; /* 1: quantities are of packs and pieces as well, "12-pack"
                    * and "pack of 12"; nothing without them; default 0 */
} siamese_vocab_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status
siamese_vocab_options_init(siamese_vocab_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_vocab_options_set(
    siamese_vocab_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_vocab_options_get(
    const siamese_vocab_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_vocab_options_describe(size_t i, siamese_option_info *info);

/* ---- from texts to a table ---- */

/*
 * Creates an empty vocabulary, which counts the texts that are added.
 *   out      receives the vocabulary; free it with siamese_vocab_free
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_OPTION for options that do not go together;
 * SIAMESE_E_UNSUPPORTED for a stemmer that this build lacks.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_vocab_create(siamese_vocab **out, const siamese_vocab_options *options);

/*
 * Counts the tokens of texts; call it as often as more texts arrive. All
 * occurrences count, those beyond sequence_length too. With hash_buckets and no
 * hash_min_count there is nothing to learn, and the texts are only measured.
 *   vocab  is not finished
 *   texts  [count]
 * Errors: SIAMESE_E_STATE if the vocabulary is finished. If memory runs out the
 * vocabulary is as before the call.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_vocab_add(siamese_vocab *vocab,
                                             const siamese_text *texts,
                                             size_t count);

/*
 * Freezes the table. The most frequent tokens come first, and tokens of equal
 * counts are in descending order of their bytes; '' = 0 and [UNK] = 1 precede
 * them (in output modes other than int, [UNK] = 0 alone). With hash_min_count
 * the buckets that occurred often enough get the ids from 1 on, in ascending
 * order, and the others get none. Neither the order of the texts nor the number
 * of threads changes the result.
 * Errors: SIAMESE_E_STATE if the vocabulary is finished already.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_vocab_finish(siamese_vocab *vocab);

/* Frees the vocabulary; NULL is allowed. Threads: one. */
SIAMESE_API void siamese_vocab_free(siamese_vocab *vocab);

/* ---- from texts to ids or rows ---- */

/*
 * Returns the number of ids: all ids are less. It counts the tokens of the
 * table, '' and [UNK] included; with hash_buckets it is 1 plus the number of
 * buckets, or, with hash_min_count, of learned buckets. It is 0 before finish.
 * Threads: any.
 */
SIAMESE_API size_t siamese_vocab_size(const siamese_vocab *vocab);

/*
 * Finds the token ids of texts, without padding. The ids of text r are
 * ids[offsets[r]] .. ids[offsets[r + 1] - 1]. There are at most sequence_length
 * per text; features that were not learned have none. In output modes other
 * than int these are the columns of siamese_vocab_encode, for all tokens of the
 * text.
 *   texts       [count]
 *   ids         [ids_capacity] receives the ids
 *   offsets     [count + 1] is filled in with SIAMESE_E_RANGE too
 *   ids_needed  receives the number of ids; may be NULL
 * Errors: SIAMESE_E_STATE before finish; SIAMESE_E_RANGE if there are more than
 * ids_capacity ids.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_tokenize(
    const siamese_vocab *vocab, const siamese_text *texts, size_t count,
    int64_t *ids, size_t ids_capacity, size_t *offsets, size_t *ids_needed);

/*
 * Writes one row of floats per text for output_mode multi_hot, count or tf_idf.
 * All tokens of a text count, whatever sequence_length is.
 *   texts         [count]
 *   out           [count][siamese_vocab_size]
 *   out_capacity  in floats
 * Errors: SIAMESE_E_STATE for output_mode int or before finish; SIAMESE_E_RANGE
 * if out_capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_encode(const siamese_vocab *vocab,
                                                const siamese_text *texts,
                                                size_t count, float *out,
                                                size_t out_capacity);

/*
 * Writes the bytes of a token of the table, with a NUL behind them.
 *   id      0 .. siamese_vocab_size - 1
 *   buf     [size]
 *   needed  receives the number of bytes without the NUL; may be NULL
 * Errors: SIAMESE_E_NOT_FOUND if there is no such id; SIAMESE_E_RANGE if size
 * is not more than *needed; SIAMESE_E_STATE before finish, and with
 * hash_buckets, where many tokens share an id.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_token(const siamese_vocab *vocab,
                                               int64_t id, char *buf,
                                               size_t size, size_t *needed);

/*
 * Finds the id of a token as it stands in the table: the token is not
 * standardised. With hash_buckets it is the id of the word.
 *   data  [size] the bytes of the token; may be NULL if size is 0
 *   id    receives the id; of a token that the table lacks that of [UNK], of a
 *         word that was not learned SIAMESE_ID_PAD
 * Errors: SIAMESE_E_STATE before finish.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_lookup(const siamese_vocab *vocab,
                                                const char *data, size_t size,
                                                int64_t *id);

/* ---- what a vocabulary is ---- */

/*
 * Reads the options in force.
 *   options  options->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_get_options(
    const siamese_vocab *vocab, siamese_vocab_options *options);

/* How much of some texts the table and sequence_length leave out. */
typedef struct siamese_vocab_stats {
    size_t struct_size;
    uint64_t texts;
    uint64_t tokens;         /* tokens or features, before any cut */
    uint64_t unknown_tokens; /* those of them that have no id of their own */
    uint64_t texts_cut;      /* texts with more tokens than sequence_length */
    uint64_t tokens_cut;     /* tokens beyond sequence_length */
} siamese_vocab_stats;

/*
 * Reads the statistics of the texts that were added, as they were at finish; a
 * checkpoint keeps them. They are all 0 if the table was set.
 *   stats  stats->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_get_stats(const siamese_vocab *vocab,
                                                   siamese_vocab_stats *stats);

/*
 * Measures other texts with the finished table.
 *   texts  [count]
 *   stats  stats->struct_size must be set
 * Errors: SIAMESE_E_STATE before finish.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_measure(const siamese_vocab *vocab,
                                                 const siamese_text *texts,
                                                 size_t count,
                                                 siamese_vocab_stats *stats);

/* ---- tables from elsewhere ---- */

/*
 * Sets the table, in place of add and finish, as siamese_vocab_token gives it.
 *   vocab   is not finished
 *   tokens  [count] in the order of their ids: '' and [UNK] first, or [UNK]
 *           alone unless output_mode is int
 * Errors: SIAMESE_E_ARGUMENT for other first tokens, an empty or repeated
 * token, or more than max_tokens; SIAMESE_E_STATE if the vocabulary is
 * finished, with hash_buckets, which need no table, and for output_mode tf_idf,
 * which needs siamese_vocab_set_idf.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_vocab_set_tokens(siamese_vocab *vocab,
                                                    const siamese_text *tokens,
                                                    size_t count);

/*
 * Sets the table and the idf of each token, for output_mode tf_idf; otherwise
 * as siamese_vocab_set_tokens.
 *   tokens  [count]
 *   idf     [count]
 * Errors: those of siamese_vocab_set_tokens; SIAMESE_E_NOT_FINITE for an idf
 * that is not finite; SIAMESE_E_STATE in other output modes.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_vocab_set_idf(siamese_vocab *vocab,
                                                 const siamese_text *tokens,
                                                 const float *idf,
                                                 size_t count);

/*
 * Reads the idf of every token: ln(1 + N / (1 + df)) for N texts, df of which
 * have the token. That of [UNK] is the mean of all others, as in Keras.
 *   idf           [siamese_vocab_size]
 *   idf_capacity  in floats
 * Errors: SIAMESE_E_STATE in other output modes than tf_idf, and before finish;
 * SIAMESE_E_RANGE if idf_capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_get_idf(const siamese_vocab *vocab,
                                                 float *idf,
                                                 size_t idf_capacity);

/*
 * Creates a finished vocabulary from two: the tokens of `old` keep their ids,
 * and those tokens of `fresh` that old lacks follow in fresh's order. Learned
 * hashed features grow in the same way. The other options are those of old; an
 * idf comes from where its token comes from.
 *   out         receives the vocabulary; free it with siamese_vocab_free
 *   old, fresh  are finished and read texts alike
 *   max_tokens  the largest size of the new table; 0: no limit
 * Errors: SIAMESE_E_STATE if one of them is not finished, for hashed features
 * without hash_min_count, which need no growth, and for sentencepiece models,
 * which cannot grow; SIAMESE_E_ARGUMENT if the two read texts differently.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_grow(siamese_vocab **out,
                                              const siamese_vocab *old,
                                              const siamese_vocab *fresh,
                                              size_t max_tokens);

/* ---- sentencepiece (Kudo and Richardson 2018) ---- */

/*
 * Creates a finished vocabulary from a sentencepiece model. Piece i has id i +
 * 1, and id 0 is the padding. The model normalises and splits texts; of the
 * options only sequence_length, threads and max_tokens (which is ignored) may
 * differ from their defaults. sentencepiece checks little of a model: load
 * models of people you trust.
 *   out      receives the vocabulary; free it with siamese_vocab_free
 *   model    [size] the bytes of a .model file; copied
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_UNSUPPORTED if the library was built without sentencepiece;
 * SIAMESE_E_FORMAT for bytes that are not a model; SIAMESE_E_OPTION for an
 * option that the model decides.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_load_sentencepiece(
    siamese_vocab **out, const void *model, size_t size,
    const siamese_vocab_options *options);

/*
 * Trains a unigram model (Kudo 2018) on texts and creates its vocabulary.
 *   out      receives the vocabulary; free it with siamese_vocab_free
 *   texts    [count]
 *   options  as for siamese_vocab_load_sentencepiece, but that max_tokens is
 *            the largest number of ids and not 0
 * Errors: SIAMESE_E_UNSUPPORTED and SIAMESE_E_OPTION as there;
 * SIAMESE_E_ARGUMENT if there are too few texts.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_train_sentencepiece(
    siamese_vocab **out, const siamese_text *texts, size_t count,
    const siamese_vocab_options *options);

/*
 * Reads the bytes of the vocabulary's sentencepiece model.
 *   model   [size] receives the bytes
 *   needed  receives their number; may be NULL
 * Errors: SIAMESE_E_STATE if the vocabulary has no model; SIAMESE_E_RANGE if
 * size is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_vocab_get_sentencepiece(
    const siamese_vocab *vocab, void *model, size_t size, size_t *needed);

#ifdef __cplusplus
}
#endif

#endif
