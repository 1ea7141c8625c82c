/* report_map.c: places and titles in, the page of a map out. For siamese
 * map. */
#include "report/report_map.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_embedded.h"
#include "shell/cli_memory.h"
#include "shell/cli_strings.h"
#include "report/report_html.h"

CLI_EMBEDDED(cli_report_map_html);
CLI_EMBEDDED(cli_report_map_css);
CLI_EMBEDDED(cli_report_map_js);

/* ------------------------------------------------------------------------- */
/* JSON in a script element                                                  */
/* ------------------------------------------------------------------------- */

/* What could end the element is an escape; so is what JSON cannot hold. */
static void put_text(FILE *stream, siamese_text text)
{
    putc('"', stream);
    for (size_t i = 0; i < text.size; i++) {
        unsigned char const c = (unsigned char)text.data[i];
        if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '"' ||
            c == '\\')
            fprintf(stream, "\\u%04x", c);
        else
            putc(c, stream);
    }
    putc('"', stream);
}

static void put_string(FILE *stream, const char *text)
{
    put_text(stream, (siamese_text){text, strlen(text)});
}

static void put_texts(FILE *stream, const char *name, const siamese_text *texts,
                      size_t count)
{
    fprintf(stream, ",\n\"%s\":[", name);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) putc(',', stream);
        put_text(stream, texts[i]);
    }
    putc(']', stream);
}

/* Base64 of RFC 4648. */
static void put_bytes(FILE *stream, const char *name,
                      const unsigned char *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";

    fprintf(stream, ",\n\"%s\":\"", name);
    for (size_t i = 0; i < size; i += 3) {
        size_t const left = size - i;
        uint32_t const three = (uint32_t)bytes[i] << 16 |
                               (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? (uint32_t)bytes[i + 2] : 0);
        putc(digits[three >> 18], stream);
        putc(digits[three >> 12 & 63], stream);
        putc(left > 1 ? digits[three >> 6 & 63] : '=', stream);
        putc(left > 2 ? digits[three & 63] : '=', stream);
    }
    putc('"', stream);
}

/* ------------------------------------------------------------------------- */
/* Places                                                                    */
/* ------------------------------------------------------------------------- */

/* Both dimensions by one scale, in the middle of a square of 0 .. 65535, as
 * numbers of two bytes, the lower one first. */
static void put_places(FILE *stream, const report_map *m)
{
    enum { SIDE = 65535 };
    unsigned char *const bytes = cli_alloc(m->count, 4);
    double low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};

    for (size_t i = 0; i < 2 * m->count; i++) {
        low[i % 2] = fmin(low[i % 2], m->places[i]);
        high[i % 2] = fmax(high[i % 2], m->places[i]);
    }
    double const side = fmax(high[0] - low[0], high[1] - low[1]);
    for (size_t i = 0; i < 2 * m->count; i++) {
        double const middle = (low[i % 2] + high[i % 2]) / 2;
        double const share =
            side > 0 ? (m->places[i] - middle) / side + 0.5 : 0.5;
        unsigned const at = (unsigned)lround(fmin(1, fmax(0, share)) * SIDE);
        bytes[2 * i] = (unsigned char)(at & 255);
        bytes[2 * i + 1] = (unsigned char)(at >> 8);
    }
    put_bytes(stream, "places", bytes, 4 * m->count);
    free(bytes);
}

/* ------------------------------------------------------------------------- */
/* Colours                                                                   */
/* ------------------------------------------------------------------------- */

typedef struct category {
    size_t number, count; /* in the order they came; items that have it */
} category;

/* The most frequent first, else as they came. */
static int frequent_first(const void *a, const void *b)
{
    const category *const x = a, *const y = b;

    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return x->number < y->number ? -1 : 1;
}

/* codes[i]: 1 + the place of item i's value among the names; 0: it has none. */
static void put_categories(FILE *stream, const report_map *m)
{
    unsigned char *const codes = cli_alloc(m->count, 4);
    size_t *const places = cli_alloc(m->count, sizeof *places);
    category *const list = cli_alloc(m->count, sizeof *list);
    cli_strings names = {0};
    size_t missing = 0;

    for (size_t i = 0; i < m->count; i++) {
        places[i] = SIZE_MAX;
        if (m->texts[i].size == 0) {
            missing++;
            continue;
        }
        places[i] = cli_strings_add(&names, m->texts[i].data, m->texts[i].size);
        list[places[i]].number = places[i];
        list[places[i]].count++;
    }
    qsort(list, names.count, sizeof *list, frequent_first);
    size_t *const ranks = cli_alloc(names.count, sizeof *ranks);
    fprintf(stream, "\"kind\":\"categories\",\"missing\":%zu,\n\"names\":[",
            missing);
    for (size_t k = 0; k < names.count; k++) {
        ranks[list[k].number] = k;
        if (k > 0) putc(',', stream);
        put_text(stream, names.texts[list[k].number]);
    }
    fputs("],\n\"counts\":[", stream);
    for (size_t k = 0; k < names.count; k++)
        fprintf(stream, "%s%zu", k > 0 ? "," : "", list[k].count);
    putc(']', stream);
    for (size_t i = 0; i < m->count; i++) {
        size_t const code = places[i] == SIZE_MAX ? 0 : 1 + ranks[places[i]];
        for (size_t b = 0; b < 4; b++)
            codes[4 * i + b] = (unsigned char)(code >> 8 * b & 255);
    }
    put_bytes(stream, "codes", codes, 4 * m->count);
    free(codes);
    free(places);
    free(list);
    free(ranks);
    cli_strings_free(&names);
}

/* As float32, the lowest byte first. */
static void put_numbers(FILE *stream, const report_map *m)
{
    unsigned char *const bytes = cli_alloc(m->count, 4);
    double low = INFINITY, high = -INFINITY;
    size_t missing = 0;

    for (size_t i = 0; i < m->count; i++) {
        float const value = (float)m->numbers[i];
        uint32_t bits;
        memcpy(&bits, &value, sizeof bits);
        for (size_t b = 0; b < 4; b++)
            bytes[4 * i + b] = (unsigned char)(bits >> 8 * b & 255);
        missing += isnan(m->numbers[i]);
        low = fmin(low, m->numbers[i]);
        high = fmax(high, m->numbers[i]);
    }
    fprintf(stream,
            "\"kind\":\"numbers\",\"missing\":%zu,\"low\":%.9g,\"high\":%.9g",
            missing, isfinite(low) ? low : 0, isfinite(high) ? high : 0);
    put_bytes(stream, "values", bytes, 4 * m->count);
    free(bytes);
}

static void put_data(FILE *stream, const report_map *m)
{
    char count[32];

    report_html_grouped((json_int_t)m->count, count);
    fprintf(stream, "{\"count\":%zu,\n\"of\":", m->count);
    put_string(stream, m->of);
    fprintf(stream,
            ",\n\"method\":\"pca\",\"note\":\"%s items by the first two "
            "principal components of their vectors, which hold %.1f %% and "
            "%.1f %% of the variance. Items that are far apart here are far "
            "apart; items that are near may not be.\"",
            count, 100 * m->shares[0], 100 * m->shares[1]);
    put_places(stream, m);
    put_texts(stream, "titles", m->titles, m->count);
    put_texts(stream, "ids", m->ids, m->count);
    if (m->column) {
        fputs(",\n\"color\":{\"column\":", stream);
        put_string(stream, m->column);
        putc(',', stream);
        if (m->numbers)
            put_numbers(stream, m);
        else
            put_categories(stream, m);
        putc('}', stream);
    }
    fputs("}", stream);
}

/* ------------------------------------------------------------------------- */
/* The page                                                                  */
/* ------------------------------------------------------------------------- */

static void put_part(FILE *stream, const report_map *m, const char *name,
                     size_t size)
{
    if (strncmp(name, "TITLE", size) == 0)
        report_html_string(stream, m->of);
    else if (strncmp(name, "STYLE", size) == 0)
        fwrite(cli_report_map_css.data, 1, cli_report_map_css.size, stream);
    else if (strncmp(name, "SCRIPT", size) == 0)
        fwrite(cli_report_map_js.data, 1, cli_report_map_js.size, stream);
    else
        put_data(stream, m);
}

/* The page as it stands, with @TITLE@ and so on filled. */
void report_map_write(FILE *stream, const report_map *m)
{
    const char *at = cli_report_map_html.data;

    for (;;) {
        size_t const plain = strcspn(at, "@");
        fwrite(at, 1, plain, stream);
        if (at[plain] == '\0') return;
        at += plain + 1;
        size_t const size = strcspn(at, "@");
        put_part(stream, m, at, size);
        at += size + 1;
    }
}
