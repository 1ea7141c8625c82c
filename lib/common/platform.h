/* platform.h: what systems do each in their own way, or some not at all, behind
 * one call that all have. Only platform.c and large_pages.c call what
 * POSIX.1-2008 and C11 do not have: the rest of the library is compiled with no
 * more than those. */
#ifndef SM_PLATFORM_H
#define SM_PLATFORM_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "common/stream.h"

/* Where Linux tells which control groups a process is in, and where they are
 * mounted. Other systems have no such files, and so no quotas. */
#define SM_GROUPS_FILE "/proc/self/cgroup"
#define SM_MOUNTS_FILE "/proc/self/mountinfo"

/* Processors that the thread may run on, as far as the system tells; those that
 * are there otherwise; 1 or more. Takes no memory. */
size_t sm_usable_processors(void);

#if defined(__aarch64__)
/* Whether the processor has NEON's dot product. */
bool sm_has_dot_product(void);
#endif

#if defined(__x86_64__)
/* Asks the system for the state of AMX's tiles, for all threads of the process;
 * false where it gives none. */
bool sm_request_tiles(void);
#endif

/* Random bytes of the system's, up to 256; false where it gives none. */
bool sm_random_bytes(void *bytes, size_t size);

/* What errno's value means: text, or a text of the system's own. */
const char *sm_error_text(int error, char *text, size_t size);

/* ---- files ---- */

/* Whether the file has our lock, or its file system has no locks: false if
 * another open file has it. The lock goes when fd is closed. */
bool sm_file_lock(int fd);

/* Puts what was written on the disk; 0, or -1 and errno. A file system that
 * cannot do that is no failure. */
int sm_file_sync(int fd);

/* A new file in the folder, without a name, for writing; -1 where there are
 * none, or where none could be given a name later. */
int sm_nameless_open(int folder, mode_t mode);

/* Gives the nameless file a name that is free; 0, or -1 and errno. */
int sm_nameless_link(int fd, int folder, const char *name);

/* ---- a FILE that leads to a writer ---- */

typedef struct sm_sink {
    FILE *file; /* to be written to, by whoever wants a FILE */
    sm_writer *writer;
    sm_status status; /* of the writer's first failure */
    char *bytes;      /* until closed, where they cannot be passed on at once */
    size_t size;
} sm_sink;

/* The sink stays where it is until it is closed. */
sm_status sm_sink_open(sm_sink *sink, sm_writer *writer);

/* The writer's failure, or SIAMESE_E_IO if FILE had one of its own. */
sm_status sm_sink_close(sm_sink *sink);

/* ---- a lock of readers and writers ---- */

/* A writer that waits goes before new readers: without that, a stream of
 * searches would keep an add waiting for ever. */
typedef struct sm_rwlock {
    pthread_rwlock_t lock;
    pthread_mutex_t gate; /* where the system's lock prefers readers: held by a
                           * writer while it waits, passed by each reader */
} sm_rwlock;

int sm_rwlock_init(sm_rwlock *rwlock); /* 0, or an error's number */
void sm_rwlock_destroy(sm_rwlock *rwlock);
void sm_rwlock_read(sm_rwlock *rwlock);
void sm_rwlock_write(sm_rwlock *rwlock);
void sm_rwlock_unlock(sm_rwlock *rwlock);

#endif
