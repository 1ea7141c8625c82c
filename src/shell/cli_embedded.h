/*
 * cli_embedded.h: files that the command has inside, so that what it shows
 * needs nothing beside it. Of each src/ROOM/NAME.html, .css and .js the build
 * makes a variable (tools/embed.sh), named after the file:
 *
 *   CLI_EMBEDDED(cli_page_html);
 *   write(cli_page_html.data, cli_page_html.size);
 */
#ifndef CLI_EMBEDDED_H
#define CLI_EMBEDDED_H

#include <stddef.h>

/* The bytes of a file, with a NUL behind them that size does not count. */
typedef struct cli_embedded {
    const char *data;
    size_t size;
} cli_embedded;

/* Declares the variable of a file, where it is used. */
#define CLI_EMBEDDED(name) extern const cli_embedded name

#endif
