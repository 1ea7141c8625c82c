/*
 * team.h: processes, ranks, that do one piece of work together. Each does its
 * own share of the tasks of a loop, and what they write is gathered, so that
 * every rank goes on with the bytes of a process that did all of it alone. The
 * bytes go by the host's exchange.
 *
 * Ranks call sm_team_run and sm_team_agree in the same order. One that fails
 * says so in its next agreement, whichever that is, and leaves; the others find
 * it there, and leave too.
 */
#ifndef SM_TEAM_H
#define SM_TEAM_H

#include <stdbool.h>
#include <string.h>

#include "common/pool.h"

/* A team of zeros has no other rank: what is done with it is done alone. */
typedef struct sm_team {
    siamese_exchange exchange;
    bool over;           /* of this run: a rank failed, or the exchange did */
    uint64_t agreements; /* of this run */
    size_t *counts;      /* [size]: bytes of each rank */
    size_t *equal;       /* [size]: the same where all have as many */
    size_t *loads;       /* [size]: work of each, or where its bytes begin */
    char *notes;         /* of an agreement, one a rank */
    uint32_t *owners;    /* [owners_capacity]: ranks of a loop's blocks */
    uint32_t *own;       /* [owners_capacity]: the blocks of this one */
    size_t owners_capacity;
    unsigned char *packed; /* [packed_capacity]: what does not stand together */
    size_t packed_capacity;
} sm_team;

/* Checks a host's struct, of the argument `name`. */
sm_status sm_team_create(sm_team *team, const siamese_exchange *exchange,
                         const char *name);
void sm_team_free(sm_team *team);

/* Whether there is an exchange, be it of one rank. */
bool sm_team_exists(const sm_team *team);

/* ---- a run ---- */

/* From here on the pool's sm_team_run are shared by the team, if it exists. */
void sm_team_begin(sm_team *team, sm_pool *pool);

/*
 * The end of a run: tells those who have not been told how it ended, and hears
 * how they did. Returns status, or, if that is SIAMESE_OK, the failure of
 * another rank.
 */
sm_status sm_team_end(sm_team *team, sm_pool *pool, sm_status status);

/*
 * Agrees that all ranks stand at the same place, `stamp`, and that none has
 * failed; without a team there is nothing to agree upon. Of a rank that failed
 * the others get its status, with its number and text.
 */
sm_status sm_team_agree(sm_team *team, uint64_t stamp);

/* all[size][count] receives own[count] of every rank. */
sm_status sm_team_share_numbers(sm_team *team, size_t count,
                                const uint64_t *own, uint64_t *all);

/* ---- a loop ---- */

typedef size_t (*sm_block_fn)(const void *context, size_t block);

/* Bytes that blocks write side by side: those of block b are first(b) *
 * width .. first(b + 1) * width - 1 of base. */
typedef struct sm_output {
    void *base;
    size_t width;
    sm_block_fn first;
} sm_output;

/*
 * Copies what a block has written to `packed`, or, if `back`, from there to its
 * place; returns how many bytes that is. packed NULL: no more than that.
 */
typedef size_t (*sm_pack_fn)(const void *context, size_t block,
                             unsigned char *packed, bool back);

typedef struct sm_team_loop {
    size_t blocks; /* each is one rank's */
    size_t tasks;  /* of a block: tasks b * tasks .. of the function */
    sm_task_fn task;
    void *context;    /* of all functions */
    sm_block_fn work; /* how long a block takes, in any unit; NULL: as long as
                       * any other */
    /* false: contiguous blocks go to each rank, and outputs are gathered where
     * they stand; true: the next block to the rank with the least work, and
     * what `pack` copies is gathered. */
    bool is_dealt;
    const sm_output *outputs;
    size_t output_count;
    sm_pack_fn pack; /* or NULL */
} sm_team_loop;

/* A part of what sm_pack_fn does: bytes that stand together. */
static inline size_t sm_pack(unsigned char *packed, bool back, void *place,
                             size_t bytes)
{
    if (packed && back)
        memcpy(place, packed, bytes);
    else if (packed)
        memcpy(packed, place, bytes);
    return bytes;
}

/*
 * Runs all tasks, as sm_pool_run does, or, of a pool with a team, this rank's;
 * then all ranks have the outputs of all. Which rank does a block follows from
 * blocks and work alone. Without outputs and pack nothing is gathered or
 * agreed upon.
 */
sm_status sm_team_run(sm_pool *pool, const sm_team_loop *loop);

/* Ranks of the pool's team; 1 without one. */
size_t sm_team_size(const sm_pool *pool);

/* Which of so many blocks, as long as each other, are this rank's in a loop
 * that is not dealt: first .. end - 1. */
void sm_team_part(const sm_pool *pool, size_t blocks, size_t *first,
                  size_t *end);

/*
 * The blocks of a loop that is not dealt which are this rank's, or all without
 * a team: first .. end - 1.
 */
sm_status sm_team_own_blocks(const sm_pool *pool, const sm_team_loop *loop,
                             size_t *first, size_t *end);

/* Gathers one more output of a loop that was run with `outputs`. */
sm_status sm_team_gather(sm_pool *pool, const sm_team_loop *loop,
                         const sm_output *output);

#endif
