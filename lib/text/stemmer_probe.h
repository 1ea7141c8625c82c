/* stemmer_probe.h: a fingerprint of what Snowball's stemmer of a language does,
 * by which releases that cut words otherwise can be told apart. */
#ifndef SM_STEMMER_PROBE_H
#define SM_STEMMER_PROBE_H

#include <stdbool.h>

#include "common/status.h"

/* Word `number` of the language's probe, NUL-terminated; 0 behind the last.
 * Words known for it first, then made ones: roots of its letters with
 * endings. */
enum { SM_PROBE_WORD_SIZE = 128 };
bool sm_stemmer_probe_word(int32_t language, size_t number,
                           char word[SM_PROBE_WORD_SIZE]);

/* FNV-1a over the stems of all of them, each with its NUL; never 0. */
sm_status sm_stemmer_fingerprint(int32_t language, uint64_t *out);

#endif
