/*
 * cli_judgements.h: judged queries: TREC qrels, or a CSV file of judged pairs,
 * to queries with the grades of their items. cmd_eval reads them; all of
 * src/eval works on them.
 */
#ifndef CLI_JUDGEMENTS_H
#define CLI_JUDGEMENTS_H

#include <stdint.h>
#include <stdio.h>

#include "shell/cli_strings.h"
#include "data/cli_csv.h"
#include "data/cli_items.h"
#include "data/cli_items_file.h"
#include "data/cli_reader.h"

typedef struct cli_judgement {
    uint32_t query; /* number of the query */
    uint32_t item;  /* number of the item's id */
    double grade;
} cli_judgement;

typedef struct cli_judgements {
    cli_strings ids; /* distinct ids: of the items, then as they come */
    int items_known; /* the first item_ids of them are all the items' */
    size_t item_ids;
    cli_strings qids;
    int queries_known;     /* qids are those of the queries, and no others */
    siamese_text *queries; /* [qids.count], if they are known */
    cli_strings texts;     /* the bytes of the queries */
    size_t query_capacity;
    cli_judgement *list; /* by query, then item; one for each pair */
    size_t count, capacity;
    size_t *offsets; /* [qids.count + 1] where a query's begin in list */
} cli_judgements;

/* A CSV file of judged pairs, in the columns of training. */
typedef struct cli_judged_source {
    const char *data;
    cli_encoding encoding;
    cli_csv_rules csv;
    const cli_items_source *items;               /* whose ids they are */
    const char *query_column, *relevance_column; /* NULL: found by name */
    const char *trained_query, *trained_relevance;
} cli_judged_source;

/*
 * A zeroed struct knows nothing. What is read comes in this order, each part
 * but the judgements being optional: items; queries; judgements; the end.
 * A fault of a file fails naming the line.
 */
void cli_judgements_take_items(cli_judgements *judgements,
                               const cli_items *items);

/* Lines qid TAB query; `entities` is what --entities says of the queries. */
void cli_judgements_read_queries(cli_judgements *judgements, const char *path,
                                 cli_encoding encoding, const char *entities);

/*
 * Lines qid 0 id grade (TREC), or qid id grade, with a header or without
 * (BEIR). Those of queries that are not among known ones are passed over, as
 * trec_eval does it. An item that is not among known ones is judged all the
 * same: it will not be found. How many there are of both is told.
 */
void cli_judgements_read_qrels(cli_judgements *judgements, const char *path);

/* The column of the items' ids, or of their titles, which are texts, if these
 * are the ids. */
int cli_judged_id_column(const cli_judged_source *source, cli_csv *csv);

/* Rows query, id, grade: the n-th distinct query has the qid n. Items as
 * above. */
void cli_judgements_read_table(cli_judgements *judgements,
                               const cli_judged_source *source);

/* One judgement: the n-th distinct query has the qid n, as above. */
void cli_judgements_add_pair(cli_judgements *judgements, siamese_text query,
                             siamese_text id, double grade);

/* Puts them in order; of a pair's judgements the last counts. */
void cli_judgements_finish(cli_judgements *judgements);

/* As qrels, in that order; lines qid TAB query. */
void cli_judgements_write_qrels(const cli_judgements *judgements,
                                const char *path);
void cli_judgements_write_queries(const cli_judgements *judgements,
                                  const char *path);

void cli_judgements_free(cli_judgements *judgements);

/* The number of a result's id, SIZE_MAX for one that is not among known
 * items. */
size_t cli_judgements_id(cli_judgements *judgements, siamese_text id);

/* Fails unless a file with columns between white space can hold it. */
void cli_judgements_check_word(const char *what, siamese_text word,
                               const char *path);

/* The fields of a line between blanks; gives how many, at most `most` + 1. */
size_t cli_words_split(siamese_text line, siamese_text *fields, size_t most);

#endif
