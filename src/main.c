/* main.c: the `siamese` command: one program, one verb a job. */
#include <stdio.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_command.h"
#include "shell/cli_message.h"
#include "shell/cli_signal.h"
#include "shell/cli_stdio.h"
#include "shell/cli_suggest.h"
#include "verbs/cmd_verbs.h"

#define CMD_ROW(name) &cmd_##name,
static const cli_verb *const verbs[] = {CMD_VERBS(CMD_ROW)};
enum { VERB_COUNT = sizeof verbs / sizeof *verbs };

static void show_usage(FILE *stream)
{
    fprintf(stream,
            "siamese %s: learns embeddings of short texts and searches them\n\n"
            "usage: siamese VERB [options]\n\n",
            siamese_version());
    for (size_t i = 0; i < VERB_COUNT; i++)
        fprintf(stream, "  %-8s%s\n", verbs[i]->name, verbs[i]->summary);
    fprintf(stream, "\nsiamese VERB --help tells more. For a first search:\n\n"
                    "  siamese train --data train.csv --model m.siamese\n"
                    "  siamese index --model m.siamese --data train.csv --out "
                    "m.siamese\n"
                    "  siamese search --model m.siamese 'standing desk'\n");
}

/* For a shell, as cli_completion.h has it. */
static void show_words(void)
{
    for (size_t i = 0; i < VERB_COUNT; i++)
        printf(":\twords\t%s\t%s\n", verbs[i]->name, verbs[i]->summary);
    printf(":\twords\thelp\tthe help of a verb\n"
           "--help\tflag\t\tthe verbs\n--version\tflag\t\tthe version\n");
}

static const cli_verb *find_verb(const char *name)
{
    const char *closest = NULL;
    size_t distance = CLI_SUGGEST_NONE;

    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(verbs[i]->name, name) == 0) return verbs[i];
        cli_suggest(name, verbs[i]->name, &closest, &distance);
    }
    if (closest)
        cli_usage_error("there is no verb '%s'; did you mean '%s'?", name,
                        closest);
    cli_usage_error("there is no verb '%s'", name);
}

static int run(const char *name, int argc, char **argv)
{
    const cli_verb *const verb = find_verb(name);

    cli_set_verb(verb->name);
    return verb->run(verb, argc, argv);
}

int main(int argc, char **argv)
{
    static char help[] = "--help";
    char *help_argument = help;
    int status = 0;

    cli_stdio_open();
    cli_signal_install();
    cli_command_keep(argc, argv);
    if (argc < 2) {
        show_usage(stderr);
        return CLI_EXIT_USAGE;
    }
    const char *const first = argv[1];
    if (strcmp(first, "--version") == 0)
        printf("siamese %s\n", siamese_version());
    else if (strcmp(first, "help") == 0 && argc > 2)
        status = run(argv[2], 1, &help_argument);
    else if (strcmp(first, "--help=completion") == 0)
        show_words();
    else if (strcmp(first, "--help") == 0 || strcmp(first, "help") == 0)
        show_usage(stdout);
    else
        status = run(first, argc - 2, argv + 2);
    cli_stdio_flush();
    return status;
}
