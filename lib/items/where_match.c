/* where_match.c: a program and a row in, whether it is true of the row out. */
#include "items/where_match.h"

#include <string.h>

#include "common/size.h"

/* As in SQL: a comparison with what is missing is neither true nor false, and
 * `and` is the least of two, `or` the most, `not` the other side. */
enum { IS_FALSE, IS_UNKNOWN, IS_TRUE };

/* ---- order ---- */

static int order_of_texts(siamese_text a, siamese_text b)
{
    size_t const size = sm_min(a.size, b.size);
    int const order = size > 0 ? memcmp(a.data, b.data, size) : 0;
    if (order != 0) return order < 0 ? -1 : 1;
    return (a.size > b.size) - (a.size < b.size);
}

/* Exact: no int64_t becomes a double, which has 53 bits of it. */
static int order_of_integer_and_double(int64_t a, double b)
{
    if (b >= 9223372036854775808.0) return -1;
    if (b < -9223372036854775808.0) return 1;
    int64_t const whole = (int64_t)b; /* towards 0 */
    if (a != whole) return a < whole ? -1 : 1;
    double const rest = b - (double)whole;
    return (rest < 0) - (rest > 0);
}

static int order_of_numbers(const sm_where_number *a, const sm_where_number *b)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.*): of the same kind */
    if (a->is_integer && b->is_integer)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->is_integer)
        return order_of_integer_and_double(a->integer, b->number);
    /* NOLINTNEXTLINE(clang-analyzer-core.*): likewise */
    if (b->is_integer)
        return -order_of_integer_and_double(b->integer, a->number);
    return (a->number > b->number) - (a->number < b->number);
}

int sm_where_order(const sm_where_value *a, const sm_where_value *b)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.*): likewise */
    return a->is_text ? order_of_texts(a->text, b->text)
                      : order_of_numbers(&a->number, &b->number);
}

/* ---- one test ---- */

/* The row's value, as a number where `as_number`; false: it has none. */
static bool read_value(const sm_where_step *step, const sm_item_chunk *chunk,
                       size_t at, bool as_number, sm_where_value *value)
{
    sm_where_number *const number = &value->number;
    value->is_text = step->type == SIAMESE_COLUMN_TEXT && !as_number;
    number->is_integer = step->type == SIAMESE_COLUMN_INTEGER;
    if (step->type == SIAMESE_COLUMN_INTEGER)
        return sm_item_integer(chunk, at, step->column, &number->integer);
    if (step->type == SIAMESE_COLUMN_NUMBER)
        return sm_item_number(chunk, at, step->column, &number->number) &&
               number->number == number->number;
    if (!sm_item_text(chunk, at, step->column, &value->text)) return false;
    return !as_number ||
           sm_where_read_number(value->text.data, value->text.size, number);
}

static bool is_among(const sm_where_value *values, size_t count,
                     const sm_where_value *value)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        int const order = sm_where_order(&values[middle], value);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static unsigned char test(const sm_where *where, const sm_where_step *step,
                          const sm_item_chunk *chunk, size_t at)
{
    /* a program of `is missing` alone has no values at all */
    const sm_where_value *const values =
        step->count > 0 ? where->values + step->first : NULL;
    bool const as_number = values != NULL && !values->is_text;
    sm_where_value value;
    bool const is_there = read_value(step, chunk, at, as_number, &value);

    if (step->kind == SM_WHERE_STEP_MISSING)
        return is_there ? IS_FALSE : IS_TRUE;
    if (!is_there) return IS_UNKNOWN;
    if (step->kind == SM_WHERE_STEP_IN)
        return is_among(values, step->count, &value) ? IS_TRUE : IS_FALSE;
    int const order = sm_where_order(&value, values);
    unsigned const as_bit = order < 0    ? SM_WHERE_LESS
                            : order == 0 ? SM_WHERE_EQUAL
                                         : SM_WHERE_GREATER;
    return (step->orders & as_bit) ? IS_TRUE : IS_FALSE;
}

bool sm_where_is_true(sm_where *where, const sm_item_chunk *chunk, size_t at)
{
    unsigned char *const stack = where->truth;
    size_t top = 0;

    for (size_t i = 0; i < where->step_count; i++) {
        const sm_where_step *const step = &where->steps[i];
        switch (step->kind) {
        case SM_WHERE_STEP_NOT:
            stack[top - 1] = (unsigned char)(IS_TRUE - stack[top - 1]);
            break;
        case SM_WHERE_STEP_AND:
            top--;
            if (stack[top] < stack[top - 1]) stack[top - 1] = stack[top];
            break;
        case SM_WHERE_STEP_OR:
            top--;
            if (stack[top] > stack[top - 1]) stack[top - 1] = stack[top];
            break;
        default:
            stack[top++] = test(where, step, chunk, at);
        }
    }
    return stack[0] == IS_TRUE;
}
