/*
 * maxsim.h: how well a title answers a query word by word: for each word of the
 * query the best cosine with a word of the title, and their mean, weighted by
 * sqrt(idf).
 *
 * Quantities are words that are compared with quantities alone, and words with
 * words; a cosine below 0 counts as 0.
 *
 *   maxsim(q, t) = sum_w sqrt(idf_w) max_u cos(w, u) / sum_w sqrt(idf_w)
 */
#ifndef SM_MAXSIM_H
#define SM_MAXSIM_H

#include "search/rank_scratch.h"

/*
 * Of the query's words in the scratch with count candidates there, whose terms
 * are known: fills in what the view has of similarities. With the lock of the
 * catalogue.
 */
sm_status sm_maxsim(sm_rank_scratch *scratch,
                    const sm_catalogue_words *catalogue, size_t count,
                    sm_rank_view *view);

#endif
