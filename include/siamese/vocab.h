/* vocab.h: texts to token ids (Keras 2.15's TextVectorization, and more) */
#ifndef LIBSIAMESE_VOCAB_H
#define LIBSIAMESE_VOCAB_H

#include <siamese/options.h>

#ifdef __cplusplus
extern "C" {
#endif

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

#ifdef __cplusplus
}
#endif

#endif
