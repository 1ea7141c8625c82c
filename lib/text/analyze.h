/* analyze.h: the words of a text by a vocabulary's options: normalised, split,
 * stemmed. */
#ifndef SM_ANALYZE_H
#define SM_ANALYZE_H

#include "text/standardize.h"
#include "text/text_scratch.h"

/* What a text was taken apart to, in scratch, until its next text. */
typedef struct sm_analysis {
    const sm_words *words;
    const sm_words *written;    /* the same before stems */
    const sm_words *compounds;  /* of sm_compounds; empty until then */
    const sm_words *quantities; /* values with units; empty if off */
} sm_analysis;

sm_status sm_analyze(const siamese_vocab_options *options,
                     const sm_byte_map *map, sm_text_scratch *scratch,
                     const char *data, size_t size, sm_analysis *out);

#endif
