/* cli_encode.h: many texts to vectors, with a progress bar. */
#ifndef CLI_ENCODE_H
#define CLI_ENCODE_H

#include <siamese/siamese.h>

/* The tower of a side, "item" or "query"; to be freed. */
siamese_tower *cli_encode_tower(const siamese_bundle *bundle, const char *side);

/* Gives text i of what is encoded. */
typedef siamese_text (*cli_text_fn)(const void *user, size_t i);

/* Takes the vectors [n][dim] of texts first .. first + n - 1. */
typedef void (*cli_vectors_fn)(void *user, size_t first, size_t n,
                               const float *vectors);

/* Encodes texts 0 .. count - 1 block by block. */
void cli_encode(const siamese_tower *tower, size_t count, cli_text_fn text,
                const void *texts, cli_vectors_fn take, void *user);

/* The vectors [count][dim] of all of them, to be freed. */
float *cli_encode_all(const siamese_tower *tower, size_t count,
                      cli_text_fn text, const void *texts);

/* Titles of a cli_items, for cli_text_fn. */
siamese_text cli_encode_title(const void *items, size_t row);

/* Texts of a siamese_text array, for cli_text_fn. */
siamese_text cli_encode_text(const void *texts, size_t i);

#endif
