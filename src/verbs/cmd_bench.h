/*
 * cmd_bench.h: the parts of siamese bench. Each measures one kind of work and
 * gives its figures as a JSON object; what was computed goes to the folder --out.
 */
#ifndef CMD_BENCH_H
#define CMD_BENCH_H

#include <jansson.h>

#include "data/cli_pairs.h"
#include "shell/cli_settings.h"

typedef struct bench_run {
    const char *out; /* folder, or NULL */
    const char *base, *query;
    size_t k, items;
    cli_pairs_source source;
    cli_library_options options;
} bench_run;

json_t *bench_train(const bench_run *run);
json_t *bench_encode(const bench_run *run);
json_t *bench_query(const bench_run *run);
json_t *bench_vocab(const bench_run *run);
json_t *bench_serve(const bench_run *run);
json_t *bench_search(const bench_run *run);

#endif
