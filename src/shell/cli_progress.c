/* cli_progress.c: how far the work is in, a line on the terminal out. For
 * whatever takes long. */
#include "shell/cli_progress.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "shell/cli_quiet.h"
#include "shell/cli_terminal.h"

enum { MIN_CELLS = 6, MAX_CELLS = 24, LINE_BYTES = 512, LEAST_COLUMNS = 9 };

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
    return cli_terminal_moves(STDERR_FILENO) && !cli_quiet();
}

/* One write, so that a terminal never shows half a line. */
static void put(const char *text, size_t size)
{
    ssize_t const written = write(STDERR_FILENO, text, size);
    (void)written;
}

/* What the text leaves of a line of `width` columns, within bounds. */
static int bar_cells(const char *label, const char *details, size_t width)
{
    size_t const used = strlen(label) + strlen(details) + 4;

    return width >= used + MAX_CELLS   ? MAX_CELLS
           : width <= used + MIN_CELLS ? MIN_CELLS
                                       : (int)(width - used);
}

void cli_progress_draw(const char *label, double share, const char *details)
{
    char line[LINE_BYTES], bar[MAX_CELLS + 1];
    double const now = cli_seconds();

    if (!is_wanted() || (drawn_at >= 0 && now - drawn_at < redraw_seconds))
        return;
    size_t const columns = cli_terminal_columns(STDERR_FILENO);
    size_t const width =
        (columns > LEAST_COLUMNS ? columns : LEAST_COLUMNS) - 1;
    int const cells = bar_cells(label, details, width);
    int const filled = !(share > 0) ? 0
                       : share > 1  ? cells
                                    : (int)(share * cells);
    for (int i = 0; i < cells; i++)
        bar[i] = i < filled ? '=' : i == filled ? '>' : ' ';
    bar[cells] = '\0';

    size_t const text_size = sizeof line - 8;
    int const size =
        snprintf(line + 1, text_size, "%s [%s] %s", label, bar, details);
    size_t shown = size < 0 ? 0 : (size_t)size;
    if (shown > text_size - 1) shown = text_size - 1;
    if (shown > width) shown = width;
    line[0] = '\r';
    memcpy(line + 1 + shown, "\033[K", 3);
    put(line, shown + 4);
    is_drawn = 1;
    drawn_at = now;
}

void cli_progress_clear(void)
{
    if (!is_drawn) return;
    put("\r\033[K", 4);
    is_drawn = 0;
    drawn_at = -1.0;
}
