/* bounds_range.h: which vectors have a bound. For bounds.c, of queries, and
 * bounds_impl.h, of rows. */
#ifndef SM_BOUNDS_RANGE_H
#define SM_BOUNDS_RANGE_H

/*
 * The largest number of a vector that has a bound. Within, neither a bound nor
 * a sum of squares overflows, and what denormal numbers lose, less than 2^-126
 * an operation even where they count as 0, is far below the roundings that the
 * bound allows for. Others have a bound of infinity, and are scored.
 */
#define SM_BOUND_LEAST 0x1p-30f
#define SM_BOUND_MOST 0x1p30f

#endif
