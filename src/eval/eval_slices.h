/*
 * eval_slices.h: parts of the judgements that are measured by themselves.
 *
 * Of pairs: a slice keeps the judgements of the pairs that it is of, and no
 * others count as relevant; their items stay in the rankings. Of queries: it
 * keeps all judgements of the queries that it is of.
 */
#ifndef EVAL_SLICES_H
#define EVAL_SLICES_H

#include "shell/cli_strings.h"
#include "data/cli_items.h"
#include "eval/cli_judgements.h"

enum {
    EVAL_SLICE_NO_SHARED_TOKEN, /* pairs: query and title share no word */
    EVAL_SLICE_UNSEEN, /* pairs: the item is not in the training data */
    EVAL_SLICE_HEAD,   /* queries, by their frequency in it */
    EVAL_SLICE_TORSO,
    EVAL_SLICE_TAIL,
    EVAL_SLICE_COUNT,
    EVAL_SLICE_FREQUENCIES = EVAL_SLICE_HEAD /* the first of them */
};

/* "no_shared_token" and so on. */
const char *eval_slice_name(int slice);

/* Judgements as the evaluator takes them, by query. */
typedef struct eval_part {
    int64_t *ids;
    double *grades;
    size_t *offsets;    /* [queries + 1] */
    size_t queries;     /* that are of it */
    size_t least, most; /* frequency of its queries, if it goes by that */
} eval_part;

/* All judgements. */
void eval_part_all(eval_part *part, const cli_judgements *judgements);
void eval_part_free(eval_part *part);

/* What the file of --train says on items and queries. */
typedef struct eval_training {
    cli_strings ids;
    cli_strings queries; /* in their words, a space between */
    size_t *query_rows;  /* [queries.count] */
    cli_strings words;
    size_t *word_rows; /* [words.count] rows whose query has the word */
    size_t query_capacity, word_capacity;
    int has_queries; /* the file has a column of them */
} eval_training;

void eval_training_read(eval_training *training,
                        const cli_judged_source *source);
void eval_training_free(eval_training *training);

/* The pairs whose texts share no word; an id has the words of all its
 * titles. */
void eval_slice_no_shared_token(eval_part *part, const cli_judgements *j,
                                const cli_items *items);

/* The pairs whose id is in no row of the training data. */
void eval_slice_unseen(eval_part *part, const cli_judgements *judgements,
                       const eval_training *training);

/*
 * Head, torso and tail into parts[3], by frequency: how many rows of the
 * training data have the query, in the same words; if they have none of the
 * queries, as when data was split by query, how many have a query with its
 * rarest word. Each is a third of the queries with judgements, the most
 * frequent first; those as frequent as the last of a slice are in it too, and
 * frequency 0 is always tail. Gives "query" or "rarest_token", what was
 * counted.
 */
const char *eval_slice_frequencies(eval_part *parts, const cli_judgements *j,
                                   const eval_training *training,
                                   size_t *frequencies);

#endif
