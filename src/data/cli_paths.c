/* cli_paths.c: values of an option in, names of files out. For the verbs that
 * read many files as one. */
#include "data/cli_paths.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

static void add(cli_paths *paths, const char *path)
{
    paths->list = cli_grow(paths->list, paths->count, &paths->capacity,
                           sizeof *paths->list);
    paths->list[paths->count++] = cli_format("%s", path);
}

void cli_paths_add(cli_paths *paths, const char *option, const char *value)
{
    glob_t found;

    if (!strpbrk(value, "*?[") || access(value, F_OK) == 0) {
        add(paths, value);
        return;
    }
    int const result = glob(value, 0, NULL, &found);
    if (result == GLOB_NOMATCH)
        cli_usage_error("--%s %s: no file matches", option, value);
    if (result != 0)
        cli_usage_error("--%s %s: the files cannot be listed", option, value);
    for (size_t i = 0; i < found.gl_pathc; i++) add(paths, found.gl_pathv[i]);
    globfree(&found);
}

void cli_paths_free(cli_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++) free(paths->list[i]);
    free(paths->list);
    memset(paths, 0, sizeof *paths);
}

int cli_paths_has_stdin(const cli_paths *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        if (strcmp(paths->list[i], "-") == 0) return 1;
    return 0;
}
