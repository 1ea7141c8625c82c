/* sections.h: checkpoints for fuzz targets: taken apart into their sections,
 * changed there, and put together with every CRC32 right again, so that the
 * change reaches the readers of vocabularies, towers, trainers and indexes.
 * docs/format.md has the bytes. */
#ifndef SECTIONS_H
#define SECTIONS_H

#include "fuzz/support/fuzz.h"

/* Changes file[size] in place and gives its new size, at most max_size; one
 * that is no checkpoint is changed as bytes. A section whose name begins with
 * `only` is changed; NULL: any, the table or the whole file. */
size_t fuzz_sections_mutate(uint8_t *file, size_t size, size_t max_size,
                            const char *only);

/* What else a section has to get right, after each change of one: called with
 * its name and its bytes. NULL, the default: nothing. */
typedef void fuzz_repair_fn(const char *name, uint8_t *data, size_t size);
void fuzz_sections_repair(fuzz_repair_fn *repair);

/* The seed of whatever is chosen at random; each mutation sets it first. */
void fuzz_random_begin(unsigned int seed);
size_t fuzz_random_below(size_t bound);

#endif
