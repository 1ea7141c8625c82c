/* standardize.h: what Keras's TextVectorization makes of each byte of a text
 * before it is split: a table of 256 bytes, so that standardising, splitting
 * and hashing are one pass. */
#ifndef SM_STANDARDIZE_H
#define SM_STANDARDIZE_H

#include <stdint.h>

/* Two values of the table that are no bytes of a token. */
enum {
    SM_BYTE_DELETED = '\t', /* leaves nothing, and does not split */
    SM_BYTE_SPACE = ' '     /* any of the six white space bytes: splits */
};

typedef struct sm_byte_map {
    uint8_t to[256];
} sm_byte_map;

/* mode: SIAMESE_STANDARDIZE_* */
void sm_byte_map_init(sm_byte_map *map, int32_t mode);

#endif
