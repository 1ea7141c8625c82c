/*
 * cli_editor.h: a line that is edited on a terminal, by libedit: keys of Emacs
 * or of ~/.editrc, history, completion. A build without it has no editor.
 */
#ifndef CLI_EDITOR_H
#define CLI_EDITOR_H

#include <stdio.h>

#include "terminal/cli_wait.h"

typedef struct cli_editor cli_editor;

/* Gives each word that may stand at the end of `line` to offer(place, word), as
 * the whole line would read. */
typedef void cli_editor_complete(void *user, const char *line,
                                 void (*offer)(void *place, const char *text),
                                 void *place);

/* NULL: there is none, or the terminal cannot move its cursor. */
cli_editor *cli_editor_open(const char *prompt, FILE *out);
void cli_editor_set_completion(cli_editor *editor,
                               cli_editor_complete *complete, void *user);
void cli_editor_close(cli_editor *editor);

/* A line of an earlier session, or of this one. */
void cli_editor_remember(cli_editor *editor, const char *line);

/* The next line, without its end, which stays until the next call; else *event
 * says why there is none: CLI_READY is the end of the input. */
const char *cli_editor_next(cli_editor *editor, cli_event *event);

#endif
