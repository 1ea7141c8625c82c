/* model_settings.h: what a model was told of its parts: the preset's options
 * and what was set over them, and the fields beside the title. */
#ifndef SM_MODEL_SETTINGS_H
#define SM_MODEL_SETTINGS_H

#include <stdbool.h>

#include "common/options.h"
#include "common/stream.h"

typedef struct sm_model_field {
    char name[64];
    siamese_field_options options;
    bool by_value; /* an ID's: a vocabulary of its values, no buckets */
} sm_model_field;

typedef struct sm_model_settings {
    char preset[64];
    siamese_model_options options;
    siamese_vocab_options vocab;
    siamese_field_options field; /* of the titles' field */
    siamese_tower_options tower;
    siamese_trainer_options trainer;
    siamese_index_options index;
    siamese_ranker_options ranker;
    sm_model_field *fields; /* beside the title */
    size_t field_count, field_capacity;
} sm_model_settings;

extern const sm_option_table sm_model_option_table;

/* Of a preset and options that are whole. */
sm_status sm_model_settings_init(sm_model_settings *settings,
                                 const char *preset,
                                 const siamese_model_options *options);
void sm_model_settings_free(sm_model_settings *settings);

/* The kinds of options that a name belongs to, as bits. */
enum {
    SM_SET_VOCAB = 1,
    SM_SET_FIELD = 2,
    SM_SET_TOWER = 4,
    SM_SET_TRAINER = 8,
    SM_SET_INDEX = 16,
    SM_SET_RANKER = 32
};

/* Which kinds have the option; *bare is its name without the kind before it.
 * SIAMESE_E_OPTION if none has. */
sm_status sm_model_settings_find(const char *name, unsigned *kinds,
                                 const char **bare);

/* Sets it in each of these kinds, or in none. */
sm_status sm_model_settings_set(sm_model_settings *settings, unsigned kinds,
                                const char *bare, const char *value);

/* Buckets 0 of an ID ask for a vocabulary of its values. */
sm_status sm_model_settings_add_field(sm_model_settings *settings,
                                      const char *name,
                                      const siamese_field_options *options);

/* To and from the section "model" of a checkpoint; but for those of the ranker,
 * which has a section of its own. */
sm_status sm_model_settings_write(const sm_model_settings *settings,
                                  sm_writer *writer);
sm_status sm_model_settings_read(sm_model_settings *settings,
                                 sm_reader *reader);

#endif
