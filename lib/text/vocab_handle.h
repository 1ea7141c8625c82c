/* vocab_handle.h: what is behind a siamese_vocab; for the files of lib/text
 * alone. It counts texts until it is finished and never changes after. */
#ifndef SM_VOCAB_HANDLE_H
#define SM_VOCAB_HANDLE_H

#include "common/pool.h"
#include "common/reference.h"
#include "text/analyze.h"
#include "text/feature_counts.h"
#include "text/feature_table.h"
#include "text/sentencepiece_adapter.h"
#include "text/text_scratch.h"
#include "text/token_shards.h"

/* See text_maker.h. */
typedef struct sm_text_maker {
    char release[64];     /* "snowball 2.2.0"; "": nobody knows, or none */
    uint64_t fingerprint; /* of what it makes of fixed words; 0: the same */
} sm_text_maker;

struct siamese_vocab {
    sm_references references;
    siamese_vocab_options options;
    int32_t widths[SIAMESE_LIST_SIZE]; /* of n-grams: 1 if none are given */
    bool plain;      /* Keras's words, looked up: needs no scratch */
    size_t specials; /* tokens before the learned: '' and [UNK], or [UNK] */
    size_t unknown;  /* id of [UNK] */
    size_t limit;    /* tokens kept of a text, or SIZE_MAX */
    sm_byte_map map;
    sm_pool *pool;
    sm_text_scratches scratches; /* locked: of use to a const handle */
    bool finished;
    siamese_vocab_stats stats;        /* of what was added */
    sm_token_shards counts;           /* until it is finished */
    sm_token_shards *parts;           /* [pool's threads]: scratch of an add, */
    siamese_vocab_stats *part_stats;  /* and this too */
    sm_feature_counts feature_counts; /* with hash_min_count, until finished */
    sm_token_table table;      /* once finished: token `id` is number id */
    sm_feature_table features; /* then too, with hash_min_count */
    float *idf;                /* [table.count] for tf_idf, else NULL */
    sm_sentencepiece *pieces;  /* NULL: it has no sentencepiece model */
    char *model;               /* [model_size], the bytes of it */
    size_t model_size;
    bool maker_kept; /* it came from a file, made by */
    sm_text_maker maker;
};

#define SM_UNKNOWN_TOKEN "[UNK]"

/* Takes over the table and the idf, and gives back what counting needed. */
void sm_vocab_freeze(siamese_vocab *vocab, sm_token_table *table, float *idf);

/* SIAMESE_E_ARGUMENT for NULL, SIAMESE_E_STATE before it is finished. */
sm_status sm_vocab_check_finished(const siamese_vocab *vocab);

/* SIAMESE_E_ARGUMENT unless texts[count] can be read. */
sm_status sm_check_texts(const char *name, const siamese_text *texts,
                         size_t count);

/* A scratch of a const vocabulary's list. */
sm_status sm_vocab_borrow(const siamese_vocab *vocab, sm_text_scratch **out);
void sm_vocab_return(const siamese_vocab *vocab, sm_text_scratch *scratch);

/* sm_analyze by the vocabulary's options. */
sm_status sm_vocab_words(const siamese_vocab *vocab, sm_text_scratch *scratch,
                         const siamese_text *text, sm_analysis *out);

#endif
