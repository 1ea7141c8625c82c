/* cmd_verbs.h: what each verb runs; the table is in main.c. */
#ifndef CMD_VERBS_H
#define CMD_VERBS_H

#include "shell/cli_args.h"

int cmd_train(const cli_verb *verb, int argc, char **argv);
int cmd_embed(const cli_verb *verb, int argc, char **argv);
int cmd_index(const cli_verb *verb, int argc, char **argv);
int cmd_search(const cli_verb *verb, int argc, char **argv);
int cmd_eval(const cli_verb *verb, int argc, char **argv);
int cmd_vocab(const cli_verb *verb, int argc, char **argv);
int cmd_info(const cli_verb *verb, int argc, char **argv);
int cmd_export(const cli_verb *verb, int argc, char **argv);
int cmd_import(const cli_verb *verb, int argc, char **argv);
int cmd_bench(const cli_verb *verb, int argc, char **argv);

#endif
