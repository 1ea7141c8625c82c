/* trainer.h: learns from pairs by a loss over each batch (docs/training.md) */
#ifndef LIBSIAMESE_TRAINER_H
#define LIBSIAMESE_TRAINER_H

#include <siamese/tower.h>
#include <siamese/trainer_options.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_trainer siamese_trainer;

/*
 * A trainer of a query and an item tower: the same handle twice means one
 * shared tower. It works on private copies, so the host may go on using the
 * towers it gave. Their dims must be equal. options may be NULL.
 */
SIAMESE_API siamese_status siamese_trainer_create(
    siamese_trainer **out, const siamese_tower *query,
    const siamese_tower *item, const siamese_trainer_options *options);

/* Not while another thread is inside a call with this trainer. */
SIAMESE_API void siamese_trainer_free(siamese_trainer *trainer);

/*
 * count rows: queries of query_fields texts, items of item_fields texts; fewer
 * than the tower's fields: the last ones are absent.
 */
typedef struct siamese_pairs {
    size_t struct_size;
    const siamese_text *queries; /* [count][query_fields] */
    const siamese_text *items;   /* [count][item_fields] */
    size_t query_fields;
    size_t item_fields;
    const int64_t *item_ids; /* [count] or NULL: equal texts, equal item */
    const float *weights;    /* [count] sample weights >= 0, or NULL: 1 */
    const float *item_probabilities; /* [count] for logQ, in (0, 1], or NULL */
    size_t count;
    /* Explicit negatives, or NULL: of pair i the items from negative_offsets[i]
     * to before negative_offsets[i + 1], negatives[][item_fields]. */
    const siamese_text *negatives;
    const size_t *negative_offsets;      /* [count + 1], from 0 on */
    const int64_t *negative_ids;         /* as item_ids, or NULL */
    const float *negative_probabilities; /* as item_probabilities, or NULL */
} siamese_pairs;

/* Adds training pairs; texts are copied. All or nothing. SIAMESE_E_ARGUMENT names
 * the row that is not valid, as one whose numbers are none. */
SIAMESE_API siamese_status siamese_trainer_add_pairs(
    siamese_trainer *trainer, const siamese_pairs *pairs);

/*
 * Adds items of the catalogue (queries and negatives NULL, weights not read) that
 * the option random_negatives draws from; without any it draws from the items of
 * the pairs. self_supervision makes pairs of both. Texts are copied. All or
 * nothing.
 */
SIAMESE_API siamese_status siamese_trainer_add_items(
    siamese_trainer *trainer, const siamese_pairs *items);

/* Items added so by siamese_trainer_add_items. */
SIAMESE_API size_t siamese_trainer_item_count(const siamese_trainer *trainer);

/* Pairs added so far. */
SIAMESE_API size_t siamese_trainer_pair_count(const siamese_trainer *trainer);

typedef struct siamese_step {
    size_t struct_size;
    uint64_t step;    /* steps done in all, this one included */
    size_t pairs;     /* of this step */
    double loss_sum;  /* TFRS's loss: the sum over the batch, before the update */
    double loss_mean; /* the same a pair */
} siamese_step;

/*
 * One step on the pairs of rows[count] (numbers in the order they were added,
 * repeats allowed): forward, loss, gradients, update. For hosts that choose their
 * own batches. *out may be NULL. SIAMESE_E_NOT_FINITE, without an update, if the
 * loss, a gradient or its square is not finite. It leaves fit's own order of
 * batches as it is.
 */
SIAMESE_API siamese_status siamese_trainer_step(siamese_trainer *trainer,
                                                const size_t *rows,
                                                size_t count,
                                                siamese_step *out);

/*
 * Pairs that training does not see, for siamese_trainer_fit to validate with:
 * FactorizedTopK of them over candidates as siamese_trainer_evaluate has them
 * (NULL: the items of the training pairs), and their mean loss. Copied. pairs NULL
 * ends validation. Unlike there, another candidate that scores the same as the
 * pair's own item counts as higher: a tie is a miss, or weights that tell nothing
 * apart would be the best. A warning goes to the log and tells how many queries
 * have such a tie. A validation in which no query tells its candidates apart is
 * never the best. A trainer that was saved with validation pairs goes on where
 * it stood once it is given the same ones; other ones begin anew.
 */
SIAMESE_API siamese_status siamese_trainer_set_validation(
    siamese_trainer *trainer, const siamese_pairs *pairs,
    const siamese_pairs *candidates);

enum {
    SIAMESE_STAGE_TRAIN = 0,
    SIAMESE_STAGE_EVALUATE = 1,
    SIAMESE_STAGE_VALIDATE = 2,
    SIAMESE_STAGE_MINE = 3 /* mined_negatives, before the epoch's first step */
};

typedef struct siamese_progress {
    size_t struct_size;
    int32_t stage;           /* SIAMESE_STAGE_* */
    int32_t topk_known;      /* 1 if topk holds figures */
    uint64_t step;           /* steps done in all */
    size_t epoch;            /* whole epochs done */
    size_t epochs;           /* wanted */
    size_t epoch_step;       /* steps done of the running epoch */
    size_t epoch_steps;      /* steps of an epoch */
    size_t pairs;            /* pairs done of the running epoch */
    double loss_mean;        /* a pair, mean over the epoch so far */
    double loss_batch_sum;   /* TFRS's figure: sum over the last batch */
    double pairs_per_second; /* of this fit, training steps only */
    double seconds;          /* since fit began */
    double seconds_left;     /* estimate to the end of fit; < 0: not known */
    double stage_done;       /* share of this stage of the epoch, 0 .. 1 */
    double topk[SIAMESE_TOPK_COUNT]; /* accuracies at 1, 5, 10, 50, 100 */
    uint64_t validation_step; /* of the last validation; 0: none yet */
    double validation_loss;   /* a pair */
    double validation_topk[SIAMESE_TOPK_COUNT]; /* unless monitor is loss */
    uint64_t best_step;              /* of the best validation; 0: none */
    double best_value;               /* the monitored figure there */
    size_t validations_without_best; /* since then */
    int32_t stopped_early; /* 1: as many as patience, which ended fit */
    int32_t best_restored; /* 1: the weights are those of best_step */
    size_t validation_tied; /* queries whose place a tie decided, as a miss */
} siamese_progress;

/* Runs on the thread that called fit; non-zero cancels. */
typedef int32_t (*siamese_progress_fn)(void *user,
                                       const siamese_progress *progress);

/*
 * Trains until `epochs` epochs and min_steps steps are done in all, or max_steps
 * are; the pairs of an epoch are those given and those that self_supervision
 * makes. progress (may be NULL) is called
 * after each step, during evaluation and mining at least every 100 ms, and once
 * at the end of an epoch, of a validation and of mining. It ends early by the option patience. With
 * validation pairs the weights are at the end those of the best validation
 * (restore_best). SIAMESE_E_CANCELLED after a cancel: the trainer stands after a
 * whole step, and fit goes on from there, as after any failure: it does first what
 * that step still has to come, a validation or the end of its epoch.
 * SIAMESE_E_STATE without pairs or items
 * to make them of, if a trainer loaded in the middle of an epoch has been given other pairs, or if one
 * loaded with validation pairs lacks them.
 */
SIAMESE_API siamese_status siamese_trainer_fit(siamese_trainer *trainer,
                                               siamese_progress_fn progress,
                                               void *user);

/*
 * Makes a running fit, step or evaluate return SIAMESE_E_CANCELLED within about
 * 100 ms; only the update of a step that has come so far is finished first. If
 * none runs, the cancel waits: the next fit, step or evaluate returns
 * SIAMESE_E_CANCELLED before it does anything, so that none is lost while another
 * thread is about to start one. A run takes the cancel with it when it ends,
 * however it ends. Other calls of the trainer are not ended by it. Any thread, at
 * any time, a signal handler too.
 */
SIAMESE_API siamese_status siamese_trainer_cancel(siamese_trainer *trainer);

/*
 * Forgets a cancel that waits for the next run. For a host whose cancel may come
 * after a run is over: call it where a run is decided upon, before its thread is
 * started; what comes later counts. SIAMESE_E_STATE in a run.
 */
SIAMESE_API siamese_status
siamese_trainer_forget_cancel(siamese_trainer *trainer);

/*
 * Frozen copies of the towers as they are now, between two steps; the same
 * handle twice if they are shared (free both). query or item may be NULL. Their
 * tables have the precision of the towers' option table_precision, while the
 * trainer goes on in float32. Any thread, at any time, while fit runs too.
 */
SIAMESE_API siamese_status siamese_trainer_snapshot(
    const siamese_trainer *trainer, siamese_tower **query,
    siamese_tower **item);

/*
 * FactorizedTopK: for each of `pairs` (NULL: the training pairs), whether fewer
 * than k of the candidates score strictly higher than the pair's own item; the
 * mean for each of ks[ks_count] into accuracy. candidates: rows of items
 * (queries NULL); NULL: the items of all training pairs, repeats included, as
 * the notebook has it. A tie is a hit, as TFRS has it; a score that is not finite
 * is a miss. The option
 * topk_match says what the pair's own item is.
 */
SIAMESE_API siamese_status siamese_trainer_evaluate(
    siamese_trainer *trainer, const siamese_pairs *pairs,
    const siamese_pairs *candidates, const size_t *ks, size_t ks_count,
    double *accuracy, size_t accuracy_capacity);

enum { SIAMESE_SIDE_QUERY = 0, SIAMESE_SIDE_ITEM = 1 };

/*
 * siamese_tower_grow for a trainer's own tower of that side, or its shared one:
 * pairs, counters and the optimiser's state of all that was there stay, and the
 * next step reads texts by the grown vocabulary. Separate towers grow one by one.
 * The best validation so far is forgotten. Whole or not at all; not in a run
 * (SIAMESE_E_STATE).
 */
SIAMESE_API siamese_status siamese_trainer_grow(siamese_trainer *trainer,
                                                int32_t side, size_t field,
                                                const siamese_vocab *vocab);

/*
 * The gradient of the last step's loss for a parameter of a tower, shaped like
 * the parameter. SIAMESE_E_STATE before the first step. Not while another thread
 * trains.
 */
SIAMESE_API siamese_status siamese_trainer_get_gradient(
    const siamese_trainer *trainer, int32_t side, const char *name,
    float *values, size_t capacity, size_t *needed);

/* Where training stands: figures of the last step, epoch and evaluation. */
SIAMESE_API siamese_status siamese_trainer_get_progress(
    const siamese_trainer *trainer, siamese_progress *progress);

/*
 * Changes an option of an existing trainer by name: epochs, learning_rate,
 * max_steps, metrics, min_steps, patience or threads; SIAMESE_E_STATE for the
 * others.
 */
SIAMESE_API siamese_status siamese_trainer_set_option(
    siamese_trainer *trainer, const char *name, const char *value);

/* The options in force; options->struct_size must be set. */
SIAMESE_API siamese_status siamese_trainer_get_options(
    const siamese_trainer *trainer, siamese_trainer_options *options);

#ifdef __cplusplus
}
#endif

#endif
