/* report_tables.c: JSON in, tables of a page out. For the reports of train and
 * eval. */
#include "report/report_tables.h"

#include <stdlib.h>

#include "report/report_html.h"

void report_tile_begin(FILE *stream, const char *name)
{
    fputs("<div class=\"tile\"><span>", stream);
    report_html_string(stream, name);
    fputs("</span><b>", stream);
}

void report_tile_end(FILE *stream)
{
    fputs("</div>\n", stream);
}

/* ------------------------------------------------------------------------- */
/* Vocabulary                                                                */
/* ------------------------------------------------------------------------- */

static double share_of(const json_t *counts, const char *part,
                       const char *whole)
{
    json_int_t const all = json_integer_value(json_object_get(counts, whole));
    json_int_t const some = json_integer_value(json_object_get(counts, part));

    return all > 0 ? 100.0 * (double)some / (double)all : 0;
}

static void put_cell(FILE *stream, const json_t *counts, const char *name)
{
    fputs("<td>", stream);
    report_html_value(stream, json_object_get(counts, name), 0);
    fputs("</td>", stream);
}

static void put_share(FILE *stream, const json_t *counts, const char *part,
                      const char *whole)
{
    fprintf(stream, "<td class=\"quiet\">%.2f&nbsp;%%</td>",
            share_of(counts, part, whole));
}

static void put_unknown(FILE *stream, const json_t *unknown)
{
    const char *word;
    json_t *queries;

    fputs("<h3>Words of the queries that it does not know</h3>\n"
          "<p class=\"note\">With the number of queries that have them, where "
          "it is more than one.</p>\n<p class=\"words\">",
          stream);
    json_object_foreach((json_t *)(uintptr_t)unknown, word, queries)
    {
        fputs("<span><bdi>", stream);
        report_html_string(stream, word);
        fputs("</bdi>", stream);
        if (json_integer_value(queries) > 1) {
            fputs(" <small>", stream);
            report_html_value(stream, queries, 0);
            fputs("</small>", stream);
        }
        fputs("</span>\n", stream);
    }
    fputs("</p>\n", stream);
}

void report_vocabulary(FILE *stream, const json_t *counts,
                       const json_t *unknown)
{
    const char *name;
    json_t *row;

    report_html_section(
        stream, "vocabulary", "What the vocabulary loses",
        "A token without an id of its own is read as an unknown one; a text of "
        "more tokens than the sequence length is cut behind it.");
    fputs("<table><thead><tr><th scope=\"col\">texts of</th><th "
          "scope=\"col\">texts</th><th scope=\"col\">tokens</th><th "
          "scope=\"col\" colspan=\"2\">unknown</th><th scope=\"col\" "
          "colspan=\"2\">texts cut</th><th scope=\"col\" colspan=\"2\">tokens "
          "cut</th><th scope=\"col\">vocabulary</th><th "
          "scope=\"col\">sequence length</th></tr></thead><tbody>\n",
          stream);
    json_object_foreach((json_t *)(uintptr_t)counts, name, row)
    {
        fputs("<tr><th scope=\"row\">", stream);
        report_html_string(stream, name);
        fputs("</th>", stream);
        put_cell(stream, row, "texts");
        put_cell(stream, row, "tokens");
        put_cell(stream, row, "unknown_tokens");
        put_share(stream, row, "unknown_tokens", "tokens");
        put_cell(stream, row, "texts_cut");
        put_share(stream, row, "texts_cut", "texts");
        put_cell(stream, row, "tokens_cut");
        put_share(stream, row, "tokens_cut", "tokens");
        put_cell(stream, row, "size");
        put_cell(stream, row, "sequence_length");
        fputs("</tr>\n", stream);
    }
    fputs("</tbody></table>\n", stream);
    if (json_object_size(unknown) > 0) put_unknown(stream, unknown);
    report_html_section_end(stream);
}

/* ------------------------------------------------------------------------- */
/* Settings and the command                                                  */
/* ------------------------------------------------------------------------- */

/* A value as a reader has it: texts as they are, lists between commas. */
static void put_plain(FILE *stream, const json_t *value)
{
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            if (i > 0) fputs(", ", stream);
            put_plain(stream, json_array_get(value, i));
        }
        return;
    }
    if (json_is_string(value)) {
        report_html_string(stream, json_string_value(value));
        return;
    }
    char *const text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT |
                                             JSON_REAL_PRECISION(6));
    if (text) report_html_string(stream, text);
    free(text);
}

/* The settings of an object; those of objects in it behind its name. */
static void put_settings(FILE *stream, const char *of, const json_t *settings)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)settings, name, value)
    {
        if (json_is_object(value)) {
            put_settings(stream, name, value);
            continue;
        }
        fputs("<dt>", stream);
        if (of) report_html_string(stream, of);
        if (of) putc(' ', stream);
        report_html_string(stream, name);
        fputs("</dt><dd>", stream);
        put_plain(stream, value);
        fputs("</dd>\n", stream);
    }
}

static void put_part(FILE *stream, const char *part, const json_t *settings)
{
    fputs("<div class=\"part\"><h3>", stream);
    for (const char *at = part; *at; at++) putc(*at == '_' ? ' ' : *at, stream);
    fputs("</h3>", stream);
    if (json_is_object(settings)) {
        fputs("<dl>", stream);
        put_settings(stream, NULL, settings);
        fputs("</dl></div>\n", stream);
    } else {
        fputs("<p>", stream);
        put_plain(stream, settings);
        fputs("</p></div>\n", stream);
    }
}

void report_settings(FILE *stream, const json_t *parts)
{
    const char *name;
    json_t *part;

    report_html_section(stream, "settings", "Settings", NULL);
    fputs("<div class=\"parts\">\n", stream);
    json_object_foreach((json_t *)(uintptr_t)parts, name, part)
        put_part(stream, name, part);
    fputs("</div>\n", stream);
    report_html_section_end(stream);
}

void report_command(FILE *stream, const char *command)
{
    report_html_section(stream, "command", "To repeat it", NULL);
    fputs("<pre><code>", stream);
    report_html_string(stream, command);
    fputs("</code></pre>\n", stream);
    report_html_section_end(stream);
}

void report_figures(FILE *stream, const json_t *figures)
{
    report_html_json(stream, "figures", figures);
    fputs("<footer>siamese ", stream);
    report_html_string(stream, siamese_version());
    fputs(". The figures are also in this page as JSON: the element with the "
          "id <code>figures</code>.</footer>\n",
          stream);
}
