/*
 * cmd_map.c: siamese map: from a model with an index to a page on which its
 * items are points.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_settings.h"
#include "model/cli_items_model.h"
#include "model/cli_model.h"
#include "report/report_map.h"
#include "report/report_pca.h"
#include "verbs/cmd_verbs.h"

typedef struct map_run {
    const char *model, *out, *color;
    cli_settings settings;
    cli_library_options options;
    siamese_items *items;
    float *vectors;
    size_t dim;
    double *numbers; /* of the column, if it is one of numbers */
    siamese_text *texts, *ids, *titles;
    char *text_bytes, *id_bytes, *title_bytes;
} map_run;

static const cli_option verb_options[] = {
    CLI_FILE("model", map_run, model, CLI_FILES_MODEL,
             "model with an index, as siamese index writes it"),
    CLI_FILE("out", map_run, out, "html", "page to write"),
    CLI_TEXT("color", map_run, color, "COLUMN",
             "of the items, which colours them: its most frequent texts, or "
             "numbers on a scale"),
    CLI_SET(map_run, settings), CLI_END};

/* ------------------------------------------------------------------------- */
/* Vectors                                                                   */
/* ------------------------------------------------------------------------- */

/* Of the items' rows, in their order. */
static void read_vectors(map_run *run, const siamese_index *index)
{
    size_t const count = siamese_items_count(run->items);
    int64_t *const rows = cli_alloc(count, sizeof *rows);
    siamese_index_info info = {.struct_size = sizeof info};

    cli_try(siamese_index_get_info(index, &info));
    cli_try(siamese_items_get_rows(run->items, rows, count, NULL));
    run->dim = info.dim;
    run->vectors = cli_alloc(count * info.dim, sizeof *run->vectors);
    for (size_t i = 0; i < count; i++)
        cli_try(siamese_index_reconstruct(
            index, rows[i], run->vectors + i * info.dim, info.dim));
    free(rows);
}

static void load(map_run *run)
{
    siamese_index *index;
    siamese_bundle *const bundle =
        cli_model_load(run->model, &run->options.load);

    run->items = cli_indexed_items(bundle, run->model, &index);
    if (siamese_items_count(run->items) == 0)
        cli_fail("%s has no items to show", run->model);
    read_vectors(run, index);
    siamese_index_free(index);
    siamese_bundle_free(bundle);
}

/* ------------------------------------------------------------------------- */
/* The column                                                                */
/* ------------------------------------------------------------------------- */

static _Noreturn void fail_column(const map_run *run, size_t count)
{
    char *names = cli_format("%s", "");

    for (size_t i = 0; i < count; i++) {
        siamese_column_info info = {.struct_size = sizeof info};
        cli_try(siamese_items_get_column(run->items, i, &info));
        char *const more =
            cli_format("%s%s%s", names, i > 0 ? ", " : "", info.name);
        free(names);
        names = more;
    }
    cli_usage_error("--color %s: the items have no such column%s%s; siamese "
                    "index --column %s keeps one of the data",
                    run->color, count > 0 ? ", but " : "", names, run->color);
}

/* A column of texts that are all numbers, as a field of numbers is kept. */
static int reads_numbers(map_run *run, size_t count)
{
    size_t known = 0;

    run->numbers = cli_alloc(count, sizeof *run->numbers);
    for (size_t i = 0; i < count; i++) {
        char *end;
        char *const text =
            cli_format("%.*s", (int)run->texts[i].size, run->texts[i].data);
        double const value = strtod(text, &end);
        int const is_number = *text && *end == '\0' && isfinite(value);
        int const is_empty = *text == '\0';
        free(text);
        if (!is_number && !is_empty) return 0;
        run->numbers[i] = is_number ? value : NAN;
        known += (size_t)is_number;
    }
    return known > 0;
}

static void read_texts(map_run *run, size_t count)
{
    run->texts = cli_items_texts(run->items, run->color, &run->text_bytes);
    if (reads_numbers(run, count)) return;
    free(run->numbers);
    run->numbers = NULL;
}

static void read_numbers(map_run *run, int32_t type, size_t count)
{
    unsigned char *const present = cli_alloc(count, 1);

    run->numbers = cli_alloc(count, sizeof *run->numbers);
    if (type == SIAMESE_COLUMN_NUMBER) {
        cli_try(siamese_items_get_numbers(run->items, run->color, NULL, count,
                                          run->numbers, count, present));
    } else {
        int64_t *const integers = cli_alloc(count, sizeof *integers);
        cli_try(siamese_items_get_integers(run->items, run->color, NULL, count,
                                           integers, count, present));
        for (size_t i = 0; i < count; i++)
            run->numbers[i] = (double)integers[i];
        free(integers);
    }
    for (size_t i = 0; i < count; i++)
        if (!present[i]) run->numbers[i] = NAN;
    free(present);
}

static void read_column(map_run *run)
{
    size_t const count = siamese_items_count(run->items);
    siamese_items_info info = {.struct_size = sizeof info};

    if (!run->color) return;
    cli_try(siamese_items_get_info(run->items, &info));
    for (size_t i = 0; i < info.columns; i++) {
        siamese_column_info column = {.struct_size = sizeof column};
        cli_try(siamese_items_get_column(run->items, i, &column));
        if (strcmp(column.name, run->color) != 0) continue;
        if (column.type == SIAMESE_COLUMN_TEXT)
            read_texts(run, count);
        else
            read_numbers(run, column.type, count);
        return;
    }
    fail_column(run, info.columns);
}

/* ------------------------------------------------------------------------- */
/* The page                                                                  */
/* ------------------------------------------------------------------------- */

static void write_map(map_run *run)
{
    size_t const count = siamese_items_count(run->items);
    double *const places = cli_alloc(2 * count, sizeof *places);
    report_map map = {.of = run->model,
                      .count = count,
                      .places = places,
                      .ids = run->ids,
                      .titles = run->titles,
                      .column = run->color,
                      .numbers = run->numbers,
                      .texts = run->texts};

    report_pca(run->vectors, count, run->dim, places, map.shares);
    report_map_write(cli_output_open(run->out), &map);
    cli_output_commit();
    cli_note("%zu items; the two dimensions hold %.1f %% and %.1f %% of the "
             "variance",
             count, 100 * map.shares[0], 100 * map.shares[1]);
    cli_note("wrote %s", cli_output_name(run->out));
    free(places);
}

static void free_run(map_run *run)
{
    siamese_items_free(run->items);
    cli_settings_free(&run->settings);
    free(run->vectors);
    free(run->numbers);
    free(run->texts);
    free(run->ids);
    free(run->titles);
    free(run->text_bytes);
    free(run->id_bytes);
    free(run->title_bytes);
}

static int run_map(const cli_verb *verb, int argc, char **argv)
{
    map_run run = {0};
    const cli_options tables[] = {{verb_options, &run}, {NULL, NULL}};

    run.settings.kinds = CLI_LOAD;
    cli_parse(verb, tables, argc, argv, 0);
    cli_require(run.model, "--model FILE");
    cli_require(run.out, "--out FILE.html");
    cli_settings_apply(&run.settings, NULL, &run.options);
    run.options.load.finished = 1;
    cli_output_check(run.out);
    load(&run);
    run.ids = cli_items_texts(run.items, "id", &run.id_bytes);
    run.titles = cli_items_texts(run.items, "title", &run.title_bytes);
    read_column(&run);
    write_map(&run);
    free_run(&run);
    return 0;
}

const cli_verb cmd_map = {
    .name = "map",
    .synopsis = "--model FILE --out FILE.html [options]",
    .summary = "draw the items of an index on a page",
    .about =
        "A page of one file, opened from disk, with a point for each item, by "
        "the\n"
        "first two principal components of the vectors. Titles show under the\n"
        "pointer; wheel and drag, two fingers, or the keys move about; a "
        "search\n"
        "marks what it finds. The same model gives the same page.",
    .example = "  siamese map --model m.siamese --color brand --out map.html",
    .run = run_map,
};
