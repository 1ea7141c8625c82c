/* cli_cell.c: a text in, a cell of CSV out. For whatever prints a table for
 * programs. */
#include "shell/cli_cell.h"

#include <string.h>

static int needs_quotes(siamese_text text)
{
    for (size_t i = 0; i < text.size; i++)
        if (strchr(",\"\r\n", text.data[i]) && text.data[i]) return 1;
    return 0;
}

void cli_cell_put(FILE *out, siamese_text text)
{
    int const quotes = needs_quotes(text);

    if (quotes) putc('"', out);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"') putc('"', out);
        putc(text.data[i], out);
    }
    if (quotes) putc('"', out);
}
