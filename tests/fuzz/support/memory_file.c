/* memory_file.c: bytes in, the path of a file of them out. */
#include "fuzz/support/memory_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

const char *memory_file(size_t number, const void *data, size_t size)
{
    static int made[MEMORY_FILES];
    static char names[MEMORY_FILES][32];
    int *const file = &made[number];
    if (*file == 0) {
        *file = memfd_create("fuzz", MFD_CLOEXEC);
        if (*file <= 0) abort();
        snprintf(names[number], sizeof *names, "/proc/self/fd/%d", *file);
    }
    if (ftruncate(*file, 0)) abort();
    for (size_t at = 0; at < size;) {
        ssize_t const n =
            pwrite(*file, (const char *)data + at, size - at, (off_t)at);
        if (n <= 0) abort();
        at += (size_t)n;
    }
    return names[number];
}
