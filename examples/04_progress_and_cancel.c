/* 04: training on a thread of the host's: progress, snapshot, stop, go on. */
#include <pthread.h>
#include <semaphore.h>
#include <siamese/siamese.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRY(call)                                                              \
    if ((call) != SIAMESE_OK) fputs(siamese_last_error(), stderr), exit(1)

enum { N = 3, DIM = 16 };
static const siamese_text texts[2][N] = {
    {{"oak desk", 8}, {"red sofa", 8}, {"brass faucet", 12}}, /* items */
    {{"table", 5}, {"couch", 5}, {"tap", 3}}};                /* queries */
static sem_t warm;

static siamese_trainer *new_trainer(void)
{
    siamese_vocab *vocab;
    siamese_tower *tower;
    siamese_trainer *trainer;
    siamese_pairs p = {.struct_size = sizeof p, .item_fields = 1, .count = N};
    p.items = texts[0], p.queries = texts[1], p.query_fields = 1;
    TRY(siamese_vocab_create(&vocab, NULL));
    TRY(siamese_vocab_add(vocab, texts[0], 2 * N));
    TRY(siamese_vocab_finish(vocab));
    TRY(siamese_tower_create(&tower, NULL));
    TRY(siamese_tower_add_field(tower, "title", vocab, NULL));
    TRY(siamese_trainer_create(&trainer, tower, tower, NULL));
    TRY(siamese_trainer_set_option(trainer, "epochs", "2000"));
    TRY(siamese_trainer_add_pairs(trainer, &p));
    siamese_vocab_free(vocab), siamese_tower_free(tower); /* it has copies */
    return trainer;
}

/* Runs on the thread that called fit; a non-zero return would stop it too. */
static int32_t show(void *user, const siamese_progress *p)
{
    if (p->step % 500 == 0 && p->epoch == p->step) /* the last of an epoch */
        fprintf(stderr, "%s: epoch %u, loss %.4f, %.1f s left\n", (char *)user,
                (unsigned)p->epoch, p->loss_mean, p->seconds_left);
    return p->step == 10 ? sem_post(&warm) : 0;
}

static void *fit(void *trainer)
{
    if (siamese_trainer_fit(trainer, show, "first") != SIAMESE_E_CANCELLED)
        fprintf(stderr, "%s\n", siamese_last_error());
    return NULL;
}

static void encode(const siamese_trainer *trainer, float *vector)
{
    siamese_tower *tower;
    TRY(siamese_trainer_snapshot(trainer, &tower, NULL));
    TRY(siamese_tower_encode(tower, texts[1], 1, 1, vector, DIM));
    siamese_tower_free(tower);
}

int main(void)
{
    float early[DIM], stopped[DIM], straight[DIM];
    siamese_trainer *const one = new_trainer(), *const other = new_trainer();
    pthread_t t;
    if (sem_init(&warm, 0, 0) || pthread_create(&t, NULL, fit, one)) return 1;
    sem_wait(&warm);
    encode(one, early); /* between two steps, while it trains */
    TRY(siamese_trainer_cancel(one));
    pthread_join(t, NULL);
    TRY(siamese_trainer_fit(one, show, "on")); /* from where it stopped */
    TRY(siamese_trainer_fit(other, show, "other"));
    encode(one, stopped);
    encode(other, straight);
    puts(memcmp(stopped, straight, sizeof stopped) ? "apart" : "same bits");
    siamese_trainer_free(one);
    siamese_trainer_free(other);
    return 0;
}
