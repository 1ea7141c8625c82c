/* cli_line.c: a terminal in, lines out. For sessions. */
#include "terminal/cli_line.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "terminal/cli_typed.h"

struct cli_line {
    const char *prompt;
    FILE *out; /* of the prompt; NULL: nobody would see it */
    char *history;
    cli_editor *editor; /* NULL: the terminal edits by itself, as here: */
    char *text;         /* [capacity]; the first `used` bytes were read */
    size_t used, capacity;
    size_t taken; /* of these, by the line that was given last */
};

static void remember(void *line, const char *text)
{
    cli_editor_remember(((cli_line *)line)->editor, text);
}

cli_line *cli_line_open(const char *prompt, const char *history)
{
    cli_line *const line = cli_alloc(1, sizeof *line);

    line->prompt = prompt;
    line->out = isatty(STDOUT_FILENO)   ? stdout
                : isatty(STDERR_FILENO) ? stderr
                                        : NULL;
    line->editor = line->out ? cli_editor_open(prompt, line->out) : NULL;
    if (line->editor && history) line->history = cli_typed_open(history);
    if (line->history) cli_typed_read(line->history, remember, line);
    cli_wait_begin();
    return line;
}

void cli_line_set_completion(cli_line *line, cli_editor_complete *complete,
                             void *user)
{
    if (line->editor) cli_editor_set_completion(line->editor, complete, user);
}

void cli_line_close(cli_line *line)
{
    cli_editor_close(line->editor);
    free(line->history);
    free(line->text);
    free(line);
    cli_wait_end();
}

/* Forgets the line that was given; whether another whole one was read too. */
static char *end_of_next(cli_line *line)
{
    line->used -= line->taken;
    if (line->taken) memmove(line->text, line->text + line->taken, line->used);
    line->taken = 0;
    return line->used ? memchr(line->text, '\n', line->used) : NULL;
}

/* As the terminal gives it: a line at a time, or what is before the end of the
 * input. */
static const char *read_plain(cli_line *line, cli_event *event)
{
    char *end = end_of_next(line);

    while (!end) {
        do *event = cli_wait(STDIN_FILENO);
        while (*event == CLI_RESIZED || *event == CLI_CONTINUED);
        if (*event != CLI_READY) {
            line->used = 0;
            return NULL;
        }
        if (line->capacity < line->used + BUFSIZ) {
            line->capacity = line->used + 2 * BUFSIZ;
            line->text = cli_resize(line->text, line->capacity, 1);
        }
        ssize_t const size =
            read(STDIN_FILENO, line->text + line->used, BUFSIZ - 1);
        if (size <= 0 && line->used == 0) return NULL;
        if (size <= 0) line->text[line->used++] = '\n';
        if (size > 0) line->used += (size_t)size;
        end = memchr(line->text, '\n', line->used);
    }
    *end = '\0';
    line->taken = (size_t)(end - line->text) + 1;
    return line->text;
}

static const char *next_plain(cli_line *line, cli_event *event)
{
    if (line->out) {
        fprintf(line->out, "%s ", line->prompt);
        fflush(line->out);
    }
    return read_plain(line, event);
}

const char *cli_line_next(cli_line *line, cli_event *event)
{
    const char *const text = line->editor ? cli_editor_next(line->editor, event)
                                          : next_plain(line, event);

    if (!text) { /* what is printed next does not stand behind the prompt */
        if (line->out)
            fputs(*event == CLI_INTERRUPTED ? "^C\n" : "\n", line->out);
        return NULL;
    }
    if (line->editor && *text && !isspace((unsigned char)*text)) {
        cli_editor_remember(line->editor, text);
        if (line->history) cli_typed_add(line->history, text);
    }
    return text;
}
