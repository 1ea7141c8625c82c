/* The figures of docs/reliability.md: a test says how much it put the library
 * through (allocations failed, bad files read), and tools/run_tests.sh keeps
 * what was said by tests that passed. Used by tests of every folder, in forked
 * children too. */
#ifndef TESTS_RELIABILITY_H
#define TESTS_RELIABILITY_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Adds n to what the page says of name. Nothing without a file to say it in;
 * a write that fails costs a line of a table, and no test. No allocation, and
 * one write at the end of the file, so that children may call it at once. */
static inline void reliability_count(const char *name, long long n)
{
    const char *const path = getenv("RELIABILITY");
    char line[256];
    int const size = snprintf(line, sizeof line, "%s\t%lld\n", name, n);
    if (path == NULL || size < 0 || (size_t)size >= sizeof line) return;
    int const file = open(path, O_WRONLY | O_APPEND | O_CREAT, 0666);
    if (file < 0) return;
    if (write(file, line, (size_t)size) != size)
        fprintf(stderr, "%s: not written: %s", path, line);
    close(file);
}

#endif
