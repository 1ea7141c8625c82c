/* cli_json.c: figures in, one line of JSON out, or rows of CSV. For whatever
 * prints figures. */
#include "shell/cli_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_cell.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"

char *cli_json_text(const json_t *object)
{
    return json_dumps(object, JSON_REAL_PRECISION(15));
}

/* ------------------------------------------------------------------------- */
/* CSV                                                                       */
/* ------------------------------------------------------------------------- */

static int prints_csv;

void cli_json_take_csv(void *prints, const char *unused)
{
    (void)unused;
    *(int *)prints = 1;
    prints_csv = 1;
}

/* A value as JSON writes it, but texts as they are, to be freed; those of an
 * array with blanks between. */
static char *plain(const json_t *value)
{
    char *text;

    if (json_is_string(value))
        return cli_format("%s", json_string_value(value));
    if (!json_is_array(value)) {
        text = json_dumps(value, JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        if (!text) cli_fail("the result cannot be written as CSV");
        return text;
    }
    text = cli_format("%s", "");
    for (size_t i = 0; i < json_array_size(value); i++) {
        char *const one = plain(json_array_get(value, i));
        char *const more = cli_format("%s%s%s", text, i ? " " : "", one);
        free(one);
        free(text);
        text = more;
    }
    return text;
}

static void put(const char *text)
{
    cli_cell_put(stdout, (siamese_text){text, strlen(text)});
}

static void put_value(const json_t *value)
{
    char *const text = plain(value);

    put(text);
    free(text);
}

static void put_figure(const char *name, json_t *value);

/* Rows of name and value; a name within an object, and the number of one in a
 * list, stands behind the object's own. */
static void put_figures(const char *prefix, json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach(object, name, value)
    {
        char *const full =
            cli_format("%s%s%s", prefix, *prefix ? "." : "", name);
        put_figure(full, value);
        free(full);
    }
}

static void put_figure(const char *name, json_t *value)
{
    int const is_list = json_is_object(json_array_get(value, 0));

    if (json_is_object(value)) put_figures(name, value);
    for (size_t i = 0; is_list && i < json_array_size(value); i++) {
        char *const full = cli_format("%s.%zu", name, i);
        put_figure(full, json_array_get(value, i));
        free(full);
    }
    if (json_is_object(value) || is_list) return;
    put(name);
    putchar(',');
    put_value(value);
    putchar('\n');
}

/* Rows of an object each, with the names of the first one above; of another
 * value its number and itself. */
static void put_rows(const json_t *array)
{
    json_t *const first = json_array_get(array, 0);
    const char *name;
    json_t *value;
    int cells = 0;

    if (json_is_object(first)) {
        json_object_foreach(first, name, value)
        {
            if (cells++) putchar(',');
            put(name);
        }
        putchar('\n');
    } else {
        puts("number,value");
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_t *const row = json_array_get(array, i);
        cells = 0;
        if (!json_is_object(row)) {
            printf("%zu,", i);
            put_value(row);
        }
        json_object_foreach(row, name, value)
        {
            if (cells++) putchar(',');
            put_value(value);
        }
        putchar('\n');
    }
}

static void print_csv(json_t *value)
{
    if (json_is_array(value)) {
        put_rows(value);
    } else {
        puts("name,value");
        put_figures("", value);
    }
}

/* ------------------------------------------------------------------------- */
/* JSON                                                                      */
/* ------------------------------------------------------------------------- */

void cli_json_print(json_t *object)
{
    if (prints_csv) {
        print_csv(object);
    } else {
        char *const text = cli_json_text(object);
        if (!text) cli_fail("the result cannot be written as JSON");
        puts(text);
        free(text);
    }
    json_decref(object);
}
