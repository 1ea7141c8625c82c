/* cli_signal.c: SIGINT and its kin in, a flag or an orderly end out. For train
 * and outputs. */
#include "shell/cli_signal.h"

#include <signal.h>
#include <string.h>

#include "shell/cli_output.h"

static volatile sig_atomic_t is_cancellable, is_held, was_raised, waiting;

/* Only calls that a handler may make: unlink, signal, raise. */
static void end_by(int number)
{
    cli_output_discard();
    signal(number, SIG_DFL);
    raise(number);
}

static void on_signal(int number)
{
    if (is_cancellable && !was_raised && number != SIGPIPE)
        was_raised = 1;
    else if (is_held)
        waiting = number;
    else
        end_by(number);
}

void cli_signal_install(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    struct sigaction action, old;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    signal(SIGXFSZ, SIG_IGN); /* the write says it, and has a name for it */
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &old) == 0 &&
            old.sa_handler != SIG_IGN) /* as under nohup: leave it so */
            sigaction(numbers[i], &action, NULL);
}

void cli_signal_set_cancellable(int on)
{
    is_cancellable = on;
}

int cli_signal_raised(void)
{
    return was_raised != 0;
}

void cli_signal_hold(void)
{
    is_held = 1;
}

void cli_signal_release(void)
{
    is_held = 0;
    if (waiting) end_by(waiting);
}
