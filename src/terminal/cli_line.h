/*
 * cli_line.h: the lines of a session with a person at a terminal: edited and
 * remembered where the build has libedit (cli_editor.h), as the terminal itself
 * edits them where not.
 */
#ifndef CLI_LINE_H
#define CLI_LINE_H

#include "terminal/cli_editor.h"
#include "terminal/cli_wait.h"

typedef struct cli_line cli_line;

/*
 * Shows the prompt before each line, on standard output if that is a terminal,
 * else on standard error. history: the name of the file that keeps lines
 * (cli_typed.h), or NULL. Signals wait until the end (cli_wait.h).
 */
cli_line *cli_line_open(const char *prompt, const char *history);
void cli_line_set_completion(cli_line *line, cli_editor_complete *complete,
                             void *user);
void cli_line_close(cli_line *line);

/*
 * The next line, without its end, which stays until the next call. NULL: *event
 * is CLI_INTERRUPTED if the line was given up and another may come, else there
 * is no other. A line that begins with a blank is not remembered.
 */
const char *cli_line_next(cli_line *line, cli_event *event);

#endif
