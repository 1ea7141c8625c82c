/* query.c: the C side of bench/bindings/go_rust.sh. It makes the model that the
 * other languages open, and prints the nanoseconds of one query, hits read, and
 * of a batch of 1,000 texts: the medians over blocks.
 * usage: query make MODEL | query MODEL */
#define _GNU_SOURCE
#include <siamese/siamese.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRY(call) if (call) return puts(siamese_last_error()), exit(1)

enum { ITEMS = 200, K = 10, BLOCKS = 101, QUERIES = 200, BATCH = 1000 };

static const char *const nouns[] = {"desk", "sofa", "faucet", "drill", "lamp"};
static const char *const words[] = {"oak",  "red",   "brass", "cordless",
                                    "tall", "steel", "small", "heavy"};

static void make(const char *path)
{
    static char names[ITEMS][64];
    static siamese_text texts[ITEMS];
    for (int i = 0; i < ITEMS; i++) {
        int const n = sprintf(names[i], "%s %s %s %d", words[i % 8],
                              words[i / 8 % 8], nouns[i % 5], i);
        texts[i] = (siamese_text){names[i], (size_t)n};
    }
    siamese_item_rows rows = {sizeof rows, .count = ITEMS, .titles = texts};
    siamese_pairs pairs = {sizeof pairs, texts, texts, 1, 1, .count = 200};
    siamese_model *model;
    TRY(siamese_model_create(&model, "default", NULL));
    TRY(siamese_model_set(model, "epochs", "1"));
    TRY(siamese_model_set(model, "min_steps", "0"));
    TRY(siamese_model_add_items(model, &rows));
    TRY(siamese_model_add_pairs(model, &pairs));
    TRY(siamese_model_train(model, NULL, NULL));
    TRY(siamese_model_save(model, path, NULL));
    siamese_model_free(model);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, BLOCKS, sizeof *values, compare);
    return values[BLOCKS / 2];
}

static size_t read_hits(const siamese_hits *hits)
{
    const int64_t *const ids = siamese_hits_ids(hits, 0);
    const float *const scores = siamese_hits_scores(hits, 0);
    size_t sum = 0;
    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++)
        sum += (size_t)ids[i] + (scores[i] > 0) +
               strlen(siamese_hits_title(hits, 0, i));
    return sum;
}

static void measure(const char *path)
{
    static double query[BLOCKS], batch[BLOCKS];
    siamese_text texts[BATCH];
    siamese_load_options options;
    siamese_tower *tower;
    siamese_model *model;
    size_t sum = 0;
    TRY(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    TRY(siamese_model_open(&model, path, &options));
    TRY(siamese_model_get_query_tower(model, &tower));
    size_t const room = BATCH * siamese_tower_dim(tower);
    float *const vectors = malloc(room * sizeof *vectors);
    if (vectors == NULL) exit(1);
    for (int i = 0; i < BATCH; i++)
        texts[i] = (siamese_text){"red oak writing desk", 20};
    for (int b = 0; b < BLOCKS; b++) {
        double const start = now();
        for (int i = 0; i < QUERIES; i++) {
            siamese_hits *hits;
            TRY(siamese_model_search_text(model, "red oak desk", K, &hits));
            sum += read_hits(hits);
            siamese_hits_free(hits);
        }
        query[b] = (now() - start) / QUERIES;
    }
    for (int b = 0; b < BLOCKS; b++) {
        double const start = now();
        TRY(siamese_tower_encode(tower, texts, BATCH, 1, vectors, room));
        batch[b] = now() - start;
    }
    printf("%.0f %.0f %zu\n", median(query), median(batch), sum);
    free(vectors);
    siamese_tower_free(tower);
    siamese_model_free(model);
}

int main(int argc, char **argv)
{
    if (argc == 3)
        make(argv[2]);
    else if (argc == 2)
        measure(argv[1]);
    return argc < 2;
}
