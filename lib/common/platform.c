/* platform.c: calls that all systems have in, those of GNU, Linux and macOS
 * out, or what POSIX has in their place. For the whole library.
 *
 * SM_PLATFORM_PLAIN: as on a system that has none of them; so the tests run
 * here what runs elsewhere.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier): glibc's name */
#endif
#include "common/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif
#include <unistd.h>
#if defined(__linux__)
#include <sys/auxv.h> /* HWCAP_ASIMDDP too, on AArch64 */
#include <sys/syscall.h>
#endif

#if defined(__linux__) && !defined(SM_PLATFORM_PLAIN)
#define HAS_LINUX 1
#else
#define HAS_LINUX 0
#endif
#if defined(__GLIBC__) && !defined(SM_PLATFORM_PLAIN)
#define HAS_WRITER_PREFERENCE 1
#else
#define HAS_WRITER_PREFERENCE 0
#endif

/* ---- processors ---- */

size_t sm_usable_processors(void)
{
#if HAS_LINUX
    cpu_set_t set;
    /* the set is too small where there are more than 1024 */
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (size_t)CPU_COUNT(&set);
#endif
    long const count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : (size_t)count;
}

#if defined(__x86_64__)
bool sm_request_tiles(void)
{
#if HAS_LINUX && defined(SYS_arch_prctl)
    /* ARCH_REQ_XCOMP_PERM of asm/prctl.h, from Linux 5.16 on; the state of
     * tiles is the processor's component 18 */
    enum { REQUEST = 0x1023, TILES = 18 };
    return syscall(SYS_arch_prctl, REQUEST, TILES) == 0;
#else
    return false;
#endif
}
#endif

#if defined(__aarch64__)
bool sm_has_dot_product(void)
{
#if HAS_LINUX
    return (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) != 0;
#elif defined(__APPLE__)
    return true; /* from the first of Apple's on */
#else
    return false;
#endif
}
#endif

/* ---- random bytes ---- */

bool sm_random_bytes(void *bytes, size_t size)
{
#if (defined(__linux__) || defined(__APPLE__)) && !defined(SM_PLATFORM_PLAIN)
    return getentropy(bytes, size) == 0;
#else
    (void)bytes, (void)size;
    return false;
#endif
}

/* ---- errors ---- */

/* GNU's strerror_r gives the text; POSIX's puts it into text and gives 0. Of
 * the two below the compiler chooses the one that fits. */
static inline const char *given(const char *result, const char *text)
{
    (void)text;
    return result;
}

static inline const char *filled(int result, const char *text)
{
    return result == 0 ? text : "unknown error";
}

const char *sm_error_text(int error, char *text, size_t size)
{
    return _Generic(strerror_r(error, text, size), char *: given, int: filled)(
        strerror_r(error, text, size), text);
}

/* ---- files ---- */

bool sm_file_lock(int fd)
{
    return flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

int sm_file_sync(int fd)
{
    int result;
#ifdef F_FULLFSYNC
    /* there fsync leaves the bytes in the disk's own memory */
    if (fcntl(fd, F_FULLFSYNC) == 0) return 0;
#endif
    do result = fsync(fd);
    while (result != 0 && errno == EINTR);
    return result != 0 && errno != EINVAL ? -1 : 0;
}

#if HAS_LINUX
static void fd_path(int fd, char *path, size_t size)
{
    snprintf(path, size, "/proc/self/fd/%d", fd);
}

int sm_nameless_open(int folder, mode_t mode)
{
    char path[32];
    int fd;
    do
        fd = openat(folder, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC | O_NOCTTY,
                    mode);
    while (fd < 0 && errno == EINTR);
    if (fd < 0) return -1;
    fd_path(fd, path, sizeof path);
    if (access(path, F_OK) == 0) return fd;
    close(fd);
    return -1;
}

int sm_nameless_link(int fd, int folder, const char *name)
{
    char path[32];
    fd_path(fd, path, sizeof path);
    return linkat(AT_FDCWD, path, folder, name, AT_SYMLINK_FOLLOW);
}
#else
int sm_nameless_open(int folder, mode_t mode)
{
    (void)folder;
    (void)mode;
    errno = ENOTSUP;
    return -1;
}

int sm_nameless_link(int fd, int folder, const char *name)
{
    (void)fd;
    (void)folder;
    (void)name;
    errno = ENOTSUP;
    return -1;
}
#endif

/* ---- a FILE that leads to a writer ---- */

static void pass_on(sm_sink *sink, const char *data, size_t size)
{
    if (sink->status == SIAMESE_OK)
        sink->status = sink->writer->write(sink->writer->context, data, size);
}

#if HAS_LINUX
static ssize_t pass_at_once(void *context, const char *data, size_t size)
{
    sm_sink *const sink = context;
    pass_on(sink, data, size);
    return sink->status == SIAMESE_OK ? (ssize_t)size : 0;
}

static FILE *open_file(sm_sink *sink)
{
    cookie_io_functions_t const functions = {.write = pass_at_once};
    return fopencookie(sink, "w", functions);
}
#else
static FILE *open_file(sm_sink *sink)
{
    return open_memstream(&sink->bytes, &sink->size);
}
#endif

sm_status sm_sink_open(sm_sink *sink, sm_writer *writer)
{
    *sink = (sm_sink){.writer = writer, .status = SIAMESE_OK};
    sink->file = open_file(sink);
    return sink->file ? SIAMESE_OK : sm_fail_memory();
}

sm_status sm_sink_close(sm_sink *sink)
{
    int const failed = fclose(sink->file);
#if !HAS_LINUX
    if (!failed) pass_on(sink, sink->bytes, sink->size);
    (free)(sink->bytes); /* which open_memstream took */
#endif
    if (sink->status != SIAMESE_OK) return sink->status;
    SM_REQUIRE(!failed, SIAMESE_E_IO, "the last bytes could not be written");
    return SIAMESE_OK;
}

/* ---- a lock of readers and writers ---- */

static int init_lock(pthread_rwlock_t *lock)
{
#if HAS_WRITER_PREFERENCE
    pthread_rwlockattr_t attributes;
    pthread_rwlockattr_init(&attributes);
    pthread_rwlockattr_setkind_np(&attributes,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    int const failed = pthread_rwlock_init(lock, &attributes);
    pthread_rwlockattr_destroy(&attributes);
    return failed;
#else
    return pthread_rwlock_init(lock, NULL);
#endif
}

int sm_rwlock_init(sm_rwlock *rwlock)
{
    int failed = init_lock(&rwlock->lock);
    if (failed) return failed;
    failed = pthread_mutex_init(&rwlock->gate, NULL);
    if (failed) pthread_rwlock_destroy(&rwlock->lock);
    return failed;
}

void sm_rwlock_destroy(sm_rwlock *rwlock)
{
    pthread_mutex_destroy(&rwlock->gate);
    pthread_rwlock_destroy(&rwlock->lock);
}

void sm_rwlock_read(sm_rwlock *rwlock)
{
    if (!HAS_WRITER_PREFERENCE) pthread_mutex_lock(&rwlock->gate);
    pthread_rwlock_rdlock(&rwlock->lock);
    if (!HAS_WRITER_PREFERENCE) pthread_mutex_unlock(&rwlock->gate);
}

void sm_rwlock_write(sm_rwlock *rwlock)
{
    if (!HAS_WRITER_PREFERENCE) pthread_mutex_lock(&rwlock->gate);
    pthread_rwlock_wrlock(&rwlock->lock);
    if (!HAS_WRITER_PREFERENCE) pthread_mutex_unlock(&rwlock->gate);
}

void sm_rwlock_unlock(sm_rwlock *rwlock)
{
    pthread_rwlock_unlock(&rwlock->lock);
}
