/* Filters of expressions over columns: the grammar, every error with its place,
 * and random expressions beside a direct evaluation of what they say. */
#include <math.h>
#include <stdio.h>

#include "api/checkpoint_parts.h"

#define TEXT(literal) {literal, sizeof(literal) - 1}

enum { ROWS = 8 };

/* ---- which rows pass ---- */

static siamese_index *make_ones(size_t count)
{
    siamese_index *index;
    int64_t ids[ROWS];
    float ones[ROWS];
    for (size_t i = 0; i < count; i++) ids[i] = (int64_t)i, ones[i] = 1;
    ok(siamese_index_create(&index, 1, NULL));
    ok(siamese_index_add(index, ids, ones, count));
    return index;
}

/* passes[count] by a search that every row would be a result of. */
static void search(const siamese_index *index, const siamese_id_filter *filter,
                   size_t count, char *passes)
{
    float const one = 1;
    int64_t ids[ROWS];
    float scores[ROWS];
    size_t found;
    memset(passes, 0, count);
    ok(siamese_index_search_filtered(index, &one, 1, count, NULL, filter, ids,
                                     scores, count, &found));
    for (size_t i = 0; i < found; i++) passes[ids[i]] = 1;
}

/* The rows that pass as digits: "07". */
static void rows_of(const siamese_items *items, const siamese_index *index,
                    const char *expression, const siamese_id_filter *within,
                    char out[ROWS + 1])
{
    siamese_id_filter *filter;
    char passes[ROWS];
    size_t found, count = 0;
    siamese_status const status = siamese_items_create_where_filter(
        &filter, items, expression, within, &found);
    if (status) fail_msg("%s: %s", expression, siamese_last_error());
    search(index, filter, ROWS, passes);
    for (size_t i = 0; i < ROWS; i++)
        if (passes[i]) out[count++] = (char)('0' + i);
    out[count] = '\0';
    assert_int_equal(found, count);
    siamese_id_filter_free(filter);
}

/* ---- a small shop ---- */

static siamese_items *make_shop(void)
{
    static const siamese_text ids[] = {TEXT("a0"), TEXT("a1"), TEXT("a2"),
                                       TEXT("a3"), TEXT("a4"), TEXT("a5"),
                                       TEXT("a6"), TEXT("a7")};
    static const siamese_text titles[] = {TEXT("oak desk"),  TEXT("red sofa"),
                                          TEXT("brass tap"), TEXT("oak chair"),
                                          TEXT(""),          TEXT("it's"),
                                          TEXT("x"),         TEXT("y")};
    static const siamese_text brands[] = {
        TEXT("Acme"), TEXT("Black & Decker"), TEXT(""), TEXT("Zo\xc3\xa9"),
        TEXT("acme"), TEXT("say \"hi\""),     TEXT(""), TEXT("Acme")};
    static const siamese_text sizes[] = {
        TEXT("12"), TEXT("7.50"), TEXT("large"), TEXT(""),
        TEXT("-3"), TEXT(" 8 "),  TEXT("1e2"),   TEXT("")};
    static const double prices[] = {10.5, 49.99, 50, NAN, -1, 1e3, 0, 50};
    static const int64_t stocks[] = {3,  0,         0,         9007199254740993,
                                     -5, INT64_MAX, INT64_MIN, 7};
    static const double units[] = {NAN, NAN, NAN, 2, NAN, NAN, NAN, NAN};
    static const unsigned char not_2[] = {1, 1, 0, 1, 1, 1, 1, 1};
    static const unsigned char not_3[] = {1, 1, 1, 0, 1, 1, 1, 1};
    size_t const size = sizeof(siamese_column_values);
    siamese_column_values const columns[] = {
        {.struct_size = size,
         .name = "brand",
         .texts = brands,
         .present = not_2},
        {.struct_size = size, .name = "size", .texts = sizes, .present = not_3},
        {.struct_size = size, .name = "price", .numbers = prices},
        {.struct_size = size,
         .name = "stock",
         .integers = stocks,
         .present = not_2},
        {.struct_size = size, .name = "unit `price", .numbers = units},
        {.struct_size = size, .name = "in", .numbers = units}};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = ROWS,
                                    .text_ids = ids,
                                    .titles = titles,
                                    .columns = columns,
                                    .column_count = 6};
    siamese_items_options options;
    siamese_items *items;
    ok(siamese_items_options_init(&options, sizeof options));
    options.ids = SIAMESE_IDS_TEXT;
    ok(siamese_items_create(&items, &options));
    for (size_t c = 0; c < 6; c++)
        ok(siamese_items_add_column(items, columns[c].name,
                                    columns[c].texts ? SIAMESE_COLUMN_TEXT
                                    : columns[c].integers
                                        ? SIAMESE_COLUMN_INTEGER
                                        : SIAMESE_COLUMN_NUMBER));
    ok(siamese_items_add(items, &rows, NULL, 0));
    return items;
}

static void test_where__finds_the_rows_of_which_it_is_true(void **state)
{
    static const char *const cases[][2] = {
        {"brand = \"Acme\"", "07"},
        {"brand = 'Acme' and price < 50", "0"},
        {"brand != \"Acme\"", "13456"}, /* of row 2 it is not known */
        {"brand <> \"Acme\"", "13456"},
        {"not brand = \"Acme\"", "13456"},
        {"brand == \"acme\"", "4"},
        {"brand = \"\"", "6"},
        {"brand is missing", "2"},
        {"brand IS Not MISSING", "0134567"},
        {"not brand is missing", "0134567"},
        {"brand in (\"acme\", \"Acme\")", "047"},
        {"brand not in (\"Acme\")", "13456"},
        {"brand = \"say \"\"hi\"\"\"", "5"},
        {"brand = 'say \"hi\"'", "5"},
        {"title = 'it''s'", "5"},
        {"title < \"oak d\"", "2345"},
        {"brand > \"Zo\"", "345"},
        {"price < 50", "0146"},
        {"price <= 50", "012467"},
        {"price = 50.0", "27"},
        {"price >= 5e1", "257"},
        {"price > -1", "012567"},
        {"price in (50, -1, .0, 50)", "2467"},
        {"price not in (50, -1, 0)", "015"},
        {"price is missing", "3"},
        {"stock = 9007199254740993", "3"},
        {"stock = 9007199254740992", ""},
        {"stock = 9007199254740992.0", ""},
        {"stock > 9007199254740992.0", "35"},
        {"stock in (9007199254740993, 7.0)", "37"},
        {"stock = 9223372036854775807", "5"},
        {"stock = -9223372036854775808", "6"},
        {"stock < 9223372036854775808", "0134567"},
        {"stock > -1e19", "0134567"},
        {"stock <= -1e19", ""},
        {"stock < 0.5", "146"},
        {"stock > -4.5 and stock < 1e3", "017"},
        {"price > 49 and price < 51", "127"},
        {"size = 7.5", "1"}, /* texts that are numbers */
        {"size < 10", "145"},
        {"size != 12", "1456"},
        {"not size = 12", "1456"},
        {"size in (8, 100)", "56"},
        {"size = \"12\"", "0"},
        {"size = ''", "7"},
        {"size is missing", "3"},
        {"id = \"a3\" or id = 'a5'", "35"},
        {"`unit ``price` = 2", "3"},
        {"`in`=2", "3"},
        {"brand = \"Acme\" or price < 0 and stock = 3", "07"},
        {"(brand = \"Acme\" or price < 0) and stock = 3", "0"},
        {"not brand = \"Acme\" and price < 50", "146"},
        {"not (brand = \"Acme\" and price < 50)", "1234567"},
        {"not not price = 50", "27"},
        {"not (not (price = 50) or stock is missing)", "7"},
        {"((((\t price\n=\r50))))", "27"},
        {"price=50 AND(stock=7)OR(id='a0')", "07"}};
    siamese_items *const items = make_shop();
    siamese_index *const index = make_ones(ROWS);
    char rows[ROWS + 1];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        rows_of(items, index, cases[i][0], NULL, rows);
        if (strcmp(rows, cases[i][1]) != 0)
            fail_msg("%s: %s, not %s", cases[i][0], rows, cases[i][1]);
    }
    siamese_index_free(index);
    siamese_items_free(items);
}

static void test_where__keeps_within_a_filter(void **state)
{
    int64_t const some[] = {2, 3, 4};
    siamese_items *const items = make_shop();
    siamese_index *const index = make_ones(ROWS);
    siamese_id_filter *include, *exclude;
    char rows[ROWS + 1];
    (void)state;
    ok(siamese_id_filter_create(&include, SIAMESE_FILTER_INCLUDE, some, 3));
    ok(siamese_id_filter_create(&exclude, SIAMESE_FILTER_EXCLUDE, some, 3));
    rows_of(items, index, "price <= 50", include, rows);
    assert_string_equal(rows, "24");
    rows_of(items, index, "price <= 50", exclude, rows);
    assert_string_equal(rows, "0167");
    siamese_id_filter_free(include);
    siamese_id_filter_free(exclude);
    siamese_index_free(index);
    siamese_items_free(items);
}

static void test_where__knows_rows_as_they_are_at_the_moment(void **state)
{
    siamese_text const gone = TEXT("a0");
    siamese_items *const items = make_shop();
    siamese_index *const index = make_ones(ROWS);
    char rows[ROWS + 1];
    (void)state;
    ok(siamese_items_remove(items, NULL, &gone, 1, NULL));
    ok(siamese_items_add_column(items, "young", SIAMESE_COLUMN_TEXT));
    rows_of(items, index, "brand = 'Acme'", NULL, rows);
    assert_string_equal(rows, "7");
    rows_of(items, index, "young is missing", NULL, rows);
    assert_string_equal(rows, "1234567");
    siamese_index_free(index);
    siamese_items_free(items);
}

/* ---- errors ---- */

static void test_where__says_what_is_wrong_and_where(void **state)
{
    static const struct {
        const char *expression;
        siamese_status status;
        const char *message;
    } cases[] = {
        {"", SIAMESE_E_ARGUMENT, "at 1: a column's name is expected, but"},
        {"  ", SIAMESE_E_ARGUMENT, "at 3: a column's name is expected, but"},
        {"price", SIAMESE_E_ARGUMENT, "at 6: a comparison, in, or is, is"},
        {"price <", SIAMESE_E_ARGUMENT, "at 8: a number or a text is expected"},
        {"price < =", SIAMESE_E_ARGUMENT, "at 9: a number or a text is"},
        {"price < stock", SIAMESE_E_ARGUMENT,
         "at 9: a number, or a text in quotes, is expected, not 'stock'"},
        {"brand = Zo\xc3\xa9", SIAMESE_E_ARGUMENT, "not 'Zo\xc3\xa9'"},
        {"price < \"a\"", SIAMESE_E_STATE,
         "at 9: the column is one of numbers, and this is a text"},
        {"stock in (1, 'a')", SIAMESE_E_STATE, "at 14: the column is one of"},
        {"size in (1, 'a')", SIAMESE_E_STATE,
         "at 13: this is a text, those before it are numbers"},
        {"size in ('a', 1)", SIAMESE_E_STATE, "at 15: this is a number"},
        {"price in ()", SIAMESE_E_ARGUMENT, "at 11: a number or a text is"},
        {"price in (1", SIAMESE_E_ARGUMENT, "at 12: , or ) is expected, but"},
        {"price in (1,)", SIAMESE_E_ARGUMENT, "at 13: a number or a text is"},
        {"price in 1", SIAMESE_E_ARGUMENT, "at 10: ( is expected, not '1'"},
        {"price not 5", SIAMESE_E_ARGUMENT, "at 11: in is expected, not '5'"},
        {"price is 5", SIAMESE_E_ARGUMENT, "at 10: missing, or not missing,"},
        {"price is not 5", SIAMESE_E_ARGUMENT, "at 14: missing is expected"},
        {"(price = 1", SIAMESE_E_ARGUMENT, "at 1: the ( is not closed"},
        {"price = 1)", SIAMESE_E_ARGUMENT, "at 10: and, or, or the end is"},
        {"price = 1 stock", SIAMESE_E_ARGUMENT, "at 11: and, or, or the end"},
        {"price = 1 and", SIAMESE_E_ARGUMENT, "at 14: a column's name is"},
        {"and price = 1", SIAMESE_E_ARGUMENT, "at 1: a column's name is"},
        {"50 < price", SIAMESE_E_ARGUMENT, "at 1: a column's name is"},
        {"brand = \"x", SIAMESE_E_ARGUMENT, "at 9: the \" is not closed"},
        {"`price = 1", SIAMESE_E_ARGUMENT, "at 1: the ` is not closed"},
        {"colour = 1", SIAMESE_E_NOT_FOUND,
         "at 1: the items have no column 'colour'"},
        {"price = 1 or Price = 2", SIAMESE_E_NOT_FOUND, "at 14: the items"},
        {"price = 1 & stock = 2", SIAMESE_E_ARGUMENT, "at 11: '&' is not"},
        {"price = 12abc", SIAMESE_E_ARGUMENT, "at 9: '12abc' is not a number"},
        {"price = 1e999", SIAMESE_E_ARGUMENT, "at 9: '1e999' is not a number"},
        {"price = -", SIAMESE_E_ARGUMENT, "at 9: '-' is not a number"}};
    siamese_items *const items = make_shop();
    siamese_id_filter *filter;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        siamese_status const status = siamese_items_create_where_filter(
            &filter, items, cases[i].expression, NULL, NULL);
        if (status != cases[i].status ||
            strstr(siamese_last_error(), cases[i].message) == NULL)
            fail_msg("%s: %d, %s", cases[i].expression, (int)status,
                     status ? siamese_last_error() : "");
    }
    siamese_items_free(items);
}

/* A text of `count` times a part, then the rest. */
static char *repeat(const char *part, size_t count, const char *rest,
                    const char *end)
{
    size_t const size = strlen(part), end_size = strlen(end);
    char *const text = malloc(count * (size + end_size) + strlen(rest) + 1);
    char *at = text;
    assert_non_null(text);
    for (size_t i = 0; i < count; i++, at += size) memcpy(at, part, size);
    at = stpcpy(at, rest);
    for (size_t i = 0; i < count; i++, at += end_size)
        memcpy(at, end, end_size);
    *at = '\0';
    return text;
}

static void test_where__is_as_deep_as_it_is_long(void **state)
{
    siamese_items *const items = make_shop();
    siamese_index *const index = make_ones(ROWS);
    siamese_id_filter *filter;
    char rows[ROWS + 1];
    char *const deep = repeat("(not ", 100000, "price = 50", ")");
    char *const open = repeat("(", 100000, "price = 50", "");
    char *const joined = repeat("price = 7 or ", 50000, "price = 50", "");
    char *const brackets = repeat("stock = 1 or (", 50000, "price = 50", ")");
    char *const large = repeat(" ", (1 << 20) - 9, "price = 50", "");
    (void)state;
    rows_of(items, index, deep, NULL, rows);
    assert_string_equal(rows, "27");
    rows_of(items, index, joined, NULL, rows);
    assert_string_equal(rows, "27");
    rows_of(items, index, brackets, NULL, rows);
    assert_string_equal(rows, "27");
    assert_int_equal(
        siamese_items_create_where_filter(&filter, items, open, NULL, NULL),
        SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "at 100000: the ( is not"));
    assert_int_equal(
        siamese_items_create_where_filter(&filter, items, large, NULL, NULL),
        SIAMESE_E_LIMIT);
    rows_of(items, index, large + 1, NULL, rows);
    assert_string_equal(rows, "27");
    free(deep);
    free(open);
    free(joined);
    free(brackets);
    free(large);
    siamese_index_free(index);
    siamese_items_free(items);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where__finds_the_rows_of_which_it_is_true),
        cmocka_unit_test(test_where__keeps_within_a_filter),
        cmocka_unit_test(test_where__knows_rows_as_they_are_at_the_moment),
        cmocka_unit_test(test_where__says_what_is_wrong_and_where),
        cmocka_unit_test(test_where__is_as_deep_as_it_is_long)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
