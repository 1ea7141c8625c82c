/*
 * search_command.h: lines of a session that begin with a colon: what is to be
 * searched, how, and how it is printed. A beginning of a name is the name.
 */
#ifndef SEARCH_COMMAND_H
#define SEARCH_COMMAND_H

#include <siamese/siamese.h>

#include "data/cli_row_filter.h"
#include "verbs/search_output.h"

typedef struct search_commands {
    const siamese_items *items;
    const cli_row_filter *files;
    siamese_search_request *request;
    search_output *output;
    siamese_id_filter **filters; /* of each :where; searches may read them */
    size_t count;
    int is_over;
} search_commands;

/* Runs a line; what is wrong with it is told, and changes nothing. */
void search_command_run(search_commands *commands, siamese_text line);

void search_commands_free(search_commands *commands);

/* What may stand at the end of a line, as cli_editor.h has it: commands, the
 * words of their values, columns of :where. */
void search_command_complete(const siamese_items *items, const char *line,
                             void (*offer)(void *place, const char *text),
                             void *place);

#endif
