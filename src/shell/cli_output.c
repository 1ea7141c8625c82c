/* cli_output.c: a path in, a stream out whose file appears when all is well.
 * For every verb that writes. */
#include "shell/cli_output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_stdio.h"

enum { MAX_OUTPUTS = 64 };

typedef struct output {
    FILE *stream;
    char *path;      /* where it goes to, links followed */
    char *temporary; /* where it is; NULL if written directly */
} output;

static output outputs[MAX_OUTPUTS];
static size_t output_count;
static char *new_folder; /* that a failure takes away again */

const char *cli_output_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard output" : path;
}

/* The folder of a path, to be freed. */
static char *folder_of(const char *path)
{
    const char *const slash = strrchr(path, '/');

    if (!slash) return cli_format(".");
    return cli_format("%.*s", slash == path ? 1 : (int)(slash - path), path);
}

char *cli_output_followed(const char *path)
{
    char *const real = realpath(path, NULL);

    return real ? real : cli_format("%s", path);
}

int cli_output_is_special(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) &&
           !S_ISDIR(status.st_mode);
}

void cli_output_check(const char *path)
{
    struct stat status;

    if (*path == '\0') cli_fail("the path of an output is empty");
    if (strcmp(path, "-") == 0 || cli_output_is_special(path)) return;
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
        cli_fail("cannot write %s: it is a directory", path);
    char *const folder = folder_of(path);
    if (stat(folder, &status) != 0)
        cli_fail("cannot write %s: %s: %s", path, folder, strerror(errno));
    if (!S_ISDIR(status.st_mode))
        cli_fail("cannot write %s: %s is not a directory", path, folder);
    if (access(folder, W_OK | X_OK) != 0)
        cli_fail("cannot write %s: %s: %s", path, folder, strerror(errno));
    free(folder);
}

/* A file that replaces another keeps its permissions. */
static mode_t mode_for(const char *path)
{
    struct stat status;

    if (stat(path, &status) == 0) return status.st_mode & 07777;
    mode_t const mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static int open_temporary(output *o, const char *path)
{
    cli_output_check(path);
    o->path = cli_output_followed(path);
    o->temporary = cli_format("%s.XXXXXX", o->path);
    int const file = mkstemp(o->temporary);
    if (file < 0) {
        int const reason = errno;
        free(o->temporary);
        o->temporary = NULL;
        cli_fail("cannot write %s: %s", path, strerror(reason));
    }
    if (fchmod(file, mode_for(o->path)) != 0)
        cli_fail("cannot write %s: its mode cannot be set: %s", path,
                 strerror(errno));
    return file;
}

FILE *cli_output_open(const char *path)
{
    output *const o = &outputs[output_count];

    if (output_count == 0) atexit(cli_output_discard);
    if (output_count == MAX_OUTPUTS)
        cli_fail("more than %d outputs", MAX_OUTPUTS);
    if (strcmp(path, "-") == 0) {
        o->path = cli_format("standard output");
        o->stream = stdout;
        output_count++;
        return stdout;
    }
    int file;
    if (cli_output_is_special(path)) {
        o->path = cli_format("%s", path);
        file = open(path, O_WRONLY | O_CLOEXEC);
    } else {
        output_count++; /* from here on a signal removes it */
        file = open_temporary(o, path);
        output_count--;
    }
    o->stream = file < 0 ? NULL : fdopen(file, "wb");
    if (!o->stream) cli_fail("cannot write %s: %s", path, strerror(errno));
    output_count++;
    return o->stream;
}

void cli_output_folder(const char *path)
{
    if (mkdir(path, 0777) == 0) {
        new_folder = cli_format("%s", path);
        if (output_count == 0) atexit(cli_output_discard);
    } else if (errno != EEXIST) {
        cli_fail("cannot make %s: %s", path, strerror(errno));
    }
}

static const char *name_of(const FILE *stream)
{
    for (size_t i = 0; i < output_count; i++)
        if (outputs[i].stream == stream) return outputs[i].path;
    return "an output";
}

void cli_output_write(FILE *stream, const void *data, size_t size)
{
    if (size > 0 && fwrite(data, 1, size, stream) != size)
        cli_fail("cannot write %s: %s", name_of(stream), strerror(errno));
}

/* Flushed, on the disk, closed. */
static void finish(output *o)
{
    errno = 0;
    int failed = fflush(o->stream) != 0 || ferror(o->stream);

    if (o->temporary && !failed) failed = fsync(fileno(o->stream)) != 0;
    if (failed) cli_fail("cannot write %s: %s", o->path, cli_stdio_reason());
    if (o->stream != stdout && fclose(o->stream) != 0)
        cli_fail("cannot write %s: %s", o->path, strerror(errno));
    o->stream = NULL;
}

static void sync_folder(const char *path)
{
    char *const folder = folder_of(path);
    int const file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    /* who may write there need not be allowed to read; EINVAL: a file system
     * that has no use for it */
    if (file < 0 && errno == EACCES) {
        free(folder);
        return;
    }
    if (file < 0 || (fsync(file) != 0 && errno != EINVAL))
        cli_fail("%s is written, but its folder cannot be synced: %s", path,
                 strerror(errno));
    close(file);
    free(folder);
}

void cli_output_commit(void)
{
    for (size_t i = 0; i < output_count; i++) finish(&outputs[i]);
    for (size_t i = 0; i < output_count; i++) {
        output *const o = &outputs[i];
        if (!o->temporary) continue;
        if (rename(o->temporary, o->path) != 0)
            cli_fail("cannot write %s: %s", o->path, strerror(errno));
        char *const done = o->temporary;
        o->temporary = NULL;
        free(done);
        sync_folder(o->path);
    }
    while (output_count > 0) free(outputs[--output_count].path);
    free(new_folder);
    new_folder = NULL;
}

void cli_output_discard(void)
{
    for (size_t i = 0; i < output_count; i++)
        if (outputs[i].temporary) unlink(outputs[i].temporary);
    if (new_folder) rmdir(new_folder); /* fails if anything else is in it */
}
