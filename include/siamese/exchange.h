/*
 * exchange.h: how the processes of one training exchange bytes.
 *
 * Data-parallel training runs one process, a rank, per machine or per part of a
 * machine. The library has no transport: the host brings one, such as MPI, NCCL
 * or Gloo, as a callback. examples/07_mpi.c does so with MPI, and
 * docs/training.md says what goes through it.
 */
#ifndef LIBSIAMESE_EXCHANGE_H
#define LIBSIAMESE_EXCHANGE_H

#include <siamese/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Gathers bytes of all ranks. The buffer holds the parts of all ranks one
 * behind the other: that of rank r has counts[r] bytes, some of them 0, and
 * begins where those of the ranks below it end. On entry the rank's own part is
 * filled; on return all parts are, and the own part is as it was. That is
 * MPI_Allgatherv with MPI_IN_PLACE, a group of ncclBroadcast with one root
 * after the other, or Gloo's allgatherv.
 *   context  as in siamese_exchange
 *   buffer   of as many bytes as the counts together
 *   counts   [size], the same on every rank
 * Returns 0, or another number if it failed: a rank that is lost must make it
 * fail, after the transport's time-out, not wait for ever. It is called on the
 * thread that trains, and must not call the trainer.
 */
typedef int32_t (*siamese_all_gather_fn)(void *context, void *buffer,
                                         const size_t *counts);

/* A rank's place among the others, and its way to them. */
typedef struct siamese_exchange {
    size_t struct_size;
    size_t rank;   /* of this process: 0 .. size - 1 */
    size_t size;   /* ranks that train together: 1 .. 65536 */
    void *context; /* is handed to all_gather; may be NULL */
    siamese_all_gather_fn all_gather;
} siamese_exchange;

#ifdef __cplusplus
}
#endif

#endif
