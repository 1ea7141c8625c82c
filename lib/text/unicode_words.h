/* unicode_words.h: the words of a text in any script: NFKC with case folded,
 * cut at whatever is no letter, mark or digit, and between letters and
 * digits. */
#ifndef SM_UNICODE_WORDS_H
#define SM_UNICODE_WORDS_H

#include <stdbool.h>

#include "text/code_points.h"
#include "text/words.h"

typedef enum sm_point_kind {
    SM_POINT_SEPARATOR,
    SM_POINT_LETTER,
    SM_POINT_DIGIT,
    SM_POINT_MARK
} sm_point_kind;

/* What a code point is in a word. */
sm_point_kind sm_point_kind_of(int32_t point);

/* Whether a folded code point is a hyphen, a dash up to U+2013, or a minus. */
bool sm_point_is_hyphen(int32_t point);

/*
 * Marks in a row that are put into canonical order together. More than that in
 * one place are no text (UAX #15's stream-safe form allows 30), and would take
 * time by the square.
 */
enum { SM_MARKS_ORDERED = 32 };

typedef struct sm_unicode_rules {
    bool strip_accents;     /* marks over, under and through letters go */
    sm_code_points *folded; /* all code points, what separates words too, are
                             * appended; NULL: nowhere */
} sm_unicode_rules;

/*
 * Appends the words of data[size]. Bytes that are no UTF-8 become U+FFFD, which
 * counts as a letter, so that the damage shows in its word. points is scratch.
 */
sm_status sm_unicode_words(sm_words *words, sm_code_points *points,
                           const sm_unicode_rules *rules, const char *data,
                           size_t size);

/* Appends the words of folded code points. */
sm_status sm_cut_words(sm_words *words, const int32_t *points, size_t count);

#endif
