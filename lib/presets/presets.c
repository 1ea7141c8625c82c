/* The presets: settings of the library's options, by name. */
#include <string.h>

#include "common/options.h"
#include "common/status.h"

typedef struct setting {
    const char *kind, *name, *value;
} setting;

/* What Keras 2.15 and TensorFlow Recommenders 0.7.3 compute; the library's own
 * defaults are theirs for all that is not named here. */
static const setting notebook[] = {
    {"vocab", "max_tokens", "1000"},
    {"vocab", "sequence_length", "15"},
};

/* max_tokens bounds the table of a catalogue that has more features. */
#define HASHED_WORDS                                                           \
    {"vocab", "normalizer", "unicode"}, {"vocab", "stemmer", "english"},       \
        {"vocab", "written_words", "1"}, {"vocab", "strip_accents", "1"},      \
        {"vocab", "compounds", "1"}, {"vocab", "quantities", "add"},           \
        {"vocab", "char_ngrams", "3-5"}, {"vocab", "hash_buckets", "1048576"}, \
        {"vocab", "hash_min_count", "1"}, {"vocab", "max_tokens", "262144"},   \
    {                                                                          \
        "vocab", "sequence_length", "0"                                        \
    }

#define BAG(dim)                                                               \
    {"tower", "encoder", "bag"}, {"tower", "pooling", "mean"},                 \
        {"tower", "mask_zero", "1"}, {"tower", "embedding_dim", dim},          \
        {"tower", "embedding_stddev", "0.1"}, {"tower", "normalize", "1"},     \
    {                                                                          \
        "tower", "table_precision", "int8"                                     \
    }

#define RETRIEVAL                                                              \
    {"trainer", "optimizer", "adagrad"}, {"trainer", "learning_rate", "0.1"},  \
        {"trainer", "initial_accumulator", "1e-6"},                            \
        {"trainer", "schedule", "linear"},                                     \
        {"trainer", "schedule_end", "0.05"},                                   \
        {"trainer", "temperature", "0.05"},                                    \
        {"trainer", "remove_accidental_hits", "1"},                            \
        {"trainer", "mask_same_query", "1"}, {"trainer", "cache", "0"},        \
        {"trainer", "shuffle_buffer", "100000000"},                            \
        {"trainer", "self_supervision", "1"}, {"trainer", "epochs", "15"},     \
        {"trainer", "batch_size", "2048"}, {"trainer", "min_steps", "400"},    \
        {"trainer", "max_steps", "2000"},                                      \
    {                                                                          \
        "trainer", "metrics", "none"                                           \
    }

/* Hashed words and parts of words, so that no spelling is unknown, in a mean of
 * unit length; every item is learned, also those that nobody searched for. */
static const setting retrieval[] = {HASHED_WORDS, BAG("384"), RETRIEVAL};

/* The same in a smaller file. */
static const setting small[] = {HASHED_WORDS, BAG("128"), RETRIEVAL};

typedef struct preset {
    const char *name, *help;
    const setting *settings;
    size_t count;
} preset;

#define SETTINGS(list) list, sizeof(list) / sizeof *(list)

static const preset presets[] = {
    {"default", "retrieval by hashed words, also of items without queries",
     SETTINGS(retrieval)},
    {"small", "the same in a small file", SETTINGS(small)},
    {"notebook", "the two-tower notebook of Keras and TensorFlow Recommenders",
     SETTINGS(notebook)},
};
enum { PRESET_COUNT = sizeof presets / sizeof *presets };

siamese_status siamese_preset_describe(size_t i, siamese_preset_info *info)
{
    SM_REQUIRE(i < PRESET_COUNT, SIAMESE_E_NOT_FOUND,
               "there are %d presets, not %zu", PRESET_COUNT, i + 1);
    siamese_preset_info const own = {sizeof own, presets[i].name,
                                     presets[i].help};
    return sm_struct_write(&own, sizeof own, info, "info");
}

static sm_status find(const char *name, const preset **out)
{
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "preset: is NULL");
    for (size_t i = 0; i < PRESET_COUNT; i++)
        if (strcmp(presets[i].name, name) == 0) {
            *out = &presets[i];
            return SIAMESE_OK;
        }
    return sm_fail(SIAMESE_E_OPTION,
                   "there is no preset '%.60s'; there are default, small and "
                   "notebook",
                   name);
}

siamese_status siamese_preset_get(const char *name, size_t i,
                                  siamese_preset_setting *out)
{
    const preset *found;
    SM_RETURN_IF_ERROR(find(name, &found));
    SM_REQUIRE(i < found->count, SIAMESE_E_NOT_FOUND,
               "preset %s has %zu settings", name, found->count);
    const setting *const s = &found->settings[i];
    siamese_preset_setting const own = {sizeof own, s->kind, s->name, s->value};
    return sm_struct_write(&own, sizeof own, out, "setting");
}

siamese_status siamese_preset_apply(const char *name,
                                    siamese_vocab_options *vocab,
                                    siamese_tower_options *tower,
                                    siamese_trainer_options *trainer,
                                    siamese_index_options *index)
{
    const preset *found;
    SM_RETURN_IF_ERROR(find(name, &found));
    for (size_t i = 0; i < found->count; i++) {
        const setting *const s = &found->settings[i];
        sm_status status = SIAMESE_OK;
        if (vocab && strcmp(s->kind, "vocab") == 0)
            status = siamese_vocab_options_set(vocab, s->name, s->value);
        if (tower && strcmp(s->kind, "tower") == 0)
            status = siamese_tower_options_set(tower, s->name, s->value);
        if (trainer && strcmp(s->kind, "trainer") == 0)
            status = siamese_trainer_options_set(trainer, s->name, s->value);
        if (index && strcmp(s->kind, "index") == 0)
            status = siamese_index_options_set(index, s->name, s->value);
        SM_RETURN_IF_ERROR(status);
    }
    return SIAMESE_OK;
}
