/* item_rows.h: rows as a host gives them, checked and brought into the order of
 * the columns. */
#ifndef SM_ITEM_ROWS_H
#define SM_ITEM_ROWS_H

#include "items/item_table.h"

typedef struct sm_item_rows {
    siamese_item_rows host;        /* in the newest form */
    siamese_column_values *values; /* [host.column_count], in the newest form */
    const siamese_column_values **by_column; /* [columns of the table] */
} sm_item_rows;

/* Reads the struct and what it points to; the arrays stay the host's. Zeroed
 * memory is good for sm_item_rows_free. */
sm_status sm_item_rows_read(sm_item_rows *rows, const siamese_item_rows *host);

/* Gives each column of the table its values. SIAMESE_E_NOT_FOUND names a column
 * that the table lacks. */
sm_status sm_item_rows_match(sm_item_rows *rows, const sm_item_table *table);
void sm_item_rows_free(sm_item_rows *rows);

/* The type of a column's values. */
int32_t sm_item_values_type(const siamese_column_values *values);

#endif
