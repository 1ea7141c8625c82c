/* Filters of random expressions beside a direct evaluation of what they say,
 * and of garbage, which must be refused in good order. */
#include <math.h>
#include <stdio.h>

#include "api/checkpoint_parts.h"
#include "random_numbers.h"

enum { MANY = 200, DEPTH = 5, ROOM = 1 << 14, TEXTS = 6 };

/* ---- rows that are known ---- */

static const char *const names[TEXTS] = {"a", "b", "ab", "it's", "\"q\"", ""};

typedef struct world {
    siamese_items *items;
    siamese_index *index;
    siamese_text brands[MANY];
    double prices[MANY];
    int64_t stocks[MANY];
    unsigned char has_brand[MANY], has_stock[MANY];
} world;

static world w;

static int make_world(void **state)
{
    test_random random = {7};
    int64_t ids[MANY];
    float ones[MANY];
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        const char *const name = names[test_random_below(&random, TEXTS)];
        w.brands[i] = (siamese_text){name, strlen(name)};
        w.has_brand[i] = test_random_below(&random, 5) > 0;
        w.prices[i] = test_random_below(&random, 5)
                          ? (double)test_random_below(&random, 9) / 2
                          : NAN;
        w.stocks[i] = (int64_t)test_random_below(&random, 5) - 2;
        w.has_stock[i] = test_random_below(&random, 5) > 0;
        ids[i] = (int64_t)i;
        ones[i] = 1;
    }
    size_t const size = sizeof(siamese_column_values);
    siamese_column_values const columns[] = {
        {.struct_size = size,
         .name = "brand",
         .texts = w.brands,
         .present = w.has_brand},
        {.struct_size = size, .name = "price", .numbers = w.prices},
        {.struct_size = size,
         .name = "stock",
         .integers = w.stocks,
         .present = w.has_stock}};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = MANY,
                                    .columns = columns,
                                    .column_count = 3};
    ok(siamese_items_create(&w.items, NULL));
    ok(siamese_items_add_column(w.items, "brand", SIAMESE_COLUMN_TEXT));
    ok(siamese_items_add_column(w.items, "price", SIAMESE_COLUMN_NUMBER));
    ok(siamese_items_add_column(w.items, "stock", SIAMESE_COLUMN_INTEGER));
    ok(siamese_items_add(w.items, &rows, NULL, 0));
    ok(siamese_index_create(&w.index, 1, NULL));
    ok(siamese_index_add(w.index, ids, ones, MANY));
    return 0;
}

static int free_world(void **state)
{
    (void)state;
    siamese_items_free(w.items);
    siamese_index_free(w.index);
    return 0;
}

/* passes[MANY] by a search that every row would be a result of. */
static void search(const siamese_id_filter *filter, char *passes)
{
    float const one = 1;
    int64_t ids[MANY];
    float scores[MANY];
    size_t found;
    memset(passes, 0, MANY);
    ok(siamese_index_search_filtered(w.index, &one, 1, MANY, NULL, filter, ids,
                                     scores, MANY, &found));
    for (size_t i = 0; i < found; i++) passes[ids[i]] = 1;
}

/* ---- random expressions, as text and as their truth for each row ---- */

/* 1 true, 0 false, -1 neither. */
typedef signed char truth;

typedef struct expression {
    char text[ROOM];
    size_t size;
    test_random random;
} expression;

static size_t below(expression *e, size_t bound)
{
    return test_random_below(&e->random, bound);
}

static void put(expression *e, const char *text)
{
    int const is_upper = below(e, 4) == 0 && strcmp(text, "brand") != 0 &&
                         strcmp(text, "price") != 0 &&
                         strcmp(text, "stock") != 0;
    for (; *text; text++)
        e->text[e->size++] = is_upper && *text >= 'a' && *text <= 'z'
                                 ? (char)(*text - 'a' + 'A')
                                 : *text;
    for (size_t blanks = 1 + below(e, 2); blanks > 0; blanks--)
        e->text[e->size++] = " \t\n"[below(e, 3)];
    assert_true(e->size < ROOM / 2);
    e->text[e->size] = '\0';
}

static void put_text(expression *e, const char *text)
{
    char const quote = below(e, 2) ? '"' : '\'';
    e->text[e->size++] = quote;
    for (; *text; text++) {
        e->text[e->size++] = *text;
        if (*text == quote) e->text[e->size++] = quote;
    }
    e->text[e->size++] = quote;
    put(e, "");
}

static double put_number(expression *e)
{
    char text[32];
    double const value = (double)below(e, 12) / 2 - 2;
    int const is_whole = value == floor(value);
    if (is_whole && below(e, 2))
        snprintf(text, sizeof text, "%d", (int)value);
    else
        snprintf(text, sizeof text, below(e, 2) ? "%.2f" : "%.3e", value);
    put(e, text);
    return value;
}

/* A value of the column of a row: *order is that to the one that was put. */
typedef struct value {
    size_t column, name;
    double number;
} value;

static value put_value(expression *e, size_t column)
{
    value v = {.column = column};
    if (column == 0)
        put_text(e, names[v.name = below(e, TEXTS)]);
    else
        v.number = put_number(e);
    return v;
}

static int is_there(size_t column, size_t row)
{
    return column == 0   ? w.has_brand[row]
           : column == 1 ? !isnan(w.prices[row])
                         : w.has_stock[row];
}

static int order_of(const value *v, size_t row)
{
    if (v->column == 0) return strcmp(w.brands[row].data, names[v->name]);
    double const own = v->column == 1 ? w.prices[row] : (double)w.stocks[row];
    return (own > v->number) - (own < v->number);
}

static void put_comparison(expression *e, size_t column, truth *out)
{
    static const char *const signs[] = {"=",  "==", "!=", "<>",
                                        "<=", "<",  ">",  ">="};
    size_t const sign = below(e, 8);
    put(e, signs[sign]);
    value const v = put_value(e, column);
    for (size_t i = 0; i < MANY; i++) {
        int const order = order_of(&v, i);
        int const is_true = sign < 2    ? order == 0
                            : sign < 4  ? order != 0
                            : sign == 4 ? order <= 0
                            : sign == 5 ? order < 0
                            : sign == 6 ? order > 0
                                        : order >= 0;
        out[i] = (truth)(is_there(column, i) ? is_true : -1);
    }
}

static void put_list(expression *e, size_t column, truth *out)
{
    int const negates = below(e, 2) == 0;
    size_t const count = 1 + below(e, 4);
    value values[4];
    if (negates) put(e, "not");
    put(e, "in");
    put(e, "(");
    for (size_t v = 0; v < count; v++) {
        if (v > 0) put(e, ",");
        values[v] = put_value(e, column);
    }
    put(e, ")");
    for (size_t i = 0; i < MANY; i++) {
        int is_in = 0;
        for (size_t v = 0; v < count; v++)
            is_in |= order_of(&values[v], i) == 0;
        out[i] = (truth)(is_there(column, i) ? is_in != negates : -1);
    }
}

static void put_test(expression *e, truth *out)
{
    static const char *const columns[] = {"brand", "price", "stock"};
    size_t const column = below(e, 3), kind = below(e, 5);
    put(e, columns[column]);
    if (kind < 3) {
        put_comparison(e, column, out);
    } else if (kind == 3) {
        put_list(e, column, out);
    } else {
        int const negates = below(e, 2) == 0;
        put(e, negates ? "is not missing" : "is missing");
        for (size_t i = 0; i < MANY; i++)
            out[i] = (truth)(is_there(column, i) == negates);
    }
}

/* The truth table of SQL. */
static truth join(truth a, truth b, int is_and)
{
    if (is_and) return (truth)(a == 0 || b == 0 ? 0 : a < 0 || b < 0 ? -1 : 1);
    return (truth)(a == 1 || b == 1 ? 1 : a < 0 || b < 0 ? -1 : 0);
}

/* Of what binds at least as closely as `level`: 0 or, 1 and, 2 not. */
static void put_expression(expression *e, int level, int depth, truth *out)
{
    truth other[MANY];
    if (level < 2) {
        put_expression(e, level + 1, depth, out);
        for (size_t more = depth > 0 ? below(e, 3) : 0; more > 0; more--) {
            put(e, level ? "and" : "or");
            put_expression(e, level + 1, depth - 1, other);
            for (size_t i = 0; i < MANY; i++)
                out[i] = join(out[i], other[i], level);
        }
    } else if (depth > 0 && below(e, 3) == 0) {
        put(e, "not");
        put_expression(e, 2, depth - 1, out);
        for (size_t i = 0; i < MANY; i++)
            if (out[i] >= 0) out[i] = !out[i];
    } else if (depth > 0 && below(e, 2) == 0) {
        put(e, "(");
        put_expression(e, 0, depth - 1, out);
        put(e, ")");
    } else {
        put_test(e, out);
    }
}

static void test_where__is_what_the_expression_says(void **state)
{
    static expression e = {.random = {20261129}};
    truth wanted[MANY];
    char passes[MANY];
    (void)state;
    for (int n = 0; n < 2000; n++) {
        siamese_id_filter *filter;
        size_t count = 0, found;
        e.size = 0;
        put_expression(&e, 0, n % DEPTH, wanted);
        siamese_status const status = siamese_items_create_where_filter(
            &filter, w.items, e.text, NULL, &found);
        if (status) fail_msg("%s: %s", e.text, siamese_last_error());
        search(filter, passes);
        for (size_t i = 0; i < MANY; i++) {
            if (passes[i] != (wanted[i] == 1))
                fail_msg("row %zu: %s", i, e.text);
            count += wanted[i] == 1;
        }
        assert_int_equal(found, count);
        siamese_id_filter_free(filter);
    }
}

/* ---- garbage ---- */

static void try_text(const char *text)
{
    siamese_id_filter *filter = NULL;
    unsigned at = 0;
    siamese_status const status =
        siamese_items_create_where_filter(&filter, w.items, text, NULL, NULL);
    if (status == SIAMESE_OK) {
        siamese_id_filter_free(filter);
        return;
    }
    assert_true(status == SIAMESE_E_ARGUMENT || status == SIAMESE_E_STATE ||
                status == SIAMESE_E_NOT_FOUND);
    assert_null(filter);
    assert_int_equal(sscanf(siamese_last_error(), "where: at %u:", &at), 1);
    assert_true(at >= 1 && at <= strlen(text) + 1);
}

static void test_where__words_in_any_order(void **state)
{
    static const char *const words[] = {
        "brand", "price", "stock",    "\"a\"", "'b'", "1",  "-2.5", "=",
        "<",     ">=",    "and",      "or",    "not", "in", "is",   "missing",
        "(",     ")",     ",",        "`",     "\"",  "'",  "x",    "1e",
        "`id`",  "title", "\xc3\xa9", "!",     "+",   "."};
    test_random random = {3};
    char text[512];
    (void)state;
    for (int n = 0; n < 20000; n++) {
        size_t size = 0;
        for (size_t count = test_random_below(&random, 12); count > 0; count--)
            size += (size_t)snprintf(
                text + size, sizeof text - size, "%s%s",
                words[test_random_below(&random, sizeof words / sizeof *words)],
                test_random_below(&random, 3) ? " " : "");
        text[size] = '\0';
        try_text(text);
    }
}

/* An expression that is good, with a byte changed, lost or added. */
static void test_where__bytes_that_were_damaged(void **state)
{
    static expression e = {.random = {99}};
    truth unused[MANY];
    (void)state;
    for (int n = 0; n < 5000; n++) {
        e.size = 0;
        put_expression(&e, 0, n % 4, unused);
        size_t const at = below(&e, e.size);
        size_t const kind = below(&e, 3);
        if (kind == 0)
            e.text[at] = (char)(1 + below(&e, 255));
        else if (kind == 1)
            e.text[at] = '\0';
        else
            /* valgrind takes a memmove whose room is checked for a memcpy */
            for (size_t i = at; i < e.size; i++) e.text[i] = e.text[i + 1];
        try_text(e.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where__is_what_the_expression_says),
        cmocka_unit_test(test_where__words_in_any_order),
        cmocka_unit_test(test_where__bytes_that_were_damaged)};
    return cmocka_run_group_tests(tests, make_world, free_world);
}
