/* cli_suggest.c: a word and those there are in, the nearest out. For errors. */
#include "shell/cli_suggest.h"

#include <string.h>

enum { MAX_WORD = 63 };

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t const least = a < b ? a : b;
    return least < c ? least : c;
}

/* Damerau and Levenshtein's distance, with swaps of neighbours. */
static size_t distance_of(const char *a, const char *b)
{
    size_t const n = strlen(a), m = strlen(b);
    size_t rows[3][MAX_WORD + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];

    if (n > MAX_WORD || m > MAX_WORD) return CLI_SUGGEST_NONE;
    for (size_t j = 0; j <= m; j++) above[j] = j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = smallest(above[j] + 1, row[j - 1] + 1,
                              above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1] && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
        size_t *const oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[m];
}

void cli_suggest(const char *word, const char *known, const char **closest,
                 size_t *distance)
{
    size_t d = distance_of(word, known);

    /* A beginning of at least three letters is as good as one slip. */
    if (strlen(word) >= 3 && strncmp(word, known, strlen(word)) == 0) d = 1;
    if (d < *distance && d < strlen(known)) {
        *distance = d;
        *closest = known;
    }
}
