/* presets.h: settings of all of these options that serve a purpose */
#ifndef LIBSIAMESE_PRESETS_H
#define LIBSIAMESE_PRESETS_H

#include <siamese/index.h>
#include <siamese/tower.h>
#include <siamese/trainer_options.h>
#include <siamese/vocab.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_preset_info {
    size_t struct_size;
    const char *name; /* "default" */
    const char *help; /* what it is for */
} siamese_preset_info;

/* Describes preset i = 0, 1, ...; SIAMESE_E_NOT_FOUND past the last. */
SIAMESE_API siamese_status siamese_preset_describe(size_t i,
                                                   siamese_preset_info *info);

typedef struct siamese_preset_setting {
    size_t struct_size;
    const char *kind;  /* "vocab", "tower", "trainer" or "index" */
    const char *name;  /* as of siamese_X_options_set */
    const char *value; /* as text */
} siamese_preset_setting;

/* Setting i = 0, 1, ... of a preset; SIAMESE_E_NOT_FOUND past the last,
 * SIAMESE_E_OPTION, with their names, if there is no such preset. */
SIAMESE_API siamese_status siamese_preset_get(const char *preset, size_t i,
                                              siamese_preset_setting *setting);

/*
 * Sets what a preset sets in options that siamese_X_options_init has filled in;
 * the others stay. Each may be NULL. A struct of an older header gets what it
 * has room for. SIAMESE_E_OPTION, with their names, if there is no such preset,
 * SIAMESE_E_ARGUMENT for a struct_size that is none; then all are as before.
 * "default" is meant for retrieval: one shared
 * tower with one field of texts, the catalogue given with
 * siamese_trainer_add_items.
 */
SIAMESE_API siamese_status siamese_preset_apply(
    const char *preset, siamese_vocab_options *vocab,
    siamese_tower_options *tower, siamese_trainer_options *trainer,
    siamese_index_options *index);

#ifdef __cplusplus
}
#endif

#endif
