/* exchange_ranks.h: ranks of one training as threads of a test, whose
 * all-gather is a copy between two barriers. */
#ifndef EXCHANGE_RANKS_H
#define EXCHANGE_RANKS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siamese/siamese.h>

#include "slow_machine.h"

enum { RANKS_MOST = 4, RANKS_TIME_OUT = 60, RANK_LOST = 7, RANKS_HANG = 99 };

/* The transport of so many ranks. A rank that leaves it is lost: gatherings
 * that wait for it fail, as after a time-out. */
typedef struct rank_net {
    pthread_mutex_t mutex;
    pthread_cond_t moved;
    size_t size, waiting, turns;
    bool lost;
    void *buffers[RANKS_MOST];
    size_t fail_rank, fail_call; /* that call from 1 fails there; 0: none */
    size_t calls[RANKS_MOST];
    size_t bytes; /* that the first rank got from the others */
    bool unequal; /* two ranks gave other counts */
    size_t counts[RANKS_MOST];
} rank_net;

typedef struct rank_end {
    rank_net *net;
    size_t rank;
} rank_end;

static inline void net_create(rank_net *net, size_t size)
{
    memset(net, 0, sizeof *net);
    net->size = size;
    pthread_mutex_init(&net->mutex, NULL);
    pthread_cond_init(&net->moved, NULL);
}

static inline void net_free(rank_net *net)
{
    pthread_cond_destroy(&net->moved);
    pthread_mutex_destroy(&net->mutex);
}

/* Under the mutex. Returns 0, RANK_LOST, or RANKS_HANG after the time-out. */
static inline int32_t net_wait(rank_net *net)
{
    struct timespec until;
    size_t const turn = net->turns;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += is_slow_machine() ? 10 * RANKS_TIME_OUT : RANKS_TIME_OUT;
    if (net->lost) return RANK_LOST;
    if (++net->waiting == net->size) {
        net->waiting = 0;
        net->turns++;
        pthread_cond_broadcast(&net->moved);
        return 0;
    }
    while (net->turns == turn && !net->lost)
        if (pthread_cond_timedwait(&net->moved, &net->mutex, &until) != 0)
            return RANKS_HANG;
    return net->turns == turn ? RANK_LOST : 0;
}

static inline void net_lose(rank_net *net)
{
    pthread_mutex_lock(&net->mutex);
    net->lost = true;
    pthread_cond_broadcast(&net->moved);
    pthread_mutex_unlock(&net->mutex);
}

static inline int32_t net_all_gather(void *context, void *buffer,
                                     const size_t *counts)
{
    const rank_end *const end = context;
    rank_net *const net = end->net;
    size_t const own = end->rank;
    size_t at = 0;
    if (++net->calls[own] == net->fail_call && own == net->fail_rank) {
        net_lose(net);
        return -5;
    }
    pthread_mutex_lock(&net->mutex);
    net->buffers[own] = buffer;
    if (net->waiting == 0)
        memcpy(net->counts, counts, net->size * sizeof *counts);
    else if (memcmp(net->counts, counts, net->size * sizeof *counts) != 0)
        net->unequal = true;
    int32_t failed = net_wait(net);
    pthread_mutex_unlock(&net->mutex);
    for (size_t r = 0; !failed && r < net->size; at += counts[r++])
        if (r != own && counts[r] > 0) {
            memcpy((char *)buffer + at, (char *)net->buffers[r] + at,
                   counts[r]);
            if (own == 0) net->bytes += counts[r];
        }
    pthread_mutex_lock(&net->mutex);
    if (!failed) failed = net_wait(net);
    pthread_mutex_unlock(&net->mutex);
    return failed;
}

/* ---- ranks ---- */

typedef struct rank_run {
    rank_end end;
    siamese_trainer *trainer; /* with the exchange of its rank */
    siamese_progress_fn progress;
    void *user;
    siamese_status status;
    char error[512];
    siamese_status (*call)(struct rank_run *run); /* NULL: fit */
    const size_t *rows;
    size_t row_count;
} rank_run;

static inline siamese_status rank_set(rank_run *run, rank_net *net, size_t rank)
{
    siamese_exchange exchange = {.struct_size = sizeof exchange};
    run->end = (rank_end){net, rank};
    exchange.rank = rank;
    exchange.size = net->size;
    exchange.context = &run->end;
    exchange.all_gather = net_all_gather;
    return siamese_trainer_set_exchange(run->trainer, &exchange);
}

static inline void *rank_main(void *argument)
{
    rank_run *const run = argument;
    run->error[0] = '\0';
    run->status =
        run->call ? run->call(run)
                  : siamese_trainer_fit(run->trainer, run->progress, run->user);
    if (run->status != SIAMESE_OK)
        snprintf(run->error, sizeof run->error, "%s", siamese_last_error());
    return NULL;
}

/* All ranks of the net at once, each on a thread. */
static inline void ranks_run(rank_run *runs, rank_net *net)
{
    pthread_t threads[RANKS_MOST];
    memset(net->calls, 0, sizeof net->calls);
    net->lost = false;
    net->waiting = 0;
    for (size_t r = 1; r < net->size; r++)
        if (pthread_create(&threads[r], NULL, rank_main, &runs[r]) != 0)
            abort();
    rank_main(&runs[0]);
    for (size_t r = 1; r < net->size; r++) pthread_join(threads[r], NULL);
}

#endif
