/*
 * search_output.h: the results of queries on standard output, in each of the
 * forms that siamese search --format names.
 */
#ifndef SEARCH_OUTPUT_H
#define SEARCH_OUTPUT_H

#include <siamese/siamese.h>

typedef enum search_format {
    SEARCH_TABLE, /* for people: as much as the terminal is wide */
    SEARCH_TSV,
    SEARCH_CSV,
    SEARCH_JSON, /* one object a query */
    SEARCH_TREC,
    SEARCH_FORMAT_COUNT
} search_format;

#define SEARCH_FORMATS "table|tsv|csv|json|trec"

typedef struct search_output {
    search_format format;
    int explains;
    int are_named;  /* blocks begin with their query, unless it is alone */
    int is_session; /* the query stands above already, typed */
    size_t queries; /* answered so far */
} search_output;

/* SEARCH_FORMAT_COUNT: there is none of the name. */
search_format search_format_of(const char *name);

/* Prints them, and tells what is to be said of them beside. */
void search_output_print(search_output *output, siamese_text query,
                         const siamese_hits *hits);

#endif
