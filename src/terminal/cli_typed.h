/*
 * cli_typed.h: lines that a person typed, kept from one session to the next:
 * $XDG_STATE_HOME/siamese/NAME, or ~/.local/state/siamese/NAME, one a line,
 * which only its owner may read. Several sessions may add to it at once.
 *
 * What cannot be kept is no error: the session goes on without.
 */
#ifndef CLI_TYPED_H
#define CLI_TYPED_H

/* As many lines as are kept. */
enum { CLI_TYPED_LINES = 1000 };

/* The path, whose folders are made; to be freed. NULL: there is no place. */
char *cli_typed_open(const char *name);

/* Gives the last lines to take, oldest first, and forgets those before. */
void cli_typed_read(const char *path,
                    void (*take)(void *user, const char *line), void *user);

/* Adds a line. */
void cli_typed_add(const char *path, const char *line);

#endif
