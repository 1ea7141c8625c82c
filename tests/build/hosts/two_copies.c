/* Two copies of the library in one process, the first global, each with an
 * allocator of its own: no pointer of one's reaches the other's.
 * usage: two_copies FIRST.so SECOND.so */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siamese/siamese.h>

/* Stands before each block. */
typedef struct owner {
    const void *user;
    size_t pad;
} owner;

static long live[2], crossed;

static void *allocate(void *user, size_t size)
{
    owner *const block = malloc(size + sizeof *block);
    if (block == NULL) return NULL;
    block->user = user;
    ++*(long *)user;
    return block + 1;
}

static void *reallocate(void *user, void *pointer, size_t size)
{
    owner *block = (owner *)pointer - 1;
    crossed += block->user != user;
    block = realloc(block, size + sizeof *block);
    return block ? block + 1 : NULL;
}

static void deallocate(void *user, void *pointer)
{
    owner *const block = (owner *)pointer - 1;
    crossed += block->user != user;
    --*(long *)user;
    free(block);
}

#define FIND(library, name)                                                    \
    __typeof__(&name) name##_ = NULL;                                          \
    {                                                                          \
        void *const found = dlsym(library, #name);                             \
        if (found == NULL) return puts(#name " is missing"), 1;                \
        memcpy(&name##_, &found, sizeof found);                                \
    }
#define TRY(call)                                                              \
    if ((call) != SIAMESE_OK) return printf("failed: %s\n", #call), 1

/* A bit of everything, so that each function calls those that it calls. */
static int use(void *library)
{
    FIND(library, siamese_vocab_create)
    FIND(library, siamese_vocab_add)
    FIND(library, siamese_vocab_finish)
    FIND(library, siamese_vocab_free)
    FIND(library, siamese_tower_create)
    FIND(library, siamese_tower_add_field)
    FIND(library, siamese_tower_quantize)
    FIND(library, siamese_tower_free)
    FIND(library, siamese_trainer_create)
    FIND(library, siamese_trainer_snapshot)
    FIND(library, siamese_trainer_free)
    FIND(library, siamese_bundle_create)
    FIND(library, siamese_bundle_set_trainer)
    FIND(library, siamese_bundle_free)
    FIND(library, siamese_checkpoint_write)
    FIND(library, siamese_last_error)
    siamese_text const text = {"oak desk", 8};
    siamese_vocab *vocab;
    siamese_tower *tower, *snapshot, *packed;
    siamese_trainer *trainer;
    siamese_bundle *bundle;
    TRY(siamese_vocab_create_(&vocab, NULL));
    TRY(siamese_vocab_add_(vocab, &text, 1));
    TRY(siamese_vocab_finish_(vocab));
    TRY(siamese_tower_create_(&tower, NULL));
    TRY(siamese_tower_add_field_(tower, "x", vocab, NULL));
    TRY(siamese_trainer_create_(&trainer, tower, tower, NULL));
    TRY(siamese_trainer_snapshot_(trainer, &snapshot, NULL));
    TRY(siamese_tower_quantize_(&packed, tower, 2));
    TRY(siamese_bundle_create_(&bundle));
    TRY(siamese_bundle_set_trainer_(bundle, trainer));
    if (siamese_checkpoint_write_(NULL, NULL, bundle, NULL) !=
            SIAMESE_E_ARGUMENT ||
        siamese_last_error_()[0] == '\0')
        return puts("the error text is another copy's"), 1;
    siamese_bundle_free_(bundle);
    siamese_tower_free_(snapshot);
    siamese_tower_free_(packed);
    siamese_tower_free_(tower);
    siamese_trainer_free_(trainer);
    siamese_vocab_free_(vocab);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    for (int i = 0; i < 2; i++) {
        void *const library =
            dlopen(argv[i + 1], RTLD_NOW | (i ? RTLD_LOCAL : RTLD_GLOBAL));
        if (library == NULL) return puts(dlerror()), 1;
        FIND(library, siamese_set_allocator)
        siamese_allocator const own = {sizeof own, &live[i], allocate,
                                       reallocate, deallocate};
        TRY(siamese_set_allocator_(&own));
        if (use(library)) return 1;
        TRY(siamese_set_allocator_(NULL)); /* no handle is left */
    }
    printf("%ld pointers crossed over, %ld and %ld are left\n", crossed,
           live[0], live[1]);
    return crossed || live[0] || live[1];
}
