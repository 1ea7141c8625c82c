/* text_rows.h: rows of texts, each distinct row kept once and known by its
 * number in order of arrival. */
#ifndef SM_TEXT_ROWS_H
#define SM_TEXT_ROWS_H

#include "common/row_slots.h"

/* Texts of whose ends the difference to the first one's begin is kept. */
enum { SM_ENDS_BLOCK = 64 };

typedef struct sm_text_rows {
    size_t fields; /* texts a row, the same for all */
    char *bytes;   /* of all texts, one behind the other */
    size_t byte_count, byte_capacity;
    uint32_t *ends; /* [count][fields]: where each text ends, from its base */
    size_t end_capacity;
    size_t *bases; /* where in bytes each block of ends begins */
    size_t base_capacity;
    size_t count;
    sm_row_slots slots; /* by hashes with the process's secret */
} sm_text_rows;

/* Zeroed memory is an empty set of rows of `fields` texts once this is set. */
void sm_text_rows_init(sm_text_rows *rows, size_t fields);
void sm_text_rows_free(sm_text_rows *rows);

/*
 * The number of the row texts[given], given <= fields and the others empty,
 * which is added if it is new. Failing, the rows are as before.
 */
sm_status sm_text_rows_add(sm_text_rows *rows, const siamese_text *texts,
                           size_t given, uint32_t *row);

/* The number of a row that is there; UINT32_MAX if it is not. */
uint32_t sm_text_rows_find(const sm_text_rows *rows, const siamese_text *texts,
                           size_t given);

/* The same for a row of others, which has as many fields. */
uint32_t sm_text_rows_find_row(const sm_text_rows *rows,
                               const sm_text_rows *others, size_t row);

/* Takes the rows from number `count` on out again. */
void sm_text_rows_cut(sm_text_rows *rows, size_t count);

/* The row's texts[fields], borrowed until rows are added. */
void sm_text_rows_get(const sm_text_rows *rows, size_t row,
                      siamese_text *texts);

/* The row's text of one field. */
siamese_text sm_text_rows_text(const sm_text_rows *rows, size_t row,
                               size_t field);

/* A hash of the row's texts and their borders, the same for ever. It is made of
 * them in each call. */
uint64_t sm_text_rows_hash(const sm_text_rows *rows, size_t row);

#endif
