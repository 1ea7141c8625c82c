#include "math/blis_host.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <blis.h>

#include "common/log.h"
#include "common/memory.h"

/* What BLIS calls instead of the C library; see blis_host.redefine. */
void *sm_blis_malloc(size_t size);
void sm_blis_free(void *pointer);
char *sm_blis_getenv(const char *name);
void sm_blis_abort(void) __attribute__((noreturn));
void sm_blis_exit(int code) __attribute__((noreturn));
int sm_blis_fflush(FILE *stream);
int sm_blis_printf_chk(int flag, const char *format, ...);
int sm_blis_fprintf_chk(FILE *stream, int flag, const char *format, ...);
int sm_blis_vfprintf_chk(FILE *stream, int flag, const char *format,
                         va_list arguments);

/* ---- regions of mapped memory ---- */

#define LINE 64                      /* blocks begin on a cache line */
#define SMALL_LINES 64               /* blocks up to 4 KiB are used again */
#define TRIAL_BYTES ((size_t)64 << 20) /* above what any architecture asks */
#define SLOT_SLACK ((size_t)64 << 10)  /* BLIS's own tables as they grow */

/* Stands at the head of each mapping; blocks are cut from it in order. */
typedef struct region {
    struct region *next;
    size_t size; /* of the mapping */
    size_t used; /* from its start */
} region;

/* Stands one line before each block. */
typedef struct block {
    struct block *next; /* while free */
    size_t lines;
} block;

static struct {
    pthread_mutex_t mutex;
    region *first, *last;       /* filled in the order they were mapped */
    block *free[SMALL_LINES + 1]; /* by number of lines */
    size_t taken;               /* bytes cut so far */
} arena = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static size_t round_up(size_t size, size_t unit)
{
    return (size + unit - 1) / unit * unit;
}

/* Maps a region and makes it the last one; 0 when there is no memory. */
static int map_region(size_t bytes)
{
    size_t const size = round_up(bytes + LINE, (size_t)getpagesize());
    region *const added = mmap(NULL, size, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (added == MAP_FAILED) return 0;
    added->size = size;
    added->used = round_up(sizeof(region), LINE);
    pthread_mutex_lock(&arena.mutex);
    if (arena.last) arena.last->next = added;
    else arena.first = added;
    arena.last = added;
    pthread_mutex_unlock(&arena.mutex);
    return 1;
}

/* Gives back the pages of the last region beyond `spare` unused bytes. */
static void trim_last_region(size_t spare)
{
    pthread_mutex_lock(&arena.mutex);
    region *const last = arena.last;
    size_t const keep =
        round_up(last->used + spare, (size_t)getpagesize());
    if (keep < last->size &&
        munmap((char *)last + keep, last->size - keep) == 0)
        last->size = keep;
    pthread_mutex_unlock(&arena.mutex);
}

static block *cut_block(size_t lines)
{
    size_t const bytes = lines * LINE;
    for (region *r = arena.first; r; r = r->next) {
        if (r->size - r->used < bytes) continue;
        block *const cut = (block *)(void *)((char *)r + r->used);
        r->used += bytes;
        arena.taken += bytes;
        cut->lines = lines;
        return cut;
    }
    return NULL;
}

static block *take_block(size_t lines)
{
    block *taken = NULL;
    pthread_mutex_lock(&arena.mutex);
    if (lines <= SMALL_LINES && arena.free[lines]) {
        taken = arena.free[lines];
        arena.free[lines] = taken->next;
    } else {
        taken = cut_block(lines);
    }
    pthread_mutex_unlock(&arena.mutex);
    return taken;
}

/* ---- what BLIS calls ---- */

/* Never NULL: what a slot can ask for has been mapped with it. Were that ever
 * untrue, the call would wait for memory rather than end the process. */
void *sm_blis_malloc(size_t size)
{
    size_t const lines = 1 + round_up(size, LINE) / LINE;
    block *taken;
    while ((taken = take_block(lines)) == NULL) {
        struct timespec const pause = {0, 1000000};
        if (!map_region(lines * LINE)) nanosleep(&pause, NULL);
    }
    return (char *)taken + LINE;
}

/* BLIS frees small temporary tables only; a large block, were it ever freed,
 * stays with its region. */
void sm_blis_free(void *pointer)
{
    if (pointer == NULL) return;
    block *const given = (block *)(void *)((char *)pointer - LINE);
    if (given->lines > SMALL_LINES) return;
    pthread_mutex_lock(&arena.mutex);
    given->next = arena.free[given->lines];
    arena.free[given->lines] = given;
    pthread_mutex_unlock(&arena.mutex);
}

static char forced_arch[8];

char *sm_blis_getenv(const char *name)
{
    int const forced = forced_arch[0] && strcmp(name, "BLIS_ARCH_TYPE") == 0;
    return forced ? forced_arch : NULL;
}

void sm_blis_force_arch(int arch)
{
    forced_arch[0] = '\0';
    if (arch >= 0)
        snprintf(forced_arch, sizeof forced_arch, "%d", arch & 0xff);
}

/* BLIS gives up only when memory is missing, its environment is wrong or an
 * argument is; the first two cannot happen here and sgemm's arguments are
 * checked. A thread that stands still is the lesser harm to the host. */
void sm_blis_abort(void)
{
    sm_log(SIAMESE_LOG_ERROR, "BLIS found an inconsistent state and stopped");
    for (;;) pause();
}

void sm_blis_exit(int code)
{
    (void)code;
    sm_blis_abort();
}

int sm_blis_fflush(FILE *stream)
{
    (void)stream;
    return 0;
}

int sm_blis_printf_chk(int flag, const char *format, ...)
{
    (void)flag;
    (void)format;
    return 0;
}

int sm_blis_fprintf_chk(FILE *stream, int flag, const char *format, ...)
{
    (void)stream;
    (void)flag;
    (void)format;
    return 0;
}

int sm_blis_vfprintf_chk(FILE *stream, int flag, const char *format,
                         va_list arguments)
{
    (void)stream;
    (void)flag;
    (void)format;
    (void)arguments;
    return 0;
}

/* ---- slots ---- */

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    size_t count; /* slots that have their memory */
    size_t busy;  /* calls of BLIS going on */
    size_t bytes; /* that one call at once more asks for */
    int closed;   /* the library is being unloaded */
} slots = {.mutex = PTHREAD_MUTEX_INITIALIZER,
           .freed = PTHREAD_COND_INITIALIZER};

/* Where BLIS does not know a processor's name it assumes one unit for AVX-512
 * and keeps to AVX2. Intel's with VNNI have two, or lose nothing by one: 153
 * against 100 GF/s for 1024x256x64 on a Xeon of 2023. */
static int prefers_avx512(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_is("intel") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vnni");
#else
    return 0;
#endif
}

/* The first call of BLIS tells how much a call needs, and leaves one set of
 * buffers in its pools: the first slot. */
static int reserve_first(void)
{
    if (!map_region(TRIAL_BYTES)) return 0;
    if (!forced_arch[0] && prefers_avx512()) sm_blis_force_arch(BLIS_ARCH_SKX);
    bli_init();
    size_t const before = arena.taken;
    float const one = 1.0f, zero = 0.0f;
    float a[LINE] = {0}, b[LINE] = {0}, c[LINE] = {0};
    rntm_t rntm = BLIS_RNTM_INITIALIZER;
    bli_rntm_set_num_threads(1, &rntm);
    bli_rntm_disable_l3_sup(&rntm);
    bli_sgemm_ex(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, 8, 8, 8, (float *)&one,
                 a, 8, 1, b, 8, 1, (float *)&zero, c, 8, 1, NULL, &rntm);
    slots.bytes = arena.taken - before + SLOT_SLACK;
    slots.count = 1;
    trim_last_region(SLOT_SLACK);
    return 1;
}

/* With slots.mutex held. */
static int reserve_locked(size_t wanted)
{
    if (slots.closed || (slots.count == 0 && !reserve_first())) return 0;
    if (wanted <= slots.count) return 1;
    size_t const more = wanted - slots.count;
    if (more > SIZE_MAX / 2 / slots.bytes || !map_region(more * slots.bytes))
        return 0;
    slots.count = wanted;
    return 1;
}

sm_status sm_blis_reserve(size_t wanted)
{
    pthread_mutex_lock(&slots.mutex);
    int const reserved = reserve_locked(wanted ? wanted : 1);
    pthread_mutex_unlock(&slots.mutex);
    return reserved ? SIAMESE_OK : sm_fail_memory();
}

void sm_blis_enter(void)
{
    pthread_mutex_lock(&slots.mutex);
    while (slots.busy == slots.count && !reserve_locked(slots.count + 1)) {
        if (slots.busy > 0) {
            pthread_cond_wait(&slots.freed, &slots.mutex);
            continue;
        }
        /* Only where nothing was ever reserved: nobody will wake us. */
        struct timespec const pause = {0, 1000000};
        nanosleep(&pause, NULL);
    }
    slots.busy++;
    pthread_mutex_unlock(&slots.mutex);
}

void sm_blis_leave(void)
{
    pthread_mutex_lock(&slots.mutex);
    slots.busy--;
    pthread_cond_signal(&slots.freed);
    pthread_mutex_unlock(&slots.mutex);
}

/* ---- the end ---- */

/* When the library is unloaded, so that nothing of it is left; or at the end of
 * the process, where handles, or calls of BLIS, may still be in use. */
static void __attribute__((destructor)) unmap_regions(void)
{
    /* one that is taken at the end is that of a thread that never comes back */
    if (pthread_mutex_trylock(&slots.mutex) != 0) return;
    slots.closed = slots.busy == 0 && !sm_handles_exist();
    while (slots.closed && arena.first) {
        region *const first = arena.first;
        arena.first = first->next;
        munmap(first, first->size);
    }
    pthread_mutex_unlock(&slots.mutex);
}
