/*
 * cli_ids_npy.h: the ids of items as a NumPy array in a file, integers if all
 * are. siamese embed --ids calls it.
 */
#ifndef CLI_IDS_NPY_H
#define CLI_IDS_NPY_H

#include "data/cli_items.h"

/*
 * int64 if every id is an integer as a program would print it ("7", not "007"),
 * else str of the longest id's length ("<U12").
 */
void cli_ids_npy_write(const char *path, const cli_items *items);

#endif
