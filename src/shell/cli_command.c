/* cli_command.c: arguments in, one line that a shell reads as them out. For
 * reports. */
#include "shell/cli_command.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"

static char **arguments;
static int argument_count;

void cli_command_keep(int argc, char **argv)
{
    arguments = cli_alloc((size_t)argc + 1, sizeof *arguments);
    memcpy(arguments, argv, (size_t)argc * sizeof *arguments);
    argument_count = argc;
}

/* In quotes, unless all of it stands for itself; a quote is '\''. */
static char *quoted(const char *argument)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                "0123456789_./:=,+@%^-";
    size_t const size = strlen(argument);

    if (size > 0 && strspn(argument, plain) == size)
        return cli_format("%s", argument);
    char *const text = cli_alloc(4 * size + 3, 1);
    char *at = text;
    *at++ = '\'';
    for (size_t i = 0; i < size; i++) {
        if (argument[i] != '\'') {
            *at++ = argument[i];
            continue;
        }
        memcpy(at, "'\\''", 4);
        at += 4;
    }
    *at = '\'';
    return text;
}

char *cli_command_line(void)
{
    char *line = cli_format("siamese");

    for (int i = 1; i < argument_count; i++) {
        char *const argument = quoted(arguments[i]);
        char *const more = cli_format("%s %s", line, argument);
        free(argument);
        free(line);
        line = more;
    }
    return line;
}
