/* hash.c: nothing in, the secret of the process's hashes out. For all tables
 * that find texts and ids. */
#include "common/hash.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "common/platform.h"

sm_hash_secret sm_secret_drawn;
atomic_int sm_secret_is_drawn;

/* Where the system gives no random bytes, the time, the process and where it
 * lies in memory are what nobody knows beforehand. */
static void draw(void)
{
    struct timespec now = {0, 0};
    uint64_t drawn[3] = {0, 0, 0};
    if (!sm_random_bytes(drawn, sizeof drawn)) {
        clock_gettime(CLOCK_REALTIME, &now);
        drawn[0] = sm_hash_mix((uint64_t)now.tv_nsec + SM_HASH_START);
        drawn[1] = sm_hash_mix(drawn[0] + (uint64_t)(uintptr_t)&now);
        drawn[2] = sm_hash_mix(drawn[1] + (uint64_t)now.tv_sec +
                               (uint64_t)(uintptr_t)&sm_secret_drawn);
        drawn[0] ^= sm_hash_mix(drawn[2] + (uint64_t)getpid());
    }
    sm_secret_drawn = (sm_hash_secret){drawn[0], drawn[1] | 1, drawn[2] | 1};
    atomic_store_explicit(&sm_secret_is_drawn, 1, memory_order_release);
}

void sm_secret_draw(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, draw);
}
