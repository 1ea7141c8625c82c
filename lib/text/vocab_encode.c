/* vocab_encode.c: texts in, rows of numbers out: multi-hot, counts or tf-idf.
 * For hosts. */
#include <siamese/siamese.h>

#include <string.h>

#include "common/room.h"
#include "common/size.h"
#include "text/vocab_handle.h"
#include "text/vocab_lookup.h"

/* Texts a task, and the batch from which threads are worth waking. */
enum { CHUNK = 64, PARALLEL = 256 };

typedef struct encode_job {
    const siamese_vocab *vocab;
    const siamese_text *texts;
    size_t count;
    float *out; /* [count][table] */
} encode_job;

/* row[i] = 1, n or n * idf[i] for a token i that is n times in the text. */
static void fill_row(const siamese_vocab *vocab, const sm_id_list *ids,
                     float *row)
{
    size_t const size = vocab->table.count;
    memset(row, 0, size * sizeof *row);
    if (vocab->options.output_mode == SIAMESE_OUTPUT_MULTI_HOT) {
        for (size_t i = 0; i < ids->count; i++) row[ids->ids[i]] = 1;
        return;
    }
    for (size_t i = 0; i < ids->count; i++) row[ids->ids[i]] += 1;
    if (vocab->idf)
        for (size_t i = 0; i < size; i++) row[i] *= vocab->idf[i];
}

static sm_status encode_chunk(void *context, size_t task, size_t worker)
{
    sm_status status = SIAMESE_OK;
    encode_job const *const job = context;
    size_t const end = sm_min(job->count, (task + 1) * CHUNK);
    sm_id_list ids = {0};
    (void)worker;
    for (size_t i = task * CHUNK; i < end; i++) {
        ids.count = 0;
        SM_TRY(sm_vocab_tokenize_append(job->vocab, job->texts[i].data,
                                        job->texts[i].size, SIZE_MAX, &ids));
        fill_row(job->vocab, &ids, job->out + i * job->vocab->table.count);
    }
out:
    sm_id_list_free(&ids);
    return status;
}

siamese_status siamese_vocab_encode(const siamese_vocab *vocab,
                                    const siamese_text *texts, size_t count,
                                    float *out, size_t out_capacity)
{
    size_t needed;
    SM_RETURN_IF_ERROR(sm_vocab_check_finished(vocab));
    SM_RETURN_IF_ERROR(sm_check_texts("texts", texts, count));
    SM_REQUIRE(
        vocab->options.output_mode != SIAMESE_OUTPUT_INT, SIAMESE_E_STATE,
        "output_mode int has no rows of numbers: siamese_vocab_tokenize");
    SM_REQUIRE(sm_size_multiply(count, vocab->table.count, &needed),
               SIAMESE_E_ARGUMENT, "count: %zu is too large", count);
    SM_RETURN_IF_ERROR(sm_room("out", out, out_capacity, needed, NULL));
    encode_job job = {vocab, texts, count, out};
    size_t const tasks = sm_chunks(count, CHUNK);
    if (count >= PARALLEL)
        return sm_pool_run(vocab->pool, tasks, encode_chunk, &job);
    for (size_t task = 0; task < tasks; task++)
        SM_RETURN_IF_ERROR(encode_chunk(&job, task, 0));
    return SIAMESE_OK;
}
