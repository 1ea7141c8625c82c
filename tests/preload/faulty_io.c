/* faulty_io.c: what the environment asks for in, the command with calls for
 * files that fail out, those below stdio too. An object that the tests of the
 * command load before the C library (LD_PRELOAD).
 *
 * IO_FAULT   error, short, kill-before, kill-after: what becomes of a call
 * IO_CALL    which, from 0 on
 * IO_ERRNO   the error's number
 * IO_LASTS   1: all calls behind it too
 * IO_REPORT  a file that tells, at the end, how many calls met it and the last
 */
#include "faulty_io.h"

#include <stdio.h>
#include <stdlib.h>

enum { STREAMS = 64 };

static FILE *streams[STREAMS]; /* by their descriptors */

/* ---- stdio, whose own calls are out of reach ---- */

static int descriptor_of(void *cookie)
{
    return (int)((FILE **)cookie - streams);
}

static ssize_t stream_read(void *cookie, char *data, size_t size)
{
    return read(descriptor_of(cookie), data, size);
}

/* As stdio, which writes until all is written. */
static ssize_t stream_write(void *cookie, const char *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t const got =
            write(descriptor_of(cookie), data + done, size - done);
        if (got < 0) break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

static int stream_seek(void *cookie, off64_t *at, int whence)
{
    *at = lseek(descriptor_of(cookie), (off_t)*at, whence);
    return *at < 0 ? -1 : 0;
}

static int stream_close(void *cookie)
{
    *(FILE **)cookie = NULL;
    return close(descriptor_of(cookie));
}

IO_SEEN FILE *fdopen(int fd, const char *mode)
{
    cookie_io_functions_t const calls = {stream_read, stream_write, stream_seek,
                                         stream_close};
    if (fd < 0 || fd >= STREAMS) abort();
    streams[fd] = fopencookie(&streams[fd], mode, calls);
    return streams[fd];
}

IO_SEEN FILE *fopen(const char *path, const char *mode)
{
    int const flags = mode[0] == 'r'   ? O_RDONLY
                      : mode[0] == 'w' ? O_WRONLY | O_CREAT | O_TRUNC
                                       : O_WRONLY | O_CREAT | O_APPEND;
    int const fd = open(path, flags, 0666);
    return fd < 0 ? NULL : fdopen(fd, mode);
}

IO_SEEN int fileno(FILE *stream)
{
    for (int fd = 0; fd < STREAMS; fd++)
        if (streams[fd] == stream) return fd;
    return stream == stderr ? STDERR_FILENO : -1;
}

/* ---- what is asked for ---- */

static long number_of(const char *name, long otherwise)
{
    const char *const text = getenv(name);
    return text ? strtol(text, NULL, 10) : otherwise;
}

static io_fault fault_of(const char *name)
{
    static const char *const names[] = {"error", "short", "zero", "kill-before",
                                        "kill-after"};
    for (int i = 0; i < 5; i++)
        if (strcmp(name, names[i]) == 0) return (io_fault)i;
    abort();
}

__attribute__((constructor)) static void begin(void)
{
    const char *const fault = getenv("IO_FAULT");
    if (fault == NULL) return;
    stdin = fdopen(STDIN_FILENO, "r");
    stdout = fdopen(STDOUT_FILENO, "w");
    io.spares = 1;
    io.no_sync = 1;
    io.lasts = (int)number_of("IO_LASTS", 0);
    io_fail_after(number_of("IO_CALL", -1), fault_of(fault),
                  (int)number_of("IO_ERRNO", EIO));
}

__attribute__((destructor)) static void end(void)
{
    const char *const path = getenv("IO_REPORT");
    char line[64];
    if (path == NULL) return;
    io.countdown = -1;
    int const file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    int const size =
        snprintf(line, sizeof line, "%s\n", io.call ? io.call : "none");
    if (file < 0 || write(file, line, (size_t)size) != size) abort();
    close(file);
}
