/* cli_encode.c: texts and a model in, vectors out, block by block with
 * progress. For embed, index and eval. */
#include "model/cli_encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"

enum { BLOCK = 4096 };

static int32_t side_of(const char *side)
{
    if (strcmp(side, "item") == 0) return SIAMESE_SIDE_ITEM;
    if (strcmp(side, "query") != 0)
        cli_usage_error("--side %s: item or query is expected", side);
    return SIAMESE_SIDE_QUERY;
}

static void check_tower(siamese_status status, const char *side)
{
    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("the model has no %s tower", side);
    cli_try(status);
}

siamese_tower *cli_encode_tower(const siamese_bundle *bundle, const char *side)
{
    siamese_tower *tower;

    check_tower(side_of(side) == SIAMESE_SIDE_ITEM
                    ? siamese_bundle_get_item_tower(bundle, &tower)
                    : siamese_bundle_get_query_tower(bundle, &tower),
                side);
    return tower;
}

cli_encoder cli_encoder_of(const siamese_model *model, const char *side)
{
    cli_encoder encoder = {model, side_of(side), 0};
    siamese_tower *tower;

    check_tower(encoder.side == SIAMESE_SIDE_ITEM
                    ? siamese_model_get_item_tower(model, &tower)
                    : siamese_model_get_query_tower(model, &tower),
                side);
    encoder.dim = siamese_tower_dim(tower);
    siamese_tower_free(tower);
    return encoder;
}

static void draw(size_t done, size_t count, double begin)
{
    char details[64];
    double const seconds = cli_seconds() - begin;

    snprintf(details, sizeof details, "%zu/%zu  %.0f texts/s", done, count,
             seconds > 0 ? (double)done / seconds : 0.0);
    cli_progress_draw("encode", (double)done / (double)count, details);
}

static void item_row(const void *items, size_t i, siamese_text *texts)
{
    cli_items_fields(items, i, texts);
}

cli_rows cli_rows_of_items(const cli_items *items)
{
    return (cli_rows){cli_items_count(items), 1 + items->further, item_row,
                      items};
}

static void text_row(const void *texts, size_t i, siamese_text *row)
{
    *row = ((const siamese_text *)texts)[i];
}

cli_rows cli_rows_of_texts(const siamese_text *texts, size_t count)
{
    return (cli_rows){count, 1, text_row, texts};
}

void cli_encode(cli_encoder encoder, cli_rows rows, cli_vectors_fn take,
                void *user)
{
    size_t const room = BLOCK * encoder.dim;
    siamese_text *const block = cli_alloc(BLOCK * rows.fields, sizeof *block);
    float *const vectors = cli_resize(NULL, room, sizeof *vectors);
    double const begin = cli_seconds();

    for (size_t first = 0; first < rows.count; first += BLOCK) {
        size_t const left = rows.count - first;
        size_t const n = left < BLOCK ? left : BLOCK;
        for (size_t i = 0; i < n; i++)
            rows.row(rows.user, first + i, block + i * rows.fields);
        cli_try(siamese_model_encode(encoder.model, encoder.side, block, n,
                                     rows.fields, vectors, room));
        take(user, first, n, vectors);
        draw(first + n, rows.count, begin);
    }
    cli_progress_clear();
    free(block);
    free(vectors);
}

typedef struct gathering {
    float *vectors;
    size_t dim;
} gathering;

static void gather(void *user, size_t first, size_t n, const float *vectors)
{
    gathering *const g = user;

    memcpy(g->vectors + first * g->dim, vectors, n * g->dim * sizeof *vectors);
}

float *cli_encode_all(cli_encoder encoder, cli_rows rows)
{
    gathering g = {.dim = encoder.dim};
    size_t numbers;

    if (__builtin_mul_overflow(rows.count, g.dim, &numbers))
        cli_fail("%zu vectors of %zu numbers are too many", rows.count, g.dim);
    g.vectors = cli_resize(NULL, numbers, sizeof *g.vectors);
    cli_encode(encoder, rows, gather, &g);
    return g.vectors;
}
