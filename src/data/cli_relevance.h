/*
 * cli_relevance.h: what a relevance says: from the text of a field to a number,
 * and from the counts of all, as pandas counts them, to a threshold.
 * cli_positives and cli_judgements call it.
 */
#ifndef CLI_RELEVANCE_H
#define CLI_RELEVANCE_H

#include <jansson.h>

#include "shell/cli_strings.h"

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

/*
 * A relevance as every file of judgements may have it: a number, or a word for
 * one: exact or E 3, partial, substitute or S 2, complement or C 1, irrelevant
 * or I 0 (the labels of Amazon's and Wayfair's search data); true and yes 1,
 * false and no 0. 0 if it is neither.
 */
int cli_relevance_read(siamese_text field, double *value);

/* The shortest decimal number that reads back as this one. */
enum { CLI_NUMBER_BYTES = 32 };
const char *cli_number_text(double value, char text[CLI_NUMBER_BYTES]);

/* What makes a row positive. */
typedef struct cli_threshold {
    enum { CLI_THRESHOLD_AUTO, CLI_THRESHOLD_NONE, CLI_THRESHOLD_LEAST } kind;
    double least; /* relevance of a positive, of CLI_THRESHOLD_LEAST */
} cli_threshold;

/* Reads "auto", "none" (every row is one) or a number; 0 if it is none. */
int cli_threshold_parse(const char *text, cli_threshold *threshold);

/*
 * From which relevance on a row is positive, where nobody says so: 2 if the
 * highest is more than 2 and at most 3, as in the Home Depot file; else the
 * middle of the lowest and the highest, so that 1 of 0 and 1, and 3 of 1 to 5,
 * are positive. Where less than a 20th of the rows reach that, it is the median
 * of those above the lowest.
 */
double cli_relevance_threshold(const cli_relevance *relevance);

void cli_relevance_add(cli_relevance *relevance, double value);

/* "3.00    19125", most frequent first, equals by first appearance. */
void cli_relevance_tell(const cli_relevance *relevance);

/* {"3.00": 19125, ...} in the same order. */
json_t *cli_relevance_json(const cli_relevance *relevance);

#endif
