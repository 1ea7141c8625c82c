/* cli_message.c: what to say in, lines on stderr out; or the end. For the whole
 * command. */
#include "shell/cli_message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "shell/cli_progress.h"
#include "shell/cli_quiet.h"
#include "shell/cli_terminal.h"

static const char *verb_name = "";

void cli_set_verb(const char *verb)
{
    verb_name = verb;
}

/* Behind the command's name, and what it is, in its colour; or without. */
static void say(const char *prefix, cli_color color, const char *format,
                va_list arguments)
{
    cli_progress_clear();
    fflush(stdout);
    if (prefix)
        fprintf(stderr, "%ssiamese%s%s: %s%s",
                cli_terminal_color(STDERR_FILENO, color), *verb_name ? " " : "",
                verb_name, prefix,
                cli_terminal_color(STDERR_FILENO, CLI_PLAIN));
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void cli_note(const char *format, ...)
{
    va_list arguments;

    if (cli_quiet()) return;
    va_start(arguments, format);
    say(NULL, CLI_PLAIN, format, arguments);
    va_end(arguments);
}

void cli_warn(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say("warning: ", CLI_YELLOW, format, arguments);
    va_end(arguments);
}

void cli_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say("", CLI_RED, format, arguments);
    va_end(arguments);
}

void cli_fail(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say("", CLI_RED, format, arguments);
    va_end(arguments);
    exit(CLI_EXIT_FAILED);
}

void cli_usage_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say("", CLI_RED, format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try 'siamese%s%s --help'.\n", *verb_name ? " " : "",
            verb_name);
    exit(CLI_EXIT_USAGE);
}

void cli_try(siamese_status status)
{
    if (status == SIAMESE_OK) return;
    const char *account = siamese_last_error();
    cli_fail("%s", *account ? account : siamese_status_text(status));
}
