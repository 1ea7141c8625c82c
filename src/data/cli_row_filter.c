/* cli_row_filter.c: files of ids in, the items that a search may find out. For
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

/* The file's ids; tells of those that no item has. */
static void read_file(cli_strings *ids, const char *path,
                      const siamese_items *items)
{
    size_t unknown = 0;

    if (!path) return;
    read_ids(ids, path);
    int64_t *const rows = cli_alloc(ids->count, sizeof *rows);
    cli_try(siamese_items_find(items, NULL, ids->texts, ids->count, rows,
                               ids->count));
    for (size_t i = 0; i < ids->count; i++) unknown += rows[i] < 0;
    if (unknown > 0)
        cli_note("%s: no item has %zu of the %zu ids", path, unknown,
                 ids->count);
    free(rows);
}

void cli_row_filter_read(cli_row_filter *filter, const siamese_items *items)
{
    read_file(&filter->included, filter->include, items);
    read_file(&filter->excluded, filter->exclude, items);
}

static int has(const cli_strings *ids, siamese_text id)
{
    return cli_strings_find(ids, id.data, id.size) != SIZE_MAX;
}

int cli_row_filter_passes(const cli_row_filter *filter, siamese_text id)
{
    return (!filter->include || has(&filter->included, id)) &&
           (!filter->exclude || !has(&filter->excluded, id));
}

siamese_id_filter *cli_row_filter_make(const cli_row_filter *filter,
                                       const siamese_items *items)
{
    const cli_strings *const ids =
        filter->include ? &filter->included : &filter->excluded;
    int32_t const mode =
        filter->include ? SIAMESE_FILTER_INCLUDE : SIAMESE_FILTER_EXCLUDE;
    siamese_id_filter *made = NULL;
    size_t count = 0;

    if (!filter->include && !filter->exclude) return NULL;
    siamese_text *const passing = cli_alloc(ids->count, sizeof *passing);
    for (size_t i = 0; i < ids->count; i++)
        if (!filter->include || cli_row_filter_passes(filter, ids->texts[i]))
            passing[count++] = ids->texts[i];
    cli_try(siamese_items_create_filter(&made, items, mode, NULL, passing,
                                        count, NULL));
    free(passing);
    return made;
}

void cli_row_filter_free(cli_row_filter *filter)
{
    cli_strings_free(&filter->included);
    cli_strings_free(&filter->excluded);
}
