/* presets.c: the name of a preset and an options struct in, the struct with its
 * settings out. For hosts. */
#include <string.h>

#include "common/name_list.h"
#include "common/options.h"
#include "common/status.h"
#include "index/index_options.h"
#include "search/ranker.h"
#include "text/vocab_options.h"
#include "tower/tower.h"
#include "train/trainer_options.h"

typedef struct setting {
    const char *kind, *name, *value;
} setting;

/* What Keras 2.15 and TensorFlow Recommenders 0.7.3 compute; the library's own
 * defaults are theirs for all that is not named here. */
static const setting notebook[] = {
    {"vocab", "max_tokens", "1000"}, {"vocab", "sequence_length", "15"},
    {"ranker", "rerank", "0"},       {"ranker", "spelling", "0"},
    {"ranker", "feedback", "0"},
};

/* max_tokens bounds the table of a catalogue that has more features. */
#define HASHED_WORDS                                                           \
    {"vocab", "normalizer", "unicode"}, {"vocab", "stemmer", "english"},       \
        {"vocab", "written_words", "1"}, {"vocab", "strip_accents", "1"},      \
        {"vocab", "compounds", "1"}, {"vocab", "quantities", "add"},           \
        {"vocab", "packs", "1"}, {"vocab", "char_ngrams", "3-5"},              \
        {"vocab", "hash_buckets", "1048576"},                                  \
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
        {"trainer", "max_steps", "2000"}, {"trainer", "word_sums", "1"},       \
        {"trainer", "matmul_precision", "auto"},                               \
    {                                                                          \
        "trainer", "metrics", "none"                                           \
    }

#define STAGES                                                                 \
    {"ranker", "rerank", "1"}, {"ranker", "spelling", "1"},                    \
    {                                                                          \
        "ranker", "feedback", "10"                                             \
    }

/* Hashed words and parts of words, so that no spelling is unknown, in a mean of
 * unit length; every item is learned, also those that nobody searched for. */
static const setting retrieval[] = {HASHED_WORDS, BAG("384"), RETRIEVAL,
                                    STAGES};

/* The same in a smaller file. */
static const setting small[] = {HASHED_WORDS, BAG("128"), RETRIEVAL, STAGES};

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
    sm_name_list names = {.used = 0};
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "preset: is NULL");
    for (size_t i = 0; i < PRESET_COUNT; i++)
        if (strcmp(presets[i].name, name) == 0) {
            *out = &presets[i];
            return SIAMESE_OK;
        }
    for (size_t i = 0; i < PRESET_COUNT; i++)
        sm_name_list_add(&names, presets[i].name);
    return sm_fail(SIAMESE_E_OPTION,
                   "there is no preset '%.60s'; there are: %s", name,
                   sm_name_list_text(&names));
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

/* The host's struct of one kind of options. */
typedef struct target {
    const char *kind; /* and the name of the argument */
    const sm_option_table *table;
    void *options; /* NULL: not wanted */
} target;

/* A struct of an older header has no room for some: those keep what they had
 * before there was a setting of them. */
static sm_status apply_to(const target *to, const preset *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const setting *const s = &from->settings[i];
        if (strcmp(s->kind, to->kind) == 0 &&
            sm_options_hold(to->table, to->options, s->name))
            SM_RETURN_IF_ERROR(
                sm_options_set(to->table, to->options, s->name, s->value));
    }
    return SIAMESE_OK;
}

siamese_status siamese_preset_apply(const char *name,
                                    siamese_vocab_options *vocab,
                                    siamese_tower_options *tower,
                                    siamese_trainer_options *trainer,
                                    siamese_index_options *index)
{
    target const targets[] = {
        {"vocab", &sm_vocab_option_table, vocab},
        {"tower", &sm_tower_option_table, tower},
        {"trainer", &sm_trainer_option_table, trainer},
        {"index", &sm_index_option_table, index},
    };
    size_t const count = sizeof targets / sizeof *targets;
    const preset *found;
    SM_RETURN_IF_ERROR(find(name, &found));
    /* the values are ours and good: a struct is all that can be wrong */
    for (size_t t = 0; t < count; t++)
        if (targets[t].options)
            SM_RETURN_IF_ERROR(
                sm_struct_check(targets[t].options, targets[t].kind));
    for (size_t t = 0; t < count; t++)
        if (targets[t].options)
            SM_RETURN_IF_ERROR(apply_to(&targets[t], found));
    return SIAMESE_OK;
}

siamese_status siamese_preset_apply_ranker(const char *name,
                                           siamese_ranker_options *ranker)
{
    target const to = {"ranker", &sm_ranker_option_table, ranker};
    const preset *found;
    SM_RETURN_IF_ERROR(find(name, &found));
    SM_RETURN_IF_ERROR(sm_struct_check(ranker, "ranker"));
    return apply_to(&to, found);
}
