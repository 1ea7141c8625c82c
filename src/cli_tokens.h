/* cli_tokens.h: a vocabulary's table, from a handle or from a text file. */
#ifndef CLI_TOKENS_H
#define CLI_TOKENS_H

#include <siamese/siamese.h>

typedef struct cli_tokens {
    siamese_text *texts; /* [count] in id order, each with a NUL behind it */
    size_t count, capacity;
} cli_tokens;

/* A zeroed struct is an empty table. */
void cli_tokens_free(cli_tokens *tokens);

/* Every token of a vocabulary. */
void cli_tokens_of(const siamese_vocab *vocab, cli_tokens *tokens);

/* Line n is token n - 1; the first is empty. */
void cli_tokens_read(const char *path, cli_tokens *tokens);
void cli_tokens_write(const char *path, const cli_tokens *tokens);

#endif
