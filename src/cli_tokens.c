#include "cli_tokens.h"

#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"
#include "cli_output.h"
#include "cli_reader.h"

void cli_tokens_free(cli_tokens *tokens)
{
    for (size_t i = 0; i < tokens->count; i++)
        free((void *)(uintptr_t)tokens->texts[i].data);
    free(tokens->texts);
    memset(tokens, 0, sizeof *tokens);
}

/* Takes the bytes. */
static void append(cli_tokens *tokens, char *data, size_t size)
{
    tokens->texts = cli_grow(tokens->texts, tokens->count, &tokens->capacity,
                             sizeof *tokens->texts);
    tokens->texts[tokens->count++] = (siamese_text){data, size};
}

void cli_tokens_of(const siamese_vocab *vocab, cli_tokens *tokens)
{
    size_t const count = siamese_vocab_size(vocab);

    for (size_t i = 0; i < count; i++) {
        size_t size = 0;
        siamese_status const status =
            siamese_vocab_token(vocab, (int64_t)i, NULL, 0, &size);
        if (status != SIAMESE_E_RANGE) cli_try(status);
        char *const data = cli_alloc(size + 1, 1);
        cli_try(siamese_vocab_token(vocab, (int64_t)i, data, size + 1, &size));
        append(tokens, data, size);
    }
}

void cli_tokens_read(const char *path, cli_tokens *tokens)
{
    cli_reader *const reader = cli_reader_open(path, CLI_UTF8);
    const char *line;
    size_t size;

    while (cli_reader_next_text(reader, &line, &size)) {
        if (size == 0 && tokens->count > 0)
            cli_fail("%s:%zu: the line is empty; only the first may be",
                     cli_reader_name(reader), cli_reader_line(reader));
        if (size > 0 && tokens->count == 0)
            cli_fail("%s:1: the first line must be empty: it is the padding "
                     "token",
                     cli_reader_name(reader));
        char *const data = cli_alloc(size + 1, 1);
        memcpy(data, line, size);
        append(tokens, data, size);
    }
    if (tokens->count < 2)
        cli_fail("%s: an empty line and [UNK] are expected at least",
                 cli_reader_name(reader));
    cli_reader_close(reader);
}

void cli_tokens_write(const char *path, const cli_tokens *tokens)
{
    FILE *const stream = cli_output_open(path);

    for (size_t i = 0; i < tokens->count; i++) {
        cli_output_write(stream, tokens->texts[i].data, tokens->texts[i].size);
        cli_output_write(stream, "\n", 1);
    }
}
