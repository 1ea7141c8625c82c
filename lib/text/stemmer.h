/* stemmer.h: Snowball's stemmers, by the number of their language. */
#ifndef SM_STEMMER_H
#define SM_STEMMER_H

#include "common/status.h"

/* The values of the option `stemmer`, "none" first, in the order of their
 * numbers: new ones go to the end. */
#define SM_STEMMER_NAMES                                                       \
    "none | arabic | armenian | basque | catalan | danish | dutch | english "  \
    "| finnish | french | german | greek | hindi | hungarian | indonesian "    \
    "| irish | italian | lithuanian | nepali | norwegian | porter "            \
    "| portuguese | romanian | russian | serbian | spanish | swedish | tamil " \
    "| turkish | yiddish"

/* Its memory comes from the library's allocator. For one thread at a time. It
 * keeps the stems of the last words: titles have few words over and over. */
typedef struct sm_stemmer sm_stemmer;

/* language: a value of the option; SIAMESE_E_UNSUPPORTED if Snowball lacks
 * it. */
sm_status sm_stemmer_create(sm_stemmer **out, int32_t language);
void sm_stemmer_free(sm_stemmer *stemmer);

/*
 * The stem of a word in lower case, in memory of the stemmer, until its next
 * call. A word that has no stem, is no UTF-8 or has more than SM_STEM_SIZE
 * bytes is its own.
 */
enum { SM_STEM_SIZE = 255 };

sm_status sm_stemmer_stem(sm_stemmer *stemmer, const char *word, size_t size,
                          const char **stem, size_t *stem_size);

#endif
