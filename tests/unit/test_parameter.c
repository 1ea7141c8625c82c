/* Gradients of tables: touched rows in order, and the dense form of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/parameter_list.h"

enum { ROWS = 300, WIDTH = 5 };

static sm_parameter *table(sm_parameters *list)
{
    sm_parameter *p;
    memset(list, 0, sizeof *list);
    assert_int_equal(sm_parameters_add_table(list, "table", ROWS, WIDTH, &p),
                     0);
    assert_int_equal(sm_parameters_train(list, 0), 0);
    return p;
}

/* Every third row from `first`, last to first, holding its row's number. */
static void touch_thirds(sm_parameter *p, int32_t first, size_t count)
{
    int32_t *const rows = calloc(count + 1, sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = first + 3 * (int32_t)(count - 1 - i);
    assert_int_equal(sm_parameter_touch(p, rows, count), 0);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < WIDTH; j++)
            sm_parameter_row_gradient(p, rows[i])[j] =
                (float)rows[i] + (float)j / 8;
    free(rows);
}

static float expected_at(size_t i, int32_t first, size_t count)
{
    int32_t const row = (int32_t)(i / WIDTH), from = row - first;
    if (from < 0 || from % 3 || from / 3 >= (int32_t)count) return 0;
    return (float)row + (float)(i % WIDTH) / 8;
}

static void table__keeps_touched_rows_in_order(void **state)
{
    sm_parameters list;
    sm_parameter *const p = table(&list);
    (void)state;
    touch_thirds(p, 2, 90);
    assert_int_equal(p->touched_count, 90);
    assert_int_equal(sm_parameter_gradient_count(p), 90 * WIDTH);
    for (size_t i = 0; i < 90; i++)
        assert_int_equal(p->touched[i], 2 + 3 * (int32_t)i);
    sm_parameters_free(&list);
}

static void table__dense_form_of_any_part(void **state)
{
    static const size_t counts[] = {90, 0, 1, 99};
    sm_parameters list;
    sm_parameter *const p = table(&list);
    (void)state;
    for (size_t c = 0; c < 4; c++) {
        touch_thirds(p, (int32_t)c, counts[c]);
        for (size_t first = 0; first < ROWS * WIDTH; first += 7)
            for (size_t n = 1; n < 40 && first + n <= ROWS * WIDTH; n += 6) {
                float part[40];
                sm_parameter_dense_gradient(p, first, n, part);
                for (size_t i = 0; i < n; i++)
                    assert_true(part[i] ==
                                expected_at(first + i, (int32_t)c, counts[c]));
            }
    }
    sm_parameters_free(&list);
}

static void table__has_no_more_rows_than_ids(void **state)
{
    sm_parameters list = {.count = 0};
    sm_parameter *p;
    (void)state;
    assert_int_equal(
        sm_parameters_add_table(&list, "table", (size_t)INT32_MAX + 1, 1, &p),
        SIAMESE_E_LIMIT);
    sm_parameters_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table__keeps_touched_rows_in_order),
        cmocka_unit_test(table__dense_form_of_any_part),
        cmocka_unit_test(table__has_no_more_rows_than_ids),
    };
    return cmocka_run_group_tests_name("parameter", tests, NULL, NULL);
}
