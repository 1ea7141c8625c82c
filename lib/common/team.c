/* team.c: a loop and a host's exchange in, its outputs on all ranks out. For
 * the passes of training; train/together.c begins and ends a run. */
#include "common/team.h"

#include <stdio.h>
#include <string.h>

#include "common/cancel.h"
#include "common/hash.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"

/* Ranks of a team at the most; bytes of a note. */
enum { MOST_RANKS = 65536, NOTE_SIZE = 256 };

/* The stamp of the end of a run; those of loops are hashes. */
#define END_STAMP UINT64_C(0x656e64)

/* What a rank says in an agreement. */
typedef struct note {
    uint64_t agreements, stamp;
    int64_t status;
} note;

/* ---- the team ---- */

sm_status sm_team_create(sm_team *team, const siamese_exchange *exchange,
                         const char *name)
{
    sm_team made = {.over = false};
    siamese_exchange *const e = &made.exchange;
    SM_RETURN_IF_ERROR(sm_struct_read(e, sizeof *e, exchange, name));
    SM_REQUIRE(e->size >= 1 && e->size <= MOST_RANKS, SIAMESE_E_ARGUMENT,
               "%s: size %zu is not in 1 .. %d", name, e->size, MOST_RANKS);
    SM_REQUIRE(e->rank < e->size, SIAMESE_E_ARGUMENT,
               "%s: rank %zu is not below size %zu", name, e->rank, e->size);
    SM_REQUIRE(e->all_gather != NULL, SIAMESE_E_ARGUMENT,
               "%s: all_gather is NULL", name);
    made.counts = sm_alloc_array(e->size, sizeof *made.counts);
    made.equal = sm_alloc_array(e->size, sizeof *made.equal);
    made.loads = sm_alloc_array(e->size, sizeof *made.loads);
    made.notes = sm_alloc_array(e->size, NOTE_SIZE);
    if (!made.counts || !made.equal || !made.loads || !made.notes) {
        sm_team_free(&made);
        return sm_fail_memory();
    }
    *team = made;
    return SIAMESE_OK;
}

void sm_team_free(sm_team *team)
{
    sm_free(team->counts);
    sm_free(team->equal);
    sm_free(team->loads);
    sm_free(team->notes);
    sm_free(team->owners);
    sm_free(team->own);
    sm_free(team->packed);
    *team = (sm_team){.over = false};
}

bool sm_team_exists(const sm_team *team)
{
    return team->exchange.size > 0;
}

/* ---- the exchange ---- */

/* Gathers counts[] bytes of each rank. */
static sm_status all_gather(sm_team *team, void *buffer, const size_t *counts)
{
    const siamese_exchange *const e = &team->exchange;
    /* what the host does meanwhile with other handles is its own */
    const atomic_int *const watched = sm_cancel_watch(NULL);
    int32_t const failed = e->all_gather(e->context, buffer, counts);
    sm_cancel_watch(watched);
    if (failed == 0) return SIAMESE_OK;
    team->over = true;
    return sm_fail(SIAMESE_E_IO,
                   "the exchange's all_gather failed on rank %zu of %zu: it "
                   "returned %d; a rank may be lost",
                   e->rank, e->size, (int)failed);
}

/* The same of as many bytes of every rank. */
static sm_status gather_equal(sm_team *team, void *buffer, size_t bytes)
{
    for (size_t r = 0; r < team->exchange.size; r++) team->equal[r] = bytes;
    return all_gather(team, buffer, team->equal);
}

sm_status sm_team_share_numbers(sm_team *team, size_t count,
                                const uint64_t *own, uint64_t *all)
{
    memcpy(all + team->exchange.rank * count, own, count * sizeof *own);
    return gather_equal(team, all, count * sizeof *own);
}

/* ---- agreements ---- */

static note note_of(const sm_team *team, size_t rank)
{
    note said;
    memcpy(&said, team->notes + rank * sizeof said, sizeof said);
    return said;
}

/* A rank has failed: all hear of it in words. The failure is this rank's own,
 * or that of the first that has one. */
static sm_status hear_failure(sm_team *team, sm_status own, size_t failed)
{
    sm_status const status =
        own != SIAMESE_OK ? own : (sm_status)note_of(team, failed).status;
    size_t const rank = team->exchange.rank;
    char *const text = team->notes + rank * NOTE_SIZE;
    char words[NOTE_SIZE] = "";
    if (own != SIAMESE_OK)
        snprintf(words, sizeof words, "%s", siamese_last_error());
    memcpy(text, words, sizeof words);
    team->over = true;
    sm_status const heard = gather_equal(team, team->notes, NOTE_SIZE);
    if (own != SIAMESE_OK) return sm_fail(own, "%s", words);
    if (heard != SIAMESE_OK)
        return sm_fail(status, "rank %zu has failed", failed);
    char *const other = team->notes + failed * NOTE_SIZE;
    other[NOTE_SIZE - 1] = '\0';
    return sm_fail(status, "rank %zu: %s", failed, other);
}

static sm_status agree(sm_team *team, sm_status own, uint64_t stamp)
{
    const siamese_exchange *const e = &team->exchange;
    note const said = {team->agreements++, stamp, own};
    char words[NOTE_SIZE] = "";
    if (own != SIAMESE_OK)
        snprintf(words, sizeof words, "%s", siamese_last_error());
    memcpy(team->notes + e->rank * sizeof said, &said, sizeof said);
    sm_status const status = gather_equal(team, team->notes, sizeof said);
    if (own != SIAMESE_OK) (void)sm_fail(own, "%s", words);
    if (status != SIAMESE_OK) return own != SIAMESE_OK ? own : status;
    for (size_t r = 0; r < e->size; r++)
        if (note_of(team, r).status != SIAMESE_OK)
            return hear_failure(team, own, r);
    for (size_t r = 1; r < e->size; r++) {
        note const first = note_of(team, 0), other = note_of(team, r);
        if (other.stamp == first.stamp && other.agreements == first.agreements)
            continue;
        team->over = true;
        return sm_fail(SIAMESE_E_STATE,
                       "rank %zu does other work than rank 0: their calls, "
                       "options or pairs differ",
                       r);
    }
    return SIAMESE_OK;
}

sm_status sm_team_agree(sm_team *team, uint64_t stamp)
{
    return sm_team_exists(team) ? agree(team, SIAMESE_OK, stamp) : SIAMESE_OK;
}

/* ---- a run ---- */

void sm_team_begin(sm_team *team, sm_pool *pool)
{
    team->over = false;
    team->agreements = 0;
    sm_pool_set_team(pool, sm_team_exists(team) ? team : NULL);
}

sm_status sm_team_end(sm_team *team, sm_pool *pool, sm_status status)
{
    sm_pool_set_team(pool, NULL);
    if (!sm_team_exists(team) || team->over) return status;
    return agree(team, status, END_STAMP);
}

/* ---- who does which block ---- */

static size_t work_of(const sm_team_loop *loop, size_t block)
{
    return loop->work ? loop->work(loop->context, block) + 1 : 1;
}

/* Contiguous blocks: a block is of the rank in whose share of the work its
 * middle lies. */
static size_t rank_at(const sm_team *team, uint64_t before, uint64_t work,
                      uint64_t total)
{
    return (size_t)((2 * before + work) * team->exchange.size / (2 * total));
}

size_t sm_team_size(const sm_pool *pool)
{
    const sm_team *const team = sm_pool_team(pool);
    return team ? team->exchange.size : 1;
}

void sm_team_part(const sm_pool *pool, size_t blocks, size_t *first,
                  size_t *end)
{
    const sm_team *const team = sm_pool_team(pool);
    *first = 0;
    *end = blocks;
    if (team == NULL) return;
    size_t const own = team->exchange.rank;
    while (*first < blocks && rank_at(team, *first, 1, blocks) < own) ++*first;
    while (*end > *first && rank_at(team, *end - 1, 1, blocks) > own) --*end;
}

static void cut(sm_team *team, const sm_team_loop *loop)
{
    uint64_t total = 0, before = 0;
    for (size_t b = 0; b < loop->blocks; b++) total += work_of(loop, b);
    for (size_t b = 0; b < loop->blocks; b++) {
        uint64_t const work = work_of(loop, b);
        team->owners[b] = (uint32_t)rank_at(team, before, work, total);
        before += work;
    }
}

/* The next block to the rank that has the least to do, the first of equals. */
static void deal(sm_team *team, const sm_team_loop *loop)
{
    size_t const size = team->exchange.size;
    memset(team->loads, 0, size * sizeof *team->loads);
    for (size_t b = 0; b < loop->blocks; b++) {
        size_t least = 0;
        for (size_t r = 1; r < size; r++)
            if (team->loads[r] < team->loads[least]) least = r;
        team->owners[b] = (uint32_t)least;
        team->loads[least] += work_of(loop, b);
    }
}

/* Finds the owners of all blocks, and *count of them that are this rank's. */
static sm_status find_owners(sm_team *team, const sm_team_loop *loop,
                             size_t *count)
{
    if (loop->blocks > team->owners_capacity) {
        size_t const capacity = sm_roomy(loop->blocks);
        team->owners_capacity = 0;
        sm_free(team->owners);
        sm_free(team->own);
        team->owners = sm_alloc_array(capacity, sizeof *team->owners);
        team->own = sm_alloc_array(capacity, sizeof *team->own);
        if (team->owners == NULL || team->own == NULL) return sm_fail_memory();
        team->owners_capacity = capacity;
    }
    (loop->is_dealt ? deal : cut)(team, loop);
    *count = 0;
    for (size_t b = 0; b < loop->blocks; b++)
        if (team->owners[b] == team->exchange.rank)
            team->own[(*count)++] = (uint32_t)b;
    return SIAMESE_OK;
}

sm_status sm_team_own_blocks(const sm_pool *pool, const sm_team_loop *loop,
                             size_t *first, size_t *end)
{
    sm_team *const team = sm_pool_team(pool);
    size_t count;
    *first = 0;
    *end = loop->blocks;
    if (team == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(find_owners(team, loop, &count));
    *first = count ? team->own[0] : 0;
    *end = *first + count;
    return SIAMESE_OK;
}

typedef struct own_tasks {
    const sm_team_loop *loop;
    const uint32_t *own;
} own_tasks;

static sm_status own_task(void *context, size_t task, size_t worker)
{
    const own_tasks *const x = context;
    size_t const block = x->own[task / x->loop->tasks];
    return x->loop->task(x->loop->context,
                         block * x->loop->tasks + task % x->loop->tasks,
                         worker);
}

/* ---- gathering ---- */

/* Outputs stand where they belong, one rank's behind the other's. */
static sm_status gather_output(sm_team *team, const sm_team_loop *loop,
                               const sm_output *output)
{
    size_t const size = team->exchange.size;
    size_t total = 0;
    memset(team->counts, 0, size * sizeof *team->counts);
    for (size_t b = 0; b < loop->blocks; b++) {
        size_t const bytes = (output->first(loop->context, b + 1) -
                              output->first(loop->context, b)) *
                             output->width;
        team->counts[team->owners[b]] += bytes;
        total += bytes;
    }
    return total ? all_gather(team, output->base, team->counts) : SIAMESE_OK;
}

/* What is copied to be gathered: what a loop packs, or its outputs, if they are
 * several and so small that one gathering of copies is the fastest. */
typedef struct packing {
    sm_pack_fn pack; /* NULL: nothing */
    const void *context;
    size_t blocks;
} packing;

enum { SMALL_OUTPUTS = 1 << 20 };

static size_t pack_outputs(const void *context, size_t block,
                           unsigned char *packed, bool back)
{
    const sm_team_loop *const loop = context;
    size_t used = 0;
    for (size_t i = 0; i < loop->output_count; i++) {
        const sm_output *const o = &loop->outputs[i];
        size_t const first = o->first(loop->context, block) * o->width;
        size_t const end = o->first(loop->context, block + 1) * o->width;
        used += sm_pack(packed ? packed + used : NULL, back,
                        (char *)o->base + first, end - first);
    }
    return used;
}

static packing packing_of(const sm_team_loop *loop)
{
    size_t bytes = 0;
    if (loop->pack) return (packing){loop->pack, loop->context, loop->blocks};
    for (size_t i = 0; i < loop->output_count; i++)
        bytes += loop->outputs[i].first(loop->context, loop->blocks) *
                 loop->outputs[i].width;
    bool const packs = loop->output_count > 1 && bytes <= SMALL_OUTPUTS;
    return (packing){packs ? pack_outputs : NULL, loop, loop->blocks};
}

/* Counts what is each rank's, and makes room for it. */
static sm_status reserve_packed(sm_team *team, const packing *p)
{
    size_t total = 0;
    memset(team->counts, 0, team->exchange.size * sizeof *team->counts);
    for (size_t b = 0; b < p->blocks; b++)
        team->counts[team->owners[b]] += p->pack(p->context, b, NULL, false);
    for (size_t r = 0; r < team->exchange.size; r++)
        if (!sm_size_add(total, team->counts[r], &total))
            return sm_fail_memory();
    if (total <= team->packed_capacity) return SIAMESE_OK;
    size_t const capacity = sm_roomy(total);
    team->packed_capacity = 0;
    sm_free(team->packed);
    team->packed = sm_alloc(capacity);
    if (team->packed == NULL) return sm_fail_memory();
    team->packed_capacity = capacity;
    return SIAMESE_OK;
}

/* Copies each block's bytes between their place and the memory that is
 * gathered: those of this rank there, those of the others back. */
static void move_packed(sm_team *team, const packing *p, bool back)
{
    size_t begin = 0;
    for (size_t r = 0; r < team->exchange.size; r++) {
        team->loads[r] = begin;
        begin += team->counts[r];
    }
    for (size_t b = 0; b < p->blocks; b++) {
        size_t *const at = &team->loads[team->owners[b]];
        bool const moves = (team->owners[b] == team->exchange.rank) != back;
        *at += p->pack(p->context, b, moves ? team->packed + *at : NULL, back);
    }
}

static sm_status gather_packed(sm_team *team, const packing *p)
{
    move_packed(team, p, false);
    SM_RETURN_IF_ERROR(all_gather(team, team->packed, team->counts));
    move_packed(team, p, true);
    return SIAMESE_OK;
}

/* ---- loops ---- */

/* Ranks whose loops differ must not gather: their buffers would not fit. */
static uint64_t stamp_of(const sm_team *team, const sm_team_loop *loop,
                         const packing *p)
{
    uint64_t stamp = sm_hash_mix(loop->blocks);
    for (size_t i = 0; i < loop->output_count; i++) {
        const sm_output *const output = &loop->outputs[i];
        stamp = sm_hash_mix(stamp ^ output->width);
        stamp = sm_hash_mix(stamp ^ output->first(loop->context, loop->blocks));
    }
    for (size_t r = 0; p->pack && r < team->exchange.size; r++)
        stamp = sm_hash_mix(stamp ^ team->counts[r]);
    return stamp;
}

/* This rank's tasks, with all that the gathering needs. */
static sm_status run_own(sm_team *team, sm_pool *pool, const sm_team_loop *loop,
                         const packing *p)
{
    size_t count;
    SM_RETURN_IF_ERROR(find_owners(team, loop, &count));
    own_tasks own = {loop, team->own};
    SM_RETURN_IF_ERROR(sm_pool_run(pool, count * loop->tasks, own_task, &own));
    return p->pack ? reserve_packed(team, p) : SIAMESE_OK;
}

sm_status sm_team_run(sm_pool *pool, const sm_team_loop *loop)
{
    sm_team *const team = sm_pool_team(pool);
    if (team == NULL)
        return sm_pool_run(pool, loop->blocks * loop->tasks, loop->task,
                           loop->context);
    packing const p = packing_of(loop);
    SM_RETURN_IF_ERROR(run_own(team, pool, loop, &p));
    if (loop->output_count == 0 && p.pack == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(agree(team, SIAMESE_OK, stamp_of(team, loop, &p)));
    if (p.pack) return gather_packed(team, &p);
    for (size_t i = 0; i < loop->output_count; i++)
        SM_RETURN_IF_ERROR(gather_output(team, loop, &loop->outputs[i]));
    return SIAMESE_OK;
}

sm_status sm_team_gather(sm_pool *pool, const sm_team_loop *loop,
                         const sm_output *output)
{
    sm_team *const team = sm_pool_team(pool);
    size_t count;
    if (team == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(find_owners(team, loop, &count));
    SM_RETURN_IF_ERROR(
        agree(team, SIAMESE_OK,
              sm_hash_mix(output->first(loop->context, loop->blocks))));
    return gather_output(team, loop, output);
}
