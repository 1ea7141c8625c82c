/* cli_csv_line.c: a line in, its fields out. For cli_csv. */
#include "data/cli_csv_line.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

enum { PARSER_OPTIONS = CSV_STRICT | CSV_STRICT_FINI, PARSER_BLOCK = 4096 };

void cli_row_free(cli_row *r)
{
    free(r->bytes);
    free(r->ends);
    free(r->fields);
    memset(r, 0, sizeof *r);
}

void cli_csv_line_free(cli_csv_line *l)
{
    if (l->is_begun) csv_free(&l->parser);
    cli_row_free(&l->row);
}

/* ------------------------------------------------------------------------- */
/* Fields                                                                    */
/* ------------------------------------------------------------------------- */

static void on_field(void *bytes, size_t size, void *user)
{
    cli_row *const r = user;

    if (r->size + size + 1 > r->bytes_capacity) {
        r->bytes_capacity = 2 * (r->size + size) + 256;
        r->bytes = cli_resize(r->bytes, r->bytes_capacity, 1);
    }
    if (size > 0) memcpy(r->bytes + r->size, bytes, size);
    r->size += size;
    r->bytes[r->size++] = '\0'; /* so that a field is a C string as well */
    r->ends = cli_grow(r->ends, r->count, &r->ends_capacity, sizeof *r->ends);
    r->ends[r->count++] = r->size;
}

/* Points the fields at the bytes, which move no more. */
static void on_row(int terminator, void *user)
{
    cli_row *const r = user;
    size_t begin = 0;

    (void)terminator;
    r->is_whole = 1;
    for (size_t i = 0; i < r->count; i++) {
        r->fields =
            cli_grow(r->fields, i, &r->fields_capacity, sizeof *r->fields);
        r->fields[i] = (siamese_text){r->bytes + begin, r->ends[i] - begin - 1};
        begin = r->ends[i];
    }
}

static void clear(cli_row *r)
{
    r->size = r->count = 0;
    r->is_whole = 0;
}

/* ------------------------------------------------------------------------- */
/* With quotes                                                               */
/* ------------------------------------------------------------------------- */

static int never_space(unsigned char c)
{
    (void)c;
    return 0;
}

void cli_csv_line_begin(cli_csv_line *l)
{
    if (l->is_begun) csv_free(&l->parser);
    if (csv_init(&l->parser, PARSER_OPTIONS) != 0)
        cli_fail("out of memory for the CSV parser");
    csv_set_delim(&l->parser, l->delimiter);
    csv_set_blk_size(&l->parser, PARSER_BLOCK);
    csv_set_space_func(&l->parser, never_space);
    l->is_begun = 1;
    clear(&l->row);
}

int cli_csv_line_add(cli_csv_line *l, const char *text, size_t size)
{
    size_t done = 0;

    while (done < size) {
        done += csv_parse(&l->parser, text + done, size - done, on_field,
                          on_row, &l->row);
        if (done == size) break;
        if (csv_error(&l->parser) != CSV_EPARSE)
            cli_fail("CSV: %s", csv_strerror(csv_error(&l->parser)));
        if (l->parser.quoted) return 0;
        csv_set_opts(&l->parser, 0);
        done +=
            csv_parse(&l->parser, text + done, 1, on_field, on_row, &l->row);
        csv_set_opts(&l->parser, PARSER_OPTIONS);
    }
    return 1;
}

int cli_csv_line_end(cli_csv_line *l)
{
    return csv_fini(&l->parser, on_field, on_row, &l->row) == 0 &&
           l->row.is_whole;
}

/* ------------------------------------------------------------------------- */
/* Without                                                                   */
/* ------------------------------------------------------------------------- */

static size_t without_end(const char *text, size_t size)
{
    if (size > 0 && text[size - 1] == '\n') size--;
    if (size > 0 && text[size - 1] == '\r') size--;
    return size;
}

void cli_csv_line_split(cli_csv_line *l, const char *text, size_t size)
{
    size_t const end = without_end(text, size);
    size_t begin = 0;

    clear(&l->row);
    for (;;) {
        const char *const next =
            memchr(text + begin, l->delimiter, end - begin);
        size_t const at = next ? (size_t)(next - text) : end;
        on_field((void *)(uintptr_t)(text + begin), at - begin, &l->row);
        if (!next) break;
        begin = at + 1;
    }
    on_row(0, &l->row);
}

void cli_csv_line_alone(cli_csv_line *l, const char *text, size_t size)
{
    size_t const end = without_end(text, size);

    if (end > 0 && memchr(text, '"', end)) {
        cli_csv_line_begin(l);
        if (cli_csv_line_add(l, text, end) && cli_csv_line_end(l)) return;
    }
    cli_csv_line_split(l, text, size);
}
