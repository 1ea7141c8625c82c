/* processors.h: how many processors the process may use at once. */
#ifndef SM_PROCESSORS_H
#define SM_PROCESSORS_H

#include <stddef.h>

/* The most threads of a pool, and the most processors that count. */
enum { SM_PROCESSORS_MAX = 1024 };

/*
 * The lower of the processors that the thread may run on (platform.h)
 * and what the quota of its control group, or of one above it, amounts to: 1 ..
 * SM_PROCESSORS_MAX. Looks anew at each call; takes no memory.
 */
size_t sm_processors(void);

/*
 * Processors that the groups' quotas amount to, rounded up; 0 where there is
 * none. `root` stands before each path that is read: "" for the system's own,
 * which begins with /proc/self/cgroup.
 */
size_t sm_processor_quota(const char *root);

#endif
