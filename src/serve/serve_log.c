/* serve_log.c: something that happened in, a line out. For siamese serve. */
#include "serve/serve_log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shell/cli_quiet.h"

void serve_log(const char *format, ...)
{
    char line[1024];
    va_list arguments;
    struct tm utc;
    time_t const now = time(NULL);

    if (cli_quiet() || !gmtime_r(&now, &utc)) return;
    size_t size = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%SZ ", &utc);
    va_start(arguments, format);
    vsnprintf(line + size, sizeof line - size - 1, format, arguments);
    va_end(arguments);
    /* what a client sent must not look like a line of its own */
    for (size = 0; line[size]; size++)
        if ((unsigned char)line[size] < ' ' || line[size] == 127)
            line[size] = '?';
    line[size++] = '\n';
    /* one write is one line; that it cannot be made is no reason to end */
    ssize_t const written = write(STDERR_FILENO, line, size);
    (void)written;
}
