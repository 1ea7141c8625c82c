#include "cli_progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli_message.h"

enum { BAR_CELLS = 24, LINE_BYTES = 512 };

static const double redraw_seconds = 0.1;

static int is_drawn;
static double drawn_at = -1.0;

double cli_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static int is_wanted(void)
{
    static int is_terminal = -1;

    if (is_terminal < 0) {
        const char *const kind = getenv("TERM");
        is_terminal = isatty(STDERR_FILENO) && kind && strcmp(kind, "dumb");
    }
    return is_terminal && !cli_quiet();
}

static size_t columns(void)
{
    struct winsize window;

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 8)
        return window.ws_col;
    return 80;
}

/* One write, so that a terminal never shows half a line. */
static void put(const char *text, size_t size)
{
    ssize_t const written = write(STDERR_FILENO, text, size);
    (void)written;
}

void cli_progress_draw(const char *label, double share, const char *details)
{
    char line[LINE_BYTES], bar[BAR_CELLS + 1];
    double const now = cli_seconds();

    if (!is_wanted() || (drawn_at >= 0 && now - drawn_at < redraw_seconds))
        return;
    if (!(share > 0))
        share = 0;
    if (share > 1)
        share = 1;
    int const filled = (int)(share * BAR_CELLS);
    for (int i = 0; i < BAR_CELLS; i++)
        bar[i] = i < filled ? '=' : i == filled ? '>' : ' ';
    bar[BAR_CELLS] = '\0';

    int size = snprintf(line + 1, sizeof line - 8, "%s [%s] %s", label, bar,
                        details);
    size_t const room = columns() - 1;
    size_t shown = size < 0 ? 0 : (size_t)size;
    if (shown > sizeof line - 9)
        shown = sizeof line - 9;
    if (shown > room)
        shown = room;
    line[0] = '\r';
    memcpy(line + 1 + shown, "\033[K", 3);
    put(line, shown + 4);
    is_drawn = 1;
    drawn_at = now;
}

void cli_progress_clear(void)
{
    if (!is_drawn)
        return;
    put("\r\033[K", 4);
    is_drawn = 0;
    drawn_at = -1.0;
}
