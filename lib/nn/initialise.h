/* initialise.h: Keras 2.15's initialisers, with our own random numbers, and
 * normal ones for tables that grow. */
#ifndef SM_INITIALISE_H
#define SM_INITIALISE_H

#include "common/rng.h"
#include "nn/parameter_list.h"

/* Embedding: U(-0.05, 0.05). */
void sm_initialise_uniform(sm_parameter *p, sm_rng *rng, double limit);

/* N(0, stddev^2). A row of [rows][columns] is a function of seed and row, so
 * that a table that has grown begins like one that was made as large. */
void sm_initialise_normal_rows(sm_parameter *p, uint64_t seed, double stddev);

/* An embedding: stddev as above, or 0: Keras's. */
void sm_initialise_embedding(sm_parameter *p, uint64_t seed, double stddev);

/* Glorot and Bengio 2010: U(-l, l), l = sqrt(6 / (fan_in + fan_out)), of a
 * matrix [fan_in][fan_out]. */
void sm_initialise_glorot_uniform(sm_parameter *p, sm_rng *rng);

/* Saxe et al. 2013: a matrix [rows][columns], rows <= columns, of orthonormal
 * rows. */
sm_status sm_initialise_orthogonal(sm_parameter *p, sm_rng *rng);

/* LSTM bias [4 units]: 0, but 1 for the forget gate (Jozefowicz et al.
 * 2015). */
void sm_initialise_forget_bias(sm_parameter *p);

#endif
