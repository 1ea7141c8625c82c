/* benchmark_model.c: settings and data in, a fresh model out, and files of what
 * it computed. For the workloads. */
#include "benchmark/benchmark_model.h"

#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_progress.h"
#include "shell/cli_settings.h"
#include "shell/cli_strings.h"
#include "shell/cli_times.h"
#include "data/cli_items.h"
#include "data/cli_npy.h"
#include "data/cli_pairs_file.h"
#include "model/cli_fresh_model.h"
#include "model/cli_model.h"
#include "model/cli_pairs_model.h"

enum { ENCODE_RUNS = 5, QUERY_CALLS = 5000, WARM_CALLS = 100 };

siamese_trainer *benchmark_trainer(const benchmark_run *run,
                                   const cli_pairs *pairs)
{
    siamese_vocab *const vocab = cli_vocab_of(pairs, NULL, &run->options.vocab);
    siamese_model *const model =
        cli_fresh_model(pairs, vocab, NULL, &run->options);
    siamese_trainer *trainer;

    siamese_vocab_free(vocab);
    cli_pairs_prepare(pairs, model);
    cli_try(siamese_model_get_trainer(model, &trainer));
    siamese_model_free(model);
    return trainer;
}

siamese_tower *benchmark_tower(const benchmark_run *run, const cli_pairs *pairs)
{
    siamese_trainer *const trainer = benchmark_trainer(run, pairs);
    siamese_tower *tower;

    cli_try(siamese_trainer_snapshot(trainer, NULL, &tower));
    siamese_trainer_free(trainer);
    return tower;
}

siamese_model *benchmark_model_of(siamese_tower *tower)
{
    siamese_bundle *bundle;

    cli_try(siamese_bundle_create(&bundle));
    cli_try(siamese_bundle_set_query_tower(bundle, tower));
    cli_try(siamese_bundle_set_item_tower(bundle, tower));
    siamese_model *const model = cli_model_of(bundle);
    siamese_bundle_free(bundle);
    return model;
}

json_t *benchmark_shape(const benchmark_run *run)
{
    const cli_library_options *const o = &run->options;

    return json_pack(
        "{s:I, s:I, s:I, s:I, s:i}", "embed",
        (json_int_t)o->tower.embedding_dim, "units", (json_int_t)o->tower.units,
        "vocab", (json_int_t)o->vocab.max_tokens, "length",
        (json_int_t)o->vocab.sequence_length, "threads", (int)o->tower.threads);
}

void benchmark_write(const benchmark_run *run, const char *name,
                     const float *values, size_t rows, size_t columns)
{
    size_t const shape[2] = {rows, columns};

    if (!run->out) return;
    char *const path = cli_format("%s/%s.npy", run->out, name);
    cli_npy_write(path, values, shape, columns ? 2 : 1);
    free(path);
}

void benchmark_write_ids(const benchmark_run *run, const int64_t *ids,
                         size_t rows, size_t columns)
{
    size_t const shape[2] = {rows, columns};

    if (!run->out) return;
    char *const path = cli_format("%s/ids.npy", run->out);
    FILE *const stream = cli_output_open(path);
    cli_npy_write_header(stream, "<i8", shape, 2);
    cli_output_write(stream, ids, rows * columns * sizeof *ids);
    free(path);
}

json_t *benchmark_encode(const benchmark_run *run)
{
    cli_pairs pairs = {0};
    cli_times times = {0};

    cli_pairs_read(&pairs, &run->source);
    siamese_tower *const tower = benchmark_tower(run, &pairs);
    size_t const count = cli_items_count(&pairs.items);
    size_t const dim = siamese_tower_dim(tower);
    siamese_text *const titles = cli_alloc(count, sizeof *titles);
    float *const vectors = cli_alloc(count * dim, sizeof *vectors);
    for (size_t i = 0; i < count; i++)
        titles[i] = cli_items_title(&pairs.items, i);
    for (size_t i = 0; i < ENCODE_RUNS; i++) {
        double const begin = cli_seconds();
        cli_try(siamese_tower_encode(tower, titles, count, 1, vectors,
                                     count * dim));
        cli_times_add(&times, cli_seconds() - begin);
        cli_progress_draw("encode", (double)(i + 1) / ENCODE_RUNS, "");
    }
    cli_progress_clear();
    benchmark_write(run, "embedding", vectors, count, dim);
    double const median = cli_times_quantile(&times, 0.5);
    json_t *const figures = json_pack(
        "{s:s, s:o, s:I, s:f, s:f}", "bench", "encode", "config",
        benchmark_shape(run), "items", (json_int_t)count, "items_per_s",
        (double)count / median, "seconds_median", median);
    cli_times_free(&times);
    free(titles);
    free(vectors);
    siamese_tower_free(tower);
    cli_pairs_free(&pairs);
    return figures;
}

/* Each distinct query at least once, so that all vectors are there to write. */
json_t *benchmark_query(const benchmark_run *run)
{
    cli_pairs pairs = {0};
    cli_times times = {0};

    cli_pairs_read(&pairs, &run->source);
    siamese_tower *const tower = benchmark_tower(run, &pairs);
    const cli_strings *const queries = &pairs.queries;
    size_t const count = queries->count;
    size_t const dim = siamese_tower_dim(tower);
    size_t const calls = count > QUERY_CALLS ? count : QUERY_CALLS;
    float *const vectors = cli_alloc(count * dim, sizeof *vectors);
    for (size_t i = 0; i < WARM_CALLS + calls; i++) {
        size_t const query = i % count;
        double const begin = cli_seconds();
        cli_try(siamese_tower_encode(tower, &queries->texts[query], 1, 1,
                                     vectors + query * dim, dim));
        if (i >= WARM_CALLS) cli_times_add(&times, cli_seconds() - begin);
    }
    benchmark_write(run, "embedding", vectors, count, dim);
    json_t *const figures =
        json_pack("{s:s, s:o, s:I, s:I, s:f, s:f}", "bench", "query", "config",
                  benchmark_shape(run), "queries", (json_int_t)count, "calls",
                  (json_int_t)times.count, "query_us_median",
                  1e6 * cli_times_quantile(&times, 0.5), "query_us_p99",
                  1e6 * cli_times_quantile(&times, 0.99));
    cli_times_free(&times);
    free(vectors);
    siamese_tower_free(tower);
    cli_pairs_free(&pairs);
    return figures;
}
