/* A host that loads the library by dlopen, and whose new threads find no memory
 * at all: the C library would make a thread's data at its first call, and end
 * the process. The library's path in; 0 if every call returns a status. The
 * host's own malloc fails. */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siamese/siamese.h>

enum { DIM = 4, COUNT = 8 };

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static __thread int armed; /* of the program itself, always there */
static size_t refused;

static int refuses(void)
{
    refused += armed != 0;
    return armed;
}

void *malloc(size_t size)
{
    return refuses() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return refuses() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *pointer, size_t size)
{
    return refuses() ? NULL : __libc_realloc(pointer, size);
}

void *memalign(size_t alignment, size_t size)
{
    return refuses() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

#define LOAD(name)                                                            \
    static __typeof__(&siamese_##name) name = NULL;                           \
    *(void **)&name = dlsym(library, "siamese_" #name);                       \
    if (name == NULL) return (void *)#name

static void *library;
static siamese_index *filled;

#define EXPECT(condition)                                                     \
    if (!(condition)) return (void *)#condition

/* Each is the first call of its thread; NULL if all went well. */
static void *make_an_index(void *unused)
{
    siamese_index *index = NULL;
    (void)unused;
    LOAD(index_create);
    LOAD(last_error);
    LOAD(index_count);
    armed = 1;
    const char *const before = last_error();
    siamese_status const status = index_create(&index, DIM, NULL);
    const char *const without = last_error();
    armed = 0;
    EXPECT(before[0] == '\0');
    EXPECT(status == SIAMESE_E_MEMORY && index == NULL);
    EXPECT(strcmp(without, "out of memory") == 0);
    EXPECT(strcmp(last_error(), "out of memory") == 0);
    EXPECT(index_create(NULL, DIM, NULL) == SIAMESE_E_ARGUMENT);
    EXPECT(strstr(last_error(), "out: is NULL"));
    return NULL;
}

static void *fail_for_another_reason(void *unused)
{
    (void)unused;
    LOAD(index_create);
    LOAD(last_error);
    armed = 1;
    siamese_status const status = index_create(NULL, DIM, NULL);
    const char *const without = last_error();
    armed = 0;
    EXPECT(status == SIAMESE_E_ARGUMENT);
    EXPECT(strcmp(without, "out of memory") == 0);
    return NULL;
}

static void *search_and_add(void *unused)
{
    static const int64_t id = 100;
    static const float vector[DIM] = {1};
    int64_t found = -1;
    float score = 0;
    (void)unused;
    LOAD(index_search);
    LOAD(index_add);
    LOAD(index_count);
    armed = 1;
    siamese_status const search =
        index_search(filled, vector, 1, 1, NULL, &found, &score, 1, NULL);
    siamese_status const add = index_add(filled, &id, vector, 1);
    size_t const count = index_count(filled);
    armed = 0;
    EXPECT(search == SIAMESE_E_MEMORY || (search == SIAMESE_OK && found == 0));
    EXPECT(add == SIAMESE_E_MEMORY && count == COUNT);
    EXPECT(index_search(filled, vector, 1, 1, NULL, &found, &score, 1, NULL) ==
               SIAMESE_OK &&
           found == 0);
    return NULL;
}

static void *fill(void *unused)
{
    float vectors[COUNT * DIM] = {0};
    int64_t ids[COUNT];
    (void)unused;
    LOAD(index_create);
    LOAD(index_add);
    for (int i = 0; i < COUNT; i++) {
        ids[i] = i;
        vectors[i * DIM] = 1.0F / (float)(1 + i);
    }
    EXPECT(index_create(&filled, DIM, NULL) == SIAMESE_OK);
    EXPECT(index_add(filled, ids, vectors, COUNT) == SIAMESE_OK);
    return NULL;
}

int main(int argc, char **argv)
{
    static void *(*const threads[])(void *) = {
        make_an_index, fail_for_another_reason, fill, search_and_add};
    library = argc == 2 ? dlopen(argv[1], RTLD_NOW) : NULL;
    if (library == NULL) return puts(dlerror()), 3;
    for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
        pthread_t thread;
        void *failed;
        if (pthread_create(&thread, NULL, threads[t], NULL) ||
            pthread_join(thread, &failed))
            return puts("no thread"), 3;
        if (failed) return printf("# %s\n", (const char *)failed), 1;
    }
    printf("# %zu times no memory\n", refused);
    return refused == 0;
}
