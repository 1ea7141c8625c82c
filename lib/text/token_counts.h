/* token_counts.h: how often each token occurs in the texts seen so far. */
#ifndef SM_TOKEN_COUNTS_H
#define SM_TOKEN_COUNTS_H

#include "text/token_table.h"

/* All zero is empty. */
typedef struct sm_token_counts {
    sm_token_table table;
    uint64_t *counts; /* of each token of the table */
    size_t capacity;
} sm_token_counts;

void sm_token_counts_free(sm_token_counts *counts);
void sm_token_counts_clear(sm_token_counts *counts);

/* Counts the tokens of a text; on failure some of them are counted. */
sm_status sm_token_counts_text(sm_token_counts *counts, const sm_byte_map *map,
                               const char *data, size_t size);

/* Adds each of parts[part_count] to counts, or none if memory runs out. */
sm_status sm_token_counts_merge(sm_token_counts *counts,
                                const sm_token_counts *parts,
                                size_t part_count);

/*
 * The numbers of all tokens in Keras's order, into order[table.count]: most
 * frequent first, ties by their bytes descending.
 */
void sm_token_counts_sort(const sm_token_counts *counts, uint32_t *order);

#endif
