/*
 * together.c: a host's exchange comes in, and from then on the trainer's runs
 * are those of a team of ranks; trainer_fit.c begins and ends them here, fit.c
 * agrees on each step.
 */
#include "train/together.h"

#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/option_stream.h"
#include "text/vocab_state.h"
#include "tower/tower.h"
#include "tower/tower_state.h"
#include "train/trainer_handle.h"
#include "train/trainer_options.h"
#include "train/trainer_state.h"

siamese_status siamese_trainer_set_exchange(siamese_trainer *trainer,
                                            const siamese_exchange *exchange)
{
    sm_team team = {.over = false};
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    if (exchange)
        SM_RETURN_IF_ERROR(sm_team_create(&team, exchange, "exchange"));
    sm_status const status = sm_run_claim(&trainer->run);
    if (status == SIAMESE_OK) {
        sm_team const before = trainer->run.team;
        trainer->run.team = team;
        trainer->run.is_compared = false;
        team = before;
        sm_run_release(&trainer->run);
    }
    sm_team_free(&team);
    return status;
}

/* ---- fingerprints ---- */

/* What a handle writes of itself, as a hash of its words of 8 bytes. */
typedef struct hash_stream {
    uint64_t lanes[4];
    size_t words;
} hash_stream;

static sm_status hash_write(void *context, const void *data, size_t size)
{
    hash_stream *const s = context;
    const unsigned char *p = data;
    for (size_t left = size; left > 0;) {
        size_t const n = left < 8 ? left : 8;
        uint64_t word = 0;
        memcpy(&word, p, n);
        uint64_t *const lane = &s->lanes[s->words++ % 4];
        *lane = (*lane ^ word) * UINT64_C(0xff51afd7ed558ccd);
        *lane ^= *lane >> 33;
        p += n;
        left -= n;
    }
    return SIAMESE_OK;
}

static uint64_t hash_of(const hash_stream *s)
{
    uint64_t h = s->words;
    for (size_t i = 0; i < 4; i++) h = sm_hash_mix(h ^ s->lanes[i]);
    return h;
}

static sm_status write_vocabs(const siamese_tower *tower, sm_writer *writer)
{
    for (size_t f = 0; f < siamese_tower_field_count(tower); f++) {
        const siamese_vocab *const vocab = sm_tower_field_vocab(tower, f);
        if (vocab) SM_RETURN_IF_ERROR(sm_vocab_write(vocab, writer));
    }
    return SIAMESE_OK;
}

static sm_status write_tower(const siamese_tower *tower, sm_writer *writer)
{
    sm_status status = SIAMESE_OK;
    size_t const fields = siamese_tower_field_count(tower);
    uint32_t *const numbers = sm_calloc(fields, sizeof *numbers);
    SM_CHECK_MEMORY(numbers);
    status = sm_tower_write(tower, numbers, writer);
    sm_free(numbers);
out:
    return status;
}

/* What the ranks must have in common, in the order in which it is compared. */
enum {
    PRINT_VERSION,
    PRINT_KERNEL,
    PRINT_OPTIONS,
    PRINT_VOCABS,
    PRINT_TOWERS,
    PRINT_PAIRS,
    PRINT_ITEMS,
    PRINT_VALIDATION,
    PRINT_STATE,
    PRINTS
};

static const char *const print_names[PRINTS] = {
    [PRINT_VERSION] = "the version of the library",
    [PRINT_KERNEL] = "the kernel level",
    [PRINT_OPTIONS] = "the trainer's options",
    [PRINT_VOCABS] = "the vocabularies",
    [PRINT_TOWERS] = "the towers' options or weights",
    [PRINT_PAIRS] = "the pairs",
    [PRINT_ITEMS] = "the items of the catalogue",
    [PRINT_VALIDATION] = "the validation pairs",
    [PRINT_STATE] = "the state of the training"};

static sm_status write_print(const siamese_trainer *t, int print,
                             sm_writer *writer)
{
    siamese_tower *towers[2];
    size_t const sides = sm_trainer_model_towers(&t->model, towers);
    switch (print) {
    case PRINT_VERSION:
        return sm_write_bytes(writer, siamese_version(),
                              strlen(siamese_version()));
    case PRINT_KERNEL:
        return sm_write_bytes(writer, t->run.kernels->name,
                              strlen(t->run.kernels->name));
    case PRINT_OPTIONS:
        return sm_options_stream_write(&sm_trainer_option_table, &t->options,
                                       writer);
    case PRINT_VALIDATION:
        return sm_write_u64(writer, t->model.state.validation.fingerprint);
    case PRINT_STATE:
        return sm_trainer_write(t, writer);
    default:
        SM_RETURN_IF_ERROR(sm_write_u64(writer, sides));
        for (size_t side = 0; side < sides; side++)
            SM_RETURN_IF_ERROR((print == PRINT_VOCABS
                                    ? write_vocabs
                                    : write_tower)(towers[side], writer));
        return SIAMESE_OK;
    }
}

static sm_status find_prints(const siamese_trainer *t, uint64_t prints[PRINTS])
{
    const sm_pair_store *const pairs = &t->data.pairs;
    for (int i = 0; i < PRINTS; i++) {
        hash_stream stream = {.words = 0};
        sm_writer writer = {hash_write, &stream};
        if (i == PRINT_PAIRS) {
            SM_RETURN_IF_ERROR(
                sm_pair_store_fingerprint(pairs, pairs->count, 0, &prints[i]));
        } else if (i == PRINT_ITEMS) {
            SM_RETURN_IF_ERROR(sm_pair_store_fingerprint(
                pairs, 0, pairs->catalogue.count, &prints[i]));
        } else {
            SM_RETURN_IF_ERROR(write_print(t, i, &writer));
            prints[i] = hash_of(&stream);
        }
    }
    return SIAMESE_OK;
}

/* Every rank finds the same, so that all go on or none. */
static sm_status compare_prints(const uint64_t *all, size_t ranks)
{
    for (size_t i = 0; i < PRINTS; i++)
        for (size_t r = 1; r < ranks; r++)
            SM_REQUIRE(all[r * PRINTS + i] == all[i], SIAMESE_E_STATE,
                       "exchange: %s of rank %zu and of rank 0 differ",
                       print_names[i], r);
    return SIAMESE_OK;
}

/* ---- a run ---- */

/* Options that may change from step to step, and the step. */
static uint64_t stamp_of(const siamese_trainer_options *o, uint64_t step)
{
    uint64_t const numbers[] = {step,         o->epochs,
                                o->max_steps, o->min_steps,
                                o->patience,  (uint64_t)o->metrics};
    uint64_t const h = sm_hash_bytes(SM_HASH_START, numbers, sizeof numbers);
    return sm_hash_mix(
        sm_hash_bytes(h, &o->learning_rate, sizeof o->learning_rate));
}

static uint64_t batch_stamp(uint64_t stamp, const sm_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++)
        stamp = (stamp ^ batch->rows[i]) * SM_HASH_PRIME;
    return sm_hash_mix(stamp ^ batch->count);
}

/* Agrees on what is compared, then compares it. */
static sm_status compare(siamese_trainer *t, bool whole)
{
    sm_status status = SIAMESE_OK;
    sm_team *const team = &t->run.team;
    size_t const ranks = team->exchange.size;
    uint64_t own[PRINTS];
    uint64_t *const all = sm_alloc_array(ranks, sizeof own);
    SM_CHECK_MEMORY(all);
    if (whole) SM_TRY(find_prints(t, own));
    SM_TRY(sm_team_agree(team, whole));
    if (!whole) goto out;
    SM_TRY(sm_team_share_numbers(team, PRINTS, own, all));
    status = compare_prints(all, ranks);
    if (status != SIAMESE_OK) team->over = true;
    t->run.is_compared = status == SIAMESE_OK;
out:
    sm_free(all);
    return status;
}

sm_status sm_together_begin(siamese_trainer *t, sm_status status,
                            const sm_batch *chosen)
{
    sm_team *const team = &t->run.team;
    if (!sm_team_exists(team)) return status;
    sm_team_begin(team, t->run.pool);
    if (status == SIAMESE_OK)
        status = compare(t, chosen == NULL || !t->run.is_compared);
    if (status == SIAMESE_OK && chosen)
        status = sm_team_agree(
            team,
            batch_stamp(stamp_of(&t->options, t->model.state.steps), chosen));
    return status == SIAMESE_OK ? status
                                : sm_team_end(team, t->run.pool, status);
}

sm_status sm_together_end(siamese_trainer *t, sm_status status)
{
    return sm_team_end(&t->run.team, t->run.pool, status);
}

sm_status sm_together_step(const siamese_trainer_options *options,
                           sm_trainer_run *run, const sm_trainer_model *model,
                           const sm_batch *batch, const sm_step_result *result)
{
    if (!sm_team_exists(&run->team)) return SIAMESE_OK;
    uint64_t const stamp =
        batch_stamp(stamp_of(options, model->state.steps), batch);
    return sm_team_agree(&run->team, sm_hash_bytes(stamp, &result->loss_sum,
                                                   sizeof result->loss_sum));
}

sm_status sm_together_at(sm_trainer_run *run, const sm_train_state *state,
                         int place, uint64_t what)
{
    return sm_team_agree(
        &run->team, sm_hash_mix(what ^ (state->steps * 8 + (uint64_t)place)));
}
