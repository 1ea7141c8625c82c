/* trainer_options.h: how a trainer learns (docs/training.md) */
#ifndef LIBSIAMESE_TRAINER_OPTIONS_H
#define LIBSIAMESE_TRAINER_OPTIONS_H

#include <siamese/options.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SIAMESE_METRICS_NONE = 0,
    SIAMESE_METRICS_EPOCH = 1, /* FactorizedTopK once after each epoch */
    SIAMESE_METRICS_STEP = 2   /* in each step, as the notebook has it */
};

enum {
    SIAMESE_LOSS_SOFTMAX = 0, /* in-batch softmax cross-entropy */
    SIAMESE_LOSS_HINGE = 1    /* triplets: max(0, margin + s_ij - s_ii) */
};

enum { SIAMESE_REDUCTION_SUM = 0, SIAMESE_REDUCTION_MEAN = 1 };

enum {
    SIAMESE_OPTIMIZER_ADAM = 0,
    SIAMESE_OPTIMIZER_ADAMW = 1,
    SIAMESE_OPTIMIZER_ADAGRAD = 2,
    SIAMESE_OPTIMIZER_SGD = 3
};

/* How the learning rate goes on after the warm-up. */
enum {
    SIAMESE_SCHEDULE_CONSTANT = 0,
    SIAMESE_SCHEDULE_LINEAR = 1,
    SIAMESE_SCHEDULE_COSINE = 2
};

/* Where the probabilities of the logQ correction come from. */
enum {
    SIAMESE_LOGQ_GIVEN = 0,    /* from the host, 1 where it gave none */
    SIAMESE_LOGQ_NONE = 1,     /* no correction */
    SIAMESE_LOGQ_COUNTED = 2,  /* the items' shares of what is drawn */
    SIAMESE_LOGQ_STREAMING = 3 /* estimated from the steps so far */
};

/* The figure of the validation that says which weights are the best. */
enum {
    SIAMESE_MONITOR_TOP_10 = 0,
    SIAMESE_MONITOR_LOSS = 1,
    SIAMESE_MONITOR_TOP_1 = 2,
    SIAMESE_MONITOR_TOP_5 = 3,
    SIAMESE_MONITOR_TOP_50 = 4,
    SIAMESE_MONITOR_TOP_100 = 5
};

/* What FactorizedTopK takes for a pair's own item among the candidates. */
enum {
    SIAMESE_TOPK_MATCH_SCORE = 0, /* its own text */
    SIAMESE_TOPK_MATCH_ID = 1     /* the best of its id; none is a miss */
};

/* FactorizedTopK's k: 1, 5, 10, 50, 100. */
enum { SIAMESE_TOPK_COUNT = 5 };

typedef struct siamese_trainer_options {
    size_t struct_size;
    size_t batch_size; /* pairs a step; default 256; 0: by an epoch's pairs */
    size_t epochs;         /* in all, over every call of fit; default 1 */
    size_t shuffle_buffer; /* tf.data's shuffle(n); 0: in order; 1000 */
    size_t hard_negatives; /* kept per row, the highest; 0: all */
    uint64_t seed;         /* of the shuffle */
    double learning_rate;  /* default 0.001 */
    double beta1;          /* 0.9 */
    double beta2;          /* 0.999 */
    double epsilon;        /* 1e-7; Adam: outside the root */
    double temperature;    /* logits are divided by it; 1 */
    int32_t cache;         /* later epochs repeat the first's batches; 1 */
    int32_t remove_accidental_hits; /* mask same item ids as negatives; 0 */
    int32_t metrics;                /* SIAMESE_METRICS_*; default EPOCH */
    int32_t threads;                /* 0: one a processor */
    int32_t kernel;                 /* SIAMESE_KERNEL_* */
    int32_t loss;                   /* SIAMESE_LOSS_*; default SOFTMAX */
    int32_t reduction; /* SIAMESE_REDUCTION_*, of the gradients; SUM */
    int32_t symmetric; /* half from items to queries; 0 */
    int32_t mask_same_query; /* mask pairs of the same query; 0 */
    double margin;           /* of the hinge; 1 */
    double weight_decay;        /* of AdamW; default 0.004, as Keras */
    double momentum;            /* of SGD; 0 */
    double initial_accumulator; /* of Adagrad; default 0.1, as Keras */
    double clip_value;   /* gradients are cut at +- it; 0: not */
    double clip_norm;    /* and scaled to this norm over all; 0: not */
    double schedule_end; /* share of learning_rate at the schedule's end; 0 */
    size_t warmup_steps; /* in which the rate rises from 0; 0 */
    size_t schedule_steps;  /* that the schedule takes; 0: those of epochs */
    int32_t optimizer;      /* SIAMESE_OPTIMIZER_*; default ADAM */
    int32_t schedule;       /* SIAMESE_SCHEDULE_*; default CONSTANT */
    int32_t sparse_updates; /* rows that a batch lacks stay as they are; 0 */
    int32_t logq;           /* SIAMESE_LOGQ_*; default GIVEN */
    size_t random_negatives; /* items of the catalogue, drawn a step; 0 */
    size_t logq_buckets;     /* of logq=streaming; 131072 */
    double logq_rate;        /* of logq=streaming, how fast it learns; 0.05 */
    int32_t correct_epsilon; /* Adam's epsilon as PyTorch has it; 0 */
    int32_t monitor;         /* SIAMESE_MONITOR_*; default TOP_10 */
    int32_t restore_best;  /* fit ends with the best validation's weights; 1 */
    size_t validate_every; /* steps; 0: at the end of each epoch */
    size_t patience;  /* validations without a better one that end fit; 0: none */
    double min_delta; /* by which a better one is better; 0 */
    int32_t topk_match; /* SIAMESE_TOPK_MATCH_*; default SCORE */
    double self_supervision; /* pairs made an epoch for each item; 0 */
    double fragment_contiguous; /* how likely its words are neighbours; 0.5 */
    double fragment_weight;     /* sample weight of made pairs; 1 */
    size_t fragment_min;        /* words of a made query; 1 */
    size_t fragment_max;        /* 5 */
    size_t min_steps; /* in all, that raise epochs; 0 */
    size_t max_steps; /* in all, that end training; 0: none do */
    size_t mined_negatives; /* of a pair; 0 */
    size_t mine_first;      /* ranks that they are drawn from; 11 */
    size_t mine_last;       /* 60 */
    double mine_from;  /* share of training before the first of them; 0.75 */
    double mine_below; /* share of the pair's score they stay below; 0.95 */
} siamese_trainer_options;

SIAMESE_API siamese_status siamese_trainer_options_init(
    siamese_trainer_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_trainer_options_set(
    siamese_trainer_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_trainer_options_get(const siamese_trainer_options *options,
                            const char *name, char *buf, size_t size,
                            size_t *needed);
SIAMESE_API siamese_status
siamese_trainer_options_describe(size_t i, siamese_option_info *info);

#ifdef __cplusplus
}
#endif

#endif
