/* vocab_handle.h: what is behind a siamese_vocab; for the files of lib/text
 * alone. It counts texts until it is finished and never changes after. */
#ifndef SM_VOCAB_HANDLE_H
#define SM_VOCAB_HANDLE_H

#include "common/pool.h"
#include "common/reference.h"
#include "text/token_counts.h"
#include "text/vocab.h"

struct siamese_vocab {
    sm_references references;
    siamese_vocab_options options;
    sm_byte_map map;
    sm_pool *pool;
    bool finished;
    sm_token_counts counts; /* until it is finished */
    sm_token_counts *parts; /* [pool's threads]: scratch of an add */
    sm_token_table table;   /* once finished: token `id` is number id */
};

/* '' and [UNK], which every table begins with. */
enum { SM_VOCAB_SPECIALS = 2 };
#define SM_UNKNOWN_TOKEN "[UNK]"

/* Takes over the table, and gives back what counting needed. */
void sm_vocab_freeze(siamese_vocab *vocab, sm_token_table *table);

/* SIAMESE_E_ARGUMENT unless texts[count] can be read. */
sm_status sm_check_texts(const siamese_text *texts, size_t count);

#endif
