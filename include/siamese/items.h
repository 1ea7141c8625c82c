/*
 * items.h: what a host knows of its items: an id, a title, and columns of
 * texts, integers and numbers.
 *
 * Each item is a row. Rows are numbered from 0 in the order in which they were
 * added; the number is the id of the item's vector in an index. Numbers are
 * never reused: an item that is updated gets a new row, so that a row that a
 * search has found always says what was found.
 *
 * Items lock themselves: any of their functions but siamese_items_free may run
 * at once from many threads. A reader sees items before or after an add, an
 * update or a removal, never between.
 */
#ifndef LIBSIAMESE_ITEMS_H
#define LIBSIAMESE_ITEMS_H

#include <siamese/options.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_items siamese_items;

/* ---- options ---- */

/* What an item's id is. */
enum {
    SIAMESE_IDS_INTEGER = 0, /* an int64_t */
    SIAMESE_IDS_TEXT = 1     /* any bytes */
};

typedef struct siamese_items_options {
    size_t struct_size;
    int32_t ids;     /* SIAMESE_IDS_*; default INTEGER */
    int32_t repeats; /* 1: several rows may have one id, as an item with several
                      * titles has; default 0 */
} siamese_items_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status
siamese_items_options_init(siamese_items_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_items_options_set(
    siamese_items_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_items_options_get(
    const siamese_items_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_items_options_describe(size_t i, siamese_option_info *info);

/* ---- making items ---- */

/*
 * Creates items without rows and without further columns.
 *   out      receives the items; free them with siamese_items_free
 *   options  NULL means the defaults
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_items_create(siamese_items **out, const siamese_items_options *options);

/* Frees the items; NULL is allowed. Hits that were found keep what they show.
 * Threads: one. */
SIAMESE_API void siamese_items_free(siamese_items *items);

/* What a column holds. */
enum {
    SIAMESE_COLUMN_TEXT = 0,
    SIAMESE_COLUMN_INTEGER = 1, /* int64_t */
    SIAMESE_COLUMN_NUMBER = 2   /* double; NaN is a missing value */
};

/*
 * Adds a column; its value is missing in the rows that are there. The same
 * column twice is added once.
 *   name  1 to 63 bytes of UTF-8, with a NUL; not "id" or "title"
 *   type  SIAMESE_COLUMN_*
 * Errors: SIAMESE_E_STATE if there is a column of this name and another type;
 * SIAMESE_E_LIMIT beyond 1000 columns.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_add_column(siamese_items *items,
                                                    const char *name,
                                                    int32_t type);

/* ---- rows in and out ---- */

/* The values of one column for some rows; one of the three arrays is set. */
typedef struct siamese_column_values {
    size_t struct_size;
    const char *name;             /* of the column, with a NUL */
    const siamese_text *texts;    /* [count] of a column of texts */
    const int64_t *integers;      /* [count] of a column of integers */
    const double *numbers;        /* [count] of a column of numbers */
    const unsigned char *present; /* [count], 0 where a value is missing; NULL:
                                   * none is */
} siamese_column_values;

/* Rows of items. A column that is not named here is missing in these rows. */
typedef struct siamese_item_rows {
    size_t struct_size;
    size_t count;
    const int64_t *ids;           /* [count] if ids are integers; NULL: each
                                   * row's number is its id */
    const siamese_text *text_ids; /* [count] if ids are texts */
    const siamese_text *titles;   /* [count]; NULL: all are empty */
    const siamese_column_values *columns; /* [column_count] */
    size_t column_count;
} siamese_item_rows;

/*
 * Adds rows, all of them or none.
 *   rows      is copied
 *   numbers   [capacity] receives the numbers of the new rows; may be NULL
 *   capacity  at least rows->count; not read if numbers is NULL
 * Errors: SIAMESE_E_ARGUMENT names the row whose id is there already or twice
 * among these, unless `repeats` is on; SIAMESE_E_NOT_FOUND names a column that
 * the items lack; SIAMESE_E_STATE for ids or values of another type;
 * SIAMESE_E_RANGE if capacity is too small; SIAMESE_E_LIMIT beyond 2^31
 * rows in one call, or once 2^31 rows more than 65536 for each that is there
 * have come and gone.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_add(siamese_items *items,
                                             const siamese_item_rows *rows,
                                             int64_t *numbers, size_t capacity);

/*
 * Sets rows, all of them or none: those of an id that is there are replaced,
 * all of them where there are several; those of a new id are added. Each row
 * is a new one with a new number.
 *   the parameters and errors are those of siamese_items_add, but that an id
 *   may be there already
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_update(siamese_items *items,
                                                const siamese_item_rows *rows,
                                                int64_t *numbers,
                                                size_t capacity);

/*
 * Removes every row of some ids; ids without a row are ignored.
 *   ids       [count] if ids are integers, else NULL
 *   text_ids  [count] if ids are texts, else NULL
 *   removed   receives the number of rows removed; may be NULL
 * Errors: SIAMESE_E_STATE for ids of the other kind.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_remove(siamese_items *items,
                                                const int64_t *ids,
                                                const siamese_text *text_ids,
                                                size_t count, size_t *removed);

/* ---- looking rows up ---- */

/* What items are at the moment. */
typedef struct siamese_items_info {
    size_t struct_size;
    size_t count;     /* the number of rows */
    int64_t next_row; /* the number that the next new row gets */
    size_t columns;   /* the number of columns beside id and title */
    int32_t ids;      /* SIAMESE_IDS_* */
    int32_t repeats;  /* 1: several rows may have one id */
    uint64_t bytes;   /* the memory that rows and ids take */
} siamese_items_info;

/*
 * Reads what the items are at the moment.
 *   info  info->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_get_info(const siamese_items *items,
                                                  siamese_items_info *info);

/* Returns the number of rows. Threads: any. */
SIAMESE_API size_t siamese_items_count(const siamese_items *items);

/* The description of a column. */
typedef struct siamese_column_info {
    size_t struct_size;
    char name[64]; /* with a NUL */
    int32_t type;  /* SIAMESE_COLUMN_* */
} siamese_column_info;

/*
 * Describes column i = 0, 1, ... in the order in which they were added.
 *   info  info->struct_size must be set
 * Errors: SIAMESE_E_NOT_FOUND after the last one.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_get_column(const siamese_items *items,
                                                    size_t i,
                                                    siamese_column_info *info);

/*
 * Finds the rows of ids, each in the time of one look-up in a hash table. Of an
 * id with several rows it is the one with the lowest number.
 *   ids       [count] if ids are integers, else NULL
 *   text_ids  [count] if ids are texts, else NULL
 *   numbers   [capacity] receives the numbers of the rows; -1 for an id without
 *             one
 *   capacity  at least count
 * Errors: SIAMESE_E_STATE for ids of the other kind; SIAMESE_E_RANGE if
 * capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_find(const siamese_items *items,
                                              const int64_t *ids,
                                              const siamese_text *text_ids,
                                              size_t count, int64_t *numbers,
                                              size_t capacity);

/*
 * Lists the numbers of all rows in ascending order.
 *   numbers   [capacity] receives them
 *   needed    receives how many there are; may be NULL
 * Errors: SIAMESE_E_RANGE if capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_get_rows(const siamese_items *items,
                                                  int64_t *numbers,
                                                  size_t capacity,
                                                  size_t *needed);

/*
 * Reads the texts of one column of some rows: row r's is bytes[offsets[r]] ..
 * bytes[offsets[r + 1] - 1]. A missing one is empty.
 *   column    its name; "title", and "id" if ids are texts, may be named too
 *   numbers   [count] the numbers of the rows; NULL: all rows in ascending
 *             order, and count must be their number
 *   offsets   [count + 1] is filled in with SIAMESE_E_RANGE too
 *   bytes     [capacity] receives the texts, one behind the other
 *   needed    receives the number of bytes; may be NULL
 *   present   [count] receives 1 where the row has a value and 0 where it is
 *             missing; may be NULL
 * Errors: SIAMESE_E_NOT_FOUND names the column or the row that is not there;
 * SIAMESE_E_STATE if the column is of another type; SIAMESE_E_RANGE if capacity
 * is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_get_texts(
    const siamese_items *items, const char *column, const int64_t *numbers,
    size_t count, size_t *offsets, char *bytes, size_t capacity, size_t *needed,
    unsigned char *present);

/*
 * Reads the integers of one column of some rows; a missing one is 0.
 *   column    its name; "id" may be named too if ids are integers
 *   values    [capacity] receives them
 *   capacity  at least count
 *   the other parameters and errors are those of siamese_items_get_texts
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_get_integers(
    const siamese_items *items, const char *column, const int64_t *numbers,
    size_t count, int64_t *values, size_t capacity, unsigned char *present);

/*
 * Reads the numbers of one column of some rows; a missing one is NaN.
 *   values    [capacity] receives them
 *   capacity  at least count
 *   the other parameters and errors are those of siamese_items_get_texts
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_get_numbers(
    const siamese_items *items, const char *column, const int64_t *numbers,
    size_t count, double *values, size_t capacity, unsigned char *present);

#ifdef __cplusplus
}
#endif

#endif
