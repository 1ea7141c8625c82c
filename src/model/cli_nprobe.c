/* cli_nprobe.c: a model and queries in, an nprobe that reaches the wanted
 * recall out. For index. */
#include "model/cli_nprobe.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_strings.h"
#include "data/cli_columns.h"
#include "data/cli_csv.h"
#include "data/cli_reader.h"
#include "model/cli_encode.h"

enum { MOST_QUERIES = 1000 };

/* Whether the model can encode queries. */
static int has_query_tower(const siamese_model *model)
{
    siamese_tower *tower = NULL;
    siamese_status const status = siamese_model_get_query_tower(model, &tower);

    siamese_tower_free(tower);
    return status == SIAMESE_OK;
}

/* Distinct queries of the data; none where it has no column of them. */
static void read_queries(cli_strings *queries, const cli_nprobe *nprobe,
                         const cli_items_source *source)
{
    if (strcmp(source->data, "-") == 0) return; /* it has been read */
    cli_csv *const csv =
        cli_csv_open(source->data, (cli_encoding){source->encoding, "encoding"},
                     &source->csv);
    int const column = cli_column_find(
        csv, CLI_ROLE_QUERY,
        (cli_column_wish){.named = nprobe->query_column, .is_optional = 1});
    const siamese_text *row;

    if (column >= 0) cli_csv_is_text(csv, column);
    while (column >= 0 && (row = cli_csv_next(csv)))
        cli_strings_add(queries, row[column].data, row[column].size);
    cli_csv_close(csv);
}

/* Place i of `wanted` among count, evenly spread. */
static size_t place(size_t i, size_t wanted, size_t count)
{
    return (size_t)((double)i * (double)count / (double)wanted);
}

static float *encode_some(const cli_strings *queries, size_t wanted,
                          const siamese_model *model)
{
    siamese_text *const texts = cli_alloc(wanted, sizeof *texts);

    for (size_t i = 0; i < wanted; i++)
        texts[i] = queries->texts[place(i, wanted, queries->count)];
    float *const vectors = cli_encode_all(cli_encoder_of(model, "query"),
                                          cli_rows_of_texts(texts, wanted));
    free(texts);
    return vectors;
}

static float *read_some(const siamese_index *index, size_t count, size_t wanted,
                        size_t dim)
{
    float *const some = cli_alloc(wanted * dim, sizeof *some);

    for (size_t i = 0; i < wanted; i++)
        cli_try(siamese_index_reconstruct(
            index, (int64_t)place(i, wanted, count), some + i * dim, dim));
    return some;
}

void cli_nprobe_tune(cli_nprobe *nprobe, siamese_index *index,
                     const cli_items_source *source, const siamese_model *model)
{
    siamese_index_info info = {.struct_size = sizeof info};
    cli_strings queries = {0};
    size_t lists = 0;

    cli_try(siamese_index_get_info(index, &info));
    if (has_query_tower(model)) read_queries(&queries, nprobe, source);
    size_t const count = queries.count ? queries.count : info.count;
    nprobe->queries = count < MOST_QUERIES ? count : MOST_QUERIES;
    float *const sample =
        queries.count ? encode_some(&queries, nprobe->queries, model)
                      : read_some(index, count, nprobe->queries, info.dim);
    cli_progress_draw("nprobe", 0, "searches");
    cli_try(siamese_index_tune_nprobe(index, sample, nprobe->queries, nprobe->k,
                                      nprobe->wanted, &lists,
                                      &nprobe->reached));
    cli_progress_clear();
    /* One list is exact; of more, made by a later training, one would not
     * do. */
    if (info.nlist > 1) cli_try(siamese_index_set_nprobe(index, lists));
    free(sample);
    cli_strings_free(&queries);
}
