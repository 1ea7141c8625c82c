/* cli_wait.c: signals and a file in, what came first out. For sessions. */
#include "terminal/cli_wait.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>

static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT};
enum { COUNT = sizeof numbers / sizeof *numbers };

static volatile sig_atomic_t came[COUNT];
static struct sigaction before[COUNT];
static sigset_t mask_before;

static void on_signal(int number)
{
    for (int i = 0; i < COUNT; i++)
        if (numbers[i] == number) came[i] = 1;
}

void cli_wait_begin(void)
{
    struct sigaction action;
    sigset_t mask;

    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigemptyset(&mask);
    for (int i = 0; i < COUNT; i++) sigaddset(&mask, numbers[i]);
    sigprocmask(SIG_BLOCK, &mask, &mask_before);
    for (int i = 0; i < COUNT; i++) {
        came[i] = 0;
        sigaction(numbers[i], &action, &before[i]);
    }
}

/* Which signal came, the event that it is; a termination stays. */
static int take(cli_event *event)
{
    static const cli_event events[COUNT] = {CLI_INTERRUPTED, CLI_TERMINATED,
                                            CLI_TERMINATED, CLI_RESIZED,
                                            CLI_CONTINUED};

    for (int i = 0; i < COUNT; i++) {
        if (!came[i]) continue;
        *event = events[i];
        if (*event != CLI_TERMINATED) came[i] = 0;
        return 1;
    }
    return 0;
}

/* What cannot be waited for is read, and says why. */
cli_event cli_wait(int file)
{
    cli_event event = CLI_READY;

    for (;;) {
        fd_set files;
        if (take(&event)) return event;
        FD_ZERO(&files);
        FD_SET(file, &files);
        if (pselect(file + 1, &files, NULL, NULL, NULL, &mask_before) >= 0 ||
            errno != EINTR)
            return CLI_READY;
    }
}

void cli_wait_end(void)
{
    for (int i = 0; i < COUNT; i++) sigaction(numbers[i], &before[i], NULL);
    for (int i = 0; i < COUNT; i++)
        if (came[i] && (numbers[i] == SIGTERM || numbers[i] == SIGHUP))
            raise(numbers[i]); /* it is pending until it may come */
    sigprocmask(SIG_SETMASK, &mask_before, NULL);
}
