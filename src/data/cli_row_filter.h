/*
 * cli_row_filter.h: files of item ids as the rows of an index that a search may
 * find. siamese search calls it.
 */
#ifndef CLI_ROW_FILTER_H
#define CLI_ROW_FILTER_H

#include "data/cli_items.h"

typedef struct cli_row_filter {
    const char *include, *exclude; /* files, an id a line; NULL: none */
} cli_row_filter;

/* Whether each row may be found, to be freed; NULL where neither file is given.
 * Tells of ids that no item has. */
unsigned char *cli_row_filter_rows(const cli_row_filter *files,
                                   const cli_items *items);

/* As the index takes it, to be freed; NULL for NULL. */
siamese_id_filter *cli_row_filter_make(const unsigned char *passes,
                                       size_t count);

#endif
