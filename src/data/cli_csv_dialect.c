/* cli_csv_dialect.c: the first lines in, delimiter and quotes out. For
 * cli_csv. */
#include "data/cli_csv_dialect.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_relevance.h"

/* ------------------------------------------------------------------------- */
/* Options                                                                   */
/* ------------------------------------------------------------------------- */

cli_quoting cli_quoting_of(const char *name)
{
    if (!name || strcmp(name, "auto") == 0) return CLI_QUOTING_AUTO;
    if (strcmp(name, "csv") == 0) return CLI_QUOTING_CSV;
    if (strcmp(name, "none") == 0) return CLI_QUOTING_NONE;
    cli_usage_error("--quoting %s: auto, csv or none is expected", name);
}

unsigned char cli_delimiter_of(const char *name)
{
    static const struct {
        const char *name;
        char delimiter;
    } names[] = {{"tab", '\t'},      {"\\t", '\t'}, {"comma", ','},
                 {"semicolon", ';'}, {"pipe", '|'}, {"space", ' '}};

    if (!name || strcmp(name, "auto") == 0) return 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i].name) == 0)
            return (unsigned char)names[i].delimiter;
    if (strlen(name) != 1 || strchr("\"\r\n", *name) ||
        (unsigned char)*name >= 0x80)
        cli_usage_error("--delimiter %s: auto, tab, comma, semicolon, pipe, or "
                        "one ASCII character that is no quote and ends no "
                        "line, is expected",
                        name);
    return (unsigned char)*name;
}

/* ------------------------------------------------------------------------- */
/* The delimiter                                                             */
/* ------------------------------------------------------------------------- */

unsigned char cli_delimiter_find(const siamese_text *lines, size_t count)
{
    /* of equals the first: the rarer one is in texts, the surer its sign */
    static const char candidates[] = "\t;|,";
    unsigned char best = ',';
    double best_score = -1;
    size_t best_fields = 1;

    for (const char *c = candidates; *c; c++) {
        cli_csv_line line = {.delimiter = (unsigned char)*c};
        size_t agree = 0;
        cli_csv_line_alone(&line, lines[0].data, lines[0].size);
        size_t const fields = line.row.count;
        for (size_t i = 1; i < count; i++) {
            cli_csv_line_alone(&line, lines[i].data, lines[i].size);
            agree += line.row.count == fields;
        }
        cli_csv_line_free(&line);
        double const score =
            count > 1 ? (double)(agree * fields) / (double)(count - 1) : 0;
        if (fields < 2 || score < best_score ||
            (score == best_score && fields <= best_fields))
            continue;
        best = (unsigned char)*c;
        best_score = score;
        best_fields = fields;
    }
    return best;
}

/* ------------------------------------------------------------------------- */
/* What columns hold                                                         */
/* ------------------------------------------------------------------------- */

enum { ANY = 1, NO_NUMBER = 2, BLANK_FIRST = 4 };

static unsigned char look(siamese_text field)
{
    double value;

    if (field.size == 0) return 0;
    return (
        unsigned char)(ANY |
                       (cli_relevance_parse(field, &value) ? 0 : NO_NUMBER) |
                       (*field.data == ' ' ? BLANK_FIRST : 0));
}

void cli_csv_columns_begin(cli_csv_columns *c, const cli_row *header)
{
    c->count = header->count;
    c->seen = cli_resize(c->seen, c->count, 1);
    for (size_t i = 0; i < c->count; i++)
        c->seen[i] = look(header->fields[i]) & BLANK_FIRST;
}

void cli_csv_columns_see(cli_csv_columns *c, const cli_row *row, size_t count)
{
    for (size_t i = 0; i < count && i < c->count; i++)
        if (c->seen[i] != (ANY | NO_NUMBER | BLANK_FIRST))
            c->seen[i] |= look(row->fields[i]);
}

int cli_csv_columns_fit(const cli_csv_columns *c, const cli_row *row)
{
    for (size_t i = 0; i < row->count && i < c->count; i++) {
        unsigned const more = look(row->fields[i]) & ~(unsigned)c->seen[i];
        if (more & BLANK_FIRST) return 0;
        if (more & NO_NUMBER && c->seen[i] & ANY) return 0;
    }
    return 1;
}

void cli_csv_columns_free(cli_csv_columns *c)
{
    free(c->seen);
    memset(c, 0, sizeof *c);
}
