/* fragment.c: the words of a text in, a few of them drawn out. For
 * generated_pairs. */
#include "pairs/fragment.h"

#include <stdbool.h>
#include <string.h>

#include "common/assert.h"
#include "common/size.h"
#include "text/utf8.h"

/* Unicode's White_Space. */
static bool is_space(int32_t point)
{
    return (point >= 0x09 && point <= 0x0D) || point == 0x20 || point == 0x85 ||
           point == 0xA0 || point == 0x1680 ||
           (point >= 0x2000 && point <= 0x200A) || point == 0x2028 ||
           point == 0x2029 || point == 0x202F || point == 0x205F ||
           point == 0x3000;
}

/* Scripts without spaces between words: Thai to Myanmar, Khmer, kana, Han. */
static bool is_unspaced(int32_t point)
{
    return (point >= 0x0E00 && point <= 0x0EFF) ||
           (point >= 0x1000 && point <= 0x109F) ||
           (point >= 0x1780 && point <= 0x17FF) ||
           (point >= 0x3040 && point <= 0x30FF) ||
           (point >= 0x31F0 && point <= 0x31FF) ||
           (point >= 0x3400 && point <= 0x4DBF) ||
           (point >= 0x4E00 && point <= 0x9FFF) ||
           (point >= 0xF900 && point <= 0xFAFF) ||
           (point >= 0xFF66 && point <= 0xFF9F) ||
           (point >= 0x20000 && point <= 0x3FFFF);
}

enum { UNSPACED_WORD = 2 }; /* characters */

/* Where what is ASCII and no space ends: most of most words. */
static size_t skip_plain(const siamese_text *text, size_t at)
{
    const unsigned char *const bytes = (const unsigned char *)text->data;
    while (at < text->size && bytes[at] > ' ' && bytes[at] < 0x80) at++;
    return at;
}

/* The word that begins at or behind *at: where it begins; *at is then its end.
 * SIZE_MAX at the end of the text. */
static size_t next_word(const siamese_text *text, size_t *at)
{
    const unsigned char *const bytes = (const unsigned char *)text->data;
    size_t begin = SIZE_MAX, unspaced = 0;
    while (*at < text->size) {
        size_t size;
        int32_t const point =
            sm_utf8_next(bytes + *at, text->size - *at, &size);
        bool const alone = is_unspaced(point);
        if (is_space(point)) {
            if (begin != SIZE_MAX) return begin;
        } else if (begin == SIZE_MAX) {
            begin = *at;
            unspaced = (size_t)alone;
            if (!alone) size = skip_plain(text, *at + size) - *at;
        } else if (alone != (unspaced > 0) || unspaced == UNSPACED_WORD) {
            return begin;
        } else {
            unspaced += (size_t)alone;
        }
        *at += size;
    }
    return begin;
}

size_t sm_fragment_words(const siamese_text *text)
{
    size_t words = 0, at = 0;
    while (next_word(text, &at) != SIZE_MAX) words++;
    return words;
}

/* Words first .. first + count - 1 as they stand. */
static size_t take_run(const siamese_text *text, size_t first, size_t count,
                       char *out)
{
    size_t at = 0, begin = 0;
    for (size_t i = 0; i <= first; i++) begin = next_word(text, &at);
    for (size_t i = 1; i < count; i++) next_word(text, &at);
    memcpy(out, text->data + begin, at - begin);
    return at - begin;
}

/* Each set of `count` of the words is as likely as any other (Knuth, volume 2,
 * 3.4.2, algorithm S). */
static size_t take_some(const siamese_text *text, size_t words, size_t count,
                        sm_rng *rng, char *out)
{
    size_t at = 0, size = 0, last = SIZE_MAX;
    for (size_t left = words; count > 0; left--) {
        size_t const begin = next_word(text, &at);
        if (sm_rng_below(rng, left) >= count) continue;
        if (size > 0 && begin != last) out[size++] = ' ';
        memcpy(out + size, text->data + begin, at - begin);
        size += at - begin;
        last = at;
        count--;
    }
    return size;
}

size_t sm_fragment_draw(const siamese_text *text, size_t words,
                        const sm_fragment_rules *rules, sm_rng *rng, char *out)
{
    sm_assert(words > 0 && rules->least <= rules->most);
    size_t const least = sm_min(rules->least, words);
    size_t const most = sm_min(rules->most, words);
    size_t const count =
        least + (size_t)sm_rng_below(rng, (uint64_t)(most - least) + 1);
    if (sm_rng_uniform(rng) < rules->contiguous)
        return take_run(
            text, (size_t)sm_rng_below(rng, (uint64_t)(words - count) + 1),
            count, out);
    return take_some(text, words, count, rng, out);
}
