/* query_words.h: the words of a query, and how the catalogue knows them. */
#ifndef SM_QUERY_WORDS_H
#define SM_QUERY_WORDS_H

#include "search/rank_scratch.h"

/* The words of a text into the scratch, and their vectors by the query tower:
 * what does not depend on the catalogue. padded: SM_INT8_PADDING's multiple. */
sm_status sm_query_words_read(sm_rank_scratch *scratch,
                              const siamese_tower *query, siamese_text text,
                              size_t padded);

/* Looks them up; with the lock of the catalogue. scratch->words[text_count]. */
void sm_query_words_find(sm_rank_scratch *scratch,
                         const sm_catalogue_words *catalogue);

#endif
