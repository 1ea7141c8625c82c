/* 01 by its parts: a vocabulary, a tower, the host's own batches, an index.
 * Build: cc 01_by_parts.c $(pkg-config --cflags --libs siamese) */
#include <siamese/siamese.h>
#include <stdio.h>
#include <string.h>

#define TRY(call) if (call) return puts(#call), puts(siamese_last_error()), 1
#define TEXT(literal) {literal, sizeof(literal) - 1}

enum { ITEMS = 8, PAIRS = 16, STEPS = 300, DIM = 32, ASKED = 3, K = 2 };

/* A title and two queries that should find it. */
static const siamese_text data[ITEMS][3] = {
    {TEXT("oak writing desk"), TEXT("wooden desk"), TEXT("writing table")},
    {TEXT("glass computer desk"), TEXT("office desk"), TEXT("computer table")},
    {TEXT("brass kitchen faucet"), TEXT("kitchen tap"), TEXT("sink tap")},
    {TEXT("steel bathroom faucet"), TEXT("bath tap"), TEXT("bathroom tap")},
    {TEXT("red velvet sofa"), TEXT("red couch"), TEXT("velvet settee")},
    {TEXT("grey corner sofa"), TEXT("corner couch"), TEXT("grey settee")},
    {TEXT("cordless power drill"), TEXT("battery drill"), TEXT("screwdriver")},
    {TEXT("heavy hammer drill"), TEXT("masonry drill"), TEXT("stone drill")},
};
static const siamese_text asked[ASKED] = {
    TEXT("wooden table"), TEXT("grey couch"), TEXT("bath sink")};

int main(void)
{
    siamese_text titles[PAIRS], queries[PAIRS]; /* first queries, then second */
    int64_t ids[PAIRS], found[ASKED * K];
    size_t rows[PAIRS];
    float vectors[ITEMS * DIM], scores[ASKED * K];
    for (size_t i = 0; i < PAIRS; i++) {
        titles[i] = data[i % ITEMS][0];
        queries[i] = data[i % ITEMS][1 + i / ITEMS];
        ids[i] = 100 + (int64_t)(i % ITEMS);
        rows[i] = i;
    }
    siamese_vocab *vocab;
    TRY(siamese_vocab_create(&vocab, NULL));
    TRY(siamese_vocab_add(vocab, &data[0][0], 3 * ITEMS));
    TRY(siamese_vocab_finish(vocab));
    siamese_tower_options options;
    siamese_tower *tower, *trained;
    TRY(siamese_tower_options_init(&options, sizeof options));
    options.units = DIM / 2, options.seed = 9; /* an LSTM each direction */
    TRY(siamese_tower_create(&tower, &options));
    TRY(siamese_tower_add_field(tower, "title", vocab, NULL));

    siamese_trainer *trainer; /* of one tower for both sides */
    siamese_pairs pairs = {.struct_size = sizeof pairs, .count = PAIRS};
    pairs.queries = queries, pairs.items = titles, pairs.item_ids = ids;
    pairs.query_fields = pairs.item_fields = 1;
    TRY(siamese_trainer_create(&trainer, tower, tower, NULL));
    TRY(siamese_trainer_add_pairs(trainer, &pairs));
    for (int i = 0; i < STEPS; i++) /* the host's own loop and batches */
        TRY(siamese_trainer_step(trainer, &rows[i % 2 * ITEMS], ITEMS, NULL));
    TRY(siamese_trainer_snapshot(trainer, &trained, NULL));

    siamese_index *index;
    TRY(siamese_tower_encode(trained, titles, ITEMS, 1, vectors, ITEMS * DIM));
    TRY(siamese_index_create(&index, DIM, NULL));
    TRY(siamese_index_add(index, ids, vectors, ITEMS));
    TRY(siamese_tower_encode(trained, asked, ASKED, 1, vectors, ASKED * DIM));
    TRY(siamese_index_search(index, vectors, ASKED, K, NULL, found, scores,
                             ASKED * K, NULL));
    for (int i = 0; i < ASKED * K; i++) { /* a score, and its bits */
        unsigned bits;
        memcpy(&bits, &scores[i], sizeof bits);
        if (i % K == 0) printf("%s\n", asked[i / K].data);
        printf("  %d %.6f %08x %s\n", (int)found[i], scores[i], bits,
               data[found[i] - 100][0].data);
    }
    siamese_index_free(index); /* handles may be freed in any order */
    siamese_trainer_free(trainer);
    siamese_tower_free(tower);
    siamese_tower_free(trained);
    siamese_vocab_free(vocab);
    return 0;
}
