/*
 * trainer.h: a trainer learns from pairs of a query and an item.
 *
 * It trains private copies of two towers, or one tower that both sides share,
 * by a loss over each batch. docs/training.md gives each rule with its formula
 * and source; trainer_options.h has the options.
 */
#ifndef LIBSIAMESE_TRAINER_H
#define LIBSIAMESE_TRAINER_H

#include <siamese/exchange.h>
#include <siamese/tower.h>
#include <siamese/trainer_options.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_trainer siamese_trainer;

/* ---- making a trainer ---- */

/*
 * Creates a trainer. It works on copies, so the host may go on using the towers
 * that it gives.
 *   out          receives the trainer; free it with siamese_trainer_free
 *   query, item  the towers of both sides, of equal dims; the same handle twice
 *                means one shared tower
 *   options      NULL means the defaults
 * Errors: SIAMESE_E_STATE for a tower without fields; SIAMESE_E_ARGUMENT for
 * different dims; SIAMESE_E_OPTION for options that do not go together;
 * SIAMESE_E_UNSUPPORTED for a kernel level that this processor lacks.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_trainer_create(
    siamese_trainer **out, const siamese_tower *query,
    const siamese_tower *item, const siamese_trainer_options *options);

/*
 * Frees the trainer; NULL is allowed.
 * Threads: one; no siamese_trainer_cancel or _snapshot may run either.
 */
SIAMESE_API void siamese_trainer_free(siamese_trainer *trainer);

/* ---- what it learns from ---- */

/*
 * Rows of pairs, or of items where queries is NULL. A row may have fewer texts
 * than the tower has fields: the last fields are then absent.
 */
typedef struct siamese_pairs {
    size_t struct_size;
    const siamese_text *queries; /* [count][query_fields] */
    const siamese_text *items;   /* [count][item_fields] */
    size_t query_fields;         /* texts per query */
    size_t item_fields;          /* texts per item */
    const int64_t *item_ids;     /* [count], or NULL: equal texts, equal item */
    const float *weights; /* [count] sample weights >= 0, or NULL: all 1 */
    const float *item_probabilities; /* [count] for logQ, in (0, 1], or NULL */
    size_t count;
    /* Explicit negatives, or NULL: those of pair i are the items
     * negative_offsets[i] .. negative_offsets[i + 1] - 1. */
    const siamese_text *negatives;       /* [...][item_fields] */
    const size_t *negative_offsets;      /* [count + 1], beginning with 0 */
    const int64_t *negative_ids;         /* as item_ids, or NULL */
    const float *negative_probabilities; /* as item_probabilities, or NULL */
} siamese_pairs;

/*
 * Adds training pairs, all of them or none.
 *   pairs  is copied
 * Errors: SIAMESE_E_ARGUMENT names the row that is not valid, e.g. whose text
 * does not hold a field's numbers; SIAMESE_E_STATE during a run;
 * SIAMESE_E_LIMIT for more than 2^32 - 2 texts.
 * Threads: one.
 */
SIAMESE_API siamese_status
siamese_trainer_add_pairs(siamese_trainer *trainer, const siamese_pairs *pairs);

/*
 * Where pairs come from that are more than fit into memory: the host's own
 * reading, twice before the end of the first epoch and once in each later one.
 * Both functions are called on the thread that runs the fit, return 0 or, for a
 * failure, another number, and may then leave a text of up to error_size bytes
 * with its NUL in `error`.
 */
typedef struct siamese_source {
    size_t struct_size;
    void *context; /* is handed to the functions; may be NULL */
    /*
     * Sets *pairs to the next ones, as many as it likes; a count of 0, as it
     * is before the call, is the end. The arrays and texts are the host's and
     * are read until the next call of either function.
     */
    int32_t (*read)(void *context, siamese_pairs *pairs, char *error,
                    size_t error_size);
    /* The next read begins at the first pair again, of the same pairs in the
     * same order. */
    int32_t (*rewind)(void *context, char *error, size_t error_size);
    /* Is called once, when no trainer will call the others any more: at
     * another source in place of this one, or when the trainer is freed. May be
     * NULL. */
    void (*release)(void *context);
} siamese_source;

/*
 * Makes the trainer learn from a source in place of pairs of
 * siamese_trainer_add_pairs: to the same bits, with as many pairs in memory as
 * the options shuffle_buffer and batch_size say. Before its first step
 * siamese_trainer_fit reads the source once to count its pairs; a source that
 * has other pairs in a later epoch fails that epoch. A fit that goes on in the
 * middle of an epoch rewinds and passes over what was learned.
 *
 * What needs all pairs at once is refused: mined_negatives, logq=counted and
 * metrics other than none here; random_negatives and self_supervision without
 * items of siamese_trainer_add_items, or whose items lack one of the pairs, and
 * a validation of ranks without candidates by siamese_trainer_fit.
 *   source  is copied, what its context points to is not; NULL takes the source
 *           away. After an error the trainer has what it had, and this source
 *           is not released
 * Errors: SIAMESE_E_OPTION names the option, and what to use in its place;
 * SIAMESE_E_STATE if the trainer has pairs, and during a run. Of
 * siamese_trainer_fit: SIAMESE_E_IO with the text of the host when a function
 * fails; SIAMESE_E_ARGUMENT for pairs that are not valid, as for
 * siamese_trainer_add_pairs; SIAMESE_E_STATE for an empty source and for one
 * that has changed.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_trainer_set_source(
    siamese_trainer *trainer, const siamese_source *source);

/*
 * Adds items of the catalogue, all of them or none. The option random_negatives
 * draws from the catalogue, or from the items of the pairs if it is empty;
 * self_supervision generates pairs from both.
 *   items  is copied; its queries and negatives are NULL, its weights not read
 * Errors: as for siamese_trainer_add_pairs.
 * Threads: one.
 */
SIAMESE_API siamese_status
siamese_trainer_add_items(siamese_trainer *trainer, const siamese_pairs *items);

/*
 * Returns the number of pairs added so far.
 * Threads: any, while no run is on.
 */
SIAMESE_API size_t siamese_trainer_pair_count(const siamese_trainer *trainer);

/*
 * Returns the number of items that siamese_trainer_add_items added.
 * Threads: any, while no run is on.
 */
SIAMESE_API size_t siamese_trainer_item_count(const siamese_trainer *trainer);

/*
 * Sets pairs that training does not see, for siamese_trainer_fit to validate
 * with. A validation measures their mean loss and their FactorizedTopK, and
 * decides which weights are the best.
 *
 * Unlike in siamese_trainer_evaluate a tie is a miss: a candidate that scores
 * the same as the pair's own item ranks above it, or weights that tell nothing
 * apart would be the best. A warning to the log says how many queries have such
 * a tie. A validation in which no query tells its candidates apart is never the
 * best.
 *
 * A trainer that was saved with validation pairs continues where it stood once
 * it is given the same ones; with others it begins anew.
 *   pairs       is copied; NULL ends validation
 *   candidates  rows of items, copied; NULL means the items of the training
 *               pairs
 * Errors: as for siamese_trainer_add_pairs.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_trainer_set_validation(
    siamese_trainer *trainer, const siamese_pairs *pairs,
    const siamese_pairs *candidates);

/* ---- training ---- */

enum {
    SIAMESE_STAGE_TRAIN = 0,
    SIAMESE_STAGE_EVALUATE = 1,
    SIAMESE_STAGE_VALIDATE = 2,
    SIAMESE_STAGE_MINE = 3, /* mined_negatives, before the epoch's first step */
    SIAMESE_STAGE_EMBED = 4, /* of a model: items are encoded anew */
    SIAMESE_STAGE_RANK = 5   /* of a model: a ranker learns its weights, before
                              * the first step */
};

/* Where training stands. */
typedef struct siamese_progress {
    size_t struct_size;
    int32_t stage;           /* SIAMESE_STAGE_* */
    int32_t topk_known;      /* 1 if topk holds figures */
    uint64_t step;           /* steps done in all */
    size_t epoch;            /* whole epochs done */
    size_t epochs;           /* epochs wanted */
    size_t epoch_step;       /* steps done of the running epoch */
    size_t epoch_steps;      /* steps of an epoch */
    size_t pairs;            /* pairs done of the running epoch */
    double loss_mean;        /* the mean loss per pair over the epoch so far */
    double loss_batch_sum;   /* TFRS's figure: the sum over the last batch */
    double pairs_per_second; /* of this fit, in training steps only */
    double seconds;          /* since fit began */
    double seconds_left;     /* an estimate to the end of fit; < 0: not known */
    double stage_done;       /* the share of this stage that is done, 0 .. 1 */
    double topk[SIAMESE_TOPK_COUNT]; /* accuracies at 1, 5, 10, 50, 100 */
    uint64_t validation_step; /* the step of the last validation; 0: none yet */
    double validation_loss;   /* its mean loss per pair */
    double validation_topk[SIAMESE_TOPK_COUNT]; /* unless monitor is LOSS */
    uint64_t best_step; /* the step of the best validation; 0: none yet */
    double best_value;  /* the monitored figure at that step */
    size_t validations_without_best; /* validations since that step */
    int32_t stopped_early;           /* 1: patience ended fit */
    int32_t best_restored;           /* 1: the weights are those of best_step */
    size_t validation_tied; /* queries for which a tie within the first 100
                               * ranks was a miss */
    double learning_rate;   /* that of the last step; 0: none yet */
} siamese_progress;

/*
 * Receives the progress on the thread that called fit. A result other than 0
 * cancels. docs/training.md says what it may call.
 */
typedef int32_t (*siamese_progress_fn)(void *user,
                                       const siamese_progress *progress);

/*
 * Trains until `epochs` epochs and min_steps steps are done in all, or
 * max_steps steps are, or patience ends it. An epoch consists of the pairs that
 * were given and those that self_supervision generates. With validation pairs
 * and restore_best the weights at the end are those of the best validation.
 *
 * After a cancel or a failure the trainer stands after a whole step. The next
 * fit first does what was due after that step, a validation or the end of its
 * epoch, and then goes on to the same bits as a run that was never interrupted.
 *   progress  is called after each step, at least every 100 ms during
 *             evaluation and mining, and at the end of an epoch, a validation
 *             and mining; may be NULL
 *   user      is handed to progress; may be NULL
 * Errors: SIAMESE_E_CANCELLED after a cancel; SIAMESE_E_NOT_FINITE as for
 * siamese_trainer_step; SIAMESE_E_STATE without pairs or items to generate them
 * from, during another run, if a trainer that was loaded in the middle of an
 * epoch has other pairs now, or if one that was loaded with validation pairs
 * lacks them.
 * Threads: one; siamese_trainer_cancel, siamese_trainer_snapshot and
 * siamese_trainer_get_progress may be called meanwhile.
 */
SIAMESE_API siamese_status siamese_trainer_fit(siamese_trainer *trainer,
                                               siamese_progress_fn progress,
                                               void *user);

/*
 * Makes a running fit, step or evaluate return SIAMESE_E_CANCELLED within about
 * 100 ms; an update of the weights that has begun is finished first. If none is
 * running, the next one returns SIAMESE_E_CANCELLED before it does anything, so
 * that no cancel is lost while another thread is about to start. A run takes
 * the cancel with it when it ends, however it ends. Other calls do not end
 * early.
 * Threads: any, at any time but beside free; a signal handler may call it too.
 */
SIAMESE_API siamese_status siamese_trainer_cancel(siamese_trainer *trainer);

/*
 * Forgets a cancel that waits for the next run. It is for a host whose cancel
 * may come when a run is over: call it where a run is decided upon, before its
 * thread is started; a later cancel counts.
 * Errors: SIAMESE_E_STATE during a run.
 * Threads: one.
 */
SIAMESE_API siamese_status
siamese_trainer_forget_cancel(siamese_trainer *trainer);

/* The figures of one step. */
typedef struct siamese_step {
    size_t struct_size;
    uint64_t step;    /* steps done in all, this one included */
    size_t pairs;     /* pairs of this step */
    double loss_sum;  /* as in TFRS: the sum over the batch before the update */
    double loss_mean; /* the mean per pair */
} siamese_step;

/*
 * Trains one step on pairs that the host chooses: forward, loss, gradients,
 * update. The order of batches that fit follows stays as it is.
 *   rows   [count] numbers of pairs in the order in which they were added,
 *          beginning with 0; repeats are allowed
 *   count  the size of the batch, at least 1
 *   out    receives the figures; may be NULL; out->struct_size must be set
 * Errors: SIAMESE_E_NOT_FINITE if the loss, a gradient or its square is not
 * finite, and then no weight has changed; SIAMESE_E_CANCELLED; SIAMESE_E_STATE
 * during another run.
 * Threads: one; as for siamese_trainer_fit.
 */
SIAMESE_API siamese_status siamese_trainer_step(siamese_trainer *trainer,
                                                const size_t *rows,
                                                size_t count,
                                                siamese_step *out);

/* ---- training by several processes ---- */

/*
 * Makes each fit and step from here on one of several ranks: processes that
 * train one model together. All ranks make the same trainer with the same
 * options and give it the same pairs and items; then they call fit, or step
 * with the same rows, at the same time. The batch is that of a single trainer,
 * and so are its negatives: each rank computes a share of each step, and what
 * it finds is gathered. The weights have the same bits for any number of ranks
 * as without an exchange, and every rank has all of them at the end of each
 * step, so that any one may save a checkpoint; a run may be resumed by another
 * number of ranks. Evaluation, validation and mining are done by each rank, in
 * whole or in part, to the same figures.
 *
 * A run compares what its ranks begin with. One that fails or is cancelled
 * tells the others in their next gathering: all of them return the failure's
 * status and stand after a whole step. A rank that is lost makes all_gather
 * fail, where the others are.
 *   exchange  is copied; its context must stay as long as the trainer has it.
 *             NULL ends it: later runs are of this process alone
 * Errors: SIAMESE_E_ARGUMENT for a rank, size or all_gather that is not valid;
 * SIAMESE_E_STATE during a run. A fit or step with an exchange also returns
 * SIAMESE_E_STATE if versions, kernel levels, options, vocabularies, towers,
 * pairs, items or states of the ranks differ, with which and whose;
 * SIAMESE_E_IO if all_gather fails; and the failure of another rank, with its
 * number and text.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_trainer_set_exchange(
    siamese_trainer *trainer, const siamese_exchange *exchange);

/* ---- what it has learned ---- */

/*
 * Copies the towers as they are now, between two steps. The copies never
 * change. Their tables have the precision of the towers' option
 * table_precision, while the trainer goes on in FLOAT32.
 *   query, item  receive handles, also of a shared tower; free each with
 *                siamese_tower_free. One of them may be NULL
 * Threads: any, while fit runs too.
 */
SIAMESE_API siamese_status
siamese_trainer_snapshot(const siamese_trainer *trainer, siamese_tower **query,
                         siamese_tower **item);

/*
 * Measures FactorizedTopK (TFRS 0.7.3): the share of pairs for which fewer than
 * k candidates score strictly higher than the pair's own item. A tie is a hit;
 * a score that is not finite is a miss. The option topk_match says which
 * candidate is the pair's own item.
 *   pairs       NULL means the training pairs
 *   candidates  rows of items; NULL means the items of all training pairs,
 *               repeats included, as in the notebook
 *   ks          [ks_count], each at least 1
 *   accuracy    [ks_count] receives the shares
 *   accuracy_capacity  in numbers
 * Errors: SIAMESE_E_STATE without training pairs where they are needed, and
 * during another run; SIAMESE_E_RANGE if accuracy_capacity is too small;
 * SIAMESE_E_CANCELLED.
 * Threads: one; as for siamese_trainer_fit.
 */
SIAMESE_API siamese_status siamese_trainer_evaluate(
    siamese_trainer *trainer, const siamese_pairs *pairs,
    const siamese_pairs *candidates, const size_t *ks, size_t ks_count,
    double *accuracy, size_t accuracy_capacity);

/*
 * Reads where training stands: the figures of the last step, epoch and
 * evaluation.
 *   progress  progress->struct_size must be set
 * Threads: any, while fit runs too.
 */
SIAMESE_API siamese_status siamese_trainer_get_progress(
    const siamese_trainer *trainer, siamese_progress *progress);

enum { SIAMESE_SIDE_QUERY = 0, SIAMESE_SIDE_ITEM = 1 };

/*
 * Reads the gradient of the last step's loss for a parameter of a tower.
 *   side      SIAMESE_SIDE_*
 *   name      of the parameter, as in siamese_parameter_info
 *   values    [capacity] receives the gradient, shaped like the parameter
 *   capacity  in floats
 *   needed    receives the number of values; may be NULL
 * Errors: SIAMESE_E_STATE before the first step; SIAMESE_E_NOT_FOUND if there
 * is no parameter of this name; SIAMESE_E_RANGE if capacity is too small.
 * Threads: any, while no run is on.
 */
SIAMESE_API siamese_status siamese_trainer_get_gradient(
    const siamese_trainer *trainer, int32_t side, const char *name,
    float *values, size_t capacity, size_t *needed);

/* ---- changing a trainer ---- */

/*
 * Changes one of the options epochs, learning_rate, max_steps, metrics,
 * min_steps, patience and threads.
 *   name, value  as for siamese_trainer_options_set
 * Errors: SIAMESE_E_STATE for any other option, and for threads during a run;
 * SIAMESE_E_OPTION for a value that is not accepted.
 * Threads: one; the progress callback may call it.
 */
SIAMESE_API siamese_status siamese_trainer_set_option(siamese_trainer *trainer,
                                                      const char *name,
                                                      const char *value);

/*
 * Reads the options in force.
 *   options  options->struct_size must be set
 * Threads: any, while no run is on.
 */
SIAMESE_API siamese_status siamese_trainer_get_options(
    const siamese_trainer *trainer, siamese_trainer_options *options);

/*
 * Gives a tower of the trainer a grown vocabulary, as siamese_tower_grow does,
 * all or nothing. Pairs, counters and the optimiser's state of what was there
 * stay, and the next step reads texts by the new vocabulary. Separate towers
 * grow one by one. The best validation so far is forgotten.
 *   side   SIAMESE_SIDE_*; either one of a shared tower
 *   field  of that tower, beginning with 0
 *   vocab  is kept alive
 * Errors: those of siamese_tower_grow; SIAMESE_E_STATE during a run.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_trainer_grow(siamese_trainer *trainer,
                                                int32_t side, size_t field,
                                                const siamese_vocab *vocab);

#ifdef __cplusplus
}
#endif

#endif
