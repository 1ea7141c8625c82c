/*
 * fuzz_where.c: conditions on columns of items, as --where has them: any text
 * in. Beside the library stands a parser of the grammar of search.h that
 * computes the truth of each row as it reads: both accept the same texts, and
 * the filter lets pass just the rows of which the condition is true.
 */
#include <ctype.h>
#include <math.h>

#include "fuzz/support/fuzz.h"

enum { ROWS = 24, MOST_TEXT = 1 << 12, COLUMNS = 6 };

/* ---- rows ---- */

/* One of the two: a long double would hold both, but not in valgrind. */
typedef struct number {
    int is_whole;
    int64_t whole;
    double real;
} number;

typedef struct cell {
    int is_there, is_text;
    const char *text;
    number number;
} cell;

static const char *const column_names[COLUMNS] = {"id",    "title", "brand",
                                                  "price", "stock", "and \"x"};
static const int is_text_column[COLUMNS] = {0, 1, 1, 0, 0, 1};
static const char *const words[] = {
    "a", "b",   "ab",   "it's", "\"q\"",    "",
    "7", " 7 ", "-2.5", "1e3",  "\xc3\xa9", "9223372036854775807"};
static const double prices[] = {0, -0.0, 0.5, 7, 1e3, -2.5, 9.3e18, NAN};
static const int64_t stocks[] = {0, 1, 7, -2, INT64_MAX, INT64_MIN, 1000};

static cell cells[ROWS][COLUMNS];
static siamese_items *items;
static siamese_index *index_of_rows;

static siamese_text text_of(const char *text)
{
    siamese_text const whole = {text, strlen(text)};
    return whole;
}

static number whole_of(int64_t value)
{
    return (number){.is_whole = 1, .whole = value};
}

static number real_of(double value)
{
    return (number){.real = value};
}

static void make_cells(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        cell *const row = cells[i];
        row[0] = (cell){1, 0, NULL, whole_of((int64_t)i * 3 - 6)};
        row[1] = (cell){1, 1, words[i % 12], real_of(0)};
        row[2] = (cell){i % 5 > 0, 1, words[(i + 3) % 12], real_of(0)};
        row[3] = (cell){!isnan(prices[i % 8]), 0, NULL, real_of(prices[i % 8])};
        row[4] = (cell){i % 7 > 0, 0, NULL, whole_of(stocks[i % 7])};
        row[5] = (cell){i % 2, 1, words[(i * 5) % 12], real_of(0)};
    }
}

static void make_items(void)
{
    static int64_t ids[ROWS], integers[ROWS], numbers[ROWS];
    static siamese_text titles[ROWS], brands[ROWS], odd[ROWS];
    static double values[ROWS];
    static float ones[ROWS];
    static unsigned char present[COLUMNS][ROWS];
    siamese_index_options options;
    for (size_t i = 0; i < ROWS; i++) {
        ids[i] = cells[i][0].number.whole;
        titles[i] = text_of(cells[i][1].text);
        brands[i] = text_of(cells[i][2].text);
        values[i] = prices[i % 8];
        integers[i] = stocks[i % 7];
        odd[i] = text_of(cells[i][5].text);
        ones[i] = 1;
        for (size_t c = 0; c < COLUMNS; c++)
            present[c][i] = (unsigned char)(cells[i][c].is_there || c == 3);
    }
    siamese_column_values const columns[] = {
        {sizeof *columns, "brand", brands, NULL, NULL, present[2]},
        {sizeof *columns, "price", NULL, NULL, values, present[3]},
        {sizeof *columns, "stock", NULL, integers, NULL, present[4]},
        {sizeof *columns, "and \"x", odd, NULL, NULL, present[5]}};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = ROWS,
                                    .ids = ids,
                                    .titles = titles,
                                    .columns = columns,
                                    .column_count = 4};
    fuzz_ok(siamese_items_create(&items, NULL));
    fuzz_ok(siamese_items_add_column(items, "brand", SIAMESE_COLUMN_TEXT));
    fuzz_ok(siamese_items_add_column(items, "price", SIAMESE_COLUMN_NUMBER));
    fuzz_ok(siamese_items_add_column(items, "stock", SIAMESE_COLUMN_INTEGER));
    fuzz_ok(siamese_items_add_column(items, "and \"x", SIAMESE_COLUMN_TEXT));
    fuzz_ok(siamese_items_add(items, &rows, numbers, ROWS));
    fuzz_ok(siamese_index_options_init(&options, sizeof options));
    options.threads = 1;
    fuzz_ok(siamese_index_create(&index_of_rows, 1, &options));
    fuzz_ok(siamese_index_add(index_of_rows, numbers, ones, ROWS));
}

/* ---- words of an expression ---- */

typedef enum kind { END, NAME, TEXT, NUMBER, SIGN, BAD } kind;

typedef struct word {
    kind kind;
    char text[MOST_TEXT]; /* a sign, a name, a text */
    int is_quoted;        /* a name between backticks is no keyword */
    number number;
} word;

typedef struct parser {
    const char *at;
    word word;
    int is_bad;
} parser;

static int begins_name(char c)
{
    return isalpha((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

/* An integer that fits is itself, any other decimal number the nearest double:
 * of less than 64 characters, and finite. */
static int number_of(const char *text, size_t size, number *out)
{
    char copy[64], *end;
    size_t const sign = size > 0 && (*text == '-' || *text == '+');
    size_t digits = sign;
    while (digits < size && isdigit((unsigned char)text[digits])) digits++;
    if (digits == size && size > sign) {
        size_t zeros = sign;
        while (zeros + 1 < size && text[zeros] == '0') zeros++;
        if (size - zeros <= 19) { /* 19 digits fit a uint64_t */
            uint64_t value = 0;
            for (size_t i = zeros; i < size; i++)
                value = value * 10 + (uint64_t)(text[i] - '0');
            if (value <= (uint64_t)INT64_MAX + (*text == '-')) {
                *out = whole_of((int64_t)(*text == '-' ? 0 - value : value));
                return 1;
            }
        }
    }
    if (size == 0 || size >= sizeof copy) return 0;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (strspn(copy, "0123456789.eE+-") != size) return 0;
    *out = real_of(strtod(copy, &end));
    return end == copy + size && isfinite(out->real);
}

static void take_quoted(parser *p, char quote)
{
    size_t size = 0;
    p->at++;
    for (;; p->at++) {
        if (*p->at == '\0') {
            p->word.kind = BAD;
            return;
        }
        if (*p->at == quote && *++p->at != quote) break;
        p->word.text[size++] = *p->at;
    }
    p->word.text[size] = '\0';
    p->word.is_quoted = 1;
    p->word.kind = quote == '`' ? NAME : TEXT;
}

static void take_number(parser *p)
{
    const char *const begin = p->at;
    p->at++;
    while (isdigit((unsigned char)*p->at) || *p->at == '.' ||
           begins_name(*p->at) ||
           ((*p->at == '-' || *p->at == '+') &&
            (p->at[-1] == 'e' || p->at[-1] == 'E')))
        p->at++;
    p->word.kind = number_of(begin, (size_t)(p->at - begin), &p->word.number)
                       ? NUMBER
                       : BAD;
}

static void next(parser *p)
{
    static const char *const signs[] = {"<=", "<>", ">=", "!=", "==", "=",
                                        "<",  ">",  "(",  ")",  ","};
    size_t size = 0;
    while (*p->at && strchr(" \t\n\v\f\r", *p->at)) p->at++;
    p->word.is_quoted = 0;
    p->word.kind = *p->at ? BAD : END;
    if (*p->at == '\0') return;
    if (strchr("\"'`", *p->at)) {
        take_quoted(p, *p->at);
    } else if (begins_name(*p->at)) {
        while (begins_name(*p->at) || isdigit((unsigned char)*p->at))
            p->word.text[size++] = *p->at++;
        p->word.text[size] = '\0';
        p->word.kind = NAME;
    } else if (isdigit((unsigned char)*p->at) || strchr(".-+", *p->at)) {
        take_number(p);
    } else
        for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
            if (strncmp(p->at, signs[i], strlen(signs[i])) == 0) {
                strcpy(p->word.text, signs[i]);
                p->at += strlen(signs[i]);
                p->word.kind = SIGN;
                break;
            }
}

static int is_sign(const parser *p, const char *sign)
{
    return p->word.kind == SIGN && strcmp(p->word.text, sign) == 0;
}

static int is_word(const parser *p, const char *keyword)
{
    const char *text = p->word.text;
    if (p->word.kind != NAME || p->word.is_quoted) return 0;
    for (; *text && *keyword; text++, keyword++)
        if (tolower((unsigned char)*text) != *keyword) return 0;
    return *text == *keyword;
}

static int is_keyword(const parser *p)
{
    return is_word(p, "and") || is_word(p, "or") || is_word(p, "not") ||
           is_word(p, "in") || is_word(p, "is") || is_word(p, "missing");
}

/* ---- truth: 1, 0, or -1 where a value is missing ---- */

typedef struct truth {
    signed char of[ROWS];
} truth;

/* As of the numbers themselves, not of what a double makes of a whole one. */
static int order_to_whole(double a, int64_t b)
{
    if (a >= 0x1p63) return 1;
    if (a < -0x1p63) return -1;
    int64_t const below = (int64_t)floor(a);
    if (below != b) return below > b ? 1 : -1;
    return a > floor(a);
}

static int order_of_numbers(number a, number b)
{
    if (a.is_whole && b.is_whole)
        return (a.whole > b.whole) - (a.whole < b.whole);
    if (a.is_whole) return -order_to_whole(b.real, a.whole);
    if (b.is_whole) return order_to_whole(a.real, b.whole);
    return (a.real > b.real) - (a.real < b.real);
}

/* The order of a row's cell to the value that the parser is at; 2: missing. */
static int order_of(const cell *c, const word *value)
{
    number own = c->number;
    if (!c->is_there) return 2;
    if (value->kind == TEXT) {
        int const order = strcmp(c->text, value->text);
        return (order > 0) - (order < 0);
    }
    if (c->is_text) {
        const char *text = c->text;
        while (isspace((unsigned char)*text)) text++;
        size_t size = strlen(text);
        while (size > 0 && isspace((unsigned char)text[size - 1])) size--;
        if (!number_of(text, size, &own)) return 2;
    }
    return order_of_numbers(own, value->number);
}

/* Takes a value of a column: a text only of one of texts. */
static int is_value(const parser *p, size_t column)
{
    return p->word.kind == NUMBER ||
           (p->word.kind == TEXT && is_text_column[column]);
}

static void compare(parser *p, size_t column, truth *out)
{
    char sign[4];
    if (p->word.kind != SIGN || strchr("(),", *p->word.text)) {
        p->is_bad = 1;
        return;
    }
    strcpy(sign, p->word.text);
    next(p);
    if (!is_value(p, column)) {
        p->is_bad = 1;
        return;
    }
    for (size_t i = 0; i < ROWS; i++) {
        int const order = order_of(&cells[i][column], &p->word);
        int const is_true =
            (strchr(sign, '=') && *sign != '!' && order == 0) ||
            (*sign == '<' && order < 0) ||
            ((*sign == '>' || strcmp(sign, "<>") == 0) && order > 0) ||
            (*sign == '!' && order != 0);
        out->of[i] = (signed char)(order == 2 ? -1 : is_true);
    }
    next(p);
}

static void among(parser *p, size_t column, truth *out)
{
    kind of_all = END;
    memset(out, 0, sizeof *out);
    if (!is_sign(p, "(")) {
        p->is_bad = 1;
        return;
    }
    do {
        next(p);
        if (!is_value(p, column) || (of_all != END && p->word.kind != of_all)) {
            p->is_bad = 1;
            return;
        }
        of_all = p->word.kind;
        for (size_t i = 0; i < ROWS; i++) {
            int const order = order_of(&cells[i][column], &p->word);
            if (order == 2)
                out->of[i] = -1;
            else if (order == 0)
                out->of[i] = 1;
        }
        next(p);
    } while (is_sign(p, ","));
    if (!is_sign(p, ")")) p->is_bad = 1;
    next(p);
}

static void negate(truth *out)
{
    for (size_t i = 0; i < ROWS; i++)
        if (out->of[i] >= 0) out->of[i] = !out->of[i];
}

static void test(parser *p, truth *out)
{
    size_t column = 0;
    int is_not = 0;
    while (column < COLUMNS && strcmp(p->word.text, column_names[column]) != 0)
        column++;
    if (p->word.kind != NAME || is_keyword(p) || column == COLUMNS) {
        p->is_bad = 1;
        return;
    }
    next(p);
    if (is_word(p, "is")) {
        next(p);
        is_not = is_word(p, "not");
        if (is_not) next(p);
        if (!is_word(p, "missing")) p->is_bad = 1;
        for (size_t i = 0; i < ROWS; i++)
            out->of[i] = !cells[i][column].is_there;
        next(p);
    } else if (is_word(p, "not") || is_word(p, "in")) {
        is_not = is_word(p, "not");
        if (is_not) next(p);
        if (!is_word(p, "in")) p->is_bad = 1;
        next(p);
        among(p, column, out);
    } else
        compare(p, column, out);
    if (is_not) negate(out);
}

/* level 0: or; 1: and; 2: not, brackets, tests. */
static void expression(parser *p, int level, truth *out)
{
    if (level == 2 && is_word(p, "not")) {
        next(p);
        expression(p, 2, out);
        negate(out);
    } else if (level == 2 && is_sign(p, "(")) {
        next(p);
        expression(p, 0, out);
        if (!is_sign(p, ")")) p->is_bad = 1;
        next(p);
    } else if (level == 2) {
        test(p, out);
    } else {
        truth other = {{0}};
        expression(p, level + 1, out);
        while (!p->is_bad && is_word(p, level ? "and" : "or")) {
            next(p);
            expression(p, level + 1, &other);
            for (size_t i = 0; !p->is_bad && i < ROWS; i++) {
                signed char const a = out->of[i], b = other.of[i];
                out->of[i] = (signed char)(level ? (a == 0 || b == 0 ? 0
                                                    : a < 0 || b < 0 ? -1
                                                                     : 1)
                                                 : (a == 1 || b == 1 ? 1
                                                    : a < 0 || b < 0 ? -1
                                                                     : 0));
            }
        }
    }
}

/* ---- both ---- */

static void free_rows(void)
{
    siamese_index_free(index_of_rows);
    siamese_items_free(items);
}

static void passing(const siamese_id_filter *filter, unsigned char *passes)
{
    float const one = 1;
    float scores[ROWS];
    int64_t ids[ROWS];
    size_t found;
    memset(passes, 0, ROWS);
    fuzz_ok(siamese_index_search_filtered(index_of_rows, &one, 1, ROWS, NULL,
                                          filter, ids, scores, ROWS, &found));
    for (size_t i = 0; i < found; i++) passes[ids[i]] = 1;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    unsigned char passes[ROWS];
    siamese_id_filter *filter;
    (void)argc;
    (void)argv;
    fuzz_count_memory();
    make_cells();
    make_items();
    atexit(free_rows);
    /* what the index keeps between searches is none of an input's */
    fuzz_ok(siamese_items_create_where_filter(&filter, items, "id > 0", NULL,
                                              NULL));
    passing(filter, passes);
    siamese_id_filter_free(filter);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static parser p;
    truth wanted = {{0}};
    unsigned char passes[ROWS];
    siamese_id_filter *filter = NULL;
    size_t found = 0, count = 0;
    unsigned at = 0;
    if (size >= MOST_TEXT) return 0;
    char *const text = fuzz_copy((siamese_text){(const char *)data, size}, 1);
    size_t const live = fuzz_memory_begin();
    siamese_status const status =
        siamese_items_create_where_filter(&filter, items, text, NULL, &found);
    fuzz_memory_within(live, (size_t)1 << 20);
    p.at = text;
    p.is_bad = 0;
    next(&p);
    expression(&p, 0, &wanted);
    if (p.word.kind != END) p.is_bad = 1;
    fuzz_require((status == SIAMESE_OK) == !p.is_bad);
    if (status == SIAMESE_OK) {
        passing(filter, passes);
        for (size_t i = 0; i < ROWS; i++) {
            fuzz_require(passes[i] == (wanted.of[i] == 1));
            count += passes[i];
        }
        fuzz_require(found == count);
        siamese_id_filter_free(filter);
    } else {
        fuzz_require(filter == NULL);
        fuzz_require(status == SIAMESE_E_ARGUMENT ||
                     status == SIAMESE_E_STATE ||
                     status == SIAMESE_E_NOT_FOUND);
        fuzz_require(sscanf(siamese_last_error(), "where: at %u:", &at) == 1);
        fuzz_require(at >= 1 && at <= strlen(text) + 1);
    }
    fuzz_memory_end(live);
    free(text);
    return 0;
}
