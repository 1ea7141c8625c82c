/*
 * cli_output.h: files that appear whole or not at all.
 *
 * An output is written to a temporary file beside its place and renamed over it
 * when everything else has succeeded. "-" is standard output; a path that
 * exists and is no regular file (a pipe, a device) is written directly.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include <stddef.h>
#include <stdio.h>

/* A stream to write to; it belongs to this module. */
FILE *cli_output_open(const char *path);

/* Writes, or fails naming the output. */
void cli_output_write(FILE *stream, const void *data, size_t size);

/* Makes a folder for outputs, unless it is there; until they are committed a
 * failure takes it away again. */
void cli_output_folder(const char *path);

/* Flushes, syncs and closes every open output, then renames them all. */
void cli_output_commit(void);

/* Removes the temporary files; may be called from a signal handler. */
void cli_output_discard(void);

/* Fails now if a file could not be put at `path` later. */
void cli_output_check(const char *path);

/* Whether the path is there and is no regular file: a pipe, a device. */
int cli_output_is_special(const char *path);

/* The file behind symbolic links, which a rename would replace; to be freed. */
char *cli_output_followed(const char *path);

/* The name for messages: the path, or "standard output" for "-". */
const char *cli_output_name(const char *path);

#endif
