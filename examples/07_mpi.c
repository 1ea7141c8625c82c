/* 07: ranks of MPI train one model together: mpirun -n 2 ./07_mpi PRESET
 * PAIRS.tsv MODEL [NAME VALUE ...]; a line of it is query, title and id. */
#include <inttypes.h>
#include <limits.h>
#include <mpi.h>
#include <siamese/siamese.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call)                                                              \
    if ((call) != SIAMESE_OK) fprintf(stderr, "%s\n", siamese_last_error()),   \
        exit(1) /* mpirun then ends the other ranks */

enum { TIME_OUT = 60, MOST_RANKS = 1024, LINE = 1024 };

typedef struct traffic {
    int rank, size;
    size_t calls, bytes; /* that this rank received */
} traffic;

static int32_t all_gather(void *context, void *buffer, const size_t *counts)
{
    traffic *const t = context;
    int count[MOST_RANKS], begin[MOST_RANKS], done = 0;
    size_t at = 0;
    MPI_Request request;
    for (int r = 0; r < t->size; at += counts[r++]) {
        if (counts[r] > INT_MAX || at > INT_MAX) return 1;
        count[r] = (int)counts[r], begin[r] = (int)at;
    }
    t->calls++, t->bytes += at - counts[t->rank];
    if (MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_BYTE, buffer, count, begin,
                        MPI_BYTE, MPI_COMM_WORLD, &request) != MPI_SUCCESS)
        return 1;
    double const until = MPI_Wtime() + TIME_OUT;
    while (!done && MPI_Wtime() < until)
        if (MPI_Test(&request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS)
            return 1;
    return !done; /* a rank is lost */
}

static void add_pairs(siamese_model *model, const char *path)
{
    char query[LINE], title[LINE];
    siamese_text texts[2] = {{query, 0}, {title, 0}};
    int64_t id;
    siamese_pairs pair = {.struct_size = sizeof pair, .count = 1};
    pair.queries = &texts[0], pair.items = &texts[1], pair.item_ids = &id;
    pair.query_fields = pair.item_fields = 1;
    FILE *const file = fopen(path, "r");
    if (file == NULL) perror(path), exit(1);
    while (fscanf(file, "%1023[^\t]\t%1023[^\t]\t%" SCNd64 " ", query, title,
                  &id) == 3) {
        texts[0].size = strlen(query), texts[1].size = strlen(title);
        TRY(siamese_model_add_pairs(model, &pair));
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    siamese_model *model;
    siamese_trainer *trainer;
    traffic t = {0, 1, 0, 0};
    siamese_progress end = {.struct_size = sizeof end};
    if (MPI_Init(&argc, &argv) != MPI_SUCCESS || argc < 4) return 2;
    MPI_Comm_rank(MPI_COMM_WORLD, &t.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &t.size);
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    TRY(siamese_model_create(&model, argv[1], NULL));
    for (int a = 4; a + 1 < argc; a += 2)
        TRY(siamese_model_set(model, argv[a], argv[a + 1]));
    add_pairs(model, argv[2]);
    TRY(siamese_model_prepare(model)); /* every rank makes the same trainer */
    TRY(siamese_model_get_trainer(model, &trainer));
    siamese_exchange const exchange = {sizeof exchange, (size_t)t.rank,
                                       (size_t)t.size, &t, all_gather};
    if (t.size > MOST_RANKS) return 2;
    TRY(siamese_trainer_set_exchange(trainer, &exchange));
    TRY(siamese_model_train(model, NULL, NULL));
    TRY(siamese_trainer_get_progress(trainer, &end));
    if (t.rank == 0) { /* every rank has all of it: one saves it */
        TRY(siamese_model_save(model, argv[3], NULL));
        printf("%d ranks: %.0f pairs/s, %" PRIu64 " steps of %.0f calls and "
               "%.0f bytes\n",
               t.size, end.pairs_per_second, end.step,
               (double)t.calls / (double)end.step,
               (double)t.bytes / (double)end.step);
    }
    siamese_trainer_free(trainer);
    siamese_model_free(model);
    return MPI_Finalize() != MPI_SUCCESS;
}
