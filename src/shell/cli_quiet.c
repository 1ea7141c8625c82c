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
