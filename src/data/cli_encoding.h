/*
 * cli_encoding.h: the names of encodings, as people write them, to those that
 * iconv knows. cli_reader calls it.
 */
#ifndef CLI_ENCODING_H
#define CLI_ENCODING_H

/*
 * iconv's name of an encoding, to be freed: itself if iconv knows it, else what
 * Python or a browser means by it ("latin-1", "utf-8-sig", "cp1252",
 * "x-mac-cyrillic"); "UTF-8" for that one however it is written. NULL: unknown.
 */
char *cli_encoding_find(const char *name);

#endif
