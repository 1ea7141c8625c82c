/* golden_config.h: a model case's config.json as options of the library. A new
 * option of the library is one more line here. */
#ifndef GOLDEN_CONFIG_H
#define GOLDEN_CONFIG_H

#include <jansson.h>

#include <siamese/siamese.h>

typedef struct golden_config {
    siamese_vocab_options vocab;
    siamese_tower_options tower;
    siamese_trainer_options trainer;
    size_t steps;
    int torch;         /* made by PyTorch: see golden_torch.h */
    int candidate_ids; /* the loss was given the items' ids */
    int probabilities; /* and their sampling probabilities */
} golden_config;

/*
 * NULL, or what of the case the library does not have; the vocabulary's options
 * are right either way, if the case has texts.
 */
const char *golden_config_read(golden_config *config, const json_t *json);

#endif
