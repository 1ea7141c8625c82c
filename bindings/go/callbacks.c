/* callbacks.c: hands the callbacks of C to the functions that Go exports, with
 * the number by which Go knows its own; trainer.go, exchange.go,
 * model.go, index.go, bundle.go and log.go call. */
#include "shim.h"

#include "_cgo_export.h"

static int32_t progress(void *user, const siamese_progress *progress)
{
    return siameseGoProgress((uintptr_t)user, (siamese_progress *)progress);
}

siamese_status go_trainer_fit(siamese_trainer *trainer, uintptr_t user)
{
    return siamese_trainer_fit(trainer, progress, (void *)user);
}

static int32_t read_pairs(void *user, siamese_pairs *pairs, char *error,
                          size_t error_size)
{
    return siameseGoReadPairs((uintptr_t)user, pairs, error, error_size);
}

static int32_t rewind_pairs(void *user, char *error, size_t error_size)
{
    return siameseGoRewind((uintptr_t)user, error, error_size);
}

static void release_pairs(void *user)
{
    siameseGoRelease((uintptr_t)user);
}

siamese_status go_trainer_set_source(siamese_trainer *trainer, uintptr_t user)
{
    siamese_source const source = {sizeof source, (void *)user, read_pairs,
                                   rewind_pairs, release_pairs};
    return siamese_trainer_set_source(trainer, &source);
}

static int32_t all_gather(void *user, void *buffer, const size_t *counts)
{
    return siameseGoGather((uintptr_t)user, buffer, (size_t *)counts);
}

siamese_status go_trainer_set_exchange(siamese_trainer *trainer, size_t rank,
                                       size_t size, uintptr_t user)
{
    siamese_exchange exchange = {.struct_size = sizeof exchange};
    exchange.rank = rank;
    exchange.size = size;
    exchange.context = (void *)user;
    exchange.all_gather = all_gather;
    return siamese_trainer_set_exchange(trainer, &exchange);
}

static int32_t write_bytes(void *user, const void *data, size_t size)
{
    return siameseGoWrite((uintptr_t)user, (void *)data, size);
}

siamese_status go_checkpoint_write(uintptr_t user, const siamese_bundle *bundle,
                                   const void *options)
{
    return siamese_checkpoint_write(write_bytes, (void *)user, bundle, options);
}

static int32_t read_bytes(void *user, void *data, size_t size, size_t *done)
{
    return siameseGoRead((uintptr_t)user, data, size, done);
}

siamese_status go_checkpoint_read(siamese_bundle **out, uintptr_t user,
                                  const void *options)
{
    return siamese_checkpoint_read(out, read_bytes, (void *)user, options);
}

siamese_status go_model_train(siamese_model *model, uintptr_t user)
{
    return siamese_model_train(model, progress, (void *)user);
}

siamese_status go_model_resume(siamese_model *model, uintptr_t user)
{
    return siamese_model_resume(model, progress, (void *)user);
}

siamese_status go_model_rebuild(siamese_model *model, uintptr_t user)
{
    return siamese_model_rebuild(model, progress, (void *)user);
}

siamese_status go_model_write(const siamese_model *model, uintptr_t user,
                              const void *options)
{
    return siamese_model_write(model, write_bytes, (void *)user, options);
}

siamese_status go_model_read(siamese_model **out, uintptr_t user,
                             const void *options)
{
    return siamese_model_read(out, read_bytes, (void *)user, options);
}

static int32_t share(void *user, double done)
{
    return siameseGoShare((uintptr_t)user, done);
}

siamese_status go_index_train(siamese_index *index, const float *vectors,
                              size_t count, uintptr_t user)
{
    return siamese_index_train_with_progress(index, vectors, count, share,
                                             (void *)user);
}

siamese_status go_index_tune(const siamese_index *index, const float *queries,
                             size_t count, size_t k, double recall,
                             uintptr_t user, size_t *nprobe, double *reached)
{
    return siamese_index_tune_nprobe_with_progress(
        index, queries, count, k, recall, share, (void *)user, nprobe, reached);
}

static void log_message(void *user, int32_t level, const char *message)
{
    (void)user;
    siameseGoLog(level, (char *)message);
}

siamese_status go_set_log(int32_t level)
{
    return siamese_set_log(level == SIAMESE_LOG_OFF ? NULL : log_message, NULL,
                           level);
}
