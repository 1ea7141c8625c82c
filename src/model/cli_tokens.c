/* cli_tokens.c: a vocabulary in, its tokens as a file out, and back. For vocab,
 * export and import. */
#include "model/cli_tokens.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "data/cli_bytes.h"
#include "data/cli_reader.h"

/* The token of what is not in the table. */
#define UNKNOWN "[UNK]"

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

static void append_copy(cli_tokens *tokens, const char *text, size_t size)
{
    char *const data = cli_alloc(size + 1, 1);

    memcpy(data, text, size);
    append(tokens, data, size);
}

cli_tokens_format cli_tokens_format_of(const char *name)
{
    if (!name || strcmp(name, "lines") == 0) return CLI_TOKENS_LINES;
    if (strcmp(name, "keras") == 0) return CLI_TOKENS_KERAS;
    if (strcmp(name, "json") == 0) return CLI_TOKENS_JSON;
    cli_usage_error("--vocab-format %s: lines, keras or json is expected",
                    name);
}

static int is_token(siamese_text token, const char *text)
{
    return token.size == strlen(text) &&
           memcmp(token.data, text, token.size) == 0;
}

/* ------------------------------------------------------------------------- */
/* Reading                                                                   */
/* ------------------------------------------------------------------------- */

static void check_line(const cli_reader *reader, cli_tokens_format format,
                       int has_padding, siamese_text line, size_t count)
{
    const char *const name = cli_reader_name(reader);

    if (format == CLI_TOKENS_KERAS &&
        (line.size == 0 || is_token(line, UNKNOWN)))
        cli_fail(
            "%s:%zu: '%.*s': a vocabulary for Keras has neither '' nor %s; "
            "without --vocab-format keras a file begins with both",
            name, cli_reader_line(reader), (int)line.size, line.data, UNKNOWN);
    if (format == CLI_TOKENS_KERAS) return;
    if (line.size == 0 && (count > 0 || !has_padding))
        cli_fail(
            "%s:%zu: the line is empty; only the padding, in the first one, "
            "may be",
            name, cli_reader_line(reader));
    if (count == 0 && line.size > 0 && has_padding)
        cli_fail("%s:1: the first line must be empty: it is the padding token; "
                 "--vocab-format keras reads a file without it and %s",
                 name, UNKNOWN);
}

static void read_lines(const char *path, cli_tokens_format format,
                       int has_padding, cli_tokens *tokens)
{
    cli_reader *const reader = cli_reader_open(path, CLI_UTF8);
    siamese_text line;

    while (cli_reader_next_text(reader, &line.data, &line.size)) {
        check_line(reader, format, has_padding, line, tokens->count);
        append_copy(tokens, line.data, line.size);
    }
    if (format == CLI_TOKENS_LINES && tokens->count < 1)
        cli_fail("%s: %s%s is expected at least", cli_reader_name(reader),
                 has_padding ? "an empty line and " : "", UNKNOWN);
    cli_reader_close(reader);
}

static size_t give_bytes(void *buffer, size_t size, void *bytes)
{
    return cli_bytes_read(bytes, buffer, size);
}

static void read_json(const char *path, cli_tokens *tokens)
{
    cli_bytes *const bytes = cli_bytes_open(path, path);
    json_error_t error;

    json_t *const array =
        json_load_callback(give_bytes, bytes, JSON_ALLOW_NUL, &error);
    cli_bytes_close(bytes);
    if (!array) cli_fail("%s:%d: %s", path, error.line, error.text);
    if (!json_is_array(array))
        cli_fail("%s: an array of tokens is expected", path);
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *const token = json_array_get(array, i);
        if (!json_is_string(token))
            cli_fail("%s: element %zu is no string", path, i);
        append_copy(tokens, json_string_value(token),
                    json_string_length(token));
    }
    json_decref(array);
}

void cli_tokens_read(const char *path, cli_tokens_format format,
                     int has_padding, cli_tokens *tokens)
{
    if (format == CLI_TOKENS_JSON) {
        read_json(path, tokens);
        return;
    }
    if (format == CLI_TOKENS_KERAS && has_padding) append_copy(tokens, "", 0);
    if (format == CLI_TOKENS_KERAS)
        append_copy(tokens, UNKNOWN, strlen(UNKNOWN));
    read_lines(path, format, has_padding, tokens);
}

/* ------------------------------------------------------------------------- */
/* Writing                                                                   */
/* ------------------------------------------------------------------------- */

/* Tokens that a file for Keras leaves out: '' and [UNK], or [UNK]. */
static size_t count_specials(const char *path, const cli_tokens *tokens)
{
    size_t const unknown =
        tokens->count > 0 && tokens->texts[0].size == 0 ? 1 : 0;

    if (unknown >= tokens->count || !is_token(tokens->texts[unknown], UNKNOWN))
        cli_fail("cannot write %s: the vocabulary does not begin with '' and "
                 "%s, as Keras has it",
                 path, UNKNOWN);
    return unknown + 1;
}

/* That a line holds the token, and reads back as it. */
static void check_token(const char *path, const cli_tokens *tokens, size_t id,
                        int is_first_line)
{
    siamese_text const token = tokens->texts[id];
    char *const what = cli_format("cannot write %s: token %zu", path, id);
    const char *const advice = "; --vocab-format json holds it";

    cli_check_utf8(what, token.data);
    if (memchr(token.data, '\n', token.size) ||
        memchr(token.data, '\r', token.size))
        cli_fail("%s has a line end, which a file of one token a line cannot "
                 "hold%s",
                 what, advice);
    if (memchr(token.data, '\0', token.size))
        cli_fail("%s has a NUL, which a text cannot hold%s", what, advice);
    if (token.size == 0 && id > 0)
        cli_fail("%s is empty, as the padding is%s", what, advice);
    if (is_first_line && token.size >= 3 &&
        memcmp(token.data, "\xef\xbb\xbf", 3) == 0)
        cli_fail(
            "%s begins with a byte order mark, which would be the file's%s",
            what, advice);
    free(what);
}

static void write_lines(const char *path, const cli_tokens *tokens,
                        size_t first)
{
    for (size_t i = first; i < tokens->count; i++)
        check_token(path, tokens, i, i == first);
    FILE *const stream = cli_output_open(path);
    for (size_t i = first; i < tokens->count; i++) {
        cli_output_write(stream, tokens->texts[i].data, tokens->texts[i].size);
        cli_output_write(stream, "\n", 1);
    }
}

static void write_json(const char *path, const cli_tokens *tokens)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < tokens->count; i++) {
        siamese_text const token = tokens->texts[i];
        if (json_array_append_new(array, json_stringn(token.data, token.size)))
            cli_fail("cannot write %s: token %zu is not UTF-8", path, i);
    }
    char *const text = json_dumps(array, JSON_INDENT(1));
    FILE *const stream = cli_output_open(path);
    if (!text) cli_fail("cannot write %s: memory has run out", path);
    cli_output_write(stream, text, strlen(text));
    cli_output_write(stream, "\n", 1);
    free(text);
    json_decref(array);
}

void cli_tokens_write(const char *path, cli_tokens_format format,
                      const cli_tokens *tokens)
{
    if (format == CLI_TOKENS_JSON)
        write_json(path, tokens);
    else
        write_lines(path, tokens,
                    format == CLI_TOKENS_KERAS ? count_specials(path, tokens)
                                               : 0);
}
