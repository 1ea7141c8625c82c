/* bench_text.h: a fresh model of the given shape and data, for the benchmarks. */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include "verbs/cmd_bench.h"

/* A vocabulary of the pairs and a tower that is not trained; to be freed. */
siamese_tower *bench_tower(const bench_run *run, const cli_pairs *pairs);

/* The shape, so that figures say what they are of. */
json_t *bench_shape(const bench_run *run);

/* FOLDER/NAME.npy, if there is a folder. */
void bench_write(const bench_run *run, const char *name, const float *values,
                 size_t rows, size_t columns);

/* FOLDER/ids.npy, if there is a folder. */
void bench_write_ids(const bench_run *run, const int64_t *ids, size_t rows,
                     size_t columns);

#endif
