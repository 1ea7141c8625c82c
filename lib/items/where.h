/*
 * where.h: conditions on the columns of items, `brand = "x" and price < 50`,
 * from an expression to a program that where_match.h runs for a row.
 * siamese_items_create_where_filter makes one; its comment in search.h has the
 * grammar.
 */
#ifndef SM_WHERE_H
#define SM_WHERE_H

#include "items/where_program.h"

/*
 * Reads an expression. Nothing recurses: what it takes is memory in proportion
 * to its size. SIAMESE_E_ARGUMENT for a word that does not belong where it is,
 * SIAMESE_E_NOT_FOUND for a column that the table lacks, SIAMESE_E_STATE for a
 * value of another type; each names the place.
 */
sm_status sm_where_create(sm_where **out, const sm_item_table *table,
                          const char *expression);
void sm_where_free(sm_where *where);

#endif
