/*
 * pty.c: a program at a terminal, and a script in place of the person. For
 * tests of what is edited, drawn and interrupted there.
 *
 * usage: pty COLUMNSxROWS PROGRAM [ARGUMENT ...] <SCRIPT
 *
 * Lines of the script are
 *   send TEXT       keys, with \r, \n, \t, \e and \xNN
 *   wait TEXT       until the output, behind what the last wait saw, has TEXT
 *   resize CxR      the window
 * and behind the last one the program has to end. Standard output gets all that
 * it wrote; the exit status is the program's, or 99 with a line on standard
 * error if a wait was in vain for 20 seconds.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, MAX_OUTPUT = 1 << 20, FAILED = 99 };

static char output[MAX_OUTPUT + 1];
static size_t written, seen; /* of it; seen by the last wait */
static int terminal;
static pid_t child;

static void fail(const char *what, const char *with)
{
    fwrite(output, 1, written, stdout);
    fflush(stdout);
    fprintf(stderr, "pty: %s: %s\n", what, with);
    if (child > 0) kill(child, SIGKILL);
    exit(FAILED);
}

static void resize(const char *size)
{
    struct winsize window = {0};

    if (sscanf(size, "%hux%hu", &window.ws_col, &window.ws_row) != 2)
        fail("no size", size);
    if (ioctl(terminal, TIOCSWINSZ, &window) != 0)
        fail("cannot resize", strerror(errno));
}

/* More output; 0: there will be none. */
static int read_more(const char *awaited)
{
    struct pollfd file = {.fd = terminal, .events = POLLIN};
    int const ready = poll(&file, 1, PATIENCE_MS);

    if (ready == 0) fail("waited in vain for", awaited);
    if (written == MAX_OUTPUT) fail("too much output before", awaited);
    ssize_t const size = read(terminal, output + written, MAX_OUTPUT - written);
    if (size <= 0) return 0; /* EIO: the other side is closed */
    written += (size_t)size;
    return 1;
}

/* From \r, \n, \t, \e and \xNN to what they stand for, in place; the size. */
static size_t unescape(char *text)
{
    char *out = text;

    for (const char *in = text; *in; in++) {
        unsigned byte = 0;
        if (*in != '\\') {
            *out++ = *in;
            continue;
        }
        switch (*++in) {
        case 'r':
            *out++ = '\r';
            break;
        case 'n':
            *out++ = '\n';
            break;
        case 't':
            *out++ = '\t';
            break;
        case 'e':
            *out++ = '\033';
            break;
        case 'x':
            if (sscanf(in + 1, "%2x", &byte) != 1) fail("no byte", in);
            *out++ = (char)byte;
            in += 2;
            break;
        default:
            *out++ = *in;
        }
    }
    *out = '\0';
    return (size_t)(out - text);
}

static void await(const char *text, size_t size)
{
    for (;;) {
        const char *const found =
            memmem(output + seen, written - seen, text, size);
        if (found) {
            seen = (size_t)(found - output) + size;
            return;
        }
        if (!read_more(text)) fail("the program ended before", text);
    }
}

static void run_line(char *line)
{
    char *const rest = line + strcspn(line, " ");

    if (*rest) *rest = '\0';
    char *const value = rest + 1;
    if (strcmp(line, "resize") == 0) {
        resize(value);
        return;
    }
    size_t const size = unescape(value);
    if (strcmp(line, "wait") == 0)
        await(value, size);
    else if (strcmp(line, "send") != 0)
        fail("no such line", line);
    else if (write(terminal, value, size) != (ssize_t)size)
        fail("cannot send", value);
}

static void start(char **program)
{
    terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0)
        fail("no terminal", strerror(errno));
    const char *const name = ptsname(terminal);
    if (!name || (child = fork()) < 0) fail("cannot start", *program);
    if (child > 0) return;
    setsid();
    int const side = open(name, O_RDWR); /* which is then its terminal */
    for (int file = 0; file <= 2; file++) dup2(side, file);
    close(terminal);
    execvp(*program, program);
    _exit(127);
}

int main(int argc, char **argv)
{
    char line[4096];
    int status;

    if (argc < 3) fail("usage", "pty COLUMNSxROWS PROGRAM [ARGUMENT ...]");
    start(argv + 2);
    resize(argv[1]);
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (*line) run_line(line);
    }
    while (read_more("the end")) continue;
    fwrite(output, 1, written, stdout);
    if (waitpid(child, &status, 0) < 0) fail("lost", argv[2]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
