/* cli_terminal.c: a file in, its width and its colours out. For whatever is
 * read by people. */
#include "shell/cli_terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { USUAL_COLUMNS = 80, MOST_COLUMNS = 10000 };

static enum { AUTO, ALWAYS, NEVER } wanted;

int cli_terminal_moves(int file)
{
    const char *const kind = getenv("TERM");

    return isatty(file) && kind && *kind && strcmp(kind, "dumb") != 0;
}

size_t cli_terminal_columns(int file)
{
    const char *const told = getenv("COLUMNS");
    long const columns = told ? strtol(told, NULL, 10) : 0;

#ifdef TIOCGWINSZ
    struct winsize window;

    if (ioctl(file, TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        return window.ws_col;
#endif
    return columns > 0 && columns <= MOST_COLUMNS ? (size_t)columns
                                                  : USUAL_COLUMNS;
}

int cli_terminal_set_color(const char *when)
{
    if (strcmp(when, "auto") == 0)
        wanted = AUTO;
    else if (strcmp(when, "always") == 0)
        wanted = ALWAYS;
    else if (strcmp(when, "never") == 0)
        wanted = NEVER;
    else
        return 0;
    return 1;
}

/* https://no-color.org: any value that is not empty */
static int is_colored(int file)
{
    const char *const refused = getenv("NO_COLOR");

    if (wanted != AUTO) return wanted == ALWAYS;
    return !(refused && *refused) && cli_terminal_moves(file);
}

const char *cli_terminal_color(int file, cli_color color)
{
    static const char *const codes[] = {
        [CLI_PLAIN] = "\033[0m",   [CLI_BOLD] = "\033[1m",
        [CLI_DIM] = "\033[2m",     [CLI_RED] = "\033[1;31m",
        [CLI_YELLOW] = "\033[33m", [CLI_CYAN] = "\033[36m"};

    return is_colored(file) ? codes[color] : "";
}
