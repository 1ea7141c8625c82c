/* search_explain.h: what the scores of hits are made of, for siamese search
 * --explain. */
#ifndef SEARCH_EXPLAIN_H
#define SEARCH_EXPLAIN_H

#include <jansson.h>
#include <siamese/siamese.h>

/* Ends the command: nothing ranks what it is to explain. */
_Noreturn void search_explain_fail(void);

/* Does so if nothing has ranked these hits, before any of them is printed. */
void search_explain_check(const siamese_hits *hits);

/* What hit i of the first query has beside its score, into its object: the
 * score of its vector, its confidence and the shares of the features. */
void search_explain_json(const siamese_hits *hits, size_t i, json_t *hit);

/* The same shares as a line that begins with a tab: the largest first. */
void search_explain_line(const siamese_hits *hits, size_t i);

#endif
