/* A host in whose process C++ throws inside the library: FAISS finds no memory,
 * and that is an error, not the end of the process. The library's path in; 0 if
 * it is so. The host's own malloc fails, its own __cxa_throw counts. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siamese/siamese.h>

enum { DIM = 64, COUNT = 2000, BIG = 1024 };

typedef void thrower(void *object, void *type, void (*destroy)(void *));

static int thrown, armed;

_Noreturn void __cxa_throw(void *object, void *type, void (*destroy)(void *));

/* Found before libstdc++'s own, which then throws. */
_Noreturn void __cxa_throw(void *object, void *type, void (*destroy)(void *))
{
    thrower *go_on = NULL;
    void *const runtime = dlopen("libstdc++.so.6", RTLD_NOW | RTLD_NOLOAD);
    if (runtime) *(void **)&go_on = dlsym(runtime, "__cxa_throw");
    thrown++;
    if (go_on) go_on(object, type, destroy);
    abort();
}

/* The library's own memory never fails here: it comes by another way. */
extern void *__libc_malloc(size_t size);
extern void *__libc_realloc(void *pointer, size_t size);

static void *own_malloc(void *user, size_t size)
{
    (void)user;
    return __libc_malloc(size);
}

static void *own_realloc(void *user, void *pointer, size_t size)
{
    (void)user;
    return __libc_realloc(pointer, size);
}

static void own_free(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

void *malloc(size_t size)
{
    return armed && size >= BIG ? NULL : __libc_malloc(size);
}

#define LOAD(name)                                                            \
    __typeof__(&siamese_##name) name = NULL;                                  \
    if (!(*(void **)&(name) = dlsym(library, "siamese_" #name))) return 3

int main(int argc, char **argv)
{
    static float vectors[COUNT * DIM];
    static int64_t ids[COUNT];
    siamese_allocator const own = {sizeof own, NULL, own_malloc, own_realloc,
                                   own_free};
    siamese_index *index = NULL;
    void *const library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
    if (library == NULL) return puts(dlerror()), 3;
    LOAD(set_allocator);
    LOAD(index_create);
    LOAD(index_train);
    LOAD(index_add);
    LOAD(index_count);
    LOAD(index_free);
    for (int i = 0; i < COUNT; i++) ids[i] = i;
    for (int i = 0; i < COUNT * DIM; i++)
        vectors[i] = (float)(i * 7919 % 1009) / 1009.0F;
    if (set_allocator(&own) || index_create(&index, DIM, NULL) ||
        index_train(index, vectors, COUNT))
        return 4;
    armed = 1;
    siamese_status const without = index_add(index, ids, vectors, COUNT);
    armed = 0;
    size_t const then = index_count(index);
    siamese_status const with = index_add(index, ids, vectors, COUNT);
    size_t const finally = index_count(index);
    index_free(index);
    printf("# %d without memory, %d with, thrown: %d\n", (int)without,
           (int)with, thrown);
    return without != SIAMESE_E_MEMORY || then != 0 || with != SIAMESE_OK ||
           finally != COUNT || thrown == 0;
}
