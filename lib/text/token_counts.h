/* token_counts.h: how often each token occurs in the texts seen so far. */
#ifndef SM_TOKEN_COUNTS_H
#define SM_TOKEN_COUNTS_H

#include "text/token_table.h"

/* Which texts have a token. */
typedef struct sm_token_texts {
    uint64_t count;
    uint64_t last; /* the number of the last one, from 1 */
} sm_token_texts;

/* All zero is empty. */
typedef struct sm_token_counts {
    sm_token_table table;
    uint64_t *counts; /* of each token of the table */
    size_t capacity;
    bool by_text;          /* counts texts too */
    sm_token_texts *texts; /* of each token, or NULL */
    size_t texts_capacity;
    uint64_t text; /* the number of the one that is being counted */
} sm_token_counts;

void sm_token_counts_free(sm_token_counts *counts);
void sm_token_counts_clear(sm_token_counts *counts);

/* The tokens that are added from now on are of another text. */
static inline void sm_token_counts_next_text(sm_token_counts *counts)
{
    counts->text++;
}

sm_status sm_token_counts_add(sm_token_counts *counts, const sm_token *token);

/* Counts the tokens of a next text, and how many they are; on failure some of
 * them are counted. */
sm_status sm_token_counts_text(sm_token_counts *counts, const sm_byte_map *map,
                               const char *data, size_t size, size_t *tokens);

/* Adds each of parts[part_count] to counts, or none if memory runs out. */
sm_status sm_token_counts_merge(sm_token_counts *counts,
                                const sm_token_counts *parts,
                                size_t part_count);

/*
 * The numbers of all tokens in Keras's order, into order[table.count]: most
 * frequent first, ties by their bytes descending. Fails if memory runs out.
 */
sm_status sm_token_counts_sort(const sm_token_counts *counts, uint32_t *order);

#endif
