/*
 * cli_command.h: the command line that runs, as a shell would take it again.
 * main.c keeps it; a report shows it.
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

/* Keeps the arguments, which a verb moves about while it reads them. */
void cli_command_keep(int argc, char **argv);

/* "siamese train --data 'my shop.csv'", to be freed. */
char *cli_command_line(void);

#endif
