/*
 * The demo's files: each is written beside its place and appears by rename
 * when all are whole.
 */
#ifndef CATALOGUE_OUTPUT_H
#define CATALOGUE_OUTPUT_H

#include "catalogue_queries.h"

/*
 * Writes train.csv, items.csv, queries.tsv and qrels.txt into the folder,
 * which is made when it is missing. False with a message on stderr that
 * names the file; then none of them has changed unless the last renames
 * failed.
 */
bool output_write(const char *folder, const catalogue *c, const query_log *log,
                  uint64_t seed);

#endif
