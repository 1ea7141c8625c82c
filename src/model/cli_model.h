/*
 * cli_model.h: model files in and out: from a path, or "-", to a bundle of the
 * library, and back by rename. Each verb that reads or writes a model calls it.
 */
#ifndef CLI_MODEL_H
#define CLI_MODEL_H

#include <siamese/siamese.h>

/* "-" is standard input and output. A model appears whole or not at all. */
siamese_bundle *cli_model_load(const char *path,
                               const siamese_load_options *options);
void cli_model_save(const char *path, const siamese_bundle *bundle,
                    const siamese_save_options *options);

/* The simple way to all that is in a bundle; to be freed. */
siamese_model *cli_model_of(const siamese_bundle *bundle);

/* What the model's next index is made by. */
void cli_model_set_index(siamese_model *model,
                         const siamese_index_options *options);

#endif
