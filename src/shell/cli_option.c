/* cli_option.c: the name of an option in, the dashes before it out. For what
 * prints one. */
#include "shell/cli_option.h"

const char *cli_option_dashes(const char *name)
{
    return name[1] ? "--" : "-";
}
