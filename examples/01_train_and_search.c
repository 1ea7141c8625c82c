/* 01: learn from queries and the titles they found, save, open, search.
 * Build: cc 01_train_and_search.c $(pkg-config --cflags --libs siamese) */
#include <siamese/siamese.h>
#include <stdio.h>
#include <string.h>

#define TRY(call) if (call) return puts(#call), puts(siamese_last_error()), 1
#define TEXT(literal) {literal, sizeof(literal) - 1}

enum { ITEMS = 8, PAIRS = 16, ASKED = 3, K = 2 };

static const siamese_text titles[PAIRS] = {
    TEXT("oak writing desk"), TEXT("glass computer desk"),
    TEXT("brass kitchen faucet"), TEXT("steel bathroom faucet"),
    TEXT("red velvet sofa"), TEXT("grey corner sofa"),
    TEXT("cordless power drill"), TEXT("heavy hammer drill"),
    /* the items once more, for the second query of each */
    TEXT("oak writing desk"), TEXT("glass computer desk"),
    TEXT("brass kitchen faucet"), TEXT("steel bathroom faucet"),
    TEXT("red velvet sofa"), TEXT("grey corner sofa"),
    TEXT("cordless power drill"), TEXT("heavy hammer drill")};
static const siamese_text queries[PAIRS] = {
    TEXT("wooden desk"),    TEXT("office desk"),   TEXT("kitchen tap"),
    TEXT("bath tap"),       TEXT("red couch"),     TEXT("corner couch"),
    TEXT("battery drill"),  TEXT("masonry drill"), TEXT("writing table"),
    TEXT("computer table"), TEXT("sink tap"),      TEXT("bathroom tap"),
    TEXT("velvet settee"),  TEXT("grey settee"),   TEXT("screwdriver"),
    TEXT("stone drill")};
static const int64_t ids[ITEMS] = {100, 101, 102, 103, 104, 105, 106, 107};
static const siamese_text asked[ASKED] = {
    TEXT("wooden table"), TEXT("grey couch"), TEXT("bath sink")};

int main(int argc, char **argv)
{
    const char *const path = argc > 1 ? argv[1] : "shop.siamese";
    siamese_item_rows const items = {.struct_size = sizeof items,
                                     .count = ITEMS,
                                     .ids = ids,
                                     .titles = titles};
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .count = PAIRS,
                                 .queries = queries,
                                 .query_fields = 1,
                                 .items = titles,
                                 .item_fields = 1};
    siamese_model *model;
    TRY(siamese_model_create(&model, "default", NULL));
    TRY(siamese_model_set(model, "embedding_dim", "64")); /* a small one */
    TRY(siamese_model_add_items(model, &items));
    TRY(siamese_model_add_pairs(model, &pairs));
    TRY(siamese_model_train(model, NULL, NULL));
    TRY(siamese_model_save(model, path, NULL));
    siamese_model_free(model);

    siamese_search_request request;
    siamese_hits *hits;
    TRY(siamese_model_open(&model, path, NULL));
    TRY(siamese_search_request_init(&request, sizeof request));
    request.texts = asked, request.count = ASKED, request.k = K;
    TRY(siamese_model_search(model, &request, &hits));
    siamese_model_free(model); /* hits stay as they are */
    for (size_t q = 0; q < siamese_hits_query_count(hits); q++) {
        printf("%s\n", asked[q].data);
        for (size_t i = 0; i < siamese_hits_count(hits, q); i++) {
            float const score = siamese_hits_scores(hits, q)[i];
            unsigned bits; /* a score, and its bits */
            memcpy(&bits, &score, sizeof bits);
            printf("  %d %.6f %08x %s\n", (int)siamese_hits_ids(hits, q)[i],
                   score, bits, siamese_hits_title(hits, q, i));
        }
    }
    siamese_hits_free(hits);
    return 0;
}
