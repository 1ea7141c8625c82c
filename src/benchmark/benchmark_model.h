/*
 * benchmark_model.h: what the workloads share: a fresh model of the shape and
 * data that were asked for, and the files of what was computed.
 */
#ifndef BENCHMARK_MODEL_H
#define BENCHMARK_MODEL_H

#include "data/cli_pairs.h"
#include "benchmark/benchmark.h"

/* A trainer that has done no step, with the pairs and a vocabulary of them; to
 * be freed. */
siamese_trainer *benchmark_trainer(const benchmark_run *run,
                                   const cli_pairs *pairs);

/* Its tower; to be freed. */
siamese_tower *benchmark_tower(const benchmark_run *run,
                               const cli_pairs *pairs);

/* The same tower as a model of both sides; to be freed. */
siamese_model *benchmark_model_of(siamese_tower *tower);

/* The shape, so that figures say what they are of. */
json_t *benchmark_shape(const benchmark_run *run);

/* FOLDER/NAME.npy, if there is a folder. */
void benchmark_write(const benchmark_run *run, const char *name,
                     const float *values, size_t rows, size_t columns);

/* FOLDER/ids.npy, if there is a folder. */
void benchmark_write_ids(const benchmark_run *run, const int64_t *ids,
                         size_t rows, size_t columns);

#endif
