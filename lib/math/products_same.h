/* products_same.h: whether two ways to multiply agree to the last bit. */
#ifndef SM_PRODUCTS_SAME_H
#define SM_PRODUCTS_SAME_H

#include "math/products_type.h"

/* Whether two ways to multiply give the same bits: true of 289 of their
 * sums, whose order and roundings matter. */
bool sm_products_same(const sm_products *one, const sm_products *other,
                      const sm_kernels *kernels);

#endif
