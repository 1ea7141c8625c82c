/* spelling.c: a word and the words that there are in, the nearest of them out,
 * by a scan of signatures. For the correction of queries. */
#include "search/spelling.h"

#include <string.h>

#include "common/size.h"
#include "text/utf8.h"

/* A word's code points. */
typedef struct letters {
    int32_t points[SM_SPELLING_MOST];
    size_t count;
} letters;

/* ---- words ---- */

/* Scripts that set no space between words: what stands between two spaces is a
 * phrase, and its nearest neighbour another. */
static bool is_unspaced(int32_t point)
{
    static const struct {
        int32_t first, last;
    } scripts[] = {
        {0x0E00, 0x0EFF},   /* Thai, Lao */
        {0x0F00, 0x109F},   /* Tibetan, Myanmar */
        {0x1780, 0x17FF},   /* Khmer */
        {0x2E80, 0x2FDF},   /* radicals */
        {0x3005, 0x3007},   /* signs of repetition */
        {0x3040, 0x309F},   /* Hiragana */
        {0x3100, 0x312F},   /* Bopomofo */
        {0x3400, 0x9FFF},   /* ideographs */
        {0xF900, 0xFAFF},   /* for compatibility */
        {0x20000, 0x3FFFF}, /* ideographs */
    };
    if (point < scripts[0].first) return false;
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++)
        if (point >= scripts[i].first && point <= scripts[i].last) return true;
    return false;
}

/* False: it is no word that is corrected, or corrected to. */
static bool read_letters(letters *to, const char *word, size_t size)
{
    const unsigned char *const bytes = (const unsigned char *)word;
    size_t length;
    to->count = 0;
    for (size_t i = 0; i < size; i += length) {
        int32_t const point = sm_utf8_next(bytes + i, size - i, &length);
        if (to->count == SM_SPELLING_MOST || point == SM_REPLACEMENT ||
            (point >= '0' && point <= '9') || point == ' ' ||
            is_unspaced(point))
            return false;
        to->points[to->count++] = point;
    }
    return to->count >= SM_SPELLING_LEAST_TARGET;
}

/* ---- signatures ---- */

enum { KINDS = 32 };

/* A letter's kind are its low bits, which are others for each of a to z. */
static uint64_t signature_of(const letters *word)
{
    uint64_t once = 0, twice = 0;
    for (size_t i = 0; i < word->count; i++) {
        uint64_t const bit = UINT64_C(1) << (word->points[i] & (KINDS - 1));
        twice |= once & bit;
        once |= bit;
    }
    return once | twice << KINDS;
}

uint64_t sm_spelling_signature(const char *word, size_t size)
{
    letters own;
    return read_letters(&own, word, size) ? signature_of(&own)
                                          : SM_SPELLING_NONE;
}

static int edits_of(const letters *word)
{
    if (word->count < SM_SPELLING_LEAST) return 0;
    return word->count < SM_SPELLING_TWO_EDITS ? 1 : 2;
}

int sm_spelling_edits(const char *word, size_t size)
{
    letters own;
    return read_letters(&own, word, size) ? edits_of(&own) : 0;
}

/* Whether so many edits may be enough: none but the lowest 2 * edits of the
 * bits that differ. */
static inline bool may_be_near(uint64_t a, uint64_t b, int edits)
{
    uint64_t differs = a ^ b;
    differs &= differs - 1;
    differs &= differs - 1;
    if (edits == 1) return differs == 0;
    differs &= differs - 1;
    differs &= differs - 1;
    return differs == 0;
}

/* ---- distance ---- */

static size_t least(size_t a, size_t b, size_t c)
{
    return sm_min(a, sm_min(b, c));
}

/*
 * Edits between a[n] and b[m] if they are `most` or fewer, else more than
 * that: the restricted distance of Damerau and Levenshtein,
 *
 *   d(i, j) = min(d(i-1, j) + 1, d(i, j-1) + 1, d(i-1, j-1) + [a_i != b_j],
 *                 d(i-2, j-2) + 1 if a_i a_(i-1) = b_(j-1) b_j)
 */
static size_t distance(const int32_t *a, size_t n, const int32_t *b, size_t m,
                       size_t most)
{
    size_t rows[3][SM_SPELLING_MOST + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= m; j++) last[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t smallest = row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(last[j] + 1, row[j - 1] + 1,
                           last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = sm_min(row[j], before[j - 2] + 1);
            smallest = sm_min(smallest, row[j]);
        }
        if (smallest > most) return most + 1;
        size_t *const free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[m];
}

/* The same; what both begin and end with is left out of it. */
static int edits_between(const letters *a, const letters *b, int most)
{
    size_t n = a->count, m = b->count, same = 0;
    if (n > m + (size_t)most || m > n + (size_t)most) return most + 1;
    while (n && m && a->points[n - 1] == b->points[m - 1]) n--, m--;
    while (same < n && same < m && a->points[same] == b->points[same]) same++;
    return (int)distance(a->points + same, n - same, b->points + same, m - same,
                         (size_t)most);
}

/* ---- the nearest ---- */

typedef struct nearest {
    sm_spelling_word word;
    size_t number;
    int edits;
} nearest;

static bool is_better(const sm_spelling_word *a, const sm_spelling_word *b)
{
    if (a->rows != b->rows) return a->rows > b->rows;
    int const order = memcmp(a->text, b->text, sm_min(a->size, b->size));
    return order ? order < 0 : a->size < b->size;
}

size_t sm_spelling_nearest(const sm_spelling_words *words, const char *word,
                           size_t size)
{
    letters own, other;
    if (!read_letters(&own, word, size) || edits_of(&own) == 0) return SIZE_MAX;
    uint64_t const signature = signature_of(&own);
    nearest best = {{NULL, 0, 0}, SIZE_MAX, edits_of(&own)};
    for (size_t i = 0; i < words->count; i++) {
        if (!may_be_near(signature, words->signatures[i], best.edits)) continue;
        sm_spelling_word const its = words->word(words->context, i);
        if (its.rows == 0 || !read_letters(&other, its.text, its.size))
            continue;
        int const edits = edits_between(&own, &other, best.edits);
        if (edits > best.edits ||
            (edits == best.edits && best.number != SIZE_MAX &&
             !is_better(&its, &best.word)))
            continue;
        best = (nearest){its, i, edits};
    }
    return best.number;
}
