#include "train/trainer_options.h"

#include <string.h>

#include "train/trainer_handle.h"

#define AT(member) offsetof(siamese_trainer_options, member)
#define MOST 9007199254740992.0 /* 2^53: every integer up to it is a double */
#define TO_MOST "0 .. 9007199254740992"

static const sm_option trainer_options[] = {
    {"batch_size", SM_OPTION_SIZE, AT(batch_size), "256", 0, 1048576,
     "0 .. 1048576", "pairs a step; 0: by the pairs of an epoch"},
    {"epochs", SM_OPTION_SIZE, AT(epochs), "1", 0, MOST, TO_MOST,
     "epochs in all, over every call of fit"},
    {"shuffle_buffer", SM_OPTION_SIZE, AT(shuffle_buffer), "1000", 0, MOST,
     TO_MOST, "slots that the next pair is drawn from; 0: in order"},
    {"hard_negatives", SM_OPTION_SIZE, AT(hard_negatives), "0", 0, MOST,
     TO_MOST, "negatives kept of a row, the highest; 0: all"},
    {"seed", SM_OPTION_UINT64, AT(seed), "1", 0, 1.8446744073709552e19,
     "0 .. 18446744073709551615", "seed of the shuffle"},
    {"learning_rate", SM_OPTION_DOUBLE, AT(learning_rate), "0.001", 1e-30,
     1e6, "1e-30 .. 1e6", "size of a step"},
    {"beta1", SM_OPTION_DOUBLE, AT(beta1), "0.9", 0, 0.999999,
     "0 .. 0.999999", "decay of Adam's mean of gradients"},
    {"beta2", SM_OPTION_DOUBLE, AT(beta2), "0.999", 0, 0.999999,
     "0 .. 0.999999", "decay of Adam's mean of squares"},
    {"epsilon", SM_OPTION_DOUBLE, AT(epsilon), "1e-07", 1e-30, 1e6,
     "1e-30 .. 1e6",
     "added to the root of Adam's mean of squares, and under Adagrad's"},
    {"temperature", SM_OPTION_DOUBLE, AT(temperature), "1", 1e-6, 1e6,
     "1e-6 .. 1e6", "logits are divided by it"},
    {"cache", SM_OPTION_FLAG, AT(cache), "1", 0, 1, "0 | 1",
     "later epochs repeat the first one's batches"},
    {"remove_accidental_hits", SM_OPTION_FLAG, AT(remove_accidental_hits),
     "0", 0, 1, "0 | 1", "the same item elsewhere in a batch is no negative"},
    {"metrics", SM_OPTION_CHOICE, AT(metrics), "epoch", 0, 0,
     "none | epoch | step", "when FactorizedTopK is measured"},
    {"threads", SM_OPTION_INT32, AT(threads), "0", 0, 1024, "0 .. 1024",
     "threads of training; 0: one a processor"},
    {"kernel", SM_OPTION_CHOICE, AT(kernel), "auto", 0, 0,
     "auto | portable | avx2 | avx512",
     "kernel level; results differ by rounding between levels"},
    {"loss", SM_OPTION_CHOICE, AT(loss), "softmax", 0, 0, "softmax | hinge",
     "cross-entropy in the batch, or triplets with a margin"},
    {"reduction", SM_OPTION_CHOICE, AT(reduction), "sum", 0, 0, "sum | mean",
     "whether the gradients are of the batch's sum or of the mean a pair"},
    {"symmetric", SM_OPTION_FLAG, AT(symmetric), "0", 0, 1, "0 | 1",
     "half the loss from queries to items, half from items to queries"},
    {"mask_same_query", SM_OPTION_FLAG, AT(mask_same_query), "0", 0, 1,
     "0 | 1", "pairs of the same query in a batch are no negatives"},
    {"margin", SM_OPTION_DOUBLE, AT(margin), "1", 0, 1e6, "0 .. 1e6",
     "of the hinge, in units of logits"},
    {"weight_decay", SM_OPTION_DOUBLE, AT(weight_decay), "0.004", 0, 1e6,
     "0 .. 1e6", "AdamW's: weights lose learning_rate times this a step"},
    {"momentum", SM_OPTION_DOUBLE, AT(momentum), "0", 0, 0.999999,
     "0 .. 0.999999", "share of SGD's last change in the next"},
    {"initial_accumulator", SM_OPTION_DOUBLE, AT(initial_accumulator), "0.1",
     0, 1e6, "0 .. 1e6", "what Adagrad's sums of squares begin with"},
    {"clip_value", SM_OPTION_DOUBLE, AT(clip_value), "0", 0, 1e12, "0 .. 1e12",
     "each number of a gradient is cut at plus and minus it; 0: not"},
    {"clip_norm", SM_OPTION_DOUBLE, AT(clip_norm), "0", 0, 1e12, "0 .. 1e12",
     "all gradients together are scaled down to this norm; 0: not"},
    {"schedule_end", SM_OPTION_DOUBLE, AT(schedule_end), "0", 0, 1, "0 .. 1",
     "share of learning_rate that the schedule ends at"},
    {"warmup_steps", SM_OPTION_SIZE, AT(warmup_steps), "0", 0, MOST, TO_MOST,
     "first steps, in which the learning rate rises from 0"},
    {"schedule_steps", SM_OPTION_SIZE, AT(schedule_steps), "0", 0, MOST,
     TO_MOST, "steps to the end of the schedule; 0: those of all epochs"},
    {"optimizer", SM_OPTION_CHOICE, AT(optimizer), "adam", 0, 0,
     "adam | adamw | adagrad | sgd", "rule of the update"},
    {"schedule", SM_OPTION_CHOICE, AT(schedule), "constant", 0, 0,
     "constant | linear | cosine",
     "how the learning rate falls after the warm-up"},
    {"sparse_updates", SM_OPTION_FLAG, AT(sparse_updates), "0", 0, 1, "0 | 1",
     "lazy updates: embeddings that a batch lacks stay as they are, where "
     "Adam and momentum would move them"},
    {"random_negatives", SM_OPTION_SIZE, AT(random_negatives), "0", 0,
     1048576, "0 .. 1048576", "items of the catalogue, drawn for each step"},
    {"logq", SM_OPTION_CHOICE, AT(logq), "given", 0, 0,
     "given | none | counted | streaming",
     "where the probabilities of the logQ correction come from"},
    {"logq_rate", SM_OPTION_DOUBLE, AT(logq_rate), "0.05", 1e-6, 1,
     "1e-6 .. 1", "how fast logq=streaming learns an item's frequency"},
    {"logq_buckets", SM_OPTION_SIZE, AT(logq_buckets), "131072", 1,
     268435456, "1 .. 268435456", "of each of the two hashes of logq=streaming"},
    {"correct_epsilon", SM_OPTION_FLAG, AT(correct_epsilon), "0", 0, 1,
     "0 | 1", "Adam's epsilon is added to the corrected root, as in PyTorch"},
    {"monitor", SM_OPTION_CHOICE, AT(monitor), "top_10", 0, 0,
     "top_10 | loss | top_1 | top_5 | top_50 | top_100",
     "figure of the validation that says which weights are best"},
    {"restore_best", SM_OPTION_FLAG, AT(restore_best), "1", 0, 1, "0 | 1",
     "end with the weights of the best validation"},
    {"validate_every", SM_OPTION_SIZE, AT(validate_every), "0", 0, MOST,
     TO_MOST, "steps between validations; 0: after each epoch"},
    {"patience", SM_OPTION_SIZE, AT(patience), "0", 0, MOST, TO_MOST,
     "validations without a better one that end training; 0: none do"},
    {"min_delta", SM_OPTION_DOUBLE, AT(min_delta), "0", 0, 1e6, "0 .. 1e6",
     "by which a better validation is better"},
    {"topk_match", SM_OPTION_CHOICE, AT(topk_match), "score", 0, 0,
     "score | id", "what FactorizedTopK takes for a pair's own item: its text, "
     "or every candidate of its id"},
    {"self_supervision", SM_OPTION_DOUBLE, AT(self_supervision), "0", 0, 1000,
     "0 .. 1000", "pairs made an epoch for each item, of a fragment of its "
     "text and it"},
    {"fragment_contiguous", SM_OPTION_DOUBLE, AT(fragment_contiguous), "0.5",
     0, 1, "0 .. 1", "how likely a fragment is of neighbouring words"},
    {"fragment_weight", SM_OPTION_DOUBLE, AT(fragment_weight), "1", 0, 1e6,
     "0 .. 1e6", "sample weight of the pairs that are made"},
    {"fragment_min", SM_OPTION_SIZE, AT(fragment_min), "1", 1, 4096,
     "1 .. 4096", "words of a fragment, at least, if the text has them"},
    {"fragment_max", SM_OPTION_SIZE, AT(fragment_max), "5", 1, 4096,
     "1 .. 4096", "words of a fragment, at most"},
    {"min_steps", SM_OPTION_SIZE, AT(min_steps), "0", 0, MOST, TO_MOST,
     "steps in all that make epochs more if they are fewer"},
    {"max_steps", SM_OPTION_SIZE, AT(max_steps), "0", 0, MOST, TO_MOST,
     "steps in all that end training; 0: none do"},
    {"mined_negatives", SM_OPTION_SIZE, AT(mined_negatives), "0", 0, 64,
     "0 .. 64", "of a pair, from the items that rank high for its query"},
    {"mine_from", SM_OPTION_DOUBLE, AT(mine_from), "0.75", 0, 1, "0 .. 1",
     "share of training after which epochs have mined negatives"},
    {"mine_first", SM_OPTION_SIZE, AT(mine_first), "11", 1, 4096, "1 .. 4096",
     "first rank that negatives are mined from"},
    {"mine_last", SM_OPTION_SIZE, AT(mine_last), "60", 1, 4096, "1 .. 4096",
     "last rank that negatives are mined from"},
    {"mine_below", SM_OPTION_DOUBLE, AT(mine_below), "0.95", 0, 1, "0 .. 1",
     "share of its pair's score that a mined negative stays below"},
};

const sm_option_table sm_trainer_option_table = {
    "trainer", trainer_options,
    sizeof trainer_options / sizeof trainer_options[0],
    sizeof(siamese_trainer_options)};

SM_OPTIONS_API(trainer, &sm_trainer_option_table)

siamese_status siamese_trainer_get_options(const siamese_trainer *trainer,
                                           siamese_trainer_options *options)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    return sm_options_write(&sm_trainer_option_table, &trainer->options,
                            options);
}

/* A pool of other size, and the passes that borrow it; whole or not at all. */
static sm_status change_threads(siamese_trainer *t, int32_t threads)
{
    sm_pool *pool = NULL;
    sm_step_room room;
    SM_RETURN_IF_ERROR(sm_pool_create(&pool, threads));
    sm_status const status = sm_step_room_create(
        &room, pool, t->item == t->query, t->pairs.queries.fields);
    if (status != SIAMESE_OK) {
        sm_pool_free(pool);
        return status;
    }
    sm_step_room_free(&t->room);
    sm_pool_free(t->pool);
    t->room = room;
    t->pool = pool;
    return SIAMESE_OK;
}

static int may_change(const char *name)
{
    static const char *const names[] = {"epochs",    "learning_rate",
                                        "max_steps", "metrics",
                                        "min_steps", "patience",
                                        "threads"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return 1;
    return 0;
}

siamese_status siamese_trainer_set_option(siamese_trainer *trainer,
                                          const char *name, const char *value)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    siamese_trainer_options changed = trainer->options;
    SM_RETURN_IF_ERROR(
        sm_options_set(&sm_trainer_option_table, &changed, name, value));
    SM_REQUIRE(may_change(name), SIAMESE_E_STATE,
               "trainer option %s cannot change any more; epochs, "
               "learning_rate, max_steps, metrics, min_steps, patience and "
               "threads can",
               name);
    if (changed.threads != trainer->options.threads) {
        /* the pool of a run must stay */
        SM_RETURN_IF_ERROR(sm_trainer_begin(trainer));
        sm_status const status = change_threads(trainer, changed.threads);
        sm_trainer_end(trainer);
        if (status != SIAMESE_OK) return status;
    }
    sm_turn_lock_take(&trainer->lock);
    if (changed.metrics != trainer->options.metrics) {
        /* hits of one kind of evaluation are not added to the other's */
        memset(trainer->state.hits, 0, sizeof trainer->state.hits);
        trainer->state.topk_pairs = 0;
    }
    trainer->options = changed;
    sm_turn_lock_release(&trainer->lock);
    return SIAMESE_OK;
}
