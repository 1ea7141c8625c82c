/*
 * report_map.h: the page of a map: points in two dimensions with titles, ids
 * and perhaps a column that colours them, in one file that needs nothing beside
 * it. siamese map calls it; the Python package fills the same page.
 */
#ifndef REPORT_MAP_H
#define REPORT_MAP_H

#include <stdio.h>
#include <siamese/siamese.h>

typedef struct report_map {
    const char *of; /* the model */
    size_t count;
    const double *places; /* [count][2] */
    double shares[2];     /* of the variance, that the two dimensions have */
    const siamese_text *ids, *titles; /* [count] */
    const char *column;               /* that colours; NULL: none does */
    const double *numbers;            /* its values; NaN: none. Or, if NULL: */
    const siamese_text *texts;        /* of size 0: none */
} report_map;

void report_map_write(FILE *stream, const report_map *map);

#endif
