/*
 * report_html.h: the frame of a page, and what goes into it: texts of data with
 * their markup escaped, and numbers that keep all their digits beside the few
 * that are shown. All of src/report writes by it, to a stream of cli_output,
 * which tells of what could not be written.
 */
#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <jansson.h>
#include <stdio.h>
#include <siamese/siamese.h>

#include "shell/cli_embedded.h"

/* What a page is. */
typedef struct report_page {
    const char *kind;           /* "Evaluation" */
    const char *title;          /* what it is of, such as the name of a model */
    cli_embedded style, script; /* a script without bytes: there is none */
} report_page;

/* From the doctype to the heading; the page may ask for nothing elsewhere. */
void report_html_begin(FILE *stream, const report_page *page);
void report_html_end(FILE *stream, const report_page *page);

/* A text of data, in an element or in an attribute between double quotes. */
void report_html_text(FILE *stream, siamese_text text);
void report_html_string(FILE *stream, const char *text);

/* A number of JSON; NaN for what is none. */
double report_html_number(const json_t *value);

/*
 * A number of JSON as "0.4755" or "54,667", with all its digits for programs; a
 * text; or a dash for what is no value.
 */
void report_html_value(FILE *stream, const json_t *value, int decimals);

/* A section with its heading and a paragraph of explanation, or NULL. */
void report_html_section(FILE *stream, const char *id, const char *heading,
                         const char *note);
void report_html_section_end(FILE *stream);

/* JSON as the content of a script element, where no markup is read. */
void report_html_json(FILE *stream, const char *id, const json_t *value);

/* The digits of a count, with commas, into text. */
void report_html_grouped(json_int_t count, char text[32]);

#endif
