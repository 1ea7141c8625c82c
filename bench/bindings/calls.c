/* calls.c: what calls of the library cost in C, for bindings to stand beside: a
 * model and files of titles and queries come in, "name value" lines go out.
 * bench/bindings/python.sh and its kin run it in turn with their own. */
#include <siamese/siamese.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TRY(call) if (call) return fprintf(stderr, "%s: %s\n", #call, \
                                           siamese_last_error()), 1

enum { BATCH = 1000, ROUNDS = 31, K = 10 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

/* The lines of a file as texts; memory stays until the end. */
static siamese_text *lines(const char *path, size_t *count)
{
    FILE *const file = fopen(path, "rb");
    if (file == NULL) exit(1);
    fseek(file, 0, SEEK_END);
    size_t const size = (size_t)ftell(file);
    char *const bytes = malloc(size + 1);
    rewind(file);
    if (bytes == NULL || fread(bytes, 1, size, file) != size) exit(1);
    fclose(file);
    size_t rows = 0;
    for (size_t i = 0; i < size; i++) rows += bytes[i] == '\n';
    siamese_text *const texts = malloc((rows + 1) * sizeof *texts);
    if (texts == NULL) exit(1);
    char *from = bytes;
    for (size_t i = 0; i < rows; i++) {
        char *const end = strchr(from, '\n');
        *end = '\0';
        texts[i] = (siamese_text){from, (size_t)(end - from)};
        from = end + 1;
    }
    *count = rows;
    return texts;
}

static int search(const siamese_model *model, const siamese_text *queries,
                  size_t count)
{
    double times[ROUNDS];
    double sum = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double const start = now();
        for (size_t i = 0; i < count; i++) {
            siamese_hits *hits;
            TRY(siamese_model_search_text(model, queries[i].data, K, &hits));
            sum += siamese_hits_scores(hits, 0)[0] +
                   (double)siamese_hits_ids(hits, 0)[0];
            siamese_hits_free(hits);
        }
        times[round] = (now() - start) / (double)count;
    }
    printf("search_us %.3f\n", median(times, ROUNDS) * 1e6);
    return sum == 0;
}

static int encode(const siamese_tower *tower, const siamese_text *titles,
                  size_t count, const siamese_text *queries, size_t query_count)
{
    size_t const dim = siamese_tower_dim(tower);
    double times[ROUNDS];
    float *out = malloc(count * dim * sizeof *out);
    if (out == NULL) return 1;
    for (int round = 0; round < ROUNDS; round++) {
        double const start = now();
        for (size_t i = 0; i < query_count; i++)
            TRY(siamese_tower_encode(tower, &queries[i], 1, 1, out, dim));
        times[round] = (now() - start) / (double)query_count;
    }
    printf("encode_us %.3f\n", median(times, ROUNDS) * 1e6);
    for (int round = 0; round < ROUNDS; round++) {
        double const start = now();
        TRY(siamese_tower_encode(tower, titles, BATCH, 1, out, BATCH * dim));
        times[round] = now() - start;
    }
    printf("batch_ms %.4f\n", median(times, ROUNDS) * 1e3);
    free(out);
    double const start = now(); /* memory of its own, as a result has */
    out = malloc(count * dim * sizeof *out);
    if (out == NULL) return 1;
    TRY(siamese_tower_encode(tower, titles, count, 1, out, count * dim));
    printf("column_s %.4f\n", now() - start);
    free(out);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: calls MODEL TITLES QUERIES THREADS\n");
        return 2;
    }
    size_t count, query_count;
    siamese_text *const titles = lines(argv[2], &count);
    siamese_text *const queries = lines(argv[3], &query_count);
    siamese_load_options options;
    siamese_model *model;
    siamese_tower *tower;
    TRY(siamese_load_options_init(&options, sizeof options));
    options.threads = atoi(argv[4]);
    TRY(siamese_model_open(&model, argv[1], &options));
    TRY(siamese_model_get_query_tower(model, &tower));
    int status = search(model, queries, query_count);
    status |= encode(tower, titles, count, queries, query_count);
    siamese_tower_free(tower);
    siamese_model_free(model);
    return status;
}
