/*
 * cli_pairs_file.h: training pairs from a CSV file of judgements, and the items
 * of a catalogue beside them: from what the user says of the files to
 * cli_pairs. The verbs that learn from data, or measure learning, call it.
 */
#ifndef CLI_PAIRS_FILE_H
#define CLI_PAIRS_FILE_H

#include "data/cli_pairs.h"
#include "data/cli_pairs_source.h"

/*
 * Reads the data, if there is any, and the catalogue, if there is one. A
 * relevance that is neither a finite number nor a word for one makes a bad row.
 * Fails if there is no positive in the data.
 */
void cli_pairs_read(cli_pairs *pairs, const cli_pairs_source *source);

/*
 * The same without the pairs themselves: their number, what makes one, and all
 * items, so that cli_pairs_stream can read them again and again.
 */
void cli_pairs_survey(cli_pairs *pairs, const cli_pairs_source *source);

#endif
