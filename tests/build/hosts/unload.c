/* What dlopen .. dlclose leaves behind after every kind of use. The C library
 * keeps stacks and heap for later as threads happen to meet, but not each time:
 * the round that leaves least counts.
 * usage: unload LIBRARY.so; run with MALLOC_ARENA_MAX=1, since the C library's
 * own arenas come and go. */
#include <dirent.h>
#include <dlfcn.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siamese/siamese.h>

enum { DIM = 16, TEXTS = 64, ROUNDS = 5, LOADS = 30, KB_LEFT = 30 };

#define FIND(name)                                                             \
    __typeof__(&name) name##_ = NULL;                                          \
    {                                                                          \
        void *const found = dlsym(library, #name);                             \
        if (found == NULL) return puts(#name " is missing"), 1;                \
        memcpy(&name##_, &found, sizeof found);                                \
    }
#define TRY(call)                                                              \
    if ((call) != SIAMESE_OK) return printf("failed: %s\n", #call), 1

static siamese_text texts[TEXTS];
static float vectors[TEXTS * DIM];
static int64_t ids[TEXTS];

static int train_and_encode(void *library, int level)
{
    FIND(siamese_vocab_create)
    FIND(siamese_vocab_add)
    FIND(siamese_vocab_finish)
    FIND(siamese_vocab_free)
    FIND(siamese_tower_create)
    FIND(siamese_tower_add_field)
    FIND(siamese_tower_free)
    FIND(siamese_tower_encode)
    FIND(siamese_tower_options_init)
    FIND(siamese_trainer_create)
    FIND(siamese_trainer_options_init)
    FIND(siamese_trainer_add_pairs)
    FIND(siamese_trainer_fit)
    FIND(siamese_trainer_free)
    siamese_vocab *vocab;
    siamese_tower *tower;
    siamese_trainer *trainer;
    siamese_tower_options o;
    siamese_trainer_options t;
    siamese_pairs pairs = {.struct_size = sizeof pairs,
                           .queries = texts,
                           .items = texts,
                           .query_fields = 1,
                           .item_fields = 1,
                           .count = TEXTS};
    TRY(siamese_vocab_create_(&vocab, NULL));
    TRY(siamese_vocab_add_(vocab, texts, TEXTS));
    TRY(siamese_vocab_finish_(vocab));
    TRY(siamese_tower_options_init_(&o, sizeof o));
    o.embedding_dim = DIM;
    o.units = DIM / 2;
    o.threads = 3;
    TRY(siamese_tower_create_(&tower, &o));
    TRY(siamese_tower_add_field_(tower, "x", vocab, NULL));
    if (level > 1)
        TRY(siamese_tower_encode_(tower, texts, TEXTS, 1, vectors,
                                  TEXTS * DIM));
    if (level > 2) {
        TRY(siamese_trainer_options_init_(&t, sizeof t));
        t.threads = 3;
        t.max_steps = 2;
        t.batch_size = 32;
        TRY(siamese_trainer_create_(&trainer, tower, tower, &t));
        TRY(siamese_trainer_add_pairs_(trainer, &pairs));
        TRY(siamese_trainer_fit_(trainer, NULL, NULL));
        siamese_trainer_free_(trainer);
    }
    siamese_tower_free_(tower);
    siamese_vocab_free_(vocab);
    return 0;
}

static int build_index(void *library)
{
    FIND(siamese_index_create)
    FIND(siamese_index_train)
    FIND(siamese_index_add)
    FIND(siamese_index_free)
    siamese_index *index;
    for (int i = 0; i < TEXTS * DIM; i++) vectors[i] = (float)(i % 7);
    TRY(siamese_index_create_(&index, DIM, NULL));
    TRY(siamese_index_train_(index, vectors, TEXTS));
    TRY(siamese_index_add_(index, ids, vectors, TEXTS));
    siamese_index_free_(index);
    return 0;
}

static int use(const char *path, int level)
{
    void *const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return puts(dlerror()), 1;
    int failed = 0;
    if (level >= 1 && level <= 3) failed = train_and_encode(library, level);
    if (level == 4) failed = build_index(library);
    if (dlclose(library) != 0) failed = 1;
    return failed;
}

/* Of the address space, in kB, by /proc/self/statm. */
static long mapped(void)
{
    long pages = 0;
    FILE *const file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%ld", &pages) != 1) exit(2);
    fclose(file);
    return pages * 4;
}

static int threads(void)
{
    int count = 0;
    DIR *const folder = opendir("/proc/self/task");
    if (folder == NULL) exit(2);
    for (struct dirent *e; (e = readdir(folder));) count += e->d_name[0] != '.';
    closedir(folder);
    return count;
}

static int is_loaded(void)
{
    char line[4096];
    int found = 0;
    FILE *const file = fopen("/proc/self/maps", "r");
    if (file == NULL) exit(2);
    while (fgets(line, sizeof line, file))
        found |= strstr(line, "libsiamese") != NULL;
    fclose(file);
    return found;
}

int main(int argc, char **argv)
{
    static const char *const uses[] = {"nothing", "a vocabulary and a tower",
                                       "encoding", "training", "an index"};
    char bytes[TEXTS][24];
    int failed = argc != 2;
    for (int i = 0; i < TEXTS; i++) {
        texts[i].size = (size_t)sprintf(bytes[i], "oak desk %d", i % 13);
        texts[i].data = bytes[i];
        ids[i] = i;
    }
    for (int level = 0; level < 5 && !failed; level++) {
        long least = LONG_MAX;
        for (int round = 0; round < ROUNDS; round++) {
            long const before = mapped();
            for (int i = 0; i < LOADS; i++) failed |= use(argv[1], level);
            long const left = mapped() - before;
            if (left < least) least = left;
        }
        printf("%s: %ld kB after %d loads\n", uses[level], least, LOADS);
        failed |= least > KB_LEFT || threads() != 1 || is_loaded();
    }
    return failed;
}
