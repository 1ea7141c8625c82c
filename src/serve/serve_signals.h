/*
 * serve_signals.h: how a server is told to stop or to read its model anew.
 *
 * SIGTERM and SIGINT stop it. SIGHUP, from kill, reloads; from a terminal that
 * goes away, it stops.
 */
#ifndef SERVE_SIGNALS_H
#define SERVE_SIGNALS_H

typedef enum serve_signal {
    SERVE_NO_SIGNAL,
    SERVE_RELOAD,
    SERVE_STOP
} serve_signal;

/* Takes the signals from now on. The command ends if it cannot. */
void serve_signals_take(void);

/* Waits for one, as many milliseconds at most. */
serve_signal serve_signals_wait(int milliseconds);

#endif
