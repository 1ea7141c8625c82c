/* vocab_options.h: the options of a vocabulary. */
#ifndef SM_VOCAB_OPTIONS_H
#define SM_VOCAB_OPTIONS_H

#include "common/options.h"

extern const sm_option_table sm_vocab_option_table;

/* Reads a host's options, and refuses those that do not go together. */
sm_status sm_vocab_options_read(const siamese_vocab_options *options,
                                siamese_vocab_options *own);

#endif
