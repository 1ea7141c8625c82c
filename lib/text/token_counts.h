/* token_counts.h: how often each token occurs in the texts seen so far. */
#ifndef SM_TOKEN_COUNTS_H
#define SM_TOKEN_COUNTS_H

#include "text/token_table.h"

typedef struct sm_token_count {
    uint64_t hash; /* the token's: nothing that moves it hashes it again */
    uint64_t count;
} sm_token_count;

/* Which texts have a token. */
typedef struct sm_token_texts {
    uint64_t count;
    uint64_t last; /* the number of the last one, from 1 */
} sm_token_texts;

/* All zero is empty. */
typedef struct sm_token_counts {
    sm_token_table table;
    sm_token_count *counts; /* of each token of the table */
    size_t capacity;
    bool by_text;          /* counts texts too */
    sm_token_texts *texts; /* of each token, or NULL */
    size_t texts_capacity;
} sm_token_counts;

void sm_token_counts_free(sm_token_counts *counts);

/* Empties them, and keeps their memory if that is little. */
void sm_token_counts_clear(sm_token_counts *counts);

/* Token `number`, whose bytes lie in the table's memory. */
static inline sm_token sm_token_counts_get(const sm_token_counts *counts,
                                           size_t number)
{
    const char *const bytes = sm_token_table_bytes(&counts->table, number);
    return (sm_token){NULL, (const unsigned char *)bytes,
                      sm_token_table_size(&counts->table, number),
                      counts->counts[number].hash};
}

/* Counts a token of text number `text`, from 1 on. */
sm_status sm_token_counts_add(sm_token_counts *counts, const sm_token *token,
                              uint64_t text);

/* Adds up tokens of part that counts lacks, and their bytes. */
void sm_token_counts_missing(const sm_token_counts *counts,
                             const sm_token_counts *part, size_t *tokens,
                             size_t *bytes);

/* Room for so many more tokens and bytes: adding them then cannot fail. */
sm_status sm_token_counts_reserve(sm_token_counts *counts, size_t tokens,
                                  size_t bytes);

/* Adds part to counts, which has room for what it lacks. */
void sm_token_counts_merge(sm_token_counts *counts,
                           const sm_token_counts *part);

#endif
