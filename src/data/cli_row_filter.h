/*
 * cli_row_filter.h: files of item ids as the items that a search may find.
 * siamese search calls it.
 */
#ifndef CLI_ROW_FILTER_H
#define CLI_ROW_FILTER_H

#include <siamese/siamese.h>

#include "shell/cli_strings.h"

typedef struct cli_row_filter {
    const char *include, *exclude;  /* files, an id a line; NULL: none */
    const char *where;              /* an expression over columns, or NULL */
    cli_strings included, excluded; /* their ids, once they are read */
} cli_row_filter;

/* Reads the files; tells of ids that no item has. */
void cli_row_filter_read(cli_row_filter *filter, const siamese_items *items);

/* Whether an item of this id may be found. */
int cli_row_filter_passes(const cli_row_filter *filter, siamese_text id);

/* As a search takes it, to be freed; *made is NULL where nothing is given. What
 * is wrong with the expression is the status, and said by the library. found:
 * items that pass the expression. */
siamese_status cli_row_filter_try(const cli_row_filter *filter,
                                  const siamese_items *items,
                                  siamese_id_filter **made, size_t *found);

/* The same; NULL where nothing is given. An expression
 * that cannot be read ends the command with status 2. */
siamese_id_filter *cli_row_filter_make(const cli_row_filter *filter,
                                       const siamese_items *items);
void cli_row_filter_free(cli_row_filter *filter);

#endif
