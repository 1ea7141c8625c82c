/* cli_memory.c: a size in, memory out; there is no failure to handle. For the
 * whole command. */
#include "shell/cli_memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "shell/cli_message.h"

void *cli_alloc(size_t count, size_t size)
{
    void *const pointer = calloc(count ? count : 1, size ? size : 1);

    if (!pointer) cli_fail("out of memory for %zu x %zu bytes", count, size);
    return pointer;
}

void *cli_resize(void *pointer, size_t count, size_t size)
{
    if (count == 0) count = 1;
    void *const moved =
        /* NOLINTNEXTLINE(clang-analyzer-optin.*): never of size 0 */
        size && count > SIZE_MAX / size ? NULL : realloc(pointer, count * size);
    if (!moved) cli_fail("out of memory for %zu x %zu bytes", count, size);
    return moved;
}

void *cli_grow(void *pointer, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) return pointer;
    *capacity = count + count / 2 + 16;
    return cli_resize(pointer, *capacity, size);
}

char *cli_format(const char *format, ...)
{
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int const size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0) cli_fail("a message could not be made");
    char *const text = cli_alloc((size_t)size + 1, 1);
    vsnprintf(text, (size_t)size + 1, format, again);
    va_end(again);
    return text;
}

size_t cli_memory_peak(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
    return (size_t)usage.ru_maxrss;
#else
    return (size_t)usage.ru_maxrss * 1024;
#endif
}
