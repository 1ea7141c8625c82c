/* faulty_io.h: calls of the system for files, of which one fails, or all from
 * one on, or comes to less than was asked for, or ends the process; and in
 * which order they came. They stand before the C library's, for what the
 * library and the command call too. For one source of a program or of an object
 * that is loaded before others. */
#ifndef FAULTY_IO_H
#define FAULTY_IO_H

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum io_fault {
    IO_ERROR, /* the call does nothing, and errno is set */
    IO_SHORT, /* a read or a write of half the bytes, at least of one */
    IO_ZERO,  /* of none; other calls are as ever */
    IO_KILL_BEFORE,
    IO_KILL_AFTER
} io_fault;

typedef struct io_faults {
    io_fault fault;
    int error;
    int lasts;        /* all calls from one on */
    int no_nameless;  /* a file system without O_TMPFILE */
    int no_sync;      /* fsync does nothing */
    int spares;       /* what is read of /proc and /sys */
    unsigned spared;  /* bits: descriptors of it */
    long countdown;   /* calls before it; < 0: none fails */
    long hits;        /* calls that it met */
    const char *call; /* the last of them */
    char order[8192]; /* what was called, while record is set */
    int record;
} io_faults;

static io_faults io = {.countdown = -1};

/* Calls 0 .. calls - 1 are as ever; -1: all are. */
static inline void io_fail_after(long calls, io_fault fault, int error)
{
    io.fault = fault;
    io.error = error;
    io.hits = 0;
    __atomic_store_n(&io.countdown, calls, __ATOMIC_SEQ_CST);
}

/* What stands before the C library's for shared libraries too. */
#define IO_SEEN __attribute__((visibility("default")))

static inline void io_die(void)
{
    kill(getpid(), SIGKILL);
}

static inline unsigned io_bit(int fd)
{
    return fd >= 0 && fd < 32 ? 1u << fd : 0;
}

/* Is this the call? Of any thread. fd: -1 of a call by path. */
static inline int io_meets(const char *name, int fd)
{
    if (io.spared & io_bit(fd)) return 0;
    if (io.record) {
        size_t const used = strlen(io.order);
        if (used + strlen(name) + 2 < sizeof io.order)
            strcat(strcpy(io.order + used, name), " ");
    }
    long left = __atomic_load_n(&io.countdown, __ATOMIC_SEQ_CST);
    if (left < 0) return 0;
    if (left == 0 && io.lasts) {
        io.hits++;
        io.call = name;
        return 1;
    }
    left = __atomic_fetch_sub(&io.countdown, 1, __ATOMIC_SEQ_CST);
    if (left != 0) return 0;
    io.hits++;
    io.call = name;
    return 1;
}

/* Before a call that met the fault: whether it fails, with errno. */
static inline int io_fails(int met)
{
    if (met && io.fault == IO_KILL_BEFORE) io_die();
    if (!met || io.fault != IO_ERROR) return 0;
    errno = io.error;
    return 1;
}

/* The C library's function of that name. */
static inline void *io_next(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* Defines a function of the C library that fails with -1. */
#define IO_CALL(result, name, descriptor, parameters, arguments)               \
    IO_SEEN result name parameters;                                            \
    result name parameters                                                     \
    {                                                                          \
        static result(*next) parameters;                                       \
        if (next == NULL) *(void **)&next = io_next(#name);                    \
        int const met = io_meets(#name, descriptor);                           \
        if (io_fails(met)) return -1;                                          \
        result const got = next arguments;                                     \
        if (met && io.fault == IO_KILL_AFTER) io_die();                        \
        return got;                                                            \
    }

/* One that moves size bytes. */
#define IO_MOVE(name, descriptor, parameters, arguments)                       \
    IO_SEEN ssize_t name parameters;                                           \
    ssize_t name parameters                                                    \
    {                                                                          \
        static ssize_t(*next) parameters;                                      \
        if (next == NULL) *(void **)&next = io_next(#name);                    \
        int const met = io_meets(#name, descriptor);                           \
        if (io_fails(met)) return -1;                                          \
        if (met && io.fault == IO_SHORT && size > 1) size /= 2;                \
        if (met && io.fault == IO_ZERO) return 0;                              \
        ssize_t const got = next arguments;                                    \
        if (met && io.fault == IO_KILL_AFTER) io_die();                        \
        return got;                                                            \
    }

IO_MOVE(read, fd, (int fd, void *data, size_t size), (fd, data, size))
IO_MOVE(pread, fd, (int fd, void *data, size_t size, off_t at),
        (fd, data, size, at))
IO_MOVE(write, fd, (int fd, const void *data, size_t size), (fd, data, size))

IO_CALL(int, fdatasync, fd, (int fd), (fd))
IO_CALL(int, ftruncate, fd, (int fd, off_t size), (fd, size))
IO_CALL(int, flock, fd, (int fd, int operation), (fd, operation))
IO_CALL(int, fchmod, fd, (int fd, mode_t mode), (fd, mode))
IO_CALL(int, fchown, fd, (int fd, uid_t user, gid_t group), (fd, user, group))
IO_CALL(int, fstat, fd, (int fd, struct stat *about), (fd, about))
IO_CALL(int, stat, -1, (const char *path, struct stat *about), (path, about))
IO_CALL(int, lstat, -1, (const char *path, struct stat *about), (path, about))
IO_CALL(int, fstatat, -1,
        (int folder, const char *path, struct stat *about, int flags),
        (folder, path, about, flags))
IO_CALL(int, access, -1, (const char *path, int mode), (path, mode))
IO_CALL(int, faccessat, -1, (int folder, const char *path, int mode, int flags),
        (folder, path, mode, flags))
IO_CALL(ssize_t, readlink, -1, (const char *path, char *to, size_t size),
        (path, to, size))
IO_CALL(int, rename, -1, (const char *from, const char *to), (from, to))
IO_CALL(int, renameat, -1, (int a, const char *from, int b, const char *to),
        (a, from, b, to))
IO_CALL(int, linkat, -1,
        (int a, const char *from, int b, const char *to, int flags),
        (a, from, b, to, flags))
IO_CALL(int, unlink, -1, (const char *path), (path))
IO_CALL(int, unlinkat, -1, (int folder, const char *path, int flags),
        (folder, path, flags))
IO_CALL(int, mkdir, -1, (const char *path, mode_t mode), (path, mode))
IO_CALL(int, mkstemp, -1, (char *path), (path))

/* Which waits for the disk, unless the test has no use for that. */
IO_SEEN int fsync(int fd)
{
    static int (*next)(int);
    if (next == NULL) *(void **)&next = io_next("fsync");
    int const met = io_meets("fsync", fd);
    if (io_fails(met)) return -1;
    int const got = io.no_sync ? 0 : next(fd);
    if (met && io.fault == IO_KILL_AFTER) io_die();
    return got;
}

/* As Linux's: the descriptor is closed whatever it says. */
IO_SEEN int close(int fd)
{
    static int (*next)(int);
    if (next == NULL) *(void **)&next = io_next("close");
    int const met = io_meets("close", fd);
    if (met && io.fault == IO_KILL_BEFORE) io_die();
    int const got = next(fd);
    io.spared &= ~io_bit(fd);
    if (met && io.fault == IO_KILL_AFTER) io_die();
    if (!met || io.fault != IO_ERROR) return got;
    errno = io.error;
    return -1;
}

static inline int io_open(int folder, const char *path, int flags, mode_t mode,
                          const char *name)
{
    static int (*next)(int, const char *, int, ...);
    if (next == NULL) *(void **)&next = io_next("openat");
    if (io.no_nameless && (flags & O_TMPFILE) == O_TMPFILE) {
        errno = EOPNOTSUPP;
        return -1;
    }
    int const is_spared = io.spares && (strncmp(path, "/proc/", 6) == 0 ||
                                        strncmp(path, "/sys/", 5) == 0);
    int const met = is_spared ? 0 : io_meets(name, -1);
    if (io_fails(met)) return -1;
    int const got = next(folder, path, flags, mode);
    if (is_spared) io.spared |= io_bit(got);
    if (met && io.fault == IO_KILL_AFTER) io_die();
    return got;
}

/* The mode of a file that is made, the last argument. */
#define IO_MODE(mode, flags)                                                   \
    mode_t mode = 0;                                                           \
    if (flags & (O_CREAT | O_TMPFILE)) {                                       \
        va_list more;                                                          \
        va_start(more, flags);                                                 \
        mode = va_arg(more, mode_t);                                           \
        va_end(more);                                                          \
    }

IO_SEEN int open(const char *path, int flags, ...)
{
    IO_MODE(mode, flags)
    return io_open(AT_FDCWD, path, flags, mode, "open");
}

IO_SEEN int openat(int folder, const char *path, int flags, ...)
{
    IO_MODE(mode, flags)
    return io_open(folder, path, flags, mode, "openat");
}

/* F_DUPFD_CLOEXEC is the one command that is asked for. */
IO_SEEN int fcntl(int fd, int command, ...)
{
    static int (*next)(int, int, ...);
    va_list more;
    if (next == NULL) *(void **)&next = io_next("fcntl");
    va_start(more, command);
    void *const argument = va_arg(more, void *);
    va_end(more);
    int const met = io_meets("fcntl", fd);
    if (io_fails(met)) return -1;
    int const got = next(fd, command, argument);
    if (met && io.fault == IO_KILL_AFTER) io_die();
    return got;
}

#endif
