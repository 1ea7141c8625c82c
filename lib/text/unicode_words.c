/* unicode_words.c: a text in any script in, its folded words out. For
 * analyze. */
#include "text/unicode_words.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "text/utf8.h"

/* Unicode's toNFKC_Casefold: compatibility decomposition, full case folding,
 * default ignorable code points (soft hyphens, joiners, ...) left out. */
enum {
    FOLDING = UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE |
              UTF8PROC_CASEFOLD | UTF8PROC_IGNORE
};

/* Code points that one becomes at most: U+FDFA becomes 18. */
enum { EXPANSION = 32 };

enum { FRACTION_SLASH = 0x2044 };
enum {
    HYPHEN = 0x2010,
    FIGURE_DASH = 0x2012,
    EN_DASH = 0x2013,
    MINUS = 0x2212
};

/* ---- normalising ---- */

static sm_status decompose(sm_code_points *points, int32_t point)
{
    for (size_t room = EXPANSION;; room *= 2) {
        SM_RETURN_IF_ERROR(sm_code_points_reserve(points, room));
        int boundary = 0;
        utf8proc_ssize_t const count = utf8proc_decompose_char(
            point, points->points + points->count, (utf8proc_ssize_t)room,
            (utf8proc_option_t)FOLDING, &boundary);
        SM_REQUIRE(count >= 0, SIAMESE_E_INTERNAL, "code point %d: %s",
                   (int)point, utf8proc_errmsg(count));
        if ((size_t)count > room) continue;
        points->count += (size_t)count;
        return SIAMESE_OK;
    }
}

/* One and the sign for a half do not make eleven halves: a space goes before
 * what a fraction of one code point became. */
static sm_status part_fraction(sm_code_points *points, int32_t point,
                               size_t first)
{
    size_t at = first;
    while (at < points->count && points->points[at] != FRACTION_SLASH) at++;
    if (at == points->count || point == FRACTION_SLASH) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_code_points_reserve(points, 1));
    memmove(points->points + first + 1, points->points + first,
            (points->count - first) * sizeof *points->points);
    points->points[first] = ' ';
    points->count++;
    return SIAMESE_OK;
}

static int combining_class(int32_t point)
{
    return utf8proc_get_property(point)->combining_class;
}

/* Canonical order: marks in a row by their class, those of one as they came. */
static void order_marks(int32_t *points, size_t count)
{
    size_t first = 0; /* of the marks that are in order together */
    for (size_t i = 0; i < count; i++) {
        int32_t const point = points[i];
        int const class = combining_class(point);
        if (class == 0 || i - first == SM_MARKS_ORDERED) {
            first = class == 0 ? i + 1 : i;
            continue;
        }
        size_t at = i;
        for (; at > first && combining_class(points[at - 1]) > class; at--)
            points[at] = points[at - 1];
        points[at] = point;
    }
}

/* ---- accents ---- */

/* Marks that stand over, under or through a letter have a combining class from
 * 200 on: not vowel signs, viramas, or the voicing marks of kana. */
static void drop_accents(sm_code_points *points)
{
    size_t kept = 0;
    for (size_t i = 0; i < points->count; i++)
        if (combining_class(points->points[i]) < 200)
            points->points[kept++] = points->points[i];
    points->count = kept;
}

/* Letters that are accented without a mark, and ligatures: "" for others. */
static const char *plain_letters(int32_t point)
{
    static const struct {
        int32_t point;
        const char *letters;
    } known[] = {{0x00E6, "ae"}, {0x00F0, "d"}, {0x00F8, "o"}, {0x00FE, "th"},
                 {0x0111, "d"},  {0x0127, "h"}, {0x0131, "i"}, {0x0142, "l"},
                 {0x0153, "oe"}, {0x0167, "t"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].point == point) return known[i].letters;
    return "";
}

/* ---- words ---- */

sm_point_kind sm_point_kind_of(int32_t point)
{
    if (point < 0x80) {
        if ((point | 0x20) >= 'a' && (point | 0x20) <= 'z')
            return SM_POINT_LETTER;
        return point >= '0' && point <= '9' ? SM_POINT_DIGIT
                                            : SM_POINT_SEPARATOR;
    }
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
        return SM_POINT_LETTER;
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
        return SM_POINT_MARK;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return SM_POINT_DIGIT;
    default:
        return point == SM_REPLACEMENT ? SM_POINT_LETTER : SM_POINT_SEPARATOR;
    }
}

/* Folding has made U+2010 of U+2011, the hyphen that does not break a line, and
 * "-" of its full-width and small forms. */
bool sm_point_is_hyphen(int32_t point)
{
    return point == '-' || point == HYPHEN || point == FIGURE_DASH ||
           point == EN_DASH || point == MINUS;
}

/* The word that is being written at the end of the words. */
typedef struct open_word {
    sm_words *words;
    const sm_unicode_rules *rules;
    size_t size;
    sm_point_kind kind; /* SM_POINT_SEPARATOR: there is none */
} open_word;

static sm_status close_word(open_word *word)
{
    size_t const size = word->size;
    word->kind = SM_POINT_SEPARATOR;
    word->size = 0;
    return size ? sm_words_add(word->words, size) : SIAMESE_OK;
}

static sm_status put(open_word *word, int32_t point)
{
    sm_point_kind of = sm_point_kind_of(point);
    if (word->rules->folded)
        SM_RETURN_IF_ERROR(sm_code_points_push(word->rules->folded, point));
    if (of == SM_POINT_MARK)
        of = word->kind == SM_POINT_SEPARATOR ? SM_POINT_LETTER : word->kind;
    if (of != word->kind) SM_RETURN_IF_ERROR(close_word(word));
    if (of == SM_POINT_SEPARATOR) return SIAMESE_OK;
    word->kind = of;
    SM_RETURN_IF_ERROR(sm_words_reserve(word->words, word->size + 4));
    word->size += sm_utf8_write(point, sm_words_end(word->words) + word->size);
    return SIAMESE_OK;
}

static sm_status put_plain(open_word *word, int32_t point)
{
    const char *letters = point < 0x180 ? plain_letters(point) : "";
    if (*letters == '\0') return put(word, point);
    for (; *letters; letters++) SM_RETURN_IF_ERROR(put(word, *letters));
    return SIAMESE_OK;
}

/* What was decomposed so far, composed and put; nothing of it can meet what
 * follows. */
static sm_status flush(open_word *word, sm_code_points *points)
{
    bool const strip = word->rules->strip_accents;
    if (strip) drop_accents(points);
    order_marks(points->points, points->count);
    utf8proc_ssize_t const count = utf8proc_normalize_utf32(
        points->points, (utf8proc_ssize_t)points->count,
        (utf8proc_option_t)FOLDING);
    for (utf8proc_ssize_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(strip ? put_plain(word, points->points[i])
                                 : put(word, points->points[i]));
    points->count = 0;
    return SIAMESE_OK;
}

/* ASCII code points are starters that nothing before them composes with: each
 * begins a piece of its own, and one before another is itself. */
sm_status sm_unicode_words(sm_words *words, sm_code_points *points,
                           const sm_unicode_rules *rules, const char *data,
                           size_t size)
{
    const unsigned char *const bytes = (const unsigned char *)data;
    open_word word = {words, rules, 0, SM_POINT_SEPARATOR};
    size_t length;
    points->count = 0;
    for (size_t i = 0; i < size; i += length) {
        bool const ascii = bytes[i] < 0x80;
        if (ascii && points->count) SM_RETURN_IF_ERROR(flush(&word, points));
        if (ascii && (i + 1 == size || bytes[i + 1] < 0x80)) {
            int32_t const point = bytes[i];
            bool const upper = point >= 'A' && point <= 'Z';
            SM_RETURN_IF_ERROR(put(&word, upper ? point + 32 : point));
            length = 1;
            continue;
        }
        int32_t const point = sm_utf8_next(bytes + i, size - i, &length);
        size_t const first = points->count;
        SM_RETURN_IF_ERROR(decompose(points, point));
        if (rules->folded)
            SM_RETURN_IF_ERROR(part_fraction(points, point, first));
    }
    if (points->count) SM_RETURN_IF_ERROR(flush(&word, points));
    return close_word(&word);
}

sm_status sm_cut_words(sm_words *words, const int32_t *points, size_t count)
{
    static const sm_unicode_rules rules = {0, NULL};
    open_word word = {words, &rules, 0, SM_POINT_SEPARATOR};
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(put(&word, points[i]));
    return close_word(&word);
}
