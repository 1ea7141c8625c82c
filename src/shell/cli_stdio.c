/* cli_stdio.c: standard streams of any state in, such as can be used out, or
 * the end. For main and whatever prints results. */
#include "shell/cli_stdio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_message.h"

void cli_stdio_open(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
        if (fcntl(file, F_GETFD) != -1) continue;
        /* the lowest free number, opened for what the stream is not for */
        if (open("/dev/null", file == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            return;
    }
}

const char *cli_stdio_reason(void)
{
    return errno ? strerror(errno) : "an earlier write failed";
}

void cli_stdio_flush(void)
{
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout))
        cli_fail("cannot write standard output: %s", cli_stdio_reason());
}
