/*
 * cli_nprobe.h: how many lists of an index a wanted recall takes, measured on
 * queries of the data. siamese index --target-recall calls it.
 */
#ifndef CLI_NPROBE_H
#define CLI_NPROBE_H

#include "data/cli_items_file.h"

typedef struct cli_nprobe {
    double wanted;            /* recall; 0: none is */
    size_t k;                 /* results that it is of */
    const char *query_column; /* NULL: found by name */

    double reached;
    size_t queries; /* that it was measured on */
} cli_nprobe;

/*
 * Sets the index's nprobe to the least that reaches the wanted recall. The
 * queries are those of the data's column of queries, through the model's query
 * tower, or, where it has none, items: vectors of ids 0 .. count - 1.
 */
void cli_nprobe_tune(cli_nprobe *nprobe, siamese_index *index,
                     const cli_items_source *source,
                     const siamese_model *model);

#endif
