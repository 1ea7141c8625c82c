/* processors.c: affinity and control groups in, a number of threads out. For
 * the pool's threads = 0. */
#include "common/processors.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/platform.h"
#include "common/size.h"

/* Lines of mountinfo may be longer; those of control groups are not. */
enum { LINE_SIZE = 4096, PATH_SIZE = 2048, CHUNK_SIZE = 1024 };

/* ---- files, by lines, without memory ---- */

typedef struct line_file {
    int descriptor;
    size_t at, end;
    char chunk[CHUNK_SIZE];
    char line[LINE_SIZE];
} line_file;

static bool open_file(line_file *file, const char *root, const char *path)
{
    char name[2 * PATH_SIZE];
    int const length = snprintf(name, sizeof name, "%s%s", root, path);
    if (length < 0 || (size_t)length >= sizeof name) return false;
    file->at = file->end = 0;
    file->descriptor = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return file->descriptor >= 0;
}

static int next_byte(line_file *file)
{
    if (file->at == file->end) {
        ssize_t const size =
            read(file->descriptor, file->chunk, sizeof file->chunk);
        if (size <= 0) return -1;
        file->at = 0;
        file->end = (size_t)size;
    }
    return (unsigned char)file->chunk[file->at++];
}

/* The next line that has room, without its end; NULL behind the last. */
static char *next_line(line_file *file)
{
    int byte = 0;
    while (byte >= 0) {
        size_t size = 0;
        bool fits = true;
        while ((byte = next_byte(file)) >= 0 && byte != '\n') {
            if (size + 1 < sizeof file->line && byte != '\0')
                file->line[size++] = (char)byte;
            else
                fits = false;
        }
        file->line[size] = '\0';
        if (fits && (size > 0 || byte >= 0)) return file->line;
    }
    return NULL;
}

/* ---- what a group's files say ---- */

/* Digits alone, of at most 15 places; moves *text behind them. */
static bool read_number(const char **text, uint64_t *number)
{
    size_t const digits = strspn(*text, "0123456789");
    if (digits == 0 || digits > 15) return false;
    *number = 0;
    for (size_t i = 0; i < digits; i++)
        *number = *number * 10 + (uint64_t)((*text)[i] - '0');
    *text += digits;
    return true;
}

/* 0 for none: quotas and periods of 0 are not the kernel's. */
static size_t processors_of(uint64_t quota, uint64_t period)
{
    if (quota == 0 || period == 0) return 0;
    uint64_t const whole = quota / period + (quota % period != 0);
    return whole < SM_PROCESSORS_MAX ? (size_t)whole : SM_PROCESSORS_MAX;
}

/* The file's only line, in *file. */
static const char *only_line(line_file *file, const char *root,
                             const char *folder, const char *name)
{
    char path[PATH_SIZE];
    int const length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path ||
        !open_file(file, root, path))
        return NULL;
    char const *line = next_line(file);
    char const more = (char)(next_byte(file) >= 0);
    close(file->descriptor);
    return more ? NULL : line;
}

static bool one_number(line_file *file, const char *root, const char *folder,
                       const char *name, uint64_t *number)
{
    const char *line = only_line(file, root, folder, name);
    return line && read_number(&line, number) && *line == '\0';
}

/* cpu.max of version 2: "QUOTA PERIOD", or "max PERIOD". */
static size_t quota_of_version_2(line_file *file, const char *root,
                                 const char *folder)
{
    uint64_t quota, period;
    const char *line = only_line(file, root, folder, "cpu.max");
    if (line && read_number(&line, &quota) && *line++ == ' ' &&
        read_number(&line, &period) && *line == '\0')
        return processors_of(quota, period);
    return 0;
}

/* Version 1 has a file for each; a quota of -1 is none. */
static size_t quota_of_version_1(line_file *file, const char *root,
                                 const char *folder)
{
    uint64_t quota, period;
    if (one_number(file, root, folder, "cpu.cfs_quota_us", &quota) &&
        one_number(file, root, folder, "cpu.cfs_period_us", &period))
        return processors_of(quota, period);
    return 0;
}

/* ---- from the process to its groups ---- */

/* One of the two hierarchies that can hold a quota. */
typedef struct hierarchy {
    int version;
    char group[PATH_SIZE];  /* the process's, as the hierarchy names it */
    char mount[PATH_SIZE];  /* where it can be seen */
    char inside[PATH_SIZE]; /* the group's path from there: "" or "/..." */
} hierarchy;

/* Whether the list "rw,cpu,cpuacct" holds the word. */
static bool list_holds(const char *list, size_t size, const char *word)
{
    size_t const length = strlen(word);
    for (size_t from = 0; from < size;) {
        size_t to = from;
        while (to < size && list[to] != ',') to++;
        if (to - from == length && memcmp(list + from, word, length) == 0)
            return true;
        from = to + 1;
    }
    return false;
}

/* "0::/path" of version 2, "4:cpu,cpuacct:/path" of version 1. */
static bool find_group(line_file *file, const char *root, hierarchy *h)
{
    bool found = false;
    if (!open_file(file, root, SM_GROUPS_FILE)) return false;
    const char *line;
    while (!found && (line = next_line(file))) {
        const char *const names = strchr(line, ':');
        const char *const path = names ? strchr(names + 1, ':') : NULL;
        if (path == NULL || path[1] != '/' || strlen(path) > PATH_SIZE)
            continue;
        size_t const size = (size_t)(path - names) - 1;
        found = h->version == 2 ? names - line == 1 && *line == '0' && size == 0
                                : list_holds(names + 1, size, "cpu");
        if (found) strcpy(h->group, path + 1);
    }
    close(file->descriptor);
    return found;
}

/* A field up to the next space, with \040 and its like undone; NULL when there
 * is no more, or no room. */
static const char *take_field(const char *line, char field[PATH_SIZE])
{
    size_t size = 0;
    for (; *line && *line != ' '; line++) {
        if (size + 1 == PATH_SIZE) return NULL;
        if (line[0] == '\\' && strspn(line + 1, "01234567") >= 3) {
            field[size++] = (char)((line[1] - '0') * 64 + (line[2] - '0') * 8 +
                                   (line[3] - '0'));
            line += 3;
        } else {
            field[size++] = *line;
        }
    }
    field[size] = '\0';
    return *line == ' ' && size > 0 ? line + 1 : NULL;
}

/* Whether the type and options behind " - " are those of the hierarchy. */
static bool is_of(const hierarchy *h, const char *line)
{
    const char *const end = strstr(line, " - ");
    if (end == NULL) return false;
    if (h->version == 2) return strncmp(end + 3, "cgroup2 ", 8) == 0;
    const char *const options = strrchr(end, ' ') + 1;
    return strncmp(end + 3, "cgroup ", 7) == 0 &&
           list_holds(options, strlen(options), "cpu");
}

/* Whether the group lies within the part of the hierarchy that is mounted; then
 * `inside` is its path from there. */
static bool is_within(hierarchy *h, const char *part)
{
    size_t size = strlen(part);
    if (size == 1) size = 0; /* the whole hierarchy */
    if (strncmp(h->group, part, size) != 0) return false;
    const char *const rest = h->group + size;
    /* a group beside the namespace's root is named by ways up */
    if ((*rest && *rest != '/') || strstr(rest, "/..")) return false;
    strcpy(h->inside, strcmp(rest, "/") == 0 ? "" : rest);
    return true;
}

/* ID PARENT DEVICE PART MOUNT ... - TYPE SOURCE OPTIONS. A mount that shows
 * the process's group counts, or else the first: a container may see its own
 * group under the name that it has outside. */
static bool find_mount(line_file *file, const char *root, hierarchy *h)
{
    bool found = false, within = false;
    char part[PATH_SIZE], mount[PATH_SIZE];
    if (!open_file(file, root, SM_MOUNTS_FILE)) return false;
    const char *line;
    while (!within && (line = next_line(file))) {
        if (!is_of(h, line)) continue;
        for (size_t i = 0; line && i < 3; i++) line = take_field(line, part);
        if (line) line = take_field(line, part);
        if (line == NULL || take_field(line, mount) == NULL) continue;
        within = is_within(h, part);
        if (found && !within) continue;
        if (!within) h->inside[0] = '\0';
        strcpy(h->mount, mount);
        found = true;
    }
    close(file->descriptor);
    return found;
}

/* The lowest of the group and of those above it, as far as they are seen. */
static size_t lowest_quota(line_file *file, const char *root,
                           const hierarchy *h)
{
    char folder[2 * PATH_SIZE];
    size_t lowest = 0;
    size_t const top = strlen(h->mount);
    strcpy(folder, h->mount);
    strcpy(folder + top, h->inside);
    for (;;) {
        size_t const quota = h->version == 2
                                 ? quota_of_version_2(file, root, folder)
                                 : quota_of_version_1(file, root, folder);
        if (quota && (lowest == 0 || quota < lowest)) lowest = quota;
        char *const last = strrchr(folder + top, '/');
        if (last == NULL) return lowest;
        *last = '\0';
    }
}

size_t sm_processor_quota(const char *root)
{
    line_file file;
    hierarchy h;
    size_t lowest = 0;
    for (h.version = 1; h.version <= 2; h.version++) {
        if (!find_group(&file, root, &h) || !find_mount(&file, root, &h))
            continue;
        size_t const quota = lowest_quota(&file, root, &h);
        if (quota && (lowest == 0 || quota < lowest)) lowest = quota;
    }
    return lowest;
}

size_t sm_processors(void)
{
    size_t const here = sm_min(sm_usable_processors(), SM_PROCESSORS_MAX);
    size_t const quota = here > 1 ? sm_processor_quota("") : 0;
    return quota ? sm_min(here, quota) : here;
}
