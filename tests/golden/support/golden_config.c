#include "golden/support/golden_config.h"

#include <string.h>

/* Puts one entry of config.json, or of its "task", where it belongs. */
typedef const char *(*set_fn)(golden_config *config, const json_t *value);

typedef struct entry {
    const char *name;
    set_fn set;
} entry;

static size_t size_of(const json_t *value)
{
    return (size_t)json_integer_value(value);
}

#define SET(name, ...)                                                         \
    static const char *set_##name(golden_config *config, const json_t *value)  \
    {                                                                          \
        __VA_ARGS__;                                                           \
        return NULL;                                                           \
    }

SET(vocab, config->vocab.max_tokens = size_of(value))
SET(embed, config->tower.embedding_dim = size_of(value))
SET(units, if (size_of(value)) config->tower.units = size_of(value))
SET(length, config->vocab.sequence_length = size_of(value))
SET(batch, config->trainer.batch_size = size_of(value))
SET(steps, config->steps = size_of(value))
SET(learning_rate, config->trainer.learning_rate = json_number_value(value))
SET(project, config->tower.project = size_of(value))
SET(normalize, config->tower.normalize = json_is_true(value))
SET(mask_zero, config->tower.mask_zero = json_is_true(value))

static const char *set_kind(golden_config *config, const json_t *value)
{
    static const struct {
        const char *kind;
        int32_t encoder, bidirectional;
    } kinds[] = {{"bilstm", SIAMESE_ENCODER_LSTM, 1},
                 {"lstm", SIAMESE_ENCODER_LSTM, 0},
                 {"bigru", SIAMESE_ENCODER_GRU, 1},
                 {"mean", SIAMESE_ENCODER_BAG, 1}}; /* the pooling's default */
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(json_string_value(value), kinds[i].kind) != 0) continue;
        config->tower.encoder = kinds[i].encoder;
        config->tower.bidirectional = kinds[i].bidirectional;
        return NULL;
    }
    return "this encoder is no option yet";
}

/* a transformer's case; its "vocab" is the number of rows of the table */
SET(dim, config->tower.embedding_dim = size_of(value))
SET(heads, config->tower.encoder = SIAMESE_ENCODER_TRANSFORMER;
    config->tower.normalize = 1; config->tower.heads = size_of(value))
SET(feedforward, config->tower.feed_forward = size_of(value))
SET(layers, config->tower.layers = size_of(value))
SET(layer_norm_epsilon,
    config->tower.layer_norm_epsilon = json_number_value(value))
SET(adam_epsilon, config->trainer.epsilon = json_number_value(value))
SET(linear_layout, config->torch = 1; config->trainer.correct_epsilon = 1;
    (void)value)

static const char *set_loss(golden_config *config, const json_t *value)
{
    if (strcmp(json_string_value(value), "mean") != 0) return "no such loss";
    config->trainer.reduction = SIAMESE_REDUCTION_MEAN;
    return NULL;
}

SET(temperature, config->trainer.temperature = json_number_value(value))
SET(remove_accidental_hits,
    config->trainer.remove_accidental_hits = json_is_true(value))
SET(num_hard_negatives, config->trainer.hard_negatives = size_of(value))
SET(candidate_ids, config->candidate_ids = json_is_true(value))
SET(probabilities, config->probabilities = json_is_true(value))

static const entry model_entries[] = {
    {"kind", set_kind},
    {"mask_zero", set_mask_zero},
    {"project", set_project},
    {"normalize", set_normalize},
    {"vocab", set_vocab},
    {"embed", set_embed},
    {"units", set_units},
    {"length", set_length},
    {"batch", set_batch},
    {"steps", set_steps},
    {"learning_rate", set_learning_rate},
    {"dim", set_dim},
    {"heads", set_heads},
    {"feedforward", set_feedforward},
    {"layers", set_layers},
    {"layer_norm_epsilon", set_layer_norm_epsilon},
    {"adam_epsilon", set_adam_epsilon},
    {"temperature", set_temperature},
    {"loss", set_loss},
    {"linear_layout", set_linear_layout},
};

static const entry task_entries[] = {
    {"temperature", set_temperature},
    {"remove_accidental_hits", set_remove_accidental_hits},
    {"num_hard_negatives", set_num_hard_negatives},
    {"candidate_ids", set_candidate_ids},
    {"probabilities", set_probabilities},
};

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* Every entry of the table that json has; returns the first thing missing. */
static const char *read_entries(golden_config *config, const json_t *json,
                                const entry *entries, size_t count)
{
    const char *first = NULL;
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *const value = json_object_get(json, entries[i].name);
        if (value == NULL) continue;
        const char *const missing = entries[i].set(config, value);
        if (first == NULL) first = missing;
        known++;
    }
    if (first == NULL && known != json_object_size(json))
        first = "config.json has an option that the library does not have";
    return first;
}

const char *golden_config_read(golden_config *config, const json_t *json)
{
    memset(config, 0, sizeof *config);
    siamese_vocab_options_init(&config->vocab, sizeof config->vocab);
    siamese_tower_options_init(&config->tower, sizeof config->tower);
    siamese_trainer_options_init(&config->trainer, sizeof config->trainer);
    config->trainer.metrics = SIAMESE_METRICS_NONE;
    json_t *const model = json_copy((json_t *)(uintptr_t)json);
    json_object_del(model, "task");
    const char *missing =
        read_entries(config, model, model_entries, COUNT(model_entries));
    json_decref(model);
    const json_t *const task = json_object_get(json, "task");
    if (missing == NULL && task)
        missing = read_entries(config, task, task_entries, COUNT(task_entries));
    return missing;
}
