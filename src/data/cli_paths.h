/* cli_paths.h: the files that an option names, one or many, itself or by a
 * pattern. */
#ifndef CLI_PATHS_H
#define CLI_PATHS_H

#include <stddef.h>

/* A zeroed struct is an empty list. */
typedef struct cli_paths {
    char **list; /* in the order in which they were given */
    size_t count, capacity;
} cli_paths;

/*
 * Adds a file, or, where there is no file of this name, those that the pattern
 * (glob(7)) matches, sorted. None ends the command with status 2.
 */
void cli_paths_add(cli_paths *paths, const char *option, const char *value);
void cli_paths_free(cli_paths *paths);

/* Whether one of them is standard input. */
int cli_paths_has_stdin(const cli_paths *paths);

#endif
