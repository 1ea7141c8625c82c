/* atomic_file.c: bytes in, a file at its path out, or the old one untouched.
 * For checkpoint_save and export_faiss. */
#include "checkpoint/atomic_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/memory.h"
#include "common/platform.h"

#define SUFFIX ".siamese-new"

/* Savers to one path at once, and symbolic links followed. */
enum { NAMES = 32, LINKS_FOLLOWED = 40 };

struct sm_atomic_file {
    sm_writer writer;
    const char *given; /* path, for the error texts; the caller's */
    int fd;
    int folder;               /* -1: a device, written to as it stands */
    char name[NAME_MAX + 1];  /* in folder */
    char fresh[NAME_MAX + 1]; /* the new file's name in folder, "" without */
};

static sm_status fail_io(const sm_atomic_file *file, const char *what)
{
    char text[128];
    return sm_fail(SIAMESE_E_IO, "%s: %s: %s", file->given, what,
                   sm_error_text(errno, text, sizeof text));
}

static int open_again(int folder, const char *name, int flags, mode_t mode)
{
    int fd;
    do fd = openat(folder, name, flags | O_CLOEXEC | O_NOCTTY, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

static sm_status file_write(void *context, const void *data, size_t size)
{
    const sm_atomic_file *const file = context;
    const char *from = data;
    while (size > 0) {
        ssize_t const n = write(file->fd, from, size);
        if (n < 0 && errno == EINTR) continue;
        if (n == 0) errno = ENOSPC; /* or this would go on for ever */
        if (n <= 0) return fail_io(file, "cannot be written");
        from += n;
        size -= (size_t)n;
    }
    return SIAMESE_OK;
}

/* ---- where the file goes ---- */

/* Replaces path[PATH_MAX] by what the symbolic link there points to. */
static int follow_link(char *path)
{
    char target[PATH_MAX];
    ssize_t const length = readlink(path, target, sizeof target - 1);
    if (length < 0) return -1;
    target[length] = '\0';
    char *const slash = strrchr(path, '/');
    size_t const folder =
        target[0] == '/' || slash == NULL ? 0 : (size_t)(slash - path) + 1;
    if (folder + (size_t)length >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(path + folder, target, (size_t)length + 1);
    return 0;
}

static int follow_links(char *path)
{
    struct stat about;
    for (int i = 0; i < LINKS_FOLLOWED; i++) {
        if (lstat(path, &about) != 0) return errno == ENOENT ? 0 : -1;
        if (!S_ISLNK(about.st_mode)) return 0;
        if (follow_link(path) != 0) return -1;
    }
    errno = ELOOP;
    return -1;
}

static sm_status open_device(sm_atomic_file *file, const char *path)
{
    file->fd = open_again(AT_FDCWD, path, O_WRONLY, 0);
    return file->fd >= 0 ? SIAMESE_OK : fail_io(file, "cannot be written");
}

/* Opens the folder and sets name; leaves both for a device. */
static sm_status find_place(sm_atomic_file *file, const char *given,
                            bool *exists, struct stat *about)
{
    char path[PATH_MAX];
    *exists = stat(given, about) == 0;
    if (!*exists && errno != ENOENT) return fail_io(file, "cannot be written");
    if (*exists && S_ISCHR(about->st_mode)) return open_device(file, given);
    SM_REQUIRE(!*exists || !S_ISDIR(about->st_mode), SIAMESE_E_IO,
               "%s: is a folder", given);
    SM_REQUIRE(!*exists || S_ISREG(about->st_mode), SIAMESE_E_IO,
               "%s: is not a regular file", given);
    errno = ENAMETOOLONG;
    if (strlen(given) >= sizeof path) return fail_io(file, "path");
    strcpy(path, given);
    if (follow_links(path) != 0) return fail_io(file, "cannot be written");
    if (*exists && faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) != 0)
        return fail_io(file, "cannot be written");

    char *const slash = strrchr(path, '/');
    const char *const name = slash ? slash + 1 : path;
    errno = ENAMETOOLONG;
    if (strlen(name) > NAME_MAX) return fail_io(file, "path");
    SM_REQUIRE(name[0] != '\0', SIAMESE_E_IO, "%s: names a folder, not a file",
               given);
    strcpy(file->name, name);
    const char *folder = ".";
    if (slash) {
        slash[slash == path] = '\0'; /* "/" stays */
        folder = path;
    }
    file->folder = open_again(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY, 0);
    return file->folder >= 0 ? SIAMESE_OK
                             : fail_io(file, "its folder cannot be opened");
}

/* ---- the new file's name ---- */

/* Name number i; a long file name is cut, since names have a longest. */
static void fresh_name(const sm_atomic_file *file, int i, char *name)
{
    char number[16] = "";
    if (i > 0) snprintf(number, sizeof number, "%d", i);
    int const room = NAME_MAX - 1 - (int)strlen(SUFFIX) - (int)strlen(number);
    snprintf(name, NAME_MAX + 1, ".%.*s" SUFFIX "%s", room, file->name, number);
}

/* Whether fd is the file that has the name now. */
static bool is_named(int fd, int folder, const char *name)
{
    struct stat by_fd, by_name;
    return fstat(fd, &by_fd) == 0 &&
           fstatat(folder, name, &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
           by_fd.st_dev == by_name.st_dev && by_fd.st_ino == by_name.st_ino;
}

/*
 * Removes the file of that name if nobody holds its lock, so that whoever wrote
 * it is dead. The lock that we hold keeps others from doing the same, and
 * a file that has been renamed since is not the one that has the name.
 */
static void remove_stale(int folder, const char *name)
{
    int const fd =
        open_again(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK, 0);
    if (fd < 0) return;
    if (sm_file_lock(fd) && is_named(fd, folder, name))
        unlinkat(folder, name, 0);
    close(fd);
}

static void remove_all_stale(const sm_atomic_file *file)
{
    char name[NAME_MAX + 1];
    for (int i = 0; i < NAMES; i++) {
        fresh_name(file, i, name);
        remove_stale(file->folder, name);
    }
}

/* Makes the file under the first name that is free; make says 0 or -1. */
static int with_fresh_name(sm_atomic_file *file,
                           int (*make)(sm_atomic_file *, const char *name))
{
    char name[NAME_MAX + 1];
    for (int i = 0; i < NAMES; i++) {
        fresh_name(file, i, name);
        if (make(file, name) == 0) {
            strcpy(file->fresh, name);
            return 0;
        }
        if (errno != EEXIST) return -1;
    }
    return -1;
}

/* Makes and locks the file; another saver may have taken it for stale before
 * the lock, which is as if the name had been in use. */
static int make_named(sm_atomic_file *file, const char *name)
{
    int const fd =
        open_again(file->folder, name, O_WRONLY | O_CREAT | O_EXCL, 0666);
    if (fd < 0) return -1;
    if (!sm_file_lock(fd) || !is_named(fd, file->folder, name)) {
        close(fd);
        errno = EEXIST;
        return -1;
    }
    file->fd = fd;
    return 0;
}

static int link_to(sm_atomic_file *file, const char *name)
{
    return sm_nameless_link(file->fd, file->folder, name);
}

/* A file without a name, if it can be given one later. */
static int make_nameless(sm_atomic_file *file)
{
    file->fd = sm_nameless_open(file->folder, 0666);
    if (file->fd < 0) return -1;
    if (sm_file_lock(file->fd)) return 0;
    close(file->fd);
    file->fd = -1;
    return -1;
}

/* ---- the three functions ---- */

/* The new file is the old one's owner's and has its mode. */
static sm_status keep_mode(const sm_atomic_file *file, const struct stat *about)
{
    /* a saver that may not give files away keeps them */
    if (fchown(file->fd, about->st_uid, about->st_gid) != 0) errno = 0;
    if (fchmod(file->fd, about->st_mode & 07777) != 0)
        return fail_io(file, "its mode cannot be kept");
    return SIAMESE_OK;
}

sm_status sm_atomic_file_create(sm_atomic_file **out, const char *path,
                                sm_writer **writer)
{
    sm_status status = SIAMESE_OK;
    bool exists = false;
    struct stat about;
    sm_atomic_file *const file = sm_calloc(1, sizeof *file);
    if (file == NULL) return sm_fail_memory();
    file->writer = (sm_writer){file_write, file};
    file->given = path;
    file->fd = file->folder = -1;
    SM_TRY(find_place(file, path, &exists, &about));
    if (file->folder >= 0) {
        remove_all_stale(file);
        if (make_nameless(file) != 0 && with_fresh_name(file, make_named) != 0)
            SM_TRY(fail_io(file, "no file can be made in its folder"));
        if (exists) SM_TRY(keep_mode(file, &about));
    }
    *writer = &file->writer;
    *out = file;
out:
    if (status != SIAMESE_OK) sm_atomic_file_free(file);
    return status;
}

/* Gives the synced file its name. */
static int put_in_place(sm_atomic_file *file)
{
    if (file->fresh[0] == '\0') {
        if (link_to(file, file->name) == 0) return 0;
        if (errno != EEXIST) return -1;
        if (with_fresh_name(file, link_to) != 0) return -1;
    }
    if (renameat(file->folder, file->fresh, file->folder, file->name) != 0)
        return -1;
    file->fresh[0] = '\0';
    return 0;
}

sm_status sm_atomic_file_commit(sm_atomic_file *file)
{
    if (file->folder < 0) {
        int const fd = file->fd;
        file->fd = -1;
        return close(fd) == 0 || errno == EINTR
                   ? SIAMESE_OK
                   : fail_io(file, "cannot be written");
    }
    if (sm_file_sync(file->fd) != 0) return fail_io(file, "cannot be synced");
    if (put_in_place(file) != 0) return fail_io(file, "cannot be replaced");
    if (sm_file_sync(file->folder) != 0)
        return fail_io(file, "is replaced, but its folder cannot be synced");
    return SIAMESE_OK;
}

void sm_atomic_file_free(sm_atomic_file *file)
{
    if (file == NULL) return;
    if (file->fresh[0]) unlinkat(file->folder, file->fresh, 0);
    if (file->fd >= 0) close(file->fd);
    if (file->folder >= 0) close(file->folder);
    sm_free(file);
}
