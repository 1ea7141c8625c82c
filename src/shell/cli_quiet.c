/* cli_quiet.c: --quiet in, whether to be quiet out. For notes and progress. */
#include "shell/cli_quiet.h"

static int is_quiet;

void cli_set_quiet(int quiet)
{
    is_quiet = quiet;
}

int cli_quiet(void)
{
    return is_quiet;
}
