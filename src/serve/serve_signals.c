/* serve_signals.c: signals in, what they ask for out. For serve_run. */
#include "serve/serve_signals.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_message.h"

/* A byte a signal, from whichever thread it interrupts to the waiting one. */
static int ends[2];

static void on_signal(int number, siginfo_t *info, void *context)
{
    int const saved = errno;
    int const is_sent = info->si_code <= 0; /* by a process, not the terminal */
    unsigned char const what =
        number == SIGHUP && is_sent ? SERVE_RELOAD : SERVE_STOP;
    /* a full pipe holds the same news */
    ssize_t const written = write(ends[1], &what, 1);

    (void)written;
    (void)context;
    errno = saved;
}

void serve_signals_take(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action;

    if (pipe(ends) || fcntl(ends[0], F_SETFL, O_NONBLOCK) ||
        fcntl(ends[1], F_SETFL, O_NONBLOCK))
        cli_fail("cannot make a pipe: %s", strerror(errno));
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN); /* a client that went away */
}

serve_signal serve_signals_wait(int milliseconds)
{
    struct pollfd waited = {.fd = ends[0], .events = POLLIN};
    unsigned char what = SERVE_NO_SIGNAL;

    if (poll(&waited, 1, milliseconds) > 0 && read(ends[0], &what, 1) != 1)
        what = SERVE_NO_SIGNAL;
    return (serve_signal)what;
}
