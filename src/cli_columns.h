/* cli_columns.h: which column of a CSV file plays which part. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include "cli_csv.h"

typedef enum cli_role {
    CLI_ROLE_ID,
    CLI_ROLE_ITEM,
    CLI_ROLE_QUERY,
    CLI_ROLE_RELEVANCE,
    CLI_ROLE_COUNT
} cli_role;

/* "--id-column" and so on. */
const char *cli_role_option(cli_role role);

/* The names by which a column is found, one rank a line, for the help. */
#define CLI_COLUMN_HELP                                                        \
    "Columns are found by their names, in any case, with - . and spaces as "   \
    "_;\n"                                                                     \
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

/*
 * The place of the column for a role: the one that is named, else (if it is
 * there) the one the model was trained with, else by the list above. None, or
 * two that are equally good, fails with the header; but if `optional`, none
 * gives -1.
 */
int cli_column_find(const cli_csv *csv, cli_role role, const char *named,
                    const char *trained, int optional);

/* The place of the column of exactly this name; else it fails. */
int cli_column_named(const cli_csv *csv, const char *name);

#endif
