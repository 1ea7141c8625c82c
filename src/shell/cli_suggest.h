/*
 * cli_suggest.h: which known word someone may have meant. Whoever refuses a
 * word asks: verbs (main.c), options (cli_args), settings (cli_settings).
 */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include <stddef.h>

/* More slips than this are another word. */
#define CLI_SUGGEST_NONE ((size_t)3)

/*
 * Takes `known` as *closest if it is nearer to `word` than *distance: letters
 * put in, left out, replaced or swapped with their neighbour.
 */
void cli_suggest(const char *word, const char *known, const char **closest,
                 size_t *distance);

#endif
