/*
 * cli_tokens.h: a vocabulary's table, from a handle or from a text file, and to
 * one. siamese vocab, export and import call it.
 */
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

/* How a file has them. What is written is read back the same, or not
 * written. */
typedef enum cli_tokens_format {
    /* line n is token n - 1: '' (of ids), [UNK], the others */
    CLI_TOKENS_LINES,
    CLI_TOKENS_KERAS, /* the others alone, as Keras reads vocabulary=PATH */
    CLI_TOKENS_JSON   /* an array of all of them, whatever they hold */
} cli_tokens_format;

/* "lines" (NULL too), "keras" or "json"; else an error of usage. */
cli_tokens_format cli_tokens_format_of(const char *name);

/* has_padding: whether the table has '' before [UNK], which a file for Keras
 * does not say. Fails naming the line. */
void cli_tokens_read(const char *path, cli_tokens_format format,
                     int has_padding, cli_tokens *tokens);

/* Fails, before the file is there, naming a token that the format cannot
 * hold. */
void cli_tokens_write(const char *path, cli_tokens_format format,
                      const cli_tokens *tokens);

#endif
