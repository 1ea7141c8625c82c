/*
 * eval_trec.h: TREC runs: the results of each query, from a file and to one.
 *
 * Lines `qid Q0 id rank score tag`, or `qid id score`. The score decides, as a
 * float32, which is what trec_eval keeps of it: the higher first. The rank
 * column is not read, as there, unless ties are asked to go by it.
 */
#ifndef EVAL_TREC_H
#define EVAL_TREC_H

#include "eval/cli_judgements.h"

/* Which of equal scores stands first, or that they stand in every order. */
typedef enum eval_ties {
    EVAL_TIES_EXPECTED, /* figures are means over the orders */
    EVAL_TIES_ROW,      /* the lower row of the items, as search has it */
    EVAL_TIES_ID,       /* the greater id, byte by byte, as trec_eval has it */
    EVAL_TIES_RANK,     /* the lower rank, then the row */
    EVAL_TIES_AUTO /* of a model EXPECTED; of a run ROW if the items are known,
                     * else ID */
} eval_ties;

typedef struct eval_result {
    uint32_t query, item;
    double rank; /* as the file has it; NaN where that is no number */
    double score;
    size_t line;
    double tie;     /* of equal scores the lower tie stands first, ... */
    const char *id; /* ... then the greater id, if any; then the lower item */
} eval_result;

typedef struct eval_trec {
    eval_result *list; /* by query, best first */
    size_t count, capacity;
    size_t *offsets; /* [qids.count + 1] where a query's begin in list */
} eval_trec;

/*
 * A line that cannot be read, a score that is not finite, an id that is not
 * known, and a pair that comes twice fail naming the line. Queries that are not
 * measured are passed over.
 */
void eval_trec_read(eval_trec *run, cli_judgements *judgements,
                    const char *path, eval_ties ties);
void eval_trec_free(eval_trec *run);

/* One line; rank counts from 1. */
void eval_trec_write(FILE *stream, const char *path,
                     const cli_judgements *judgements, size_t query,
                     size_t item, size_t rank, double score);

#endif
