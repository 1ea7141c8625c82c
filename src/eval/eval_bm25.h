/*
 * eval_bm25.h: BM25 over the texts of items, by SQLite's FTS5: what a search of
 * words finds, to stand beside a model's figures. The rankings come as those of
 * eval_rank.h do. siamese train --holdout calls it; docs/hybrid.md has the form
 * of the documents and of the queries.
 */
#ifndef EVAL_BM25_H
#define EVAL_BM25_H

#include "data/cli_fields.h"
#include "data/cli_items.h"
#include "eval/cli_judgements.h"
#include "eval/eval_rank.h"

/*
 * Ranks the items for every query by their titles and fields of text; an item
 * without a word of the query is not found. An id counts once, where it comes
 * first. NULL, or why there is no BM25 here: nothing has been taken then.
 */
const char *eval_bm25_rank(const cli_items *items, const cli_fields *fields,
                           cli_judgements *judgements,
                           const eval_wanted *wanted);

#endif
