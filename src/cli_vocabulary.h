/* cli_vocabulary.h: how much of its texts a vocabulary knows and keeps. */
#ifndef CLI_VOCABULARY_H
#define CLI_VOCABULARY_H

#include <jansson.h>
#include <siamese/siamese.h>

/* Size, tokens that are unknown and texts that are cut, in a line for people. */
void cli_vocabulary_tell(const siamese_vocab *vocab);

/* The same counts. */
json_t *cli_vocabulary_json(const siamese_vocab *vocab);

#endif
