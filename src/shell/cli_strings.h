/*
 * cli_strings.h: distinct strings, numbered from 0 in the order they came.
 *
 * The bytes stand still once they are in: texts point at them.
 */
#ifndef CLI_STRINGS_H
#define CLI_STRINGS_H

#include <stddef.h>
#include <stdint.h>
#include <siamese/siamese.h>

typedef struct cli_strings {
    siamese_text *texts; /* [count], each with a NUL behind it */
    size_t count, capacity;
    uint32_t *slots;   /* open addressing: number + 1, 0 is free */
    size_t slot_count; /* a power of two */
    uint64_t factor;   /* of the hashes, drawn; odd */
    char **blocks;     /* of bytes */
    size_t block_count, block_capacity, block_used, block_size;
} cli_strings;

/* A zeroed struct is an empty set. */
void cli_strings_free(cli_strings *strings);

/* The number of the string; it is put in if it is new. */
size_t cli_strings_add(cli_strings *strings, const char *data, size_t size);

/* The number of the string; SIZE_MAX if it is not there. */
size_t cli_strings_find(const cli_strings *strings, const char *data,
                        size_t size);

#endif
