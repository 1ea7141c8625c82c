#include "text/vocab_lookup.h"

#include "common/options.h"
#include "common/size.h"
#include "text/vocab_handle.h"

/* Texts a task, and the batch from which threads are worth waking. */
enum { CHUNK = 256, PARALLEL = 1024 };

sm_status sm_vocab_tokenize_one(const siamese_vocab *vocab, const char *data,
                                size_t size, size_t limit, int32_t *ids,
                                size_t *count)
{
    sm_token_reader reader = sm_token_reader_of(&vocab->map, data, size);
    sm_token token;
    size_t found = 0;
    while (found < limit && sm_token_next(&reader, &token))
        ids[found++] = (int32_t)sm_token_table_find(&vocab->table, &token,
                                                    SIAMESE_ID_UNKNOWN);
    *count = found;
    return SIAMESE_OK;
}

sm_status sm_vocab_tokenize_append(const siamese_vocab *vocab,
                                   const char *data, size_t size, size_t limit,
                                   sm_id_list *list)
{
    size_t const most = sm_min(limit, size); /* a token is a byte at least */
    size_t count;
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, most));
    SM_RETURN_IF_ERROR(sm_vocab_tokenize_one(
        vocab, data, size, most, list->ids + list->count, &count));
    list->count += count;
    return SIAMESE_OK;
}

size_t sm_vocab_rows(const siamese_vocab *vocab)
{
    size_t const most = vocab->options.max_tokens;
    return (most ? most : vocab->table.count) + 1;
}

/* ---- batches: offsets first, then the ids: nothing is buffered ---- */

typedef struct tokenize_job {
    const siamese_vocab *vocab;
    const siamese_text *texts;
    size_t count;
    size_t limit; /* tokens kept of a text */
    size_t *offsets;
    int64_t *ids;
} tokenize_job;

static sm_status count_chunk(void *context, size_t task, size_t worker)
{
    tokenize_job const *const job = context;
    size_t const end = sm_min(job->count, (task + 1) * CHUNK);
    (void)worker;
    for (size_t i = task * CHUNK; i < end; i++)
        job->offsets[i + 1] =
            sm_count_tokens(&job->vocab->map, job->texts[i].data,
                            job->texts[i].size, job->limit);
    return SIAMESE_OK;
}

static sm_status fill_chunk(void *context, size_t task, size_t worker)
{
    tokenize_job const *const job = context;
    size_t const end = sm_min(job->count, (task + 1) * CHUNK);
    (void)worker;
    for (size_t i = task * CHUNK; i < end; i++) {
        sm_token_reader reader = sm_token_reader_of(
            &job->vocab->map, job->texts[i].data, job->texts[i].size);
        sm_token token;
        for (size_t at = job->offsets[i]; at < job->offsets[i + 1]; at++) {
            sm_token_next(&reader, &token);
            job->ids[at] = (int64_t)sm_token_table_find(
                &job->vocab->table, &token, SIAMESE_ID_UNKNOWN);
        }
    }
    return SIAMESE_OK;
}

static sm_status run(tokenize_job *job, sm_task_fn fn)
{
    size_t const tasks = sm_chunks(job->count, CHUNK);
    if (job->count >= PARALLEL)
        return sm_pool_run(job->vocab->pool, tasks, fn, job);
    for (size_t task = 0; task < tasks; task++)
        SM_RETURN_IF_ERROR(fn(job, task, 0));
    return SIAMESE_OK;
}

static sm_status check_finished(const siamese_vocab *vocab)
{
    SM_REQUIRE(vocab != NULL, SIAMESE_E_ARGUMENT, "vocab: is NULL");
    SM_REQUIRE(vocab->finished, SIAMESE_E_STATE,
               "the vocabulary is not finished");
    return SIAMESE_OK;
}

siamese_status siamese_vocab_tokenize(const siamese_vocab *vocab,
                                      const siamese_text *texts, size_t count,
                                      int64_t *ids, size_t ids_capacity,
                                      size_t *offsets, size_t *ids_needed)
{
    SM_RETURN_IF_ERROR(check_finished(vocab));
    SM_REQUIRE(offsets != NULL, SIAMESE_E_ARGUMENT, "offsets: is NULL");
    SM_REQUIRE(ids != NULL || ids_capacity == 0, SIAMESE_E_ARGUMENT,
               "ids: is NULL, ids_capacity is %zu", ids_capacity);
    SM_RETURN_IF_ERROR(sm_check_texts(texts, count));

    size_t const length = vocab->options.sequence_length;
    tokenize_job job = {vocab,   texts, count, length ? length : SIZE_MAX,
                        offsets, ids};
    SM_RETURN_IF_ERROR(run(&job, count_chunk));
    /* no overflow: a token is a byte of a text at least */
    offsets[0] = 0;
    for (size_t i = 0; i < count; i++) offsets[i + 1] += offsets[i];
    if (ids_needed) *ids_needed = offsets[count];
    SM_REQUIRE(offsets[count] <= ids_capacity, SIAMESE_E_RANGE,
               "ids: %zu are given, %zu are needed", ids_capacity,
               offsets[count]);
    return run(&job, fill_chunk);
}

/* ---- one token ---- */

siamese_status siamese_vocab_token(const siamese_vocab *vocab, int64_t id,
                                   char *buf, size_t size, size_t *needed)
{
    SM_RETURN_IF_ERROR(check_finished(vocab));
    SM_REQUIRE(id >= 0 && (uint64_t)id < vocab->table.count,
               SIAMESE_E_NOT_FOUND, "no token has id %lld: there are %zu",
               (long long)id, vocab->table.count);
    return sm_text_write(sm_token_table_bytes(&vocab->table, (size_t)id),
                         sm_token_table_size(&vocab->table, (size_t)id), buf,
                         size, needed);
}

siamese_status siamese_vocab_lookup(const siamese_vocab *vocab,
                                    const char *data, size_t size, int64_t *id)
{
    SM_RETURN_IF_ERROR(check_finished(vocab));
    SM_REQUIRE(id != NULL, SIAMESE_E_ARGUMENT, "id: is NULL");
    SM_REQUIRE(data != NULL || size == 0, SIAMESE_E_ARGUMENT,
               "data: is NULL, size is %zu", size);
    sm_token const token = sm_token_of(data, size);
    *id =
        (int64_t)sm_token_table_find(&vocab->table, &token, SIAMESE_ID_UNKNOWN);
    return SIAMESE_OK;
}
