/* A host as it was written for version 0.1: with no name and no member that
 * came later. tests/build/older_client.sh compiles it with the headers of 0.1
 * and with today's; what it prints must be the same. Each struct that it lends
 * stands before bytes that the library has no business with. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siamese/siamese.h>

#define TRY(call)                                                              \
    if (call) return fprintf(stderr, "%s: %s\n", #call, siamese_last_error()), 1

enum { GUARD = 64, ITEMS = 4, DIM = 8 };

/* A struct of this host's size and nothing behind it but the guard. */
#define GUARDED(type, name)                                                    \
    struct {                                                                   \
        type value;                                                            \
        unsigned char guard[GUARD];                                            \
    } name;                                                                    \
    memset(&name, 0, sizeof name);                                             \
    memset(name.guard, 0xa5, GUARD);                                           \
    name.value.struct_size = sizeof name.value

#define UNTOUCHED(name) is_untouched(name.guard, #name)

static void is_untouched(const unsigned char *guard, const char *name)
{
    for (int i = 0; i < GUARD; i++)
        if (guard[i] != 0xa5) {
            printf("%s: byte %d behind it was written\n", name, i);
            exit(1);
        }
}

static siamese_text text(const char *s)
{
    siamese_text t;
    t.data = s;
    t.size = strlen(s);
    return t;
}

static int32_t on_progress(void *user, const siamese_progress *progress)
{
    if (progress->struct_size < sizeof *progress) return 1;
    *(uint64_t *)user = progress->step;
    return 0;
}

static int train(siamese_tower **trained, const siamese_text *texts)
{
    GUARDED(siamese_vocab_stats, stats);
    GUARDED(siamese_progress, progress);
    GUARDED(siamese_step, step);
    siamese_pairs pairs;
    siamese_vocab *vocab;
    siamese_tower *tower;
    siamese_trainer *trainer;
    const size_t rows[] = {0, 1};
    uint64_t steps = 0;
    memset(&pairs, 0, sizeof pairs);
    pairs.struct_size = sizeof pairs;
    pairs.queries = texts + ITEMS;
    pairs.items = texts;
    pairs.query_fields = pairs.item_fields = 1;
    pairs.count = ITEMS;
    TRY(siamese_vocab_create(&vocab, NULL));
    TRY(siamese_vocab_add(vocab, texts, 2 * ITEMS));
    TRY(siamese_vocab_finish(vocab));
    TRY(siamese_vocab_get_stats(vocab, &stats.value));
    UNTOUCHED(stats);
    siamese_tower_options options;
    TRY(siamese_tower_options_init(&options, sizeof options));
    options.units = DIM / 2;
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    TRY(siamese_tower_create(&tower, &options));
    TRY(siamese_tower_add_field(tower, "title", vocab, NULL));
    TRY(siamese_trainer_create(&trainer, tower, tower, NULL));
    TRY(siamese_trainer_set_option(trainer, "epochs", "20"));
    TRY(siamese_trainer_add_pairs(trainer, &pairs));
    TRY(siamese_trainer_set_validation(trainer, &pairs, NULL));
    TRY(siamese_trainer_fit(trainer, on_progress, &steps));
    TRY(siamese_trainer_get_progress(trainer, &progress.value));
    UNTOUCHED(progress);
    TRY(siamese_trainer_step(trainer, rows, 2, &step.value));
    UNTOUCHED(step);
    TRY(siamese_trainer_snapshot(trainer, trained, NULL));
    printf("%" PRIu64 " tokens, %" PRIu64 " steps, epoch %zu, loss %a\n",
           stats.value.tokens, steps, progress.value.epoch,
           step.value.loss_sum);
    siamese_trainer_free(trainer);
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    return 0;
}

static int search(const siamese_tower *tower, const siamese_text *texts,
                  int64_t *found)
{
    GUARDED(siamese_index_info, info);
    GUARDED(siamese_search_options, options);
    siamese_index *index;
    float vectors[2 * ITEMS * DIM], scores[ITEMS * ITEMS];
    const int64_t ids[ITEMS] = {10, 11, 12, 13};
    TRY(siamese_tower_encode(tower, texts, 2 * ITEMS, 1, vectors,
                             2 * ITEMS * DIM));
    TRY(siamese_index_create(&index, DIM, NULL));
    TRY(siamese_index_add(index, ids, vectors, ITEMS));
    TRY(siamese_index_get_info(index, &info.value));
    UNTOUCHED(info);
    TRY(siamese_search_options_init(&options.value, sizeof options.value));
    UNTOUCHED(options);
    TRY(siamese_index_search(index, vectors + ITEMS * DIM, ITEMS, ITEMS,
                             &options.value, found, scores, ITEMS * ITEMS,
                             NULL));
    printf("%zu vectors:", info.value.count);
    for (int i = 0; i < ITEMS * ITEMS; i++)
        printf(" %d %a", (int)found[i], scores[i]);
    puts("");
    siamese_index_free(index);
    return 0;
}

static int evaluate(const int64_t *found)
{
    GUARDED(siamese_evaluator_counts, counts);
    GUARDED(siamese_evaluator_options, options);
    siamese_evaluator *evaluator;
    siamese_judgements judgements;
    siamese_rankings rankings;
    const size_t ks[] = {1, 2}, offsets[ITEMS + 1] = {0, 1, 2, 3, 4};
    const int64_t ids[ITEMS] = {10, 11, 12, 13};
    const double grades[ITEMS] = {1, 1, 2, 3};
    double means[2 * SIAMESE_RANKING_COUNT];
    memset(&judgements, 0, sizeof judgements);
    judgements.struct_size = sizeof judgements;
    judgements.queries = ITEMS;
    judgements.offsets = offsets;
    judgements.ids = ids;
    judgements.grades = grades;
    memset(&rankings, 0, sizeof rankings);
    rankings.struct_size = sizeof rankings;
    rankings.depth = ITEMS;
    rankings.ids = found;
    TRY(siamese_evaluator_options_init(&options.value, sizeof options.value));
    UNTOUCHED(options);
    TRY(siamese_evaluator_create(&evaluator, &options.value, ks, 2));
    TRY(siamese_evaluator_add_rankings(evaluator, &judgements, &rankings, NULL,
                                       0));
    TRY(siamese_evaluator_get_means(evaluator, means, 2 * SIAMESE_RANKING_COUNT,
                                    &counts.value));
    UNTOUCHED(counts);
    printf("%zu queries, %zu gain:", counts.value.queries,
           counts.value.gaining);
    for (int i = 0; i < 2 * SIAMESE_RANKING_COUNT; i++) printf(" %a", means[i]);
    puts("");
    siamese_evaluator_free(evaluator);
    return 0;
}

int main(void)
{
    const char *words[2 * ITEMS] = {"oak desk", "red sofa",  "brass tap",
                                    "wool rug", "table",     "couch",
                                    "faucet",   "rug carpet"};
    siamese_text texts[2 * ITEMS];
    siamese_tower *tower = NULL;
    int64_t found[ITEMS * ITEMS];
    for (int i = 0; i < 2 * ITEMS; i++) texts[i] = text(words[i]);
    fprintf(stderr, "%zu %zu %zu\n", sizeof(siamese_progress),
            sizeof(siamese_evaluator_counts), sizeof(siamese_rankings));
    if (train(&tower, texts) || search(tower, texts, found) || evaluate(found))
        return 1;
    siamese_tower_free(tower);
    return 0;
}
