/* Items beside a plain list of rows: what is added, replaced and removed is
 * found, under numbers that are never given twice, here and from a file. */
#include <math.h>

#include "api/checkpoint_parts.h"
#include "random_numbers.h"

#define TEXT(literal) {literal, sizeof(literal) - 1}

static const siamese_text titles[] = {TEXT("oak desk"), TEXT("red sofa"),
                                      TEXT("brass tap")};

static siamese_items *make(int32_t ids, int32_t repeats)
{
    siamese_items_options options;
    siamese_items *items;
    ok(siamese_items_options_init(&options, sizeof options));
    options.ids = ids;
    options.repeats = repeats;
    ok(siamese_items_create(&items, &options));
    return items;
}

static siamese_item_rows rows_of(const int64_t *ids, size_t count)
{
    return (siamese_item_rows){.struct_size = sizeof(siamese_item_rows),
                               .count = count,
                               .ids = ids,
                               .titles = titles};
}

static int64_t row_of(const siamese_items *items, int64_t id)
{
    int64_t row = -7;
    ok(siamese_items_find(items, &id, NULL, 1, &row, 1));
    return row;
}

static void assert_title(const siamese_items *items, int64_t row,
                         const char *title)
{
    size_t offsets[2];
    char text[64];
    unsigned char present;
    ok(siamese_items_get_texts(items, "title", &row, 1, offsets, text,
                               sizeof text, NULL, &present));
    assert_int_equal(offsets[1], strlen(title));
    assert_memory_equal(text, title, offsets[1]);
    assert_int_equal(present, 1);
}

static void assert_error(siamese_status status, siamese_status wanted,
                         const char *word)
{
    assert_int_equal(status, wanted);
    assert_non_null(strstr(siamese_last_error(), word));
}

/* ---- rows ---- */

static void test_add__numbers_rows_from_zero(void **state)
{
    int64_t const ids[] = {70, 50, 60};
    int64_t numbers[3] = {-1, -1, -1}, all[3];
    siamese_items *const items = make(SIAMESE_IDS_INTEGER, 0);
    siamese_item_rows const rows = rows_of(ids, 3);
    size_t needed;
    (void)state;
    ok(siamese_items_add(items, &rows, numbers, 3));
    for (int64_t i = 0; i < 3; i++) {
        assert_int_equal(numbers[i], i);
        assert_int_equal(row_of(items, ids[i]), i);
        assert_title(items, i, titles[i].data);
    }
    assert_int_equal(row_of(items, 71), -1);
    assert_int_equal(siamese_items_count(items), 3);
    ok(siamese_items_get_rows(items, all, 3, &needed));
    assert_int_equal(needed, 3);
    assert_memory_equal(all, numbers, sizeof all);
    siamese_items_free(items);
}

static void test_ids__are_rows_where_none_are_given(void **state)
{
    siamese_items *const items = make(SIAMESE_IDS_INTEGER, 0);
    siamese_item_rows const rows = rows_of(NULL, 3);
    int64_t values[6];
    (void)state;
    ok(siamese_items_add(items, &rows, NULL, 0));
    ok(siamese_items_add(items, &rows, NULL, 0));
    ok(siamese_items_get_integers(items, "id", NULL, 6, values, 6, NULL));
    for (int64_t i = 0; i < 6; i++) assert_int_equal(values[i], i);
    siamese_items_free(items);
}

static void test_update__gives_an_item_a_new_row(void **state)
{
    int64_t const ids[] = {5, 6, 7}, changed[] = {6, 8};
    int64_t numbers[2];
    siamese_items *const items = make(SIAMESE_IDS_INTEGER, 0);
    siamese_item_rows rows = rows_of(ids, 3);
    (void)state;
    ok(siamese_items_add(items, &rows, NULL, 0));
    rows.ids = changed;
    rows.count = 2;
    ok(siamese_items_update(items, &rows, numbers, 2));
    assert_int_equal(numbers[0], 3);
    assert_int_equal(numbers[1], 4);
    assert_int_equal(row_of(items, 6), 3);
    assert_title(items, 3, "oak desk");
    assert_int_equal(siamese_items_count(items), 4);
    int64_t const old = 1;
    int64_t id;
    assert_error(siamese_items_get_integers(items, "id", &old, 1, &id, 1, NULL),
                 SIAMESE_E_NOT_FOUND, "row 1");
    siamese_items_free(items);
}

static void test_remove__forgets_ids_and_reuses_no_number(void **state)
{
    int64_t const ids[] = {5, 6, 7}, gone[] = {6, 99, 6};
    size_t removed;
    siamese_items *const items = make(SIAMESE_IDS_INTEGER, 0);
    siamese_item_rows const rows = rows_of(ids, 3), again = rows_of(gone, 1);
    (void)state;
    ok(siamese_items_add(items, &rows, NULL, 0));
    ok(siamese_items_remove(items, gone, NULL, 3, &removed));
    assert_int_equal(removed, 1);
    assert_int_equal(row_of(items, 6), -1);
    ok(siamese_items_add(items, &again, NULL, 0));
    assert_int_equal(row_of(items, 6), 3);
    siamese_items_free(items);
}

static void test_add__is_all_or_nothing(void **state)
{
    int64_t const ids[] = {5, 6, 7}, twice[] = {8, 9, 8}, known[] = {8, 6};
    siamese_items *const items = make(SIAMESE_IDS_INTEGER, 0);
    siamese_item_rows rows = rows_of(ids, 3);
    (void)state;
    ok(siamese_items_add(items, &rows, NULL, 0));
    rows.ids = twice;
    assert_error(siamese_items_add(items, &rows, NULL, 0), SIAMESE_E_ARGUMENT,
                 "row 2");
    assert_error(siamese_items_update(items, &rows, NULL, 0),
                 SIAMESE_E_ARGUMENT, "row 2");
    rows.ids = known;
    rows.count = 2;
    assert_error(siamese_items_add(items, &rows, NULL, 0), SIAMESE_E_ARGUMENT,
                 "row 1");
    assert_int_equal(siamese_items_count(items), 3);
    assert_int_equal(row_of(items, 8), -1);
    siamese_items_free(items);
}

static void test_repeats__gather_the_rows_of_an_id(void **state)
{
    int64_t const ids[] = {5, 6, 5}, five = 5;
    siamese_items *const items = make(SIAMESE_IDS_INTEGER, 1);
    siamese_item_rows rows = rows_of(ids, 3);
    size_t removed;
    (void)state;
    ok(siamese_items_add(items, &rows, NULL, 0));
    ok(siamese_items_add(items, &rows, NULL, 0));
    assert_int_equal(siamese_items_count(items), 6);
    assert_int_equal(row_of(items, 5), 0);
    rows = rows_of(&five, 1);
    ok(siamese_items_update(items, &rows, NULL, 0));
    assert_int_equal(siamese_items_count(items), 3);
    assert_int_equal(row_of(items, 5), 6);
    ok(siamese_items_remove(items, &ids[1], NULL, 1, &removed));
    assert_int_equal(removed, 2);
    siamese_items_free(items);
}

static void test_text_ids__are_any_bytes(void **state)
{
    siamese_text const ids[] = {TEXT("a\0b"), TEXT(""), TEXT("a")};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = 3,
                                    .text_ids = ids,
                                    .titles = titles};
    siamese_items *const items = make(SIAMESE_IDS_TEXT, 0);
    int64_t found[3];
    size_t offsets[4], needed;
    char bytes[4];
    (void)state;
    ok(siamese_items_add(items, &rows, NULL, 0));
    ok(siamese_items_find(items, NULL, ids, 3, found, 3));
    for (int64_t i = 0; i < 3; i++) assert_int_equal(found[i], i);
    assert_int_equal(siamese_items_get_texts(items, "id", NULL, 3, offsets,
                                             NULL, 0, &needed, NULL),
                     SIAMESE_E_RANGE);
    assert_int_equal(needed, 4);
    ok(siamese_items_get_texts(items, "id", NULL, 3, offsets, bytes, 4, NULL,
                               NULL));
    assert_memory_equal(bytes, "a\0ba", 4);
    assert_int_equal(offsets[2], 3);
    siamese_items_free(items);
}

static void test_ids__of_the_other_kind_are_an_error(void **state)
{
    siamese_text const text = TEXT("a");
    int64_t const number = 1;
    int64_t row;
    siamese_items *const texts = make(SIAMESE_IDS_TEXT, 0);
    siamese_items *const numbers = make(SIAMESE_IDS_INTEGER, 0);
    siamese_item_rows const rows = rows_of(&number, 1);
    (void)state;
    assert_error(siamese_items_find(texts, &number, NULL, 1, &row, 1),
                 SIAMESE_E_STATE, "texts");
    assert_error(siamese_items_find(numbers, NULL, &text, 1, &row, 1),
                 SIAMESE_E_STATE, "integers");
    assert_error(siamese_items_add(texts, &rows, NULL, 0), SIAMESE_E_STATE,
                 "texts");
    siamese_items_free(texts);
    siamese_items_free(numbers);
}

/* ---- columns ---- */

static const siamese_text brands[] = {TEXT("Acme"), {NULL, 9}, TEXT("")};
static const unsigned char has_brand[] = {1, 0, 1};
static const int64_t stock[] = {3, -1, 0};
static const double prices[] = {9.5, NAN, -0.0};

static siamese_items *make_columns(void)
{
    siamese_items *const items = make(SIAMESE_IDS_INTEGER, 0);
    siamese_column_values const columns[] = {
        {sizeof *columns, "brand", brands, NULL, NULL, has_brand},
        {sizeof *columns, "stock", NULL, stock, NULL, NULL},
        {sizeof *columns, "price", NULL, NULL, prices, NULL}};
    siamese_item_rows rows = rows_of(NULL, 3);
    ok(siamese_items_add_column(items, "price", SIAMESE_COLUMN_NUMBER));
    ok(siamese_items_add_column(items, "brand", SIAMESE_COLUMN_TEXT));
    ok(siamese_items_add_column(items, "stock", SIAMESE_COLUMN_INTEGER));
    rows.columns = columns;
    rows.column_count = 3;
    ok(siamese_items_add(items, &rows, NULL, 0));
    return items;
}

static void assert_columns(const siamese_items *items)
{
    unsigned char present[3];
    size_t offsets[4];
    int64_t integers[3];
    double numbers[3];
    char bytes[8];
    ok(siamese_items_get_texts(items, "brand", NULL, 3, offsets, bytes, 8, NULL,
                               present));
    assert_memory_equal(present, has_brand, 3);
    assert_int_equal(offsets[1], 4);
    assert_int_equal(offsets[3], 4);
    assert_memory_equal(bytes, "Acme", 4);
    ok(siamese_items_get_integers(items, "stock", NULL, 3, integers, 3,
                                  present));
    assert_memory_equal(integers, stock, sizeof stock);
    assert_int_equal(present[1], 1);
    ok(siamese_items_get_numbers(items, "price", NULL, 3, numbers, 3, present));
    assert_true(numbers[0] == 9.5 && numbers[1] != numbers[1]);
    assert_memory_equal(&numbers[2], &prices[2], sizeof(double));
    assert_int_equal(present[1], 0);
}

static void test_columns__keep_values_and_what_is_missing(void **state)
{
    siamese_items *const items = make_columns();
    siamese_column_info info = {.struct_size = sizeof info};
    (void)state;
    assert_columns(items);
    ok(siamese_items_get_column(items, 1, &info));
    assert_string_equal(info.name, "brand");
    assert_int_equal(info.type, SIAMESE_COLUMN_TEXT);
    assert_int_equal(siamese_items_get_column(items, 3, &info),
                     SIAMESE_E_NOT_FOUND);
    siamese_items_free(items);
}

static void test_columns__may_come_later(void **state)
{
    siamese_items *const items = make_columns();
    siamese_item_rows rows = rows_of(NULL, 1);
    double const weight = 2.5;
    siamese_column_values const column = {sizeof column, "weight", NULL,
                                          NULL,          &weight,  NULL};
    double numbers[4];
    unsigned char present[4];
    (void)state;
    rows.columns = &column;
    rows.column_count = 1;
    assert_error(siamese_items_add(items, &rows, NULL, 0), SIAMESE_E_NOT_FOUND,
                 "weight");
    ok(siamese_items_add_column(items, "weight", SIAMESE_COLUMN_NUMBER));
    ok(siamese_items_add_column(items, "weight", SIAMESE_COLUMN_NUMBER));
    assert_error(siamese_items_add_column(items, "weight", SIAMESE_COLUMN_TEXT),
                 SIAMESE_E_STATE, "weight");
    ok(siamese_items_add(items, &rows, NULL, 0));
    ok(siamese_items_get_numbers(items, "weight", NULL, 4, numbers, 4,
                                 present));
    assert_memory_equal(present, "\0\0\0\1", 4);
    assert_true(numbers[3] == 2.5);
    siamese_items_free(items);
}

static void test_columns__are_checked(void **state)
{
    siamese_items *const items = make_columns();
    siamese_item_rows rows = rows_of(NULL, 1);
    siamese_column_values column = {sizeof column, "stock", NULL,
                                    NULL,          prices,  NULL};
    (void)state;
    rows.columns = &column;
    rows.column_count = 1;
    assert_error(siamese_items_add(items, &rows, NULL, 0), SIAMESE_E_STATE,
                 "integers");
    column.integers = stock;
    assert_error(siamese_items_add(items, &rows, NULL, 0), SIAMESE_E_ARGUMENT,
                 "2 arrays");
    assert_error(siamese_items_add_column(items, "title", 0),
                 SIAMESE_E_ARGUMENT, "title");
    assert_error(siamese_items_add_column(items, "x", 3), SIAMESE_E_ARGUMENT,
                 "type");
    siamese_items_free(items);
}

/* ---- beside a plain list ---- */

enum { IDS = 4000, MOST = 200000 };

typedef struct reference {
    int64_t row[IDS]; /* -1: not there */
    size_t count;
    int64_t next;
} reference;

static void assert_same(const siamese_items *items, const reference *r)
{
    static int64_t ids[IDS], found[IDS], rows[IDS];
    size_t needed, seen = 0;
    for (int64_t i = 0; i < IDS; i++) ids[i] = i * 7;
    ok(siamese_items_find(items, ids, NULL, IDS, found, IDS));
    assert_memory_equal(found, r->row, sizeof found);
    ok(siamese_items_get_rows(items, rows, IDS, &needed));
    assert_int_equal(needed, r->count);
    for (size_t i = 1; i < needed; i++) assert_true(rows[i - 1] < rows[i]);
    ok(siamese_items_get_integers(items, "id", NULL, needed, found, IDS, NULL));
    for (size_t i = 0; i < needed; i++) seen += r->row[found[i] / 7] == rows[i];
    assert_int_equal(seen, needed);
}

static void update_some(siamese_items *items, reference *r, test_random *random)
{
    int64_t ids[64], numbers[64];
    siamese_text own[64];
    char text[64][16];
    size_t const first = test_random_below(random, IDS - 64);
    size_t const count = 1 + test_random_below(random, 64);
    for (size_t i = 0; i < count; i++) {
        ids[i] = (int64_t)(first + i) * 7;
        int const size = snprintf(text[i], sizeof text[i], "t%lld",
                                  (long long)(r->next + (int64_t)i));
        own[i] = (siamese_text){text[i], (size_t)size};
    }
    siamese_item_rows rows = rows_of(ids, count);
    rows.titles = own;
    ok(siamese_items_update(items, &rows, numbers, 64));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(numbers[i], r->next);
        r->count += r->row[first + i] < 0;
        r->row[first + i] = r->next++;
    }
}

static void remove_some(siamese_items *items, reference *r, test_random *random)
{
    int64_t ids[64];
    size_t wanted = 0, removed;
    for (size_t i = 0; i < 40; i++) {
        size_t const at = test_random_below(random, IDS);
        ids[i] = (int64_t)at * 7;
        wanted += r->row[at] >= 0;
        r->row[at] = -1;
    }
    ok(siamese_items_remove(items, ids, NULL, 40, &removed));
    assert_int_equal(removed, wanted);
    r->count -= removed;
}

static siamese_items *reload(siamese_items *items)
{
    siamese_bundle *bundle;
    siamese_items *again;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_items(bundle, items));
    siamese_items_free(items);
    image file = write_bundle(bundle);
    siamese_bundle_free(bundle);
    ok(siamese_checkpoint_load_memory(&bundle, file.bytes, file.size, NULL));
    ok(siamese_bundle_get_items(bundle, &again));
    siamese_bundle_free(bundle);
    free(file.bytes);
    return again;
}

/* The rows that remain say which they are. */
static void assert_titles(const siamese_items *items, const reference *r)
{
    char title[32];
    for (size_t i = 0; i < IDS; i += 97) {
        if (r->row[i] < 0) continue;
        snprintf(title, sizeof title, "t%lld", (long long)r->row[i]);
        assert_title(items, r->row[i], title);
    }
}

static void test_churn__is_what_a_list_says(void **state)
{
    test_random random = {42};
    static reference r;
    siamese_items_info info = {.struct_size = sizeof info};
    siamese_items *items = make(SIAMESE_IDS_INTEGER, 0);
    (void)state;
    r = (reference){.count = 0};
    for (size_t i = 0; i < IDS; i++) r.row[i] = -1;
    for (int turn = 0; r.next < MOST; turn++) {
        update_some(items, &r, &random);
        if (turn % 3 == 0) remove_some(items, &r, &random);
        if (turn % 700 == 0) assert_same(items, &r);
        if (turn % 2000 != 1999) continue;
        items = reload(items);
        assert_same(items, &r);
        /* the numbers of the last chunk may be over */
        ok(siamese_items_get_info(items, &info));
        assert_true(info.next_row >= r.next && info.next_row < r.next + 1024);
        r.next = info.next_row;
    }
    assert_same(items, &r);
    assert_titles(items, &r);
    /* 200,000 rows came, of which at most 4,000 are there */
    ok(siamese_items_get_info(items, &info));
    assert_true(info.bytes < 4000 * 400);
    siamese_items_free(items);
}

/* ---- files ---- */

static void test_file__keeps_columns_and_rows(void **state)
{
    int64_t const gone = 1, left[] = {0, 2};
    int64_t rows[2];
    siamese_items *items = reload(make_columns());
    (void)state;
    assert_columns(items);
    ok(siamese_items_remove(items, &gone, NULL, 1, NULL));
    items = reload(items);
    ok(siamese_items_get_rows(items, rows, 2, NULL));
    assert_memory_equal(rows, left, sizeof left);
    assert_title(items, 2, "brass tap");
    siamese_items_free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_add__numbers_rows_from_zero),
        cmocka_unit_test(test_ids__are_rows_where_none_are_given),
        cmocka_unit_test(test_update__gives_an_item_a_new_row),
        cmocka_unit_test(test_remove__forgets_ids_and_reuses_no_number),
        cmocka_unit_test(test_add__is_all_or_nothing),
        cmocka_unit_test(test_repeats__gather_the_rows_of_an_id),
        cmocka_unit_test(test_text_ids__are_any_bytes),
        cmocka_unit_test(test_ids__of_the_other_kind_are_an_error),
        cmocka_unit_test(test_columns__keep_values_and_what_is_missing),
        cmocka_unit_test(test_columns__may_come_later),
        cmocka_unit_test(test_columns__are_checked),
        cmocka_unit_test(test_churn__is_what_a_list_says),
        cmocka_unit_test(test_file__keeps_columns_and_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
