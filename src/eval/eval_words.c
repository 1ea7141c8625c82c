/* eval_words.c: texts in, whether they share a word out. For eval_slices. */
#include "eval/eval_words.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "shell/cli_memory.h"

enum {
    CAPITAL_SIGMA = 0x3A3,
    FINAL_SIGMA = 0x3C2,
    CAPITAL_I_WITH_DOT = 0x130,
    DOT_ABOVE = 0x307,
    MOST_BYTES = 6 /* of one point in lower case: two points of 3 at most */
};

void eval_words_free(eval_words *words)
{
    free(words->points);
    free(words->bytes);
    free(words->list);
    memset(words, 0, sizeof *words);
}

static int is_cased(int32_t point)
{
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
        return 1;
    default:
        return 0;
    }
}

/* What stands between letters without ending the word: Case_Ignorable. */
static int is_ignorable(int32_t point)
{
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_SK:
        return 1;
    default:
        return point == '\'' || point == '.' || point == ':' || point == 0xB7 ||
               point == 0x2018 || point == 0x2019;
    }
}

/* Whether the sigma at `at` ends a word: then its small letter is another. */
static int is_final(const int32_t *points, size_t count, size_t at)
{
    size_t before = at, after = at + 1;

    while (before > 0 && is_ignorable(points[before - 1])) before--;
    if (before == 0 || !is_cased(points[before - 1])) return 0;
    while (after < count && is_ignorable(points[after])) after++;
    return after == count || !is_cased(points[after]);
}

static int is_ascii_punctuation(int32_t p)
{
    return (p >= '!' && p <= '/') || (p >= ':' && p <= '@') ||
           (p >= '[' && p <= '`') || (p >= '{' && p <= '~');
}

static int is_space(int32_t p)
{
    return (p >= 0x9 && p <= 0xD) || (p >= 0x1C && p <= 0x20) || p == 0x85 ||
           utf8proc_category(p) == UTF8PROC_CATEGORY_ZS ||
           utf8proc_category(p) == UTF8PROC_CATEGORY_ZL ||
           utf8proc_category(p) == UTF8PROC_CATEGORY_ZP;
}

/* A byte that is not of UTF-8 is a point of its own. */
static size_t decode(eval_words *w, siamese_text text)
{
    const unsigned char *at = (const unsigned char *)text.data;
    const unsigned char *const end = at + text.size;
    size_t count = 0;

    while (at < end) {
        int32_t point;
        utf8proc_ssize_t const size = utf8proc_iterate(at, end - at, &point);
        w->points[count++] = size > 0 ? point : 0xFFFD;
        at += size > 0 ? size : 1;
    }
    return count;
}

static char *put_lower(char *to, const int32_t *points, size_t count, size_t at)
{
    int32_t const point = points[at];
    int32_t lower = utf8proc_tolower(point);

    if (point == CAPITAL_SIGMA && is_final(points, count, at))
        lower = FINAL_SIGMA;
    if (point == CAPITAL_I_WITH_DOT) {
        *to++ = 'i';
        lower = DOT_ABOVE;
    }
    return to + utf8proc_encode_char(lower, (unsigned char *)to);
}

static void reserve(eval_words *w, size_t size)
{
    if (size <= w->point_capacity && w->points) return;
    w->point_capacity = 2 * size + 64;
    w->points = cli_resize(w->points, w->point_capacity, sizeof *w->points);
    w->bytes = cli_resize(w->bytes, w->point_capacity, MOST_BYTES + 1);
}

/* Of [word, to), if there is one. */
static char *end_word(eval_words *w, char *word, char *to)
{
    if (to == word) return to;
    w->list = cli_grow(w->list, w->count, &w->list_capacity, sizeof *w->list);
    w->list[w->count++] = (siamese_text){word, (size_t)(to - word)};
    *to = '\0';
    return to + 1;
}

void eval_words_read(eval_words *w, siamese_text text)
{
    reserve(w, text.size);
    size_t const count = decode(w, text);
    char *word = w->bytes, *to = word;

    w->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (is_space(w->points[i]))
            word = to = end_word(w, word, to);
        else if (!is_ascii_punctuation(w->points[i]))
            to = put_lower(to, w->points, count, i);
    }
    end_word(w, word, to);
}
