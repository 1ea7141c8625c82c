/* cli_sentencepiece.c: a .model file, or pairs, in, a vocabulary out. For
 * train, vocab and export. */
#include "model/cli_sentencepiece.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "model/cli_pairs_texts.h"

enum { FIRST_CAPACITY = 1 << 16 };

/* All bytes of a file, to be freed. */
static char *read_file(const char *path, size_t *size)
{
    int const is_stdin = strcmp(path, "-") == 0;
    FILE *const stream = is_stdin ? stdin : fopen(path, "rbe");
    size_t capacity = FIRST_CAPACITY;
    char *bytes = cli_alloc(capacity, 1);

    if (!stream) cli_fail("cannot read %s: %s", path, strerror(errno));
    *size = 0;
    for (;;) {
        size_t const got = fread(bytes + *size, 1, capacity - *size, stream);
        *size += got;
        if (*size < capacity) break;
        bytes = cli_resize(bytes, 2, capacity);
        capacity *= 2;
    }
    if (ferror(stream))
        cli_fail("cannot read %s: %s", is_stdin ? "standard input" : path,
                 strerror(errno));
    if (!is_stdin) fclose(stream);
    return bytes;
}

siamese_vocab *cli_sentencepiece_read(const char *path,
                                      const siamese_vocab_options *options)
{
    siamese_vocab *vocab;
    size_t size;
    char *const model = read_file(path, &size);

    if (siamese_vocab_load_sentencepiece(&vocab, model, size, options))
        cli_fail("%s: %s", strcmp(path, "-") == 0 ? "standard input" : path,
                 siamese_last_error());
    free(model);
    return vocab;
}

siamese_vocab_stats cli_sentencepiece_measure(const siamese_vocab *vocab,
                                              const cli_pairs *pairs)
{
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    size_t count;
    siamese_text *const texts = cli_pairs_texts(pairs, &count);

    cli_try(siamese_vocab_measure(vocab, texts, count, &stats));
    free(texts);
    return stats;
}

siamese_vocab *cli_sentencepiece_train(const cli_pairs *pairs,
                                       const siamese_vocab_options *options)
{
    siamese_vocab *vocab;
    size_t count;
    siamese_text *const texts = cli_pairs_texts(pairs, &count);

    cli_try(siamese_vocab_train_sentencepiece(&vocab, texts, count, options));
    free(texts);
    return vocab;
}

void cli_sentencepiece_write(const char *path, const siamese_vocab *vocab)
{
    FILE *const stream = cli_output_open(path);
    size_t size = 0;
    siamese_status const status =
        siamese_vocab_get_sentencepiece(vocab, NULL, 0, &size);

    if (status != SIAMESE_E_RANGE) cli_try(status);
    char *const model = cli_alloc(size, 1);
    cli_try(siamese_vocab_get_sentencepiece(vocab, model, size, &size));
    cli_output_write(stream, model, size);
    free(model);
}
