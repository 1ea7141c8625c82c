/* cli_typed.c: typed lines in, a file of the last ones out, and back. For
 * cli_line.c. */
#include "terminal/cli_typed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shell/cli_memory.h"

enum { MAX_BYTES = 4096 /* of a line */ };

/* Makes each folder of the path before its last name, for the owner alone. */
static int make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int const failed = mkdir(path, 0700) != 0 && errno != EEXIST;
        *slash = '/';
        if (failed) return 0;
    }
    return 1;
}

/* A path that is not absolute is to be ignored, says the XDG specification. */
char *cli_typed_open(const char *name)
{
    const char *const state = getenv("XDG_STATE_HOME");
    const char *const home = getenv("HOME");
    char *path;

    if (state && *state == '/')
        path = cli_format("%s/siamese/%s", state, name);
    else if (home && *home == '/')
        path = cli_format("%s/.local/state/siamese/%s", home, name);
    else
        return NULL;
    if (make_folders(path)) return path;
    free(path);
    return NULL;
}

/* For the owner alone, even if it was made otherwise; NULL if that cannot be,
 * or if it is no plain file. */
static FILE *open_private(const char *path, int flags, const char *mode)
{
    struct stat found;
    int const file =
        open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);

    if (file < 0) return NULL;
    FILE *const stream =
        fstat(file, &found) == 0 && S_ISREG(found.st_mode) &&
                ((found.st_mode & 077) == 0 || fchmod(file, 0600) == 0)
            ? fdopen(file, mode)
            : NULL;
    if (!stream) close(file);
    return stream;
}

/* The last lines, a ring: line n is at n % CLI_TYPED_LINES. */
typedef struct last_lines {
    char *texts[CLI_TYPED_LINES];
    size_t count; /* that were read */
} last_lines;

static void keep(last_lines *lines, const char *text)
{
    char **const place = &lines->texts[lines->count++ % CLI_TYPED_LINES];

    free(*place);
    *place = cli_format("%s", text);
}

static size_t first_of(const last_lines *lines)
{
    return lines->count > CLI_TYPED_LINES ? lines->count - CLI_TYPED_LINES : 0;
}

static const char *line_of(const last_lines *lines, size_t n)
{
    return lines->texts[n % CLI_TYPED_LINES];
}

static void read_lines(last_lines *lines, const char *path)
{
    char *text = NULL;
    size_t capacity = 0;
    ssize_t size;
    FILE *const stream = open_private(path, O_RDONLY, "r");

    if (!stream) return;
    while ((size = getline(&text, &capacity, stream)) > 0) {
        if (text[size - 1] == '\n') text[size - 1] = '\0';
        keep(lines, text);
    }
    free(text);
    fclose(stream);
}

/* By a rename, so that another session never reads half of it. */
static void write_lines(const last_lines *lines, const char *path)
{
    char *const fresh = cli_format("%s.%ld", path, (long)getpid());
    FILE *const stream = open_private(fresh, O_WRONLY | O_CREAT | O_EXCL, "w");

    if (stream) {
        for (size_t n = first_of(lines); n < lines->count; n++)
            fprintf(stream, "%s\n", line_of(lines, n));
        int const failed = ferror(stream);
        if (fclose(stream) != 0 || failed || rename(fresh, path) != 0)
            unlink(fresh);
    }
    free(fresh);
}

void cli_typed_read(const char *path,
                    void (*take)(void *user, const char *line), void *user)
{
    last_lines *const lines = cli_alloc(1, sizeof *lines);

    read_lines(lines, path);
    for (size_t n = first_of(lines); n < lines->count; n++)
        take(user, line_of(lines, n));
    if (lines->count > CLI_TYPED_LINES) write_lines(lines, path);
    for (size_t i = 0; i < CLI_TYPED_LINES; i++) free(lines->texts[i]);
    free(lines);
}

/* One write, so that lines of two sessions stay lines. */
void cli_typed_add(const char *path, const char *line)
{
    char text[MAX_BYTES + 2];
    size_t const size = strlen(line);

    if (size > MAX_BYTES) return;
    memcpy(text, line, size);
    text[size] = '\n';
    FILE *const stream = open_private(path, O_WRONLY | O_CREAT | O_APPEND, "a");
    if (!stream) return;
    fwrite(text, 1, size + 1, stream);
    fclose(stream);
}
