/*
 * benchmark.h: the workloads of siamese bench: train, encode, query, vocab,
 * serve, search and stages. Each takes what the user asked for, measures one
 * kind of work, and gives its figures as a JSON object; what was computed goes
 * to the folder --out. cmd_bench.c calls them. (The folder bench/ of the
 * project is another thing: scripts that run the whole command and compare.)
 */
#ifndef BENCHMARK_H
#define BENCHMARK_H

#include <jansson.h>

#include "shell/cli_settings.h"
#include "data/cli_pairs_file.h"

typedef struct benchmark_run {
    const char *out; /* folder, or NULL */
    const char *base, *query, *model;
    size_t k, items;
    cli_pairs_source source;
    cli_library_options options;
} benchmark_run;

json_t *benchmark_train(const benchmark_run *run);
json_t *benchmark_encode(const benchmark_run *run);
json_t *benchmark_query(const benchmark_run *run);
json_t *benchmark_vocab(const benchmark_run *run);
json_t *benchmark_serve(const benchmark_run *run);
json_t *benchmark_search(const benchmark_run *run);
json_t *benchmark_stages(const benchmark_run *run);

#endif
