/* report_html.c: texts and numbers in, HTML out. For all of src/report. */
#include "report/report_html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_message.h"

/* ------------------------------------------------------------------------- */
/* Texts and numbers                                                         */
/* ------------------------------------------------------------------------- */

void report_html_text(FILE *stream, siamese_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char const c = (unsigned char)text.data[i];
        switch (c) {
        case '&':
            fputs("&amp;", stream);
            break;
        case '<':
            fputs("&lt;", stream);
            break;
        case '>':
            fputs("&gt;", stream);
            break;
        case '"':
            fputs("&quot;", stream);
            break;
        case '\'':
            fputs("&#39;", stream);
            break;
        default: /* HTML has no place for control characters */
            if (c >= ' ' && c != 0x7f)
                putc(c, stream);
            else
                putc(' ', stream);
        }
    }
}

void report_html_string(FILE *stream, const char *text)
{
    report_html_text(stream, (siamese_text){text, strlen(text)});
}

static void put_number(FILE *stream, double value, int decimals)
{
    char text[32];

    if (!isfinite(value)) {
        fputs("&#8211;", stream);
        return;
    }
    if (fabs(value) >= 1e12)
        snprintf(text, sizeof text, "%.6g", value);
    else if (decimals > 0)
        snprintf(text, sizeof text, "%.*f", decimals, value);
    else
        report_html_grouped((json_int_t)llround(value), text);
    fprintf(stream, "<data value=\"%.15g\">%s%s</data>", value,
            *text == '-' ? "&#8722;" : "", text + (*text == '-'));
}

void report_html_grouped(json_int_t count, char text[32])
{
    char digits[32];
    size_t const size =
        (size_t)snprintf(digits, sizeof digits, "%lld", (long long)count);
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        if (i > (digits[0] == '-') && (size - i) % 3 == 0) text[n++] = ',';
        text[n++] = digits[i];
    }
    text[n] = '\0';
}

static void put_count(FILE *stream, json_int_t count)
{
    char text[32];

    report_html_grouped(count, text);
    fprintf(stream, "<data value=\"%lld\">%s</data>", (long long)count, text);
}

double report_html_number(const json_t *value)
{
    return json_is_number(value) ? json_number_value(value) : NAN;
}

void report_html_value(FILE *stream, const json_t *value, int decimals)
{
    if (json_is_integer(value))
        put_count(stream, json_integer_value(value));
    else if (json_is_real(value))
        put_number(stream, json_real_value(value), decimals);
    else if (json_is_string(value))
        report_html_text(stream, (siamese_text){json_string_value(value),
                                                json_string_length(value)});
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "yes" : "no", stream);
    else
        fputs("&#8211;", stream);
}

/* What could end the element, or begin another, is an escape of JSON. */
void report_html_json(FILE *stream, const char *id, const json_t *value)
{
    char *const text = json_dumps(value, JSON_REAL_PRECISION(15));

    if (!text) cli_fail("the result cannot be written as JSON");
    fprintf(stream, "<script type=\"application/json\" id=\"%s\">", id);
    for (const char *at = text; *at; at++)
        if (*at == '<' || *at == '>' || *at == '&')
            fprintf(stream, "\\u%04x", *at);
        else
            putc(*at, stream);
    fputs("</script>\n", stream);
    free(text);
}

/* ------------------------------------------------------------------------- */
/* The frame                                                                 */
/* ------------------------------------------------------------------------- */

void report_html_begin(FILE *stream, const report_page *page)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
          "<meta charset=\"utf-8\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
          "&#39;none&#39;; style-src &#39;unsafe-inline&#39;; img-src data:",
          stream);
    if (page->script.size > 0)
        fputs("; script-src &#39;unsafe-inline&#39;", stream);
    fputs("\">\n<meta name=\"viewport\" content=\"width=device-width, "
          "initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n"
          "<meta name=\"generator\" content=\"siamese ",
          stream);
    report_html_string(stream, siamese_version());
    fputs("\">\n<link rel=\"icon\" href=\"data:,\">\n<title>", stream);
    report_html_string(stream, page->kind);
    fputs(" of ", stream);
    report_html_string(stream, page->title);
    fputs("</title>\n<style>\n", stream);
    fwrite(page->style.data, 1, page->style.size, stream);
    fputs("</style>\n</head>\n<body>\n", stream);
}

void report_html_end(FILE *stream, const report_page *page)
{
    if (page->script.size > 0) {
        fputs("<script>\n", stream);
        fwrite(page->script.data, 1, page->script.size, stream);
        fputs("</script>\n", stream);
    }
    fputs("</body>\n</html>\n", stream);
}

void report_html_section(FILE *stream, const char *id, const char *heading,
                         const char *note)
{
    fprintf(stream, "<section id=\"%s\">\n<h2>%s</h2>\n", id, heading);
    if (note) fprintf(stream, "<p class=\"note\">%s</p>\n", note);
}

void report_html_section_end(FILE *stream)
{
    fputs("</section>\n", stream);
}
