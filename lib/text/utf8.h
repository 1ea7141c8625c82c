/* utf8.h: code points of bytes that may be no UTF-8. */
#ifndef SM_UTF8_H
#define SM_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/assert.h"

#define SM_REPLACEMENT 0xFFFD

/* Whether a byte continues a sequence. */
static inline bool sm_utf8_continues(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/*
 * The code point at bytes[0], of left > 0 bytes; *size is how many it takes. Of
 * bytes that are no UTF-8, each maximal part of a sequence is U+FFFD (Unicode
 * 3.9, as ICU, and so TensorFlow, has it), at least one byte.
 */
static inline int32_t sm_utf8_next(const unsigned char *bytes, size_t left,
                                   size_t *size)
{
    unsigned char const lead = bytes[0];
    unsigned char low = 0x80, high = 0xBF; /* of the second byte */
    size_t more;                           /* bytes behind the lead */
    int32_t point;
    sm_assert(left > 0);
    *size = 1;
    if (lead < 0x80) return lead;
    if (lead < 0xC2 || lead > 0xF4) return SM_REPLACEMENT;
    if (lead < 0xE0) {
        more = 1;
        point = lead & 0x1F;
    } else if (lead < 0xF0) {
        more = 2;
        point = lead & 0x0F;
        if (lead == 0xE0) low = 0xA0;  /* shorter forms */
        if (lead == 0xED) high = 0x9F; /* surrogates */
    } else {
        more = 3;
        point = lead & 0x07;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F; /* beyond U+10FFFF */
    }
    for (size_t i = 1; i <= more; i++) {
        if (i == left || bytes[i] < low || bytes[i] > high)
            return SM_REPLACEMENT;
        point = point << 6 | (bytes[i] & 0x3F);
        *size = i + 1;
        low = 0x80;
        high = 0xBF;
    }
    return point;
}

/* Writes a code point; returns its bytes, 1 to 4. */
static inline size_t sm_utf8_write(int32_t point, char *out)
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    static const unsigned char leads[] = {0, 0xC0, 0xE0, 0xF0};
    out[0] = (char)(leads[more] | point >> (6 * more));
    for (size_t i = 1; i <= more; i++)
        out[i] = (char)(0x80 | (point >> (6 * (more - i)) & 0x3F));
    return more + 1;
}

#endif
