/*
 * cli_model.h: model files in and out: from a path, or "-", to a bundle of the
 * library, and back by rename. Each verb that reads or writes a model calls it.
 */
#ifndef CLI_MODEL_H
#define CLI_MODEL_H

#include <siamese/siamese.h>

#include "shell/cli_settings.h"

/* "-" is standard input and output. A model appears whole or not at all. */
siamese_bundle *cli_model_load(const char *path,
                               const siamese_load_options *options);
void cli_model_save(const char *path, const siamese_bundle *bundle,
                    const siamese_save_options *options);

/* The simple way to all that is in a bundle; to be freed. */
siamese_model *cli_model_of(const siamese_bundle *bundle);

/* Sets all options of a kind, one of CLI_INDEX and so on with its name, for the
 * parts that the model makes next. */
void cli_model_set(siamese_model *model, unsigned bit, const char *kind,
                   const void *options);

/* Sets those of them alone that are given. */
void cli_model_set_given(siamese_model *model, unsigned bit, const char *kind,
                         const cli_settings *settings);

#endif
