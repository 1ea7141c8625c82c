/* cli_relevance.c: the column of relevance in, its values, their counts and the
 * threshold out. For cli_pairs. */
#include "data/cli_relevance.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

enum { MAX_DECIMALS = 6, MAX_FIELD = 64, TOLD_VALUES = 60, NAME_BYTES = 352 };

void cli_relevance_free(cli_relevance *r)
{
    cli_strings_free(&r->values);
    free(r->counts);
    memset(r, 0, sizeof *r);
}

int cli_relevance_parse(siamese_text field, double *value)
{
    char text[MAX_FIELD];
    char *end;

    if (field.size == 0 || field.size >= sizeof text) return 0;
    memcpy(text, field.data, field.size);
    text[field.size] = '\0';
    if (strpbrk(text, "xX")) /* strtod would read hexadecimal */
        return 0;
    *value = strtod(text, &end);
    return end != text && end[strspn(end, " \t")] == '\0' && isfinite(*value);
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int read_word(siamese_text field, double *value)
{
    static const struct {
        const char *word;
        double value;
    } words[] = {{"exact", 3},      {"e", 3},    {"partial", 2},
                 {"substitute", 2}, {"s", 2},    {"complement", 1},
                 {"c", 1},          {"true", 1}, {"yes", 1},
                 {"irrelevant", 0}, {"i", 0},    {"false", 0},
                 {"no", 0}};

    for (; field.size > 0 && is_blank(*field.data); field.size--) field.data++;
    while (field.size > 0 && is_blank(field.data[field.size - 1])) field.size--;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (field.size == strlen(words[i].word) &&
            strncasecmp(field.data, words[i].word, field.size) == 0) {
            *value = words[i].value;
            return 1;
        }
    return 0;
}

int cli_relevance_read(siamese_text field, double *value)
{
    return cli_relevance_parse(field, value) || read_word(field, value);
}

const char *cli_number_text(double value, char text[CLI_NUMBER_BYTES])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, CLI_NUMBER_BYTES, "%.*g", digits, value);
        if (strtod(text, NULL) == value) break;
    }
    return text;
}

int cli_threshold_parse(const char *text, cli_threshold *t)
{
    t->least = 0;
    t->kind = CLI_THRESHOLD_LEAST;
    if (strcmp(text, "none") == 0)
        t->kind = CLI_THRESHOLD_NONE;
    else if (strcmp(text, "auto") == 0)
        t->kind = CLI_THRESHOLD_AUTO;
    else
        return cli_relevance_parse((siamese_text){text, strlen(text)},
                                   &t->least);
    return 1;
}

/* Decimals after which the value is told to the last digit. */
static int decimals_of(double value)
{
    int decimals = 0;
    double scale = 1;

    while (decimals < MAX_DECIMALS &&
           fabs(value * scale - round(value * scale)) > 1e-9 * scale) {
        scale *= 10;
        decimals++;
    }
    return decimals;
}

void cli_relevance_add(cli_relevance *r, double value)
{
    size_t const before = r->values.count;
    size_t const number =
        cli_strings_add(&r->values, (const char *)&value, sizeof value);

    if (number == before) {
        int const decimals = decimals_of(value);
        r->counts =
            cli_grow(r->counts, number, &r->capacity, sizeof *r->counts);
        r->counts[number] = 0;
        if (decimals > r->decimals) r->decimals = decimals;
    }
    r->counts[number]++;
}

typedef struct grade {
    double value;
    size_t count;
} grade;

static int by_value(const void *a, const void *b)
{
    const grade *const x = a, *const y = b;

    return (x->value > y->value) - (x->value < y->value);
}

/* The grades ascending, to be freed. */
static grade *sorted(const cli_relevance *r)
{
    size_t const count = r->values.count;
    grade *const grades = cli_alloc(count, sizeof *grades);

    for (size_t i = 0; i < count; i++) {
        memcpy(&grades[i].value, r->values.texts[i].data, sizeof(double));
        grades[i].count = r->counts[i];
    }
    qsort(grades, count, sizeof *grades, by_value);
    return grades;
}

double cli_relevance_threshold(const cli_relevance *r)
{
    size_t const count = r->values.count;
    size_t rows = 0, reach = 0, at = 1;

    if (count == 0) return 0;
    grade *const g = sorted(r);
    double const low = g[0].value, high = g[count - 1].value;
    double threshold =
        high > 2 && high <= 3 && low < high ? 2 : low + (high - low) / 2;
    for (size_t i = 0; i < count; i++) {
        rows += g[i].count;
        if (g[i].value >= threshold) reach += g[i].count;
    }
    if (count > 1 && 20 * reach < rows) {
        size_t const above = rows - g[0].count;
        for (size_t below = g[1].count; 2 * below < above;)
            below += g[++at].count;
        threshold = g[at].value;
    }
    free(g);
    return threshold;
}

typedef struct told {
    size_t count, number; /* rows of the value, and which value it is */
} told;

static int by_count(const void *a, const void *b)
{
    const told *const x = a, *const y = b;

    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return x->number < y->number ? -1 : 1;
}

static told *order_of(const cli_relevance *r)
{
    told *const order = cli_alloc(r->values.count, sizeof *order);

    for (size_t i = 0; i < r->values.count; i++)
        order[i] = (told){r->counts[i], i};
    qsort(order, r->values.count, sizeof *order, by_count);
    return order;
}

static void name_of(const cli_relevance *r, size_t number,
                    char name[NAME_BYTES])
{
    double value;

    memcpy(&value, r->values.texts[number].data, sizeof value);
    snprintf(name, NAME_BYTES, "%.*f", r->decimals, value);
}

void cli_relevance_tell(const cli_relevance *r)
{
    size_t const count = r->values.count;
    told *const order = order_of(r);
    char name[NAME_BYTES];
    int width = 0;

    if (count > 0) width = snprintf(NULL, 0, "%zu", order[0].count);
    for (size_t i = 0; i < count && i < TOLD_VALUES; i++) {
        name_of(r, order[i].number, name);
        cli_note("%s    %*zu", name, width, order[i].count);
    }
    if (count > TOLD_VALUES)
        cli_note("... and %zu more values", count - TOLD_VALUES);
    free(order);
}

json_t *cli_relevance_json(const cli_relevance *r)
{
    json_t *const object = json_object();
    told *const order = order_of(r);
    char name[NAME_BYTES];

    for (size_t i = 0; i < r->values.count; i++) {
        name_of(r, order[i].number, name);
        json_t *const before = json_object_get(object, name);
        json_int_t const sum =
            json_integer_value(before) + (json_int_t)order[i].count;
        json_object_set_new(object, name, json_integer(sum));
    }
    free(order);
    return object;
}
