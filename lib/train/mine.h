/* mine.h: hard negatives: items that rank high for a pair's query, though not
 * at the very top, and are no answer to it as far as the pairs tell. */
#ifndef SM_MINE_H
#define SM_MINE_H

#include "metrics/topk_accuracy.h"
#include "train/mined.h"

typedef struct sm_mine_rules {
    size_t negatives;   /* of a pair; 0: none */
    size_t first, last; /* ranks that they are drawn from */
    double below;       /* share of the pair's own score they must stay below */
    uint64_t seed;
} sm_mine_rules;

/*
 * Ranks all items for each query of the first `pairs` pairs and draws for each
 * pair `negatives` of ranks first .. last without repeats. Never an item that a
 * pair of the query has, as its own or as an explicit negative, nor one that
 * scores more than own - (1 - below) |own|. numbers[pairs][negatives]; what is
 * drawn follows from the weights, the pairs, the seed and the epoch.
 */
sm_status sm_mine(const sm_topk_accuracy_run *evaluation,
                  const sm_mine_rules *rules, const sm_pair_store *store,
                  size_t pairs, uint64_t epoch, const sm_item_list *items,
                  uint32_t *numbers);

#endif
