/* failing_malloc.h: malloc fails where failing_allocator.h's allocations do,
 * and so does C++'s operator new, which ends there. Not under a sanitizer,
 * whose malloc is not ours to replace. For one source of a program. */
#ifndef FAILING_MALLOC_H
#define FAILING_MALLOC_H

#include <dlfcn.h>

#include "failing_allocator.h"
#include "sanitized.h"

#if SANITIZED
#define OWN_MALLOC 0
#else
#define OWN_MALLOC 1

/* Seen by the shared library, which is why it is not hidden. */
__attribute__((visibility("default"))) void *malloc(size_t size);
void *malloc(size_t size)
{
    static void *(*next)(size_t);
    if (next == NULL) *(void **)&next = dlsym(RTLD_NEXT, "malloc");
    return fails() ? NULL : next(size);
}
#endif

#endif
