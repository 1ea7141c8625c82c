/* Rows of marked ids against their definition: lone ids, then runs, and one
 * number for equal runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/marked_id.h"
#include "nn/id_runs.h"
#include "random_numbers.h"

enum { ROWS_MAX = 90, LENGTH_MAX = 40, IDS_MAX = ROWS_MAX * LENGTH_MAX };

typedef struct batch {
    int32_t marked[IDS_MAX + 1];
    size_t begin[ROWS_MAX + 1];
    size_t rows;
} batch;

/* Of few ids and short runs, so that some are equal. */
static void make(batch *b, test_random *random, size_t rows, size_t table)
{
    b->rows = rows;
    b->begin[0] = test_random_below(random, 2);
    for (size_t r = 0; r < rows; r++) {
        size_t const count = test_random_below(random, LENGTH_MAX);
        for (size_t i = 0; i < count; i++) {
            bool const begins = test_random_below(random, 4) == 0 && i > 2;
            b->marked[b->begin[r] + i] =
                sm_id_marked((int32_t)test_random_below(random, table), begins);
        }
        b->begin[r + 1] = b->begin[r] + count;
    }
}

/* What a reader of the headers would make of a row. */
typedef struct expected_row {
    int32_t ids[LENGTH_MAX];   /* of runs */
    int32_t alone[LENGTH_MAX]; /* in order of appearance */
    size_t alone_count, count, runs;
    size_t run_begin[LENGTH_MAX + 1]; /* in ids */
    bool has_marks;
} expected_row;

static void flush(expected_row *x, const int32_t *run, size_t size)
{
    if (size == 1) x->alone[x->alone_count++] = *run;
    if (size < 2) return;
    x->run_begin[x->runs++] = x->count;
    memcpy(x->ids + x->count, run, size * sizeof *run);
    x->count += size;
}

static void expect(const batch *b, size_t r, bool skip_zero, expected_row *out)
{
    int32_t run[LENGTH_MAX];
    size_t size = 0;
    *out = (expected_row){.count = 0};
    for (size_t i = b->begin[r]; i < b->begin[r + 1]; i++) {
        int32_t const id = sm_id_unmarked(b->marked[i]);
        if (sm_id_begins_run(b->marked[i]) || !out->has_marks) {
            flush(out, run, size);
            size = 0;
        }
        out->has_marks |= sm_id_begins_run(b->marked[i]);
        if (!skip_zero || id) run[size++] = id;
    }
    flush(out, run, size);
    out->run_begin[out->runs] = out->count;
}

static int by_id(const void *a, const void *b)
{
    int32_t const x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* In any order. */
static void assert_same_ids(const int32_t *found, int32_t *expected,
                            size_t count)
{
    int32_t sorted[LENGTH_MAX];
    memcpy(sorted, found, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_id);
    qsort(expected, count, sizeof *expected, by_id);
    assert_memory_equal(sorted, expected, count * sizeof *sorted);
}

static void check_row(const sm_id_runs *x, const batch *b, size_t r,
                      bool skip_zero)
{
    const sm_id_row *const row = &x->rows[r];
    expected_row e;
    expect(b, r, skip_zero, &e);
    if (e.has_marks) assert_int_equal(row->begin, b->begin[r]);
    assert_int_equal(row->count, e.count + e.alone_count);
    assert_int_equal(row->alone, e.alone_count);
    assert_int_equal(row->runs, e.runs);
    assert_memory_equal(x->ids + row->begin, e.ids, e.count * sizeof *e.ids);
    if (!e.has_marks)
        assert_memory_equal(x->ids + row->alone_begin, e.alone,
                            e.alone_count * sizeof *e.alone);
    else
        assert_same_ids(x->ids + row->alone_begin, e.alone, e.alone_count);
    for (size_t n = 0; n < e.runs; n++) {
        const sm_id_run *const run = &x->places[row->first + n];
        assert_int_equal(run->begin, row->begin + e.run_begin[n]);
        assert_int_equal(run->count, e.run_begin[n + 1] - e.run_begin[n]);
    }
}

static bool same(const sm_id_runs *x, const sm_id_run *a, const sm_id_run *b)
{
    return a->count == b->count && memcmp(x->ids + a->begin, x->ids + b->begin,
                                          a->count * sizeof *x->ids) == 0;
}

/* A number is that of the first equal run, and new ones count up. */
static void check_numbers(const sm_id_runs *x, size_t rows)
{
    size_t known = 0;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < x->rows[r].runs; i++) {
            size_t const place = x->rows[r].first + i;
            size_t n = 0;
            while (n < known &&
                   !same(x, &x->places[place], &x->places[x->distinct[n]]))
                n++;
            assert_int_equal(x->numbers[place], n);
            if (n == known) assert_int_equal(x->distinct[known++], place);
        }
    assert_int_equal(x->count, known);
}

static void id_runs__are_those_of_the_definition(void **state)
{
    static batch b;
    test_random random = {5};
    sm_id_runs x = {0};
    size_t most = 0, repeated = 0;
    (void)state;
    for (size_t round = 0; round < 40; round++) {
        size_t const rows = 1 + test_random_below(&random, ROWS_MAX);
        bool const skip_zero = round % 2;
        make(&b, &random, rows, round % 3 ? 3 : 1000);
        assert_int_equal(sm_id_runs_reserve(&x, rows, b.begin[rows]), 0);
        size_t places = 0;
        for (size_t r = rows; r-- > 0;) /* in any order */
            sm_id_runs_take(&x, r, b.marked, b.begin[r],
                            b.begin[r + 1] - b.begin[r], skip_zero);
        for (size_t r = 0; r < rows; r++) {
            check_row(&x, &b, r, skip_zero);
            places += x.rows[r].runs;
        }
        sm_id_runs_number(&x, rows);
        check_numbers(&x, rows);
        most = x.count > most ? x.count : most;
        repeated += places - x.count;
    }
    assert_in_range(most, 100, IDS_MAX);
    assert_in_range(repeated, 100, 40 * IDS_MAX);
    sm_id_runs_free(&x);
}

static void id_runs__without_marks_are_none(void **state)
{
    static const int32_t ids[] = {4, 0, 4, 2};
    sm_id_runs x = {0};
    (void)state;
    assert_int_equal(sm_id_runs_reserve(&x, 2, 4), 0);
    sm_id_runs_take(&x, 0, ids, 0, 4, false);
    sm_id_runs_take(&x, 1, ids, 4, 0, false);
    sm_id_runs_number(&x, 2);
    assert_int_equal(x.count, 0);
    assert_int_equal(x.rows[0].alone, 4);
    assert_int_equal(x.rows[1].count, 0);
    assert_memory_equal(x.ids, ids, sizeof ids);
    sm_id_runs_free(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_runs__are_those_of_the_definition),
        cmocka_unit_test(id_runs__without_marks_are_none),
    };
    return cmocka_run_group_tests_name("id_runs", tests, NULL, NULL);
}
