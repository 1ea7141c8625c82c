/* words_handle.h: what the words of a catalogue are made of, and who guards
 * what; for the files of the words alone. */
#ifndef SM_WORDS_HANDLE_H
#define SM_WORDS_HANDLE_H

#include "common/platform.h"
#include "common/reference.h"
#include "common/status.h"
#include "text/token_table.h"

enum {
    /* Of a row; what a longer title has behind them is not ranked by. */
    SM_ROW_WORDS = 256,
    SM_ROW_QUANTITIES = 64,
    SM_ROW_TERMS = SM_ROW_WORDS + SM_ROW_QUANTITIES,
};

/* What a term is beside its text. */
typedef struct sm_term_entry {
    uint32_t stem;
    uint32_t rows; /* that have it */
    float scale;   /* of its codes: their vector has length 1, or is 0 */
    bool is_quantity;
} sm_term_entry;

/* A row's place in `ids`. Those of removed rows stay until a tidy. */
typedef struct sm_row_entry {
    int64_t row;
    size_t first;
    uint16_t count, words;
    bool is_dead;
} sm_row_entry;

typedef struct sm_catalogue_words sm_catalogue_words;

struct sm_catalogue_words {
    sm_references references;
    siamese_tower *tower; /* of items: its field of titles makes the words;
                           * NULL until a searcher binds them to one */

    /* Readers hold it while they use what stands below; the one writer holds
     * it while he changes that, and reads without. */
    sm_rwlock lock;
    size_t dim, padded_dim; /* of a vector; of its codes, 0 behind dim */
    sm_token_table terms;   /* term i is entries[i] */
    sm_term_entry *entries;
    int8_t *codes;        /* [term_capacity][padded_dim], aligned */
    uint64_t *signatures; /* [term_capacity]: see spelling.h */
    size_t term_capacity;
    sm_token_table stems; /* group i is in stem_rows[i] rows */
    uint32_t *stem_rows;
    size_t stem_capacity;
    sm_row_entry *rows; /* ascending by row */
    size_t row_count, row_capacity, dead_rows;
    uint32_t *ids; /* terms of the rows, one behind the other */
    size_t id_count, id_capacity, dead_ids;
    uint64_t plain_words; /* of all rows that live */
};

/* The key of a term or a stem: a quantity is none of the words. */
sm_token sm_words_key(const char *text, size_t size, bool is_quantity);

/* Room for so many more; adding them then cannot fail. Under the write lock. */
sm_status sm_words_reserve_terms(sm_catalogue_words *words, size_t terms,
                                 size_t bytes);
sm_status sm_words_reserve_stems(sm_catalogue_words *words, size_t stems,
                                 size_t bytes);
sm_status sm_words_reserve_rows(sm_catalogue_words *words, size_t rows,
                                size_t ids);

/* Puts a row in, or takes one out that lives: counts and all. Under the write
 * lock; there is room. */
void sm_words_insert_row(sm_catalogue_words *words, int64_t row,
                         const uint32_t *ids, size_t count, size_t plain);
void sm_words_remove_row(sm_catalogue_words *words, int64_t row);

/* None at all, of vectors of this size. tower: NULL until it is known. */
sm_status sm_words_make(sm_catalogue_words **out, siamese_tower *item,
                        size_t dim);

#endif
