/*
 * trainer_options.h: how a trainer learns.
 *
 * docs/training.md gives the formula and source of every option, says when it
 * is of use, and names the test that holds it.
 */
#ifndef LIBSIAMESE_TRAINER_OPTIONS_H
#define LIBSIAMESE_TRAINER_OPTIONS_H

#include <siamese/options.h>

#ifdef __cplusplus
extern "C" {
#endif

/* When FactorizedTopK is measured over the training pairs. */
enum {
    SIAMESE_METRICS_NONE = 0,
    SIAMESE_METRICS_EPOCH = 1, /* once after each epoch */
    SIAMESE_METRICS_STEP = 2   /* in each step, as the notebook does */
};

/* The loss over the scores s_ij of query i and item j of a batch. */
enum {
    SIAMESE_LOSS_SOFTMAX = 0, /* in-batch softmax cross-entropy */
    SIAMESE_LOSS_HINGE = 1    /* triplets: max(0, margin + s_ij - s_ii) */
};

/* What the gradients are of: the sum over the batch, or the mean per pair. */
enum { SIAMESE_REDUCTION_SUM = 0, SIAMESE_REDUCTION_MEAN = 1 };

enum {
    SIAMESE_OPTIMIZER_ADAM = 0,    /* Kingma and Ba 2015 */
    SIAMESE_OPTIMIZER_ADAMW = 1,   /* Loshchilov and Hutter 2019 */
    SIAMESE_OPTIMIZER_ADAGRAD = 2, /* Duchi et al. 2011 */
    SIAMESE_OPTIMIZER_SGD = 3      /* with momentum, Polyak 1964 */
};

/* How the learning rate continues after the warm-up. */
enum {
    SIAMESE_SCHEDULE_CONSTANT = 0,
    SIAMESE_SCHEDULE_LINEAR = 1,
    SIAMESE_SCHEDULE_COSINE = 2
};

/* Where the item probabilities of the logQ correction come from. */
enum {
    SIAMESE_LOGQ_GIVEN = 0,    /* from the host; 1 where it gave none */
    SIAMESE_LOGQ_NONE = 1,     /* there is no correction */
    SIAMESE_LOGQ_COUNTED = 2,  /* the items' shares of what is drawn */
    SIAMESE_LOGQ_STREAMING = 3 /* estimated from the steps so far */
};

/* The figure of the validation that decides which weights are the best. */
enum {
    SIAMESE_MONITOR_TOP_10 = 0,
    SIAMESE_MONITOR_LOSS = 1,
    SIAMESE_MONITOR_TOP_1 = 2,
    SIAMESE_MONITOR_TOP_5 = 3,
    SIAMESE_MONITOR_TOP_50 = 4,
    SIAMESE_MONITOR_TOP_100 = 5
};

/* Which candidate FactorizedTopK takes for a pair's own item. */
enum {
    SIAMESE_TOPK_MATCH_SCORE = 0, /* the item's own text */
    SIAMESE_TOPK_MATCH_ID = 1     /* the best one of its id; none is a miss */
};

/* The number of FactorizedTopK's k, which are 1, 5, 10, 50 and 100. */
enum { SIAMESE_TOPK_COUNT = 5 };

typedef struct siamese_trainer_options {
    size_t struct_size;
    size_t batch_size;     /* pairs per step; 0: by the size of an epoch;
                            * default 256 */
    size_t epochs;         /* in all, over every call of fit; default 1 */
    size_t shuffle_buffer; /* as in tf.data's shuffle(n); 0: keep the order;
                            * default 1000 */
    size_t hard_negatives; /* keep so many negatives per row, those of the
                            * highest scores; 0: all; default 0 */
    uint64_t seed;         /* of the shuffle and all draws; default 1 */
    double learning_rate;  /* default 0.001 */
    double beta1;          /* of Adam; default 0.9 */
    double beta2;          /* of Adam; default 0.999 */
    double epsilon;        /* of Adam outside the root, of Adagrad inside;
                            * default 1e-7 */
    double temperature;    /* logits are divided by it; default 1 */
    int32_t cache;         /* 1: later epochs repeat the first one's batches;
                            * default 1 */
    int32_t remove_accidental_hits; /* 1: the same item is no negative */
    int32_t metrics;                /* SIAMESE_METRICS_*; default EPOCH */
    int32_t threads;                /* 0: one per processor */
    int32_t kernel;                 /* SIAMESE_KERNEL_*; default AUTO */
    int32_t loss;                   /* SIAMESE_LOSS_*; default SOFTMAX */
    int32_t reduction;              /* SIAMESE_REDUCTION_*; default SUM */
    int32_t symmetric;       /* 1: half of the loss is from items to queries */
    int32_t mask_same_query; /* 1: items of the same query are no negatives */
    double margin;           /* of the hinge, in units of logits; default 1 */
    double weight_decay;     /* of AdamW; default 0.004, as in Keras */
    double momentum;         /* of SGD; default 0 */
    double initial_accumulator; /* of Adagrad; default 0.1, as in Keras */
    double clip_value;     /* the largest absolute value of a gradient's number;
                            * 0: no limit */
    double clip_norm;      /* the largest norm of all gradients together; 0: no
                            * limit */
    double schedule_end;   /* the last rate, as a share of learning_rate */
    size_t warmup_steps;   /* the steps in which the rate rises from 0 */
    size_t schedule_steps; /* the steps that the schedule takes; 0: all steps of
                            * the epochs */
    int32_t optimizer;     /* SIAMESE_OPTIMIZER_*; default ADAM */
    int32_t schedule;      /* SIAMESE_SCHEDULE_*; default CONSTANT */
    int32_t sparse_updates;  /* 1: rows of tables that a batch does not use stay
                             * as they are */
    int32_t logq;            /* SIAMESE_LOGQ_*; default GIVEN */
    size_t random_negatives; /* items of the catalogue drawn per step */
    size_t logq_buckets;     /* of logq=streaming; default 131072 */
    double logq_rate;        /* how fast logq=streaming learns; default 0.05 */
    int32_t correct_epsilon; /* 1: add Adam's epsilon as PyTorch does */
    int32_t monitor;         /* SIAMESE_MONITOR_*; default TOP_10 */
    int32_t restore_best;    /* 1: end with the weights of the best validation;
                            * default 1 */
    size_t validate_every;   /* in steps; 0: at the end of each epoch */
    size_t patience;         /* end fit after so many validations that were not
                            * the best; 0: never */
    double min_delta;        /* the least improvement that counts as one */
    int32_t topk_match;      /* SIAMESE_TOPK_MATCH_*; default SCORE */
    double self_supervision; /* pairs generated per item and epoch, from
                              * fragments of its text */
    double fragment_contiguous; /* the probability that a fragment's words are
                                 * neighbours; default 0.5 */
    double fragment_weight; /* sample weight of generated pairs; default 1 */
    size_t fragment_min;    /* the fewest words of a fragment; default 1 */
    size_t fragment_max;    /* the most words of a fragment; default 5 */
    size_t min_steps;       /* raise epochs to reach so many steps in all */
    size_t max_steps;       /* end after so many steps in all; 0: never */
    size_t mined_negatives; /* per pair, drawn from high ranks of its query */
    size_t mine_first;      /* the first rank that is drawn from; default 11 */
    size_t mine_last;       /* the last rank that is drawn from; default 60 */
    double mine_from;       /* the share of training that comes before the first
                            * mining; default 0.75 */
    double mine_below;      /* a mined negative scores less than this share of
                            * the pair's own score; default 0.95 */
    int32_t word_sums;      /* 1: a bag sums up a word and its n-grams once for
                             * all texts of a batch */
    int32_t matmul_precision; /* SIAMESE_MATMUL_PRECISION_*; default FLOAT32 */
} siamese_trainer_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status siamese_trainer_options_init(
    siamese_trainer_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_trainer_options_set(
    siamese_trainer_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_trainer_options_get(
    const siamese_trainer_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_trainer_options_describe(size_t i, siamese_option_info *info);

#ifdef __cplusplus
}
#endif

#endif
