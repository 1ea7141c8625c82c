/* products_any.h: products of bfloat16 on any processor, in both orders of
 * bfloat16.h. */
#ifndef SM_PRODUCTS_ANY_H
#define SM_PRODUCTS_ANY_H

#include "math/products_type.h"

/* By floats, on any processor. */
extern const sm_products sm_products_chain_any, sm_products_tiles_any;

#endif
