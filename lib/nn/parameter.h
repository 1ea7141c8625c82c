/* parameter.h: a named tensor that is learned, with its gradient and the
 * optimiser's state beside it. parameter_list.h makes and owns them. */
#ifndef SM_PARAMETER_H
#define SM_PARAMETER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/status.h"

enum {
    SM_PARAMETER_NAME_SIZE = 64,
    SM_PARAMETER_RANK = 4,
    SM_PARAMETER_SLOTS = 2
};

/* Writes the gradient of touched row `place` to out[width]; any thread. */
typedef void (*sm_row_maker)(const void *from, size_t place, float *out);

/* Numbers of the widest row that is made when it is read. */
enum { SM_MADE_ROW = 2048 };

/* Which of so many rows that follow each other are touched, a bit each, and how
 * many before them. */
enum { SM_TOUCHED_ROWS = 32 };

typedef struct sm_touched {
    uint32_t rows, before;
} sm_touched;

/*
 * The gradient, of the last backward pass, is [count]. A table is a matrix of
 * which a batch touches few rows: its gradient is [touched_count][width], of
 * the rows touched[] alone, and that of every other row is zero without being
 * held. Where an optimiser reads each row once, the layer may leave rows to be
 * made then, which saves writing them to memory and reading them again.
 */
typedef struct sm_parameter {
    char name[SM_PARAMETER_NAME_SIZE];
    size_t rank;
    size_t shape[SM_PARAMETER_RANK]; /* row-major; 1 past rank */
    size_t count;                    /* numbers in all */
    float *value;                    /* NULL of a table that is packed: */

    /* a table's SIAMESE_PRECISION_*; nn/table_precision.h has the formats */
    int32_t precision;
    uint16_t *half; /* FLOAT16: [count] */
    int8_t *int8;   /* INT8: [count] */
    float *scale;   /* its: [shape[0]] */

    float *
        gradient; /* NULL until sm_parameters_train, or a table's first touch */
    bool table;
    int32_t *touched; /* rows, ascending */
    size_t touched_count, touched_capacity;
    bool is_read_once;         /* by the optimiser, row by row */
    sm_row_maker make_row;     /* NULL: gradient holds the rows */
    const void *made_from;     /* what it is given: until the next pass */
    sm_touched *touched_among; /* [shape[0] / SM_TOUCHED_ROWS, and a part] */
    bool is_sound; /* a table's layer saw that its gradient's squares are
                    * finite; false: nobody looked */

    /* the optimiser's: Adam's two moments, Adagrad's sum, a velocity; those it
     * does not use are NULL */
    float *slot[SM_PARAMETER_SLOTS];
} sm_parameter;

/* ---- gradients ---- */

/*
 * Begins a new gradient of a table: its rows are rows[count], distinct, in any
 * order. What they hold is undefined until the layer writes it.
 */
sm_status sm_parameter_touch(sm_parameter *p, const int32_t *rows,
                             size_t count);

/* Where the gradient of a touched row stands: [width]. */
float *sm_parameter_row_gradient(const sm_parameter *p, int32_t row);

/* The gradient of touched row `place`, in room[width] if it is made now. */
static inline const float *sm_parameter_read_row(const sm_parameter *p,
                                                 size_t place, float *room)
{
    if (p->make_row == NULL) return p->gradient + place * p->shape[1];
    p->make_row(p->made_from, place, room);
    return room;
}

/* Makes all rows now, as what they are made from is to go. */
void sm_parameter_hold_rows(sm_parameter *p);

/* Numbers that the gradient holds. */
size_t sm_parameter_gradient_count(const sm_parameter *p);

/* Elements first .. first + count - 1 of the dense gradient into out. */
void sm_parameter_dense_gradient(const sm_parameter *p, size_t first,
                                 size_t count, float *out);

#endif
