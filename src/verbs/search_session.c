/* search_session.c: lines of a person in, answers out. For siamese search. */
#include "verbs/search_session.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_quiet.h"
#include "shell/cli_terminal.h"
#include "data/cli_entities.h"
#include "terminal/cli_line.h"
#include "verbs/search_command.h"
#include "verbs/search_explain.h"
#include "verbs/search_job.h"

/* How many, of how many, and how long it took. */
static void tell_time(const search_session *session, size_t count,
                      double seconds)
{
    if (session->output->format != SEARCH_TABLE || cli_quiet()) return;
    printf("%s%zu of %zu items, %.1f ms%s\n",
           cli_terminal_color(STDOUT_FILENO, CLI_DIM), count,
           siamese_items_count(session->items), 1e3 * seconds,
           cli_terminal_color(STDOUT_FILENO, CLI_PLAIN));
}

/* What nothing has ranked anew has no parts to show. */
static void print(search_session *session, siamese_text query,
                  const siamese_hits *hits)
{
    search_output output = *session->output;

    if (output.explains && !search_explain_can(hits)) {
        cli_note(":explain shows nothing: nothing has ranked the results anew");
        output.explains = 0;
    }
    search_output_print(&output, query, hits);
    session->output->queries = output.queries;
}

static cli_event answer(search_session *session, siamese_text query)
{
    siamese_text const text = cli_entities_copy(query, session->decodes);
    siamese_hits *hits;
    cli_event event;
    char error[1024];
    double const begin = cli_seconds();
    siamese_status const status =
        search_job_run(session->model, session->request, text, &hits, &event,
                       error, sizeof error);
    double const seconds = cli_seconds() - begin;

    free((void *)(uintptr_t)text.data);
    if (event == CLI_INTERRUPTED) {
        cli_note("interrupted");
    } else if (event == CLI_READY && status) {
        cli_error("%s", error);
    } else if (event == CLI_READY) {
        print(session, query, hits);
        tell_time(session, siamese_hits_count(hits, 0), seconds);
    }
    siamese_hits_free(hits);
    return event;
}

/* Without blanks around it. */
static siamese_text trimmed(const char *line)
{
    size_t size;

    line += strspn(line, " \t\r");
    size = strlen(line);
    while (size > 0 && isspace((unsigned char)line[size - 1])) size--;
    return (siamese_text){line, size};
}

static void complete(void *session, const char *line,
                     void (*offer)(void *place, const char *text), void *place)
{
    search_command_complete(((search_session *)session)->items, line, offer,
                            place);
}

int search_session_run(search_session *session)
{
    cli_line *const line =
        cli_line_open("search>", session->keeps_history ? "history" : NULL);
    search_commands commands = {session->items,
                                session->files,
                                session->request,
                                session->output,
                                NULL,
                                0,
                                0};
    cli_event event = CLI_READY;
    const char *typed = "";

    cli_line_set_completion(line, complete, session);
    cli_note("%zu items; :help lists what a line can say, Ctrl-D leaves",
             siamese_items_count(session->items));
    while (event != CLI_TERMINATED && !commands.is_over) {
        typed = cli_line_next(line, &event);
        if (!typed && event != CLI_INTERRUPTED) break;
        if (!typed) continue;
        siamese_text const text = trimmed(typed);
        if (*typed == ':')
            search_command_run(&commands, text);
        else if (text.size > 0)
            event = answer(session, text);
    }
    cli_line_close(line);
    if (search_job_running()) return 0;
    search_commands_free(&commands);
    return 1;
}
