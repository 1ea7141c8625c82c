/* cli_row_filter.h: files of item ids as the rows of an index that a search may
 * find. */
#ifndef CLI_ROW_FILTER_H
#define CLI_ROW_FILTER_H

#include "cli_items.h"

typedef struct cli_row_filter {
    const char *include, *exclude; /* files, an id a line; NULL: none */
} cli_row_filter;

/* NULL where neither file is given; else to be freed. Tells of ids that no item
 * has. */
siamese_id_filter *cli_row_filter_make(const cli_row_filter *files,
                                       const cli_items *items);

#endif
