/* stream_memory.c: generated pairs, learned from as a stream or kept in memory,
 * and what the process needed at most. For stream.sh.
 *
 * usage: stream_memory stream|memory PAIRS
 *
 * Prints the peak of the resident memory in bytes, for `memory` beside what it
 * was before the first pair, and a hash of the weights. */
#include <siamese/siamese.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT_ONCE = 4096, TEXT = 96, ITEMS = 100000, WORDS = 5000 };

typedef struct generator {
    size_t at, count;
    char bytes[2][AT_ONCE][TEXT];
    siamese_text queries[AT_ONCE], items[AT_ONCE];
    int64_t ids[AT_ONCE];
} generator;

static void must(siamese_status status)
{
    if (status == SIAMESE_OK) return;
    fprintf(stderr, "%s\n", siamese_last_error());
    exit(1);
}

/* Pair i in any order: SplitMix64 of its number. */
static uint64_t draw(uint64_t i)
{
    uint64_t z = (i + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static siamese_pairs next_pairs(generator *g)
{
    size_t const left = g->count - g->at;
    size_t const count = left < AT_ONCE ? left : AT_ONCE;
    for (size_t i = 0; i < count; i++) {
        uint64_t const drawn = draw(g->at + i);
        unsigned const item = (unsigned)(drawn % ITEMS);
        int size =
            snprintf(g->bytes[0][i], TEXT, "w%u w%u of %zu", item % WORDS,
                     (unsigned)(drawn >> 40) % WORDS, g->at + i);
        g->queries[i] = (siamese_text){g->bytes[0][i], (size_t)size};
        size = snprintf(g->bytes[1][i], TEXT,
                        "brand w%u and item w%u in blue, number %u",
                        item % WORDS, item / 20, item);
        g->items[i] = (siamese_text){g->bytes[1][i], (size_t)size};
        g->ids[i] = 1000000 + (int64_t)item;
    }
    g->at += count;
    return (siamese_pairs){.struct_size = sizeof(siamese_pairs),
                           .queries = g->queries,
                           .items = g->items,
                           .query_fields = 1,
                           .item_fields = 1,
                           .item_ids = g->ids,
                           .count = count};
}

static int32_t read_pairs(void *context, siamese_pairs *out, char *error,
                          size_t size)
{
    (void)error, (void)size;
    *out = next_pairs(context);
    return 0;
}

static int32_t rewind_pairs(void *context, char *error, size_t size)
{
    (void)error, (void)size;
    ((generator *)context)->at = 0;
    return 0;
}

/* "VmHWM:" or "VmRSS:" in bytes. */
static double memory_of(const char *name)
{
    char line[128];
    double kilobytes = 0;
    FILE *const stream = fopen("/proc/self/status", "r");
    while (stream && fgets(line, sizeof line, stream))
        if (strncmp(line, name, strlen(name)) == 0)
            kilobytes = atof(line + strlen(name));
    if (stream) fclose(stream);
    return 1024 * kilobytes;
}

static siamese_trainer *new_trainer(void)
{
    siamese_vocab *vocab;
    siamese_tower *tower;
    siamese_trainer *trainer;
    siamese_tower_options shape;
    siamese_trainer_options options;
    static char bytes[WORDS][8];
    static siamese_text words[WORDS];
    for (unsigned i = 0; i < WORDS; i++) {
        int const size = snprintf(bytes[i], sizeof bytes[i], "w%u", i);
        words[i] = (siamese_text){bytes[i], (size_t)size};
    }
    must(siamese_vocab_create(&vocab, NULL));
    must(siamese_vocab_add(vocab, words, WORDS));
    must(siamese_vocab_finish(vocab));
    must(siamese_tower_options_init(&shape, sizeof shape));
    must(siamese_tower_options_set(&shape, "encoder", "bag"));
    shape.embedding_dim = 8;
    must(siamese_tower_create(&tower, &shape));
    must(siamese_tower_add_field(tower, "text", vocab, NULL));
    must(siamese_trainer_options_init(&options, sizeof options));
    options.metrics = SIAMESE_METRICS_NONE;
    options.batch_size = 512;
    options.shuffle_buffer = 10000;
    options.cache = 0;
    options.remove_accidental_hits = 1;
    must(siamese_trainer_create(&trainer, tower, tower, &options));
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    return trainer;
}

static void print_weights(const siamese_trainer *trainer)
{
    siamese_tower *tower;
    siamese_text const text = {"w1 w2 w3", 8};
    float vector[8];
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    must(siamese_trainer_snapshot(trainer, NULL, &tower));
    must(siamese_tower_encode(tower, &text, 1, 1, vector, 8));
    for (size_t i = 0; i < sizeof vector; i++)
        hash = (hash ^ ((unsigned char *)vector)[i]) * UINT64_C(0x100000001b3);
    printf(" %016llx\n", (unsigned long long)hash);
    siamese_tower_free(tower);
}

int main(int argc, char **argv)
{
    static generator pairs;
    siamese_trainer *const trainer = new_trainer();
    double const before = memory_of("VmRSS:");
    if (argc != 3) return 2;
    pairs.count = strtoull(argv[2], NULL, 10);
    if (strcmp(argv[1], "stream") == 0) {
        siamese_source const source = {sizeof source, &pairs, read_pairs,
                                       rewind_pairs, NULL};
        must(siamese_trainer_set_source(trainer, &source));
        must(siamese_trainer_fit(trainer, NULL, NULL));
        printf("%.0f", memory_of("VmHWM:"));
    } else {
        while (pairs.at < pairs.count) {
            siamese_pairs const some = next_pairs(&pairs);
            must(siamese_trainer_add_pairs(trainer, &some));
        }
        printf("%.0f", memory_of("VmHWM:") - before);
        fflush(stdout);
        if (pairs.count <= 1000000)
            must(siamese_trainer_fit(trainer, NULL, NULL));
    }
    print_weights(trainer);
    siamese_trainer_free(trainer);
    return 0;
}
