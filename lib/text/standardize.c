/* standardize.c: a mode in, what becomes of each byte out; or a text in, its
 * standard form out. For tokenize and analyze. */
#include "text/standardize.h"

#include <siamese/siamese.h>
#include <stdbool.h>

/* ASCII whatever the locale; bytes from 128 on are neither. */

static bool is_space(int byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static bool is_punctuation(int byte)
{
    return (byte >= '!' && byte <= '/') || (byte >= ':' && byte <= '@') ||
           (byte >= '[' && byte <= '`') || (byte >= '{' && byte <= '~');
}

enum { DELETED = -1 };

static int standard_byte(int32_t mode, int byte)
{
    bool const both = mode == SIAMESE_STANDARDIZE_LOWER_AND_STRIP_PUNCTUATION;
    bool const lower = both || mode == SIAMESE_STANDARDIZE_LOWER;
    bool const strip = both || mode == SIAMESE_STANDARDIZE_STRIP_PUNCTUATION;
    if (strip && is_punctuation(byte)) return DELETED;
    return lower && byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte;
}

void sm_byte_map_init(sm_byte_map *map, int32_t mode)
{
    for (int byte = 0; byte < 256; byte++) {
        int const to = standard_byte(mode, byte);
        map->to[byte] = (uint8_t)(is_space(byte)  ? SM_BYTE_SPACE
                                  : to == DELETED ? SM_BYTE_DELETED
                                                  : to);
    }
}

size_t sm_standardize(int32_t mode, const char *data, size_t size, char *out)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        int const to = standard_byte(mode, (unsigned char)data[i]);
        if (to != DELETED) out[count++] = (char)to;
    }
    return count;
}
