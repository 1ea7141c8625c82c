/* search_explain.h: what the scores of hits are made of, for siamese search
 * --explain. */
#ifndef SEARCH_EXPLAIN_H
#define SEARCH_EXPLAIN_H

#include <jansson.h>
#include <siamese/siamese.h>

/* Ends the command: nothing ranks what it is to explain. */
_Noreturn void search_explain_fail(void);

/* Whether anything has ranked these hits. */
int search_explain_can(const siamese_hits *hits);

/* What hit i of the first query has beside its score, into its object: the
 * score of its vector, its confidence and the shares of the features. */
void search_explain_json(const siamese_hits *hits, size_t i, json_t *hit);

/* The same shares as numbers and names, the largest first, to be freed. */
char *search_explain_text(const siamese_hits *hits, size_t i);

#endif
