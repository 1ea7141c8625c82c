/*
 * cli_bytes.h: the bytes of an input file: as they stand, or unpacked by zlib.
 *
 * What begins as gzip does is unpacked, all of its members; damage ends the
 * command. What is no text at all (parquet, zip, a spreadsheet) does too, by
 * name.
 */
#ifndef CLI_BYTES_H
#define CLI_BYTES_H

#include <stddef.h>

typedef struct cli_bytes cli_bytes;

/* `name` is for messages; "-" is standard input. */
cli_bytes *cli_bytes_open(const char *path, const char *name);
void cli_bytes_close(cli_bytes *bytes);

/* Up to `size` bytes into `buffer`, as soon as there are some; 0: the end. */
size_t cli_bytes_read(cli_bytes *bytes, char *buffer, size_t size);

/*
 * The encoding that the first bytes tell: "UTF-16" or "UTF-32" with a byte
 * order mark, "UTF-16LE" or "UTF-16BE" by their NULs (*is_marked 0); NULL:
 * none.
 */
const char *cli_bytes_encoding(const cli_bytes *bytes, int *is_marked);

#endif
