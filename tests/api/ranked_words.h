/* ranked_words.h: the words of ranked_items.h's texts by hand: which they are,
 * which are of one stem, how rare they are, how alike. */
#ifndef RANKED_WORDS_H
#define RANKED_WORDS_H

#include <math.h>

#include "api/ranked_items.h"

static inline void encode(const siamese_text *text, double *out)
{
    float vector[DIM];
    ok(siamese_tower_encode(w.tower, text, 1, 1, vector, DIM));
    for (size_t d = 0; d < DIM; d++) out[d] = (double)vector[d];
}

static inline double dot(const double *a, const double *b)
{
    double sum = 0;
    for (size_t d = 0; d < DIM; d++) sum += a[d] * b[d];
    return sum;
}

static inline double cosine(const double *a, const double *b)
{
    double const length = sqrt(dot(a, a) * dot(b, b));
    return length > 0 ? dot(a, b) / length : 0;
}

/* Words of the texts above, whose only quantities are `sizes`. */
typedef struct hand_word {
    char text[16];
    int is_quantity;
} hand_word;

static inline size_t words_of(const char *text, hand_word *out)
{
    /* docs/text.md: of what is no integer the value alone too */
    static const char *const canonical[][2] = {{"50 ft.", "50 ft"},
                                               {"25 ft.", "25 ft"},
                                               {"3/4 in.", "3/4"},
                                               {"3/4 in.", "3/4 in"},
                                               {"2 gal.", "2 gal"}};
    char copy[64];
    size_t count = 0;
    strcpy(copy, text);
    for (char *at = strtok(copy, " ./"); at; at = strtok(NULL, " ./"))
        strcpy(out[count++].text, at);
    for (size_t i = 0; i < count; i++) out[i].is_quantity = 0;
    for (size_t i = 0; i < 5; i++)
        if (strstr(text, canonical[i][0])) {
            strcpy(out[count].text, canonical[i][1]);
            out[count++].is_quantity = 1;
        }
    return count;
}

/* Stems of these words: only an s at the end of two of them goes. */
static inline int same_stem(const hand_word *a, const hand_word *b)
{
    char x[16], y[16];
    strcpy(x, a->text);
    strcpy(y, b->text);
    if (strlen(x) > 3 && x[strlen(x) - 1] == 's') x[strlen(x) - 1] = '\0';
    if (strlen(y) > 3 && y[strlen(y) - 1] == 's') y[strlen(y) - 1] = '\0';
    return a->is_quantity == b->is_quantity && strcmp(x, y) == 0;
}

static inline double idf_of(const hand_word *word)
{
    double n = 0;
    for (size_t i = 0; i < COUNT; i++) {
        hand_word title[WORDS];
        size_t const count = words_of(w.names[i], title);
        int has = 0;
        for (size_t t = 0; t < count; t++) has |= same_stem(word, &title[t]);
        n += has;
    }
    return log(1 + (COUNT - n + 0.5) / (n + 0.5));
}

#endif
