/*
 * cli_completion.h: what a shell completes, from the same table of options as
 * the help. src/completion has the shells' side, which asks once a verb.
 *
 * A line is a name, a kind, a detail and the help between tabs. Names are those
 * of options with their dashes, ":" for arguments, and KIND.NAME= for settings
 * of --set. Kinds: flag, which takes no value; words, which the detail has
 * between bars; joined, words behind a = alone; files, of which the detail has
 * their endings; folder; value, any other. An option of several kinds has
 * several lines.
 */
#ifndef CLI_COMPLETION_H
#define CLI_COMPLETION_H

#include "shell/cli_option.h"

void cli_completion_print(const cli_verb *verb, const cli_known_option *known,
                          size_t count);

#endif
