/* search_table.h: hits as a table for people, as wide as their terminal. */
#ifndef SEARCH_TABLE_H
#define SEARCH_TABLE_H

#include <siamese/siamese.h>

/* Of the first query, on standard output, in at most `columns` columns: rank,
 * id, score and title, which ends with an ellipsis where it does not fit. */
void search_table_print(const siamese_hits *hits, int explains, size_t columns);

#endif
