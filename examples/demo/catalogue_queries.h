/*
 * What shoppers ask the demo catalogue, and how well a product answers:
 * training queries, and held-back ones that combine their words anew.
 */
#ifndef CATALOGUE_QUERIES_H
#define CATALOGUE_QUERIES_H

#include "catalogue_products.h"
#include "catalogue_random.h"

enum { MAX_ASKED = 3 };

typedef struct {
    text typed; /* the query */
    int family; /* position in catalogue->families */
    int brand;  /* entry of the brands, or NO_VALUE */
    int asked_count;
    int attribute[MAX_ASKED]; /* of the family */
    text wanted[MAX_ASKED];   /* how its value was asked for */
} question;

typedef struct {
    question *training, *held_back;
    int training_count, held_back_count;
} query_log;

/* False with a message on stderr when the words or memory run out. */
bool query_log_create(query_log *log, const catalogue *c, uint64_t seed);
void query_log_free(query_log *log);

/*
 * Relevance in hundredths, in the steps of the Home Depot file:
 *   300  right family, everything asked for is in the title
 *   267  the title is silent about one thing
 *   233  one thing is different, or the title is silent about two
 *   200  right family, less than that
 *   167  related family, nothing asked for is different
 *   133  related family
 *   100  something else
 */
int question_grade(const catalogue *c, const question *q, const product *p);

#endif
