/* memory.c: sizes in, memory of the host's allocator out, or NULL. All of lib
 * takes its memory here. */
#include "common/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/assert.h"
#include "common/large_pages.h"
#include "common/options.h"
#include "common/size.h"

#define ALIGNMENT 64

/* Bytes from which memory is that of tables, vectors and their gradients. */
#define LARGE ((size_t)4 << 20)

/* ---- the host's hooks ---- */

static void *with_large_pages(void *pointer, size_t size)
{
    if (pointer && size >= LARGE) sm_large_pages_ask(pointer, size);
    return pointer;
}

static void *default_allocate(void *user, size_t size)
{
    (void)user;
    return with_large_pages(malloc(size), size);
}

static void *default_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    return with_large_pages(realloc(pointer, size), size);
}

static void default_deallocate(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static const siamese_allocator default_allocator = {
    sizeof(siamese_allocator), NULL, default_allocate, default_reallocate,
    default_deallocate};

static siamese_allocator hooks = {sizeof(siamese_allocator), NULL,
                                  default_allocate, default_reallocate,
                                  default_deallocate};

static atomic_long handles;

void sm_handle_created(void)
{
    atomic_fetch_add(&handles, 1);
}

void sm_handle_freed(void)
{
    sm_assert(sm_handles_exist());
    atomic_fetch_sub(&handles, 1);
}

bool sm_handles_exist(void)
{
    return atomic_load(&handles) > 0;
}

siamese_status siamese_set_allocator(const siamese_allocator *allocator)
{
    SM_REQUIRE(!sm_handles_exist(), SIAMESE_E_STATE,
               "the allocator can be set only before the first handle");
    if (allocator == NULL) {
        hooks = default_allocator;
        return SIAMESE_OK;
    }
    siamese_allocator own;
    SM_RETURN_IF_ERROR(
        sm_struct_read(&own, sizeof own, allocator, "allocator"));
    SM_REQUIRE(own.allocate && own.reallocate && own.deallocate,
               SIAMESE_E_ARGUMENT,
               "allocator: allocate, reallocate and deallocate are all needed");
    hooks = own;
    return SIAMESE_OK;
}

/* ---- allocation ---- */

void *sm_alloc(size_t size)
{
    return hooks.allocate(hooks.user, size ? size : 1);
}

void *sm_alloc_array(size_t count, size_t size)
{
    size_t bytes;
    if (!sm_size_multiply(count, size, &bytes)) return NULL;
    return sm_alloc(bytes);
}

void *sm_calloc(size_t count, size_t size)
{
    void *const pointer = sm_alloc_array(count, size);
    if (pointer) memset(pointer, 0, count * size);
    return pointer;
}

void *sm_realloc_array(void *pointer, size_t count, size_t size)
{
    size_t bytes;
    if (!sm_size_multiply(count, size, &bytes)) return NULL;
    if (pointer == NULL) return sm_alloc(bytes);
    return hooks.reallocate(hooks.user, pointer, bytes ? bytes : 1);
}

void sm_free(void *pointer)
{
    if (pointer) hooks.deallocate(hooks.user, pointer);
}

/* The pointer that the hook gave stands right before the aligned one. */
void *sm_aligned_array(size_t count, size_t size)
{
    size_t bytes;
    if (!sm_size_multiply(count, size, &bytes) ||
        !sm_size_add(bytes, ALIGNMENT + sizeof(void *), &bytes))
        return NULL;
    char *const base = sm_alloc(bytes);
    if (base == NULL) return NULL;
    uintptr_t const first = (uintptr_t)base + sizeof(void *);
    uintptr_t const aligned =
        (first + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
    char *const pointer = base + (aligned - (uintptr_t)base);
    ((void **)(void *)pointer)[-1] = base;
    return pointer;
}

void *sm_aligned_calloc(size_t count, size_t size)
{
    void *const pointer = sm_aligned_array(count, size);
    if (pointer) memset(pointer, 0, count * size);
    return pointer;
}

void sm_aligned_free(void *pointer)
{
    if (pointer) sm_free(((void **)pointer)[-1]);
}

void *sm_grow(void *pointer, size_t *capacity, size_t wanted, size_t size)
{
    if (wanted <= *capacity && pointer) return pointer;
    size_t next = sm_max(*capacity, 8);
    while (next < wanted)
        if (!sm_size_multiply(next, 2, &next)) return NULL;
    void *const grown = sm_realloc_array(pointer, next, size);
    if (grown) *capacity = next;
    return grown;
}

void *sm_grow_by_part(void *pointer, size_t *capacity, size_t wanted,
                      size_t size)
{
    size_t next;
    if (wanted <= *capacity && pointer) return pointer;
    if (!sm_size_add(wanted, wanted / 8 + 8, &next)) return NULL;
    void *const grown = sm_realloc_array(pointer, next, size);
    if (grown) *capacity = next;
    return grown;
}

/* ---- for the C libraries inside: Snowball's stemmers and utf8proc ---- */

/* By embedded.redefine their copies call these in place of malloc and its like,
 * so that the host's allocator serves them. */
void *sm_embedded_malloc(size_t size);
void *sm_embedded_calloc(size_t count, size_t size);
void *sm_embedded_realloc(void *pointer, size_t size);
void sm_embedded_free(void *pointer);

void *sm_embedded_malloc(size_t size)
{
    return sm_alloc(size);
}

void *sm_embedded_calloc(size_t count, size_t size)
{
    return sm_calloc(count, size);
}

void *sm_embedded_realloc(void *pointer, size_t size)
{
    return sm_realloc_array(pointer, size, 1);
}

void sm_embedded_free(void *pointer)
{
    sm_free(pointer);
}
