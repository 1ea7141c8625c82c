/* address_limit.h: whether a limit of a process's address space holds here. An
 * emulator of another machine's programs takes RLIMIT_AS, which would be its
 * own as well, and leaves it at that. For tests of small processes. */
#ifndef ADDRESS_LIMIT_H
#define ADDRESS_LIMIT_H

#include <stddef.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Tries it in a child: memory of eight times the limit must be refused. */
static inline int address_limit_holds(void)
{
    size_t const most = (size_t)1 << 30;
    pid_t const child = fork();
    if (child == 0) {
        struct rlimit const limit = {most, most};
        if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(1);
        _exit(mmap(NULL, 8 * most, PROT_NONE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
                   0) != MAP_FAILED);
    }
    int status = -1;
    return child > 0 && waitpid(child, &status, 0) == child &&
           WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#endif
