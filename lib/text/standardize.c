#include "text/standardize.h"

#include <siamese/siamese.h>

/* ASCII whatever the locale; bytes from 128 on are neither. */

static int is_space(int byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static int is_punctuation(int byte)
{
    return (byte >= '!' && byte <= '/') || (byte >= ':' && byte <= '@') ||
           (byte >= '[' && byte <= '`') || (byte >= '{' && byte <= '~');
}

void sm_byte_map_init(sm_byte_map *map, int32_t mode)
{
    int const both = mode == SIAMESE_STANDARDIZE_LOWER_AND_STRIP_PUNCTUATION;
    int const lower = both || mode == SIAMESE_STANDARDIZE_LOWER;
    int const strip = both || mode == SIAMESE_STANDARDIZE_STRIP_PUNCTUATION;
    for (int byte = 0; byte < 256; byte++) {
        int to = byte;
        if (is_space(byte))
            to = SM_BYTE_SPACE;
        else if (strip && is_punctuation(byte))
            to = SM_BYTE_DELETED;
        else if (lower && byte >= 'A' && byte <= 'Z')
            to = byte - 'A' + 'a';
        map->to[byte] = (uint8_t)to;
    }
}
