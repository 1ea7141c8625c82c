/* fuzz.h: what fuzz targets share: libFuzzer's entries, what must hold, numbers
 * out of an input, and an allocator that knows what is out. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siamese/siamese.h>

/* The entries of a target; the first is all that it needs. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned int seed);

/* The engine's, or replay.c's: changes data[size], gives its new size. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

/* What the code under test said last. */
#ifndef FUZZ_ACCOUNT
#define FUZZ_ACCOUNT siamese_last_error()
#endif

/* What must hold, whatever the input is; else the process ends where an engine
 * keeps the input. */
#define fuzz_require(condition)                                                \
    do {                                                                       \
        if (!(condition)) {                                                    \
            fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, #condition, \
                    FUZZ_ACCOUNT);                                             \
            abort();                                                           \
        }                                                                      \
    } while (0)

#define fuzz_ok(call) fuzz_require((call) == SIAMESE_OK)

/* ---- an input, taken from its front; zeros once it is used up ---- */

typedef struct fuzz_input {
    const uint8_t *data;
    size_t size;
} fuzz_input;

static inline uint8_t fuzz_byte(fuzz_input *in)
{
    if (in->size == 0) return 0;
    in->size--;
    return *in->data++;
}

/* 0 .. bound - 1; bound at most 65536. */
static inline size_t fuzz_below(fuzz_input *in, size_t bound)
{
    size_t number = fuzz_byte(in);
    if (bound > 256) number |= (size_t)fuzz_byte(in) << 8;
    return number % bound;
}

static inline uint64_t fuzz_number(fuzz_input *in, int bytes)
{
    uint64_t number = 0;
    for (int i = 0; i < bytes; i++)
        number |= (uint64_t)fuzz_byte(in) << (8 * i);
    return number;
}

/* The next `size` bytes, or as many as there are. */
static inline siamese_text fuzz_take(fuzz_input *in, size_t size)
{
    if (size > in->size) size = in->size;
    siamese_text const taken = {(const char *)in->data, size};
    in->data += size;
    in->size -= size;
    return taken;
}

/* The bytes up to the next `end`, which is passed over. */
static inline siamese_text fuzz_take_until(fuzz_input *in, uint8_t end)
{
    const uint8_t *const at = in->size ? memchr(in->data, end, in->size) : NULL;
    siamese_text const taken =
        fuzz_take(in, at ? (size_t)(at - in->data) : in->size);
    fuzz_byte(in);
    return taken;
}

/* Bytes in a block of their own, so that one read behind them is seen; with a
 * NUL behind them if it is for a function that wants one. To be freed. */
static inline char *fuzz_copy(siamese_text text, int has_nul)
{
    size_t const size = text.size + (has_nul ? 1 : 0);
    char *const copy = malloc(size ? size : 1);
    fuzz_require(copy);
    if (text.size) memcpy(copy, text.data, text.size);
    if (has_nul) copy[text.size] = '\0';
    return copy;
}

/* ---- a file in memory, of a bounded size ---- */

typedef struct fuzz_block {
    uint8_t *bytes; /* [most] */
    size_t size, most;
} fuzz_block;

/* A siamese_write_fn. */
static inline int32_t fuzz_block_write(void *user, const void *data,
                                       size_t size)
{
    fuzz_block *const to = user;
    if (size > to->most - to->size) return 1;
    memcpy(to->bytes + to->size, data, size);
    to->size += size;
    return 0;
}

/* ---- the library's memory ---- */

/* Of one thread: targets set every `threads` to 1. */
typedef struct fuzz_memory {
    size_t live, peak, largest;
} fuzz_memory;

static fuzz_memory fuzz_heap;

enum { FUZZ_HEAD = 2 * sizeof(void *) };

static inline void *fuzz_given(void *base, size_t size)
{
    if (base == NULL) return NULL;
    memcpy(base, &size, sizeof size);
    fuzz_heap.live += size;
    if (fuzz_heap.live > fuzz_heap.peak) fuzz_heap.peak = fuzz_heap.live;
    return (char *)base + FUZZ_HEAD;
}

static inline void *fuzz_allocate(void *user, size_t size)
{
    (void)user;
    if (size > fuzz_heap.largest) fuzz_heap.largest = size;
    if (size > SIZE_MAX - FUZZ_HEAD) return NULL;
    return fuzz_given(malloc(size + FUZZ_HEAD), size);
}

static inline void fuzz_deallocate(void *user, void *pointer)
{
    size_t size;
    (void)user;
    if (pointer == NULL) return;
    memcpy(&size, (char *)pointer - FUZZ_HEAD, sizeof size);
    fuzz_heap.live -= size;
    free((char *)pointer - FUZZ_HEAD);
}

static inline void *fuzz_reallocate(void *user, void *pointer, size_t size)
{
    size_t old = 0;
    void *const moved = fuzz_allocate(user, size);
    if (moved == NULL || pointer == NULL) return moved;
    memcpy(&old, (char *)pointer - FUZZ_HEAD, sizeof old);
    memcpy(moved, pointer, old < size ? old : size);
    fuzz_deallocate(user, pointer);
    return moved;
}

/* To be called once, before the first handle. */
static inline void fuzz_count_memory(void)
{
    siamese_allocator const hooks = {sizeof hooks, NULL, fuzz_allocate,
                                     fuzz_reallocate, fuzz_deallocate};
    fuzz_ok(siamese_set_allocator(&hooks));
}

/* From here on the peak is counted anew; gives what is out already. */
static inline size_t fuzz_memory_begin(void)
{
    fuzz_heap.peak = fuzz_heap.live;
    fuzz_heap.largest = 0;
    return fuzz_heap.live;
}

/* Whether no more than `most` bytes were taken since, at any moment. */
static inline void fuzz_memory_within(size_t live, size_t most)
{
    if (fuzz_heap.peak - live <= most) return;
    fprintf(stderr, "%zu bytes were taken, %zu are allowed\n",
            fuzz_heap.peak - live, most);
    abort();
}

/* All that was taken since is given back. */
static inline void fuzz_memory_end(size_t live)
{
    if (fuzz_heap.live == live) return;
    fprintf(stderr, "%zu bytes are left\n", fuzz_heap.live - live);
    abort();
}

#endif
