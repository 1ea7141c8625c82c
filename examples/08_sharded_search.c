/* 08: a collection in as many indexes as MPI has ranks, searched as one index.
 *
 * Rank 0 learns centroids from a sample and sends them round; each rank makes
 * its shard where it is. A query is asked of all ranks, and rank 0 merges: ids
 * and score bits are those of one index of everything. A rank that does not
 * answer in time (08 RANK plays one) is named.
 *
 *   mpicc -o 08 08_sharded_search.c $(pkg-config --cflags --libs siamese)
 *   mpirun -n 4 ./08 */
#include <mpi.h>
#include <siamese/siamese.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call)                                                              \
    if ((call) != SIAMESE_OK)                                                  \
    fprintf(stderr, "%s:\n  %s\n", #call, siamese_last_error()),               \
        MPI_Abort(MPI_COMM_WORLD, 1)

enum { DIM = 32, ITEMS = 20000, SAMPLE = 5000, LISTS = 64 };
enum { QUERIES = 40, K = 10, RESULTS = QUERIES * K, MOST_RANKS = 64 };
static const double patience = 5; /* seconds */

/* What one rank has found. */
typedef struct answer {
    int64_t ids[RESULTS];
    float scores[RESULTS];
} answer;

static int rank, ranks, lost = -1;

/* Any rule that every rank knows; every other item is like the one before. */
static void item(int64_t id, float *out)
{
    uint64_t bits = (uint64_t)(id / 2 + 1) * 0x9e3779b97f4a7c15u;
    for (size_t i = 0; i < DIM; i++) {
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        out[i] = (float)(bits >> 40) / (1 << 23) - 1;
    }
}

static siamese_index *make_index(void)
{
    siamese_index *index = NULL;
    siamese_index_options options;
    TRY(siamese_index_options_init(&options, sizeof options));
    options.nlist = LISTS;
    options.threads = 1;
    options.kernel = SIAMESE_KERNEL_PORTABLE; /* the bits of any processor */
    TRY(siamese_index_create(&index, DIM, &options));
    return index;
}

static void fill(siamese_index *index, int first, int step)
{
    float vector[DIM];
    for (int64_t id = first; id < ITEMS; id += step) {
        item(id, vector);
        TRY(siamese_index_add(index, &id, vector, 1));
    }
}

static void learn(float *centroids)
{
    siamese_index *const index = make_index();
    float *const sample = malloc(SAMPLE * DIM * sizeof *sample);
    for (int64_t i = 0; i < SAMPLE; i++)
        item(i * (ITEMS / SAMPLE), sample + i * DIM);
    TRY(siamese_index_train(index, sample, SAMPLE));
    TRY(siamese_index_get_centroids(index, centroids, LISTS * DIM, NULL));
    siamese_index_free(index);
    free(sample);
}

/* Whether an answer came before the deadline. */
static int came(MPI_Request *request, double deadline)
{
    MPI_Status status;
    int done = 0, cancelled = 0;
    do MPI_Test(request, &done, &status);
    while (!done && MPI_Wtime() < deadline);
    if (done) return 1;
    MPI_Cancel(request);
    MPI_Wait(request, &status);
    MPI_Test_cancelled(&status, &cancelled);
    return !cancelled;
}

/* Every rank searches its shard; rank 0 has answers[ranks], and NULL in
 * heard[ranks] for each that did not come in time. */
static void ask(const siamese_index *shard, const float *queries,
                const siamese_id_filter *filter, int exact, answer *answers,
                const answer **heard)
{
    static int asked; /* a late answer is not taken for that of another time */
    MPI_Request requests[MOST_RANKS];
    siamese_search_options options;
    double const deadline = MPI_Wtime() + patience;
    asked++;
    TRY(siamese_search_options_init(&options, sizeof options));
    options.nprobe = 4;
    options.strict_nprobe = 1; /* only all ranks together know what is few */
    options.exact = exact;
    for (int r = 1; r < ranks && rank == 0; r++)
        MPI_Irecv(&answers[r], sizeof *answers, MPI_BYTE, r, asked,
                  MPI_COMM_WORLD, &requests[r]);
    TRY(siamese_index_search_filtered(shard, queries, QUERIES, K, &options,
                                      filter, answers->ids, answers->scores,
                                      RESULTS, NULL));
    if (rank != 0 && rank != lost)
        MPI_Send(answers, sizeof *answers, MPI_BYTE, 0, asked, MPI_COMM_WORLD);
    for (int r = 0; r < ranks && rank == 0; r++)
        heard[r] = r == 0 || came(&requests[r], deadline) ? &answers[r] : NULL;
}

/* Rank 0: what has come, as one index would have found it. */
static void merge(const answer *const *heard, answer *out, size_t *found)
{
    const int64_t *ids[MOST_RANKS];
    const float *scores[MOST_RANKS];
    int32_t missing[MOST_RANKS];
    for (int r = 0; r < ranks; r++) {
        ids[r] = heard[r] ? heard[r]->ids : NULL;
        scores[r] = heard[r] ? heard[r]->scores : NULL;
    }
    if (siamese_hits_merge(ids, scores, (size_t)ranks, QUERIES, K, 0, out->ids,
                           out->scores, RESULTS, found, NULL) == SIAMESE_OK)
        return;
    printf("%s\n", siamese_last_error());
    TRY(siamese_hits_merge(ids, scores, (size_t)ranks, QUERIES, K, 0, out->ids,
                           out->scores, RESULTS, found, missing));
    for (int r = 0; r < ranks; r++)
        if (missing[r]) printf("the results lack those of shard %d\n", r);
}

/* A search with a filter, or without: queries of which the lists hold too few
 * that pass ask once more, all lists. */
static void search(const siamese_index *shard, const float *queries,
                   const siamese_id_filter *filter, answer *answers,
                   answer *out)
{
    const answer *heard[MOST_RANKS];
    size_t found[QUERIES] = {0}, again[QUERIES];
    answer exact;
    int few = 0;
    ask(shard, queries, filter, 0, answers, heard);
    if (rank == 0) merge(heard, out, found);
    for (size_t q = 0; q < QUERIES && rank == 0 && filter; q++)
        few += found[q] < K;
    MPI_Bcast(&few, 1, MPI_INT, 0, MPI_COMM_WORLD);
    if (few == 0) return;
    ask(shard, queries, filter, 1, answers, heard);
    if (rank == 0) merge(heard, &exact, again);
    for (size_t q = 0; q < QUERIES && rank == 0; q++) {
        if (found[q] == K) continue;
        memcpy(out->ids + q * K, exact.ids + q * K, K * sizeof *out->ids);
        memcpy(out->scores + q * K, exact.scores + q * K,
               K * sizeof *out->scores);
    }
}

/* Rank 0: whether one index finds the same bits. */
static int same(const siamese_index *one, const float *queries,
                const siamese_id_filter *filter, const answer *merged)
{
    answer expected;
    siamese_search_options options;
    TRY(siamese_search_options_init(&options, sizeof options));
    options.nprobe = 4;
    TRY(siamese_index_search_filtered(one, queries, QUERIES, K, &options,
                                      filter, expected.ids, expected.scores,
                                      RESULTS, NULL));
    return memcmp(&expected, merged, sizeof expected) == 0;
}

int main(int argc, char **argv)
{
    static float centroids[LISTS * DIM], queries[QUERIES * DIM];
    static answer answers[MOST_RANKS], merged;
    static int64_t few[ITEMS / 50];
    siamese_id_filter *filters[2] = {NULL, NULL};
    siamese_index *shard, *one = NULL;
    int differ = 0;
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks > MOST_RANKS) MPI_Abort(MPI_COMM_WORLD, 1);
    if (argc > 1) lost = atoi(argv[1]);

    if (rank == 0) learn(centroids);
    MPI_Bcast(centroids, LISTS * DIM, MPI_FLOAT, 0, MPI_COMM_WORLD);
    shard = make_index();
    TRY(siamese_index_set_centroids(shard, centroids, LISTS, DIM));
    fill(shard, rank, ranks);

    if (rank == 0)
        for (int64_t q = 0; q < QUERIES; q++)
            item(ITEMS + 2 * q, queries + q * DIM);
    MPI_Bcast(queries, QUERIES * DIM, MPI_FLOAT, 0, MPI_COMM_WORLD);
    for (int64_t i = 0; i < ITEMS / 50; i++) few[i] = i * 50;
    TRY(siamese_id_filter_create(&filters[1], SIAMESE_FILTER_INCLUDE, few,
                                 ITEMS / 50));
    if (rank == 0) {
        one = make_index();
        TRY(siamese_index_set_centroids(one, centroids, LISTS, DIM));
        fill(one, 0, 1);
    }
    for (int f = 0; f < 2; f++) {
        search(shard, queries, filters[f], answers, &merged);
        if (rank != 0) continue;
        int const is_same = same(one, queries, filters[f], &merged);
        printf("%s a filter: the bits of one index: %s\n",
               f ? "with" : "without", is_same ? "yes" : "no");
        differ |= !is_same;
    }
    siamese_id_filter_free(filters[1]);
    siamese_index_free(shard);
    siamese_index_free(one);
    MPI_Finalize();
    return differ && lost < 0;
}
