/* item_texts.h: items as an item tower reads them: the title as its first
 * field, and as each further field the column of that field's name. */
#ifndef SM_ITEM_TEXTS_H
#define SM_ITEM_TEXTS_H

#include "items/item_rows.h"

typedef struct sm_item_texts {
    const char *const *names; /* [fields]; of the first no matter */
    size_t fields;
    size_t room;         /* rows that fit */
    siamese_text *texts; /* [room][fields] */
    char *numbers;       /* [room][fields] texts of numbers */
} sm_item_texts;

/* Room for so many rows at once of fields with these names, which are lent. */
sm_status sm_item_texts_create(sm_item_texts *texts, const char *const *names,
                               size_t fields, size_t room);
void sm_item_texts_free(sm_item_texts *texts);

/* Fills in rows first .. first + count - 1 of a host's; or rows[count] of a
 * table. */
void sm_item_texts_of_rows(sm_item_texts *texts, const sm_item_rows *rows,
                           size_t first, size_t count);
void sm_item_texts_of_table(sm_item_texts *texts, const sm_item_table *table,
                            const int64_t *rows, size_t count);

#endif
