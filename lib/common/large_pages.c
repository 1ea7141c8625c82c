/* large_pages.c: memory in, the system asked for large pages under it. For
 * memory.c, which platform.c is built upon. */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* NOLINT(bugprone-reserved-identifier): for madvise */
#endif
#include "common/large_pages.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void sm_large_pages_ask(void *memory, size_t size)
{
#if defined(MADV_HUGEPAGE)
    int const before = errno;
    size_t const page = (size_t)sysconf(_SC_PAGESIZE);
    size_t const skipped = (page - (uintptr_t)memory % page) % page;
    if (skipped < size)
        (void)madvise((char *)memory + skipped, (size - skipped) / page * page,
                      MADV_HUGEPAGE);
    errno = before;
#else
    (void)memory;
    (void)size;
#endif
}
