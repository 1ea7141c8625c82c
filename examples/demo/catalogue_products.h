/*
 * The products of the demo catalogue: titles that are put together from the
 * family tables.
 */
#ifndef CATALOGUE_PRODUCTS_H
#define CATALOGUE_PRODUCTS_H

#include <stdint.h>

#include "catalogue_text.h"
#include "families.h"

enum { NO_VALUE = -1 };

typedef struct {
    const family *family;
    const department *department;
    text title;
    int brand;                 /* entry of family->brands */
    int value[MAX_ATTRIBUTES]; /* entry of the values, or NO_VALUE when the
                                  title does not name the attribute */
    int uid;
} product;

typedef struct {
    const family **families; /* [family_count] of all departments */
    int *family_start;       /* [family_count + 1] into products */
    product *products;       /* [product_count], family by family */
    product **by_uid;        /* [product_count], in a shuffled order */
    int family_count, product_count;
} catalogue;

/* False with a message on stderr when a table is faulty or memory short. */
bool catalogue_create(catalogue *c, uint64_t seed);
void catalogue_free(catalogue *c);

#endif
