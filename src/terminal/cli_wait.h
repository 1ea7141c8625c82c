/*
 * cli_wait.h: waiting in a session with a person, who may interrupt it: a key
 * that was pressed or a result is one thing that may come first, Ctrl-C, a new
 * width of the window and the end of the process are others.
 *
 * Between begin and end these signals come in cli_wait alone, so that none is
 * lost and nothing else is cut by one.
 */
#ifndef CLI_WAIT_H
#define CLI_WAIT_H

typedef enum cli_event {
    CLI_READY,       /* the file can be read */
    CLI_INTERRUPTED, /* Ctrl-C */
    CLI_RESIZED,     /* the window has another width */
    CLI_CONTINUED,   /* after Ctrl-Z and fg */
    CLI_TERMINATED   /* the process is asked to end: cli_wait_end does it */
} cli_event;

void cli_wait_begin(void);

/* Until the file can be read, or a signal came. */
cli_event cli_wait(int file);

/* Signals do as before; the process ends by one that asked for it. */
void cli_wait_end(void);

#endif
