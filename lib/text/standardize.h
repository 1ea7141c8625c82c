/* standardize.h: what Keras's TextVectorization makes of each byte of a text
 * before it is split. As a table of 256 bytes it lets standardising, splitting
 * at white space and hashing be one pass. */
#ifndef SM_STANDARDIZE_H
#define SM_STANDARDIZE_H

#include <stddef.h>
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

/* The same without a split, white space as it is: into out[size]; returns how
 * many bytes are left. */
size_t sm_standardize(int32_t mode, const char *data, size_t size, char *out);

#endif
