/*
 * where_program.h: an expression over columns as steps on a stack of truth
 * values, each behind what it works on. where.c makes them,
 * where_match.c runs them for a row.
 */
#ifndef SM_WHERE_PROGRAM_H
#define SM_WHERE_PROGRAM_H

#include "items/item_table.h"
#include "items/where_words.h"

typedef enum sm_where_step_kind {
    SM_WHERE_STEP_COMPARE, /* the value and values[first], by `orders` */
    SM_WHERE_STEP_IN,      /* the value is among values[first ..], ascending */
    SM_WHERE_STEP_MISSING, /* there is no value */
    SM_WHERE_STEP_NOT,
    SM_WHERE_STEP_AND,
    SM_WHERE_STEP_OR
} sm_where_step_kind;

/* A text, or a number. */
typedef struct sm_where_value {
    bool is_text;
    siamese_text text;
    sm_where_number number;
} sm_where_value;

typedef struct sm_where_step {
    sm_where_step_kind kind;
    int64_t column; /* as sm_item_table_resolve numbers them */
    int32_t type;   /* SIAMESE_COLUMN_* of the column */
    unsigned orders;
    size_t first, count; /* values */
} sm_where_step;

typedef struct sm_where {
    sm_where_step *steps;
    size_t step_count, step_capacity;
    sm_where_value *values;
    size_t value_count, value_capacity;
    char *bytes;          /* of the values' texts */
    unsigned char *truth; /* the stack; [step_count] are enough */
} sm_where;

#endif
