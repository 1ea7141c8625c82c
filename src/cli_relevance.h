/* cli_relevance.h: how many rows have which relevance, as pandas counts. */
#ifndef CLI_RELEVANCE_H
#define CLI_RELEVANCE_H

#include <jansson.h>

#include "cli_strings.h"

typedef struct cli_relevance {
    cli_strings values; /* the bytes of each distinct double */
    size_t *counts;
    size_t capacity;
    int decimals; /* that show every value whole, at most 6 */
} cli_relevance;

/* A zeroed struct is an empty count. */
void cli_relevance_free(cli_relevance *relevance);

/* The number that a field holds, finite; 0 if it holds none. */
int cli_relevance_parse(siamese_text field, double *value);

void cli_relevance_add(cli_relevance *relevance, double value);

/* "3.00    19125", most frequent first, equals by first appearance. */
void cli_relevance_tell(const cli_relevance *relevance);

/* {"3.00": 19125, ...} in the same order. */
json_t *cli_relevance_json(const cli_relevance *relevance);

#endif
