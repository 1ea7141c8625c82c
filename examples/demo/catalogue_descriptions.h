/* What the shop writes below a product's title. */
#ifndef CATALOGUE_DESCRIPTIONS_H
#define CATALOGUE_DESCRIPTIONS_H

#include <stdint.h>

#include "catalogue_products.h"

/*
 * Other names of the product, what it is for, some of its attributes in
 * shoppers' words, care and warranty; empty for a few products. The same for a
 * product of a seed whenever it is asked for.
 */
text product_description(const product *p, uint64_t seed);

#endif
