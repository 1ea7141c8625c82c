/*
 * cmd_embed.c: siamese embed: from a model and a file of items or queries, or
 * one text, to vectors as .npy.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_progress.h"
#include "shell/cli_settings.h"
#include "shell/cli_strings.h"
#include "data/cli_columns.h"
#include "data/cli_csv.h"
#include "data/cli_data_options.h"
#include "data/cli_entities.h"
#include "data/cli_ids_npy.h"
#include "data/cli_items.h"
#include "data/cli_items_file.h"
#include "data/cli_npy.h"
#include "data/cli_reader.h"
#include "model/cli_encode.h"
#include "model/cli_items_model.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "verbs/cmd_verbs.h"

typedef struct embed_run {
    const char *model, *side, *out, *ids, *text, *query_column;
    int prints_json;
    cli_items_source source;
    cli_settings settings;
    cli_library_options options;
    cli_encoder encoder;
    const char *trained_query;
    size_t rows;
} embed_run;

static const cli_option verb_options[] = {
    CLI_FILE("model", embed_run, model, CLI_FILES_MODEL, "model to read"),
    CLI_FILE("data", embed_run, source.data, CLI_FILES_CSV,
             "texts, as CSV; - is stdin"),
    CLI_TEXT("side", embed_run, side, "item|query",
             "whose texts and tower; default item"),
    CLI_FILE("out", embed_run, out, CLI_FILES_NPY,
             "vectors, float32 .npy [rows][dim]"),
    CLI_FILE("ids", embed_run, ids, CLI_FILES_NPY,
             "ids of the items, .npy: int64, or str if one is no integer"),
    CLI_TEXT("text", embed_run, text, "TEXT",
             "print the vector of this text instead"),
    CLI_ENCODING(embed_run, source.encoding),
    CLI_ITEM_COLUMNS(embed_run, source),
    CLI_ITEM_FIELDS(embed_run, source),
    CLI_TEXT("query-column", embed_run, query_column, "NAME",
             "column of queries"),
    CLI_CSV(embed_run, source.csv),
    CLI_THREADS(embed_run, settings),
    CLI_SET(embed_run, settings),
    CLI_FLAG("json", embed_run, prints_json,
             "print rows, dim and seconds, or the vector, as JSON"),
    CLI_FIGURES_AS_CSV(embed_run, prints_json),
    CLI_END};

static void parse(embed_run *run, const cli_verb *verb, int argc, char **argv)
{
    cli_items_source *const s = &run->source;
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};

    run->settings.kinds = CLI_LOAD;
    run->side = "item";
    cli_parse(verb, tables, argc, argv, 0);
    cli_require(run->model, "--model FILE");
    if (strcmp(run->side, "item") != 0 && strcmp(run->side, "query") != 0)
        cli_usage_error("--side %s: item or query is expected", run->side);
    if (run->text) {
        cli_check_utf8("--text", run->text);
        return;
    }
    cli_require(s->data, "--data FILE (or --text TEXT)");
    cli_require(run->out, "--out FILE");
    if (run->ids && strcmp(run->side, "item") != 0)
        cli_usage_error("--ids is for --side item");
    if (strcmp(run->out, "-") == 0 && run->prints_json)
        cli_usage_error("--out - takes standard output for itself: no --json");
}

static void print_vector(const embed_run *run)
{
    siamese_text const text =
        cli_entities_copy((siamese_text){run->text, strlen(run->text)},
                          cli_entities_are_decoded(run->source.csv.entities));
    float *const vector =
        cli_encode_all(run->encoder, cli_rows_of_texts(&text, 1));
    json_t *const array = json_array();

    for (size_t i = 0; i < run->encoder.dim; i++) {
        if (run->prints_json)
            json_array_append_new(array, json_real((double)vector[i]));
        else
            printf("%s%.9g", i ? " " : "", (double)vector[i]);
    }
    if (run->prints_json)
        cli_json_print(array);
    else
        putchar('\n'), json_decref(array);
    free((void *)(uintptr_t)text.data);
    free(vector);
}

typedef struct vector_file {
    FILE *stream;
    size_t dim;
} vector_file;

static void write_vectors(void *user, size_t first, size_t n,
                          const float *vectors)
{
    vector_file *const file = user;

    (void)first;
    cli_output_write(file->stream, vectors, n * file->dim * sizeof *vectors);
}

static void embed(embed_run *run, cli_rows rows)
{
    vector_file file = {.dim = run->encoder.dim};
    size_t const shape[2] = {rows.count, file.dim};

    file.stream = cli_output_open(run->out);
    cli_npy_write_header(file.stream, "<f4", shape, 2);
    cli_encode(run->encoder, rows, write_vectors, &file);
    run->rows = rows.count;
}

static void embed_items(embed_run *run)
{
    cli_items items = {0};

    cli_items_read(&items, &run->source);
    embed(run, cli_rows_of_items(&items));
    if (run->ids) cli_ids_npy_write(run->ids, &items);
    cli_output_commit();
    cli_items_free(&items);
}

/* Every row keeps its place; equal queries share their bytes. */
static void embed_queries(embed_run *run)
{
    const cli_items_source *const s = &run->source;
    cli_csv *const csv =
        cli_csv_open(s->data, (cli_encoding){s->encoding, "encoding"}, &s->csv);
    int const column =
        cli_column_find(csv, CLI_ROLE_QUERY,
                        (cli_column_wish){.named = run->query_column,
                                          .trained = run->trained_query});
    cli_strings distinct = {0};
    siamese_text *texts = NULL;
    size_t count = 0, capacity = 0;
    const siamese_text *row;

    cli_csv_is_text(csv, column);
    while ((row = cli_csv_next(csv))) {
        size_t const number =
            cli_strings_add(&distinct, row[column].data, row[column].size);
        texts = cli_grow(texts, count, &capacity, sizeof *texts);
        texts[count++] = distinct.texts[number];
    }
    if (count == 0)
        cli_fail("%s: there is no row below the header", cli_csv_name(csv));
    cli_csv_close(csv);
    embed(run, cli_rows_of_texts(texts, count));
    cli_output_commit();
    free(texts);
    cli_strings_free(&distinct);
}

static int run_embed(const cli_verb *verb, int argc, char **argv)
{
    embed_run run = {0};
    double const begin = cli_seconds();

    parse(&run, verb, argc, argv);
    cli_settings_apply(&run.settings, NULL, &run.options);
    if (run.out && !run.text) cli_output_check(run.out);
    if (run.ids) cli_output_check(run.ids);
    run.options.load.finished = 1;
    siamese_bundle *const bundle = cli_model_load(run.model, &run.options.load);
    json_t *const notes = cli_notes_load(bundle);
    run.source.csv.entities =
        cli_notes_entities(notes, run.source.csv.entities);
    run.trained_query = cli_notes_column(notes, CLI_ROLE_QUERY);
    if (!run.text && strcmp(run.side, "item") == 0)
        cli_items_source_load(&run.source, bundle, notes);
    siamese_model *const model = cli_model_of(bundle);
    siamese_bundle_free(bundle);
    run.encoder = cli_encoder_of(model, run.side);

    if (run.text)
        print_vector(&run);
    else if (strcmp(run.side, "item") == 0)
        embed_items(&run);
    else
        embed_queries(&run);
    double const seconds = cli_seconds() - begin;
    if (!run.text && run.prints_json)
        cli_json_print(json_pack(
            "{s:I, s:I, s:f, s:s}", "rows", (json_int_t)run.rows, "dim",
            (json_int_t)run.encoder.dim, "seconds", seconds, "out", run.out));
    else if (!run.text)
        cli_note("wrote %zu vectors of %zu numbers to %s in %.2f s", run.rows,
                 run.encoder.dim, cli_output_name(run.out), seconds);
    cli_items_source_free(&run.source);
    siamese_model_free(model);
    json_decref(notes);
    cli_settings_free(&run.settings);
    return 0;
}

const cli_verb cmd_embed = {
    .name = "embed",
    .synopsis = "--model FILE --data FILE --out FILE [options]",
    .summary = "write the vectors of items or queries as a .npy file",
    .about = "Items: each distinct (id, title) once, first seen first. "
             "Queries: every\n"
             "row, in order. --text prints one vector and needs no --data.",
    .often = "model data side out ids text encoding item-column id-column "
             "query-column threads json set",
    .example =
        "  siamese embed --model m.siamese --data items.csv --out items.npy "
        "--ids ids.npy\n"
        "  siamese embed --model m.siamese --side query --text 'standing desk'",
    .details = CLI_COLUMN_HELP,
    .run = run_embed,
};
