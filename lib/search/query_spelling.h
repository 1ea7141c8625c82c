/* query_spelling.h: queries whose words neither the catalogue nor training
 * knows, asked for in the spelling of the catalogue too. docs/search.md says
 * which words are corrected. */
#ifndef SM_QUERY_SPELLING_H
#define SM_QUERY_SPELLING_H

#include "search/search_scan.h"

/*
 * Corrects the texts of a run, whose searcher has a ranker with words: notes
 * the corrected ones in run->corrections, and moves vectors[count][dim], those
 * of the texts, to the mean with those of the corrected texts. Others stay as
 * they are, to the bit.
 */
sm_status sm_correct_queries(sm_search_run *run, float *vectors);

/* The text whose words the results of a query are ranked by: the corrected one
 * where there is one. The run is of texts. */
siamese_text sm_search_text(const sm_search_run *run, size_t query);

#endif
