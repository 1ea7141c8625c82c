/* cli_row_filter.c: a file of ids in, the rows that a search may find out. For
 * search. */
#include "data/cli_row_filter.h"

#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "data/cli_reader.h"

static void read_ids(cli_strings *ids, const char *path)
{
    cli_reader *const reader = cli_reader_open(path, CLI_UTF8);
    const char *line;
    size_t size;

    while (cli_reader_next_text(reader, &line, &size))
        if (size > 0) cli_strings_add(ids, line, size);
    cli_reader_close(reader);
}

/* Marks the rows of the file's ids with `value`. */
static void mark(unsigned char *passes, unsigned char value, const char *path,
                 const cli_items *items)
{
    cli_strings ids = {0};
    size_t known = 0;

    read_ids(&ids, path);
    unsigned char *const seen = cli_alloc(ids.count + 1, 1);
    for (size_t row = 0; row < cli_items_count(items); row++) {
        siamese_text const id = cli_items_id(items, row);
        size_t const at = cli_strings_find(&ids, id.data, id.size);
        if (at == SIZE_MAX) continue;
        passes[row] = value;
        known += !seen[at];
        seen[at] = 1;
    }
    if (known < ids.count)
        cli_note("%s: no item has %zu of the %zu ids", path, ids.count - known,
                 ids.count);
    free(seen);
    cli_strings_free(&ids);
}

unsigned char *cli_row_filter_rows(const cli_row_filter *files,
                                   const cli_items *items)
{
    size_t const count = cli_items_count(items);

    if (!files->include && !files->exclude) return NULL;
    unsigned char *const passes = cli_alloc(count + 1, 1);
    for (size_t row = 0; row < count; row++) passes[row] = !files->include;
    if (files->include) mark(passes, 1, files->include, items);
    if (files->exclude) mark(passes, 0, files->exclude, items);
    return passes;
}

siamese_id_filter *cli_row_filter_make(const unsigned char *passes,
                                       size_t count)
{
    siamese_id_filter *filter = NULL;
    size_t rows = 0;

    if (!passes) return NULL;
    int64_t *const ids = cli_alloc(count + 1, sizeof *ids);
    for (size_t row = 0; row < count; row++)
        if (passes[row]) ids[rows++] = (int64_t)row;
    cli_try(
        siamese_id_filter_create(&filter, SIAMESE_FILTER_INCLUDE, ids, rows));
    free(ids);
    return filter;
}
