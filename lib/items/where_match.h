/* where_match.h: a condition and a row, to whether it is true of the row. */
#ifndef SM_WHERE_MATCH_H
#define SM_WHERE_MATCH_H

#include "items/where_program.h"

/* The order of two values of one kind: -1, 0 or 1. Texts go by their bytes,
 * numbers by what they are, however they were written. */
int sm_where_order(const sm_where_value *a, const sm_where_value *b);

/* Whether the condition is true of a row. One thread at a time. */
bool sm_where_is_true(sm_where *where, const sm_item_chunk *chunk, size_t at);

#endif
