/*
 * limits: what the processor's cores can do at most, for the rooflines of
 * docs/performance.md. Compiled for the machine it runs on.
 *
 *     limits THREADS
 *
 * Prints "gflops" (multiply-adds in registers, 2 operations each) and
 * "read_gb_s" (a sum over 512 MB for each thread), both of all threads
 * together.
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
enum { WIDTH = 16 };
#elif defined(__AVX__)
enum { WIDTH = 8 };
#else
enum { WIDTH = 4 };
#endif
typedef float lanes __attribute__((vector_size(WIDTH * sizeof(float))));

enum { CHAINS = 12, ROUNDS = 40000000, BYTES = 512 << 20, PASSES = 6 };

typedef struct core {
    pthread_t thread;
    pthread_barrier_t *together;
    float *memory;
    double compute_seconds, read_seconds; /* the best pass's */
    float result; /* used, so that nothing is left out */
} core;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* x = x a + b in so many independent chains as hide its latency */
static void compute(core *c)
{
    lanes x[CHAINS], sum = {0};
    lanes const a = (lanes){0} + 0.999f, b = (lanes){0} + 0.001f;

    for (int i = 0; i < CHAINS; i++) x[i] = (lanes){0} + (float)i;
    double const begin = now();
    for (long r = 0; r < ROUNDS; r++)
        for (int i = 0; i < CHAINS; i++) x[i] = x[i] * a + b;
    c->compute_seconds = now() - begin;
    for (int i = 0; i < CHAINS; i++) sum += x[i];
    c->result += sum[0];
}

static void read_memory(core *c)
{
    size_t const count = BYTES / sizeof(lanes);
    const lanes *const memory = (const lanes *)c->memory;

    for (int pass = 0; pass < PASSES; pass++) {
        lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
        pthread_barrier_wait(c->together);
        double const begin = now();
        for (size_t i = 0; i + 4 <= count; i += 4) {
            s0 += memory[i];
            s1 += memory[i + 1];
            s2 += memory[i + 2];
            s3 += memory[i + 3];
        }
        double const seconds = now() - begin;
        s0 += s1 + s2 + s3;
        c->result += s0[0];
        if (pass == 0 || seconds < c->read_seconds) c->read_seconds = seconds;
    }
}

static void *run(void *argument)
{
    core *const c = argument;

    memset(c->memory, 1, BYTES);
    pthread_barrier_wait(c->together);
    compute(c);
    read_memory(c);
    return NULL;
}

int main(int argc, char **argv)
{
    int const threads = argc > 1 ? atoi(argv[1]) : 1;
    core cores[64] = {0};
    pthread_barrier_t together;
    double gflops = 0, read = 0;

    if (threads < 1 || threads > 64) return 2;
    pthread_barrier_init(&together, NULL, (unsigned)threads);
    for (int t = 0; t < threads; t++) {
        cores[t].together = &together;
        cores[t].memory = aligned_alloc(sizeof(lanes), BYTES);
        if (!cores[t].memory ||
            pthread_create(&cores[t].thread, NULL, run, &cores[t])) {
            perror("limits");
            return 1;
        }
    }
    for (int t = 0; t < threads; t++) {
        pthread_join(cores[t].thread, NULL);
        gflops += 2e-9 * WIDTH * CHAINS * ROUNDS / cores[t].compute_seconds;
        read += 1e-9 * BYTES / cores[t].read_seconds;
        free(cores[t].memory);
    }
    printf("{\"threads\": %d, \"gflops\": %.1f, \"read_gb_s\": %.1f}\n",
           threads, gflops, read);
    return 0;
}
