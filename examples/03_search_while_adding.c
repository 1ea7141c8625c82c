/* 03: many threads search an index while one adds to it.
 *
 * The index is the one handle that needs no lock of the host's. Each add here
 * brings GROUP vectors that point the same way, so a search that saw half of an
 * add would find fewer of them: it finds all or none. */
#include <pthread.h>
#include <siamese/siamese.h>
#include <stdio.h>
#include <stdlib.h>

#define TRY(call)                                                              \
    if ((call) != SIAMESE_OK)                                                  \
    fprintf(stderr, "%s:\n  %s\n", #call, siamese_last_error()), exit(1)

enum { DIM = 16, GROUP = 8, GROUPS = 500, SEARCHERS = 4, SEARCHES = 2000 };

static siamese_index *shared;

/* The direction of a group: any rule that keeps the groups apart. */
static void direction(unsigned group, float *out)
{
    unsigned bits = group * 2654435761u + 1;
    for (size_t i = 0; i < DIM; i++) {
        bits = bits * 1664525u + 1013904223u;
        out[i] = (float)(bits >> 8) / (1 << 23) - 1;
    }
}

static void *add_groups(void *unused)
{
    for (unsigned group = 0; group < GROUPS; group++) {
        float vectors[GROUP * DIM];
        int64_t ids[GROUP];
        for (unsigned i = 0; i < GROUP; i++) {
            direction(group, &vectors[i * DIM]);
            ids[i] = group * GROUP + i;
        }
        TRY(siamese_index_add(shared, ids, vectors, GROUP));
    }
    return unused;
}

static void *search_groups(void *torn)
{
    for (unsigned i = 0; i < SEARCHES; i++) {
        float query[DIM], scores[2 * GROUP];
        int64_t ids[2 * GROUP];
        size_t offsets[2];
        direction(i % GROUPS, query);
        TRY(siamese_index_range_search(shared, query, 1, 0.9999f, NULL, offsets,
                                       ids, scores, 2 * GROUP, NULL));
        *(int *)torn += offsets[1] != 0 && offsets[1] != GROUP;
    }
    return NULL;
}

int main(void)
{
    pthread_t adder, searchers[SEARCHERS];
    int torn[SEARCHERS] = {0}, sum = 0;
    siamese_index_options options;
    TRY(siamese_index_options_init(&options, sizeof options));
    options.metric = SIAMESE_METRIC_COSINE;
    options.threads = 1; /* the host's threads are enough */
    TRY(siamese_index_create(&shared, DIM, &options));

    if (pthread_create(&adder, NULL, add_groups, NULL)) return 1;
    for (int i = 0; i < SEARCHERS; i++)
        if (pthread_create(&searchers[i], 0, search_groups, &torn[i])) return 1;
    pthread_join(adder, NULL);
    for (int i = 0; i < SEARCHERS; i++) {
        pthread_join(searchers[i], NULL);
        sum += torn[i];
    }
    printf("%zu vectors, %d searches saw half an add\n",
           siamese_index_count(shared), sum);
    siamese_index_free(shared);
    return sum != 0;
}
