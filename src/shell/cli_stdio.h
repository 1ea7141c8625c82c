/*
 * cli_stdio.h: the standard streams, as a shell may have left them: closed,
 * full, or a pipe that nobody reads.
 */
#ifndef CLI_STDIO_H
#define CLI_STDIO_H

/*
 * Gives a closed standard stream a descriptor that only fails. Else the first
 * file to be opened has its number, and what is printed goes into that file.
 */
void cli_stdio_open(void);

/* What was printed has arrived, or this fails. */
void cli_stdio_flush(void);

/* The system's word for the error that a stream met, just now or earlier; errno
 * is to be 0 before the call that tells of it. */
const char *cli_stdio_reason(void);

#endif
