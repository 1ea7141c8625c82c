/* unicode_words.h: the words of a text in any script: NFKC with case folded, cut
 * at whatever is no letter, mark or digit, and between letters and digits. */
#ifndef SM_UNICODE_WORDS_H
#define SM_UNICODE_WORDS_H

#include "text/words.h"

/* Code points under way; all zero is empty. */
typedef struct sm_code_points {
    int32_t *points;
    size_t count, capacity;
} sm_code_points;

void sm_code_points_free(sm_code_points *points);

/*
 * Marks in a row that are put into canonical order together. More than that in
 * one place are no text (UAX #15's stream-safe form allows 30), and would take
 * time by the square.
 */
enum { SM_MARKS_ORDERED = 32 };

/*
 * Appends the words of data[size]. Bytes that are no UTF-8 become U+FFFD, which
 * counts as a letter, so that the damage shows in its word.
 */
sm_status sm_unicode_words(sm_words *words, sm_code_points *points,
                           const char *data, size_t size);

#endif
