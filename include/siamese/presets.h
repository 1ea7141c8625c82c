/*
 * presets.h: a preset sets options of several parts to values that serve a
 * purpose together. docs/quality.md has what the presets find.
 */
#ifndef LIBSIAMESE_PRESETS_H
#define LIBSIAMESE_PRESETS_H

#include <siamese/index.h>
#include <siamese/ranker.h>
#include <siamese/tower.h>
#include <siamese/trainer_options.h>
#include <siamese/vocab.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Sets what a preset sets, in options that siamese_X_options_init has filled
 * in; the other options stay. A struct of an older header gets what it has room
 * for. "default" is meant for retrieval: one shared tower with one field of
 * texts, and the catalogue given with siamese_trainer_add_items.
 *   preset                         its name, e.g. "default"
 *   vocab, tower, trainer, index   each may be NULL
 * Errors: SIAMESE_E_OPTION, with the names of all presets, if there is no such
 * one; SIAMESE_E_ARGUMENT for a struct_size that is not valid. All options are
 * then as before.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_preset_apply(
    const char *preset, siamese_vocab_options *vocab,
    siamese_tower_options *tower, siamese_trainer_options *trainer,
    siamese_index_options *index);

/*
 * Sets what a preset sets in the options of a ranker, as siamese_preset_apply
 * does in those of the other parts.
 *   preset  the preset's name, e.g. "default"
 *   ranker  ranker->struct_size must be set
 * Errors: SIAMESE_E_OPTION, with the names of all presets, if there is no such
 * one; SIAMESE_E_ARGUMENT for a struct_size that is not valid.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_preset_apply_ranker(const char *preset, siamese_ranker_options *ranker);

/* The description of a preset; its texts are static. */
typedef struct siamese_preset_info {
    size_t struct_size;
    const char *name; /* "default" */
    const char *help; /* what it is for */
} siamese_preset_info;

/*
 * Describes preset i = 0, 1, ...
 *   info  info->struct_size must be set
 * Errors: SIAMESE_E_NOT_FOUND after the last one.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_preset_describe(size_t i,
                                                   siamese_preset_info *info);

/* One option that a preset sets; its texts are static. */
typedef struct siamese_preset_setting {
    size_t struct_size;
    const char *kind;  /* "vocab", "tower", "trainer", "index" or
                        * "ranker" */
    const char *name;  /* as for siamese_X_options_set */
    const char *value; /* as text */
} siamese_preset_setting;

/*
 * Reads setting i = 0, 1, ... of a preset.
 *   preset   its name
 *   setting  setting->struct_size must be set
 * Errors: SIAMESE_E_NOT_FOUND after the last one; SIAMESE_E_OPTION, with the
 * names of all presets, if there is no such preset.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_preset_get(const char *preset, size_t i,
                                              siamese_preset_setting *setting);

#ifdef __cplusplus
}
#endif

#endif
