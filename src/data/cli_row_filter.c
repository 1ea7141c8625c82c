/* cli_row_filter.c: files of ids in, the items that a search may find out. For
 * search. */
#include "data/cli_row_filter.h"

#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "data/cli_id_integer.h"
#include "data/cli_reader.h"

/* A model that a host made may have integers for ids. */
static int has_integers(const siamese_items *items)
{
    siamese_items_info info = {.struct_size = sizeof info};

    cli_try(siamese_items_get_info(items, &info));
    return info.ids == SIAMESE_IDS_INTEGER;
}

/* Those of the texts that are integers, to be freed. */
static int64_t *integers_of(const siamese_text *ids, size_t *count)
{
    int64_t *const integers = cli_alloc(*count, sizeof *integers);
    size_t found = 0;

    for (size_t i = 0; i < *count; i++)
        found += cli_id_integer(ids[i], &integers[found]) != 0;
    *count = found;
    return integers;
}

static void read_ids(cli_strings *ids, const char *path)
{
    cli_reader *const reader = cli_reader_open(path, CLI_UTF8);
    const char *line;
    size_t size;

    while (cli_reader_next_text(reader, &line, &size))
        if (size > 0) cli_strings_add(ids, line, size);
    cli_reader_close(reader);
}

/* How many of the ids some item has. */
static size_t known_of(const siamese_items *items, const cli_strings *ids)
{
    size_t count = ids->count, known = 0;
    int64_t *const integers =
        has_integers(items) ? integers_of(ids->texts, &count) : NULL;
    int64_t *const rows = cli_alloc(count, sizeof *rows);

    cli_try(siamese_items_find(items, integers, integers ? NULL : ids->texts,
                               count, rows, count));
    for (size_t i = 0; i < count; i++) known += rows[i] >= 0;
    free(rows);
    free(integers);
    return known;
}

/* The file's ids; tells of those that no item has. */
static void read_file(cli_strings *ids, const char *path,
                      const siamese_items *items)
{
    if (!path) return;
    read_ids(ids, path);
    size_t const unknown = ids->count - known_of(items, ids);
    if (unknown > 0)
        cli_note("%s: no item has %zu of the %zu ids", path, unknown,
                 ids->count);
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

/* Those of the items that the files name. */
static siamese_id_filter *filter_of_files(const cli_row_filter *filter,
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
    int64_t *const integers =
        has_integers(items) ? integers_of(passing, &count) : NULL;
    cli_try(siamese_items_create_filter(
        &made, items, mode, integers, integers ? NULL : passing, count, NULL));
    free(integers);
    free(passing);
    return made;
}

siamese_status cli_row_filter_try(const cli_row_filter *filter,
                                  const siamese_items *items,
                                  siamese_id_filter **made, size_t *found)
{
    siamese_id_filter *const of_files = filter_of_files(filter, items);

    *made = of_files;
    if (!filter->where) return SIAMESE_OK;
    *made = NULL;
    siamese_status const status = siamese_items_create_where_filter(
        made, items, filter->where, of_files, found);
    siamese_id_filter_free(of_files);
    return status;
}

siamese_id_filter *cli_row_filter_make(const cli_row_filter *filter,
                                       const siamese_items *items)
{
    siamese_id_filter *made;
    size_t found = 0;
    siamese_status const status =
        cli_row_filter_try(filter, items, &made, &found);

    if (status == SIAMESE_E_NOT_FOUND)
        cli_usage_error("--%s; siamese index --column NAME keeps a column of "
                        "the data",
                        siamese_last_error());
    if (status == SIAMESE_E_MEMORY) cli_try(status);
    if (status) cli_usage_error("--%s", siamese_last_error());
    if (filter->where && found == 0) cli_note("--where: no item passes");
    return made;
}

void cli_row_filter_free(cli_row_filter *filter)
{
    cli_strings_free(&filter->included);
    cli_strings_free(&filter->excluded);
}
