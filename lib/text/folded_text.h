/* folded_text.h: a text as what is left of it when case, white space and ways
 * to compose a letter do not matter: for those who ask whether two texts are
 * the same to a reader. */
#ifndef SM_FOLDED_TEXT_H
#define SM_FOLDED_TEXT_H

#include "text/unicode_words.h"

/* All zero is empty. Memory stays from text to text. */
typedef struct sm_folder {
    sm_words words;
    sm_code_points points, folded;
} sm_folder;

void sm_folder_free(sm_folder *folder);

/*
 * Appends NFKC of data[size] with case folded, each run of white space one
 * space, none at its ends. Signs and accents stay, whatever a vocabulary does
 * with them. Bytes that are no UTF-8 become U+FFFD.
 */
sm_status sm_fold_text(sm_folder *folder, const char *data, size_t size,
                       sm_code_points *out);

#endif
