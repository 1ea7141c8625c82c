/*
 * words: writes pairs of texts of invented words, for measuring a vocabulary,
 * the same bytes for the same arguments.
 *
 *     words WORDS FOLDER
 *
 * FOLDER/words.csv: rows of a search term of 3 words and a title of 10. Three
 * words of a title are the next of all WORDS, shuffled, so that each occurs;
 * the other words are drawn as words occur in texts, the r-th most frequent
 * with a chance of about 1 / r (Zipf's law).
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "random.h"

enum { TERM_WORDS = 3, TITLE_WORDS = 10, TITLE_NEW_WORDS = 3 };

/* Number `word` to the base of 100 syllables, three digits at least, with an
 * ending: 6 to 10 letters below 10^6. */
static void write_word(FILE *stream, uint64_t word)
{
    static const char consonants[] = "bcdfghjklmnprstvwxyz";
    static const char *const endings[] = {"",   "s",  "er",  "ing",
                                          "el", "ed", "ity", "ness"};
    uint64_t seed = word, rest = word;

    for (int digits = 0; digits < 3 || rest; digits++, rest /= 100) {
        putc(consonants[rest % 100 / 5], stream);
        putc("aeiou"[rest % 5], stream);
    }
    fputs(endings[next(&seed) % 8], stream);
}

/* exp(u ln WORDS), u uniform, falls between r and r + 1 with a chance of
 * ln((r + 1) / r) / ln WORDS. */
static uint32_t draw(const uint32_t *words, size_t count, uint64_t *seed)
{
    double const u = (double)(next(seed) >> 11) * 0x1p-53;
    size_t const rank = (size_t)exp(u * log((double)count));

    return words[rank < count ? rank : count - 1];
}

static void write_row(FILE *stream, const uint32_t *words, size_t count,
                      size_t row, uint64_t *seed)
{
    for (int i = 0; i < TERM_WORDS; i++) {
        if (i) putc(' ', stream);
        write_word(stream, draw(words, count, seed));
    }
    putc(',', stream);
    for (size_t i = 0; i < TITLE_WORDS; i++) {
        size_t const at = row * TITLE_NEW_WORDS + i;
        if (i) putc(' ', stream);
        write_word(stream, i < TITLE_NEW_WORDS && at < count
                               ? words[at]
                               : draw(words, count, seed));
    }
    fputs(",3\n", stream);
}

int main(int argc, char **argv)
{
    char path[4096];
    uint64_t seed = 7;

    if (argc != 3) {
        fputs("usage: words WORDS FOLDER\n", stderr);
        return 2;
    }
    size_t const count = strtoull(argv[1], NULL, 10);
    if (count < 2 || count > 100000000) {
        fputs("words: WORDS are 2 to 100000000\n", stderr);
        return 2;
    }
    snprintf(path, sizeof path, "%s/words.csv", argv[2]);
    FILE *const stream = fopen(path, "wb");
    uint32_t *const words = malloc(count * sizeof *words);
    if (!stream || !words) {
        perror(path);
        return 1;
    }
    for (size_t i = 0; i < count; i++) {
        size_t const at = next(&seed) % (i + 1);
        words[i] = words[at];
        words[at] = (uint32_t)i;
    }
    fputs("search_term,product_title,relevance\n", stream);
    for (size_t row = 0; row * TITLE_NEW_WORDS < count; row++)
        write_row(stream, words, count, row, &seed);
    free(words);
    int const failed = ferror(stream);
    if (fclose(stream) || failed) {
        perror(path);
        return 1;
    }
    return 0;
}
