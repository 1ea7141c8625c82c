/* analyze.h: the words of a text by a vocabulary's options: normalised, split,
 * stemmed. */
#ifndef SM_ANALYZE_H
#define SM_ANALYZE_H

#include "text/standardize.h"
#include "text/text_scratch.h"

/* The words, in scratch, until its next text. */
sm_status sm_analyze(const siamese_vocab_options *options,
                     const sm_byte_map *map, sm_text_scratch *scratch,
                     const char *data, size_t size, const sm_words **out);

#endif
