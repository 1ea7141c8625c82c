/*
 * cli_columns.h: which column of a CSV file plays which part: from the header,
 * what the user named and what a model was trained with, to a place in the row.
 * Every reader of a CSV file calls it.
 */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include "data/cli_csv.h"

typedef enum cli_role {
    CLI_ROLE_ID,
    CLI_ROLE_ITEM,
    CLI_ROLE_QUERY,
    CLI_ROLE_RELEVANCE,
    CLI_ROLE_COUNT
} cli_role;

/* The names by which a column is found, one rank a line, for the help. */
#define CLI_COLUMN_HELP                                                        \
    "Columns are found by the letters and digits of their names, in any "      \
    "case;\n"                                                                  \
    "the first in these lists wins, names joined by | are equally good:\n"     \
    "  id         product_uid, product_id | item_id, uniq_id, posting_id,\n"   \
    "             sku, asin, uid, docid | doc_id | document_id, id\n"          \
    "  item       product_title | item_title, title, product_name |\n"         \
    "             item_name, name, product | item, product_text |\n"           \
    "             item_text, text, product_description | description\n"        \
    "  query      search_term, query, search_query | query_text, q,\n"         \
    "             keywords | keyword, search, question\n"                      \
    "  relevance  relevance, median_relevance, rating, grade, score, label,\n" \
    "             esci_label, gain, relevance_score | relevance_label"

/* What is known about the column of a role; NULL and 0: nothing. */
typedef struct cli_column_wish {
    const char *named;   /* by the user */
    const char *trained; /* with it the model was trained */
    const char *avoided; /* it was found to be something else */
    const char *prefix;  /* of the option that names it: "catalogue-" */
    int is_optional;
} cli_column_wish;

/*
 * The place of the column for a role: the one that is named, else (if it is
 * there) the one the model was trained with, else by the list above. Names are
 * compared as they stand, then by their letters and digits. None, or two that
 * are equally good, fails with the header; but if it is optional, none gives
 * -1.
 */
int cli_column_find(const cli_csv *csv, cli_role role, cli_column_wish wish);

/* Whether there is a column of such a name; two are as good as one. */
int cli_column_is_there(const cli_csv *csv, cli_role role);

/* Whether the names have the same letters and digits. */
int cli_column_same(const char *a, const char *b);

/* The place of a column that --field or --column, the option, names; else it
 * fails. */
int cli_column_named(const cli_csv *csv, const char *name, const char *option);

/* A column's name in [a-z0-9_], behind what stands in name[size] already. */
void cli_column_spell(const char *column, char *name, size_t size);

#endif
