/*
 * cmd_verbs.h: the verbs, in the order that siamese --help lists them. Each is
 * cmd_NAME.c, which holds all there is to say about it: its options, its help,
 * and its work. main.c finds the verb of the first argument and runs it.
 */
#ifndef CMD_VERBS_H
#define CMD_VERBS_H

#include "shell/cli_args.h"

#define CMD_VERBS(X)                                                           \
    X(train)                                                                   \
    X(embed)                                                                   \
    X(index)                                                                   \
    X(search)                                                                  \
    X(serve)                                                                   \
    X(eval)                                                                    \
    X(map)                                                                     \
    X(vocab)                                                                   \
    X(info)                                                                    \
    X(export)                                                                  \
    X(import)                                                                  \
    X(bench)

#define CMD_DECLARE(name) extern const cli_verb cmd_##name;
CMD_VERBS(CMD_DECLARE)

#endif
