/* serve_item_rows.h: items and ids of JSON as the library takes rows. For
 * serve_items, which changes the model by them. */
#ifndef SERVE_ITEM_ROWS_H
#define SERVE_ITEM_ROWS_H

#include "serve/serve_answer.h"

typedef struct serve_item_rows {
    siamese_item_rows rows;         /* texts are those of the JSON */
    siamese_column_info *infos;     /* of the columns of the items */
    siamese_column_values *columns; /* one a column */
    size_t column_count;
    char (*printed)[24]; /* ids that were numbers */
} serve_item_rows;

/* Of an array of {"id", "title", "columns"}, by the columns that the items
 * have; 0, and the error as the answer, if one does not fit. To be freed in
 * either case, while the JSON lives. */
int serve_item_rows_read(serve_item_rows *rows, const json_t *array,
                         const siamese_items *items, serve_answer *answer);

/* Of an array of ids. */
int serve_item_rows_read_ids(serve_item_rows *rows, const json_t *array,
                             const siamese_items *items, serve_answer *answer);

void serve_item_rows_free(serve_item_rows *rows);

#endif
