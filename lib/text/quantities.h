/* quantities.h: numbers of a text as values, with their units: 3/4 in, 0.75"
 * and .75-inch are one quantity. docs/text.md has the grammar and the units. */
#ifndef SM_QUANTITIES_H
#define SM_QUANTITIES_H

#include <stdbool.h>

#include "text/code_points.h"
#include "text/words.h"

/*
 * Appends the quantities of folded code points, as "3/4 in": each number with a
 * unit behind it, and before it the value alone if it is no integer. With
 * `packs`, "12-pack" and "pack of 12" are quantities as well. The text goes to
 * `rewritten`, unless that is NULL, with integers and units in one spelling and
 * without other numbers.
 */
sm_status sm_quantities(sm_words *words, const int32_t *points, size_t count,
                        bool packs, sm_code_points *rewritten);

#endif
