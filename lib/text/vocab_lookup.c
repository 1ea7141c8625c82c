/* vocab_lookup.c: texts in, token ids out, and tokens by id. For hosts and,
 * text by text, for towers. */
#include "text/vocab_lookup.h"

#include "common/assert.h"
#include "common/options.h"
#include "common/room.h"
#include "common/size.h"
#include "text/features.h"
#include "text/text_ids.h"
#include "text/vocab.h"
#include "text/vocab_features.h"
#include "text/vocab_pieces.h"

/* Texts a task, and the batch from which threads are worth waking. */
enum { CHUNK = 256, PARALLEL = 1024 };

/* ---- one text ---- */

static size_t plain_ids(const siamese_vocab *vocab, const char *data,
                        size_t size, size_t limit, int32_t *ids)
{
    sm_token_reader reader = sm_token_reader_of(&vocab->map, data, size);
    sm_token token;
    size_t count = 0;
    while (count < limit && sm_token_next(&reader, &token))
        ids[count++] =
            (int32_t)sm_token_table_find(&vocab->table, &token, vocab->unknown);
    return count;
}

/* By words in scratch, NULL for a plain vocabulary. */
static sm_status append(const siamese_vocab *vocab, sm_text_scratch *scratch,
                        const siamese_text *text, size_t limit,
                        sm_id_list *list)
{
    sm_analysis analysis;
    size_t most = text->size; /* a plain token is a byte at least */
    if (vocab->pieces) {
        size_t const before = list->count;
        SM_RETURN_IF_ERROR(sm_vocab_piece_ids(vocab, text, list));
        list->count = before + sm_min(list->count - before, limit);
        return SIAMESE_OK;
    }
    if (scratch) {
        SM_RETURN_IF_ERROR(sm_vocab_words(vocab, scratch, text, &analysis));
        most = sm_text_ids_count(vocab, &analysis);
    }
    /* of a text that is cut, the order tells which ids are its first */
    bool const marks = scratch && list->marks_runs && most <= limit;
    most = sm_min(most, limit);
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, most));
    int32_t *const ids = list->ids + list->count;
    if (marks)
        list->count += sm_text_marked_ids(vocab, &analysis, ids);
    else if (scratch)
        list->count += sm_text_ids(vocab, &analysis, most, ids);
    else
        list->count += plain_ids(vocab, text->data, text->size, most, ids);
    return SIAMESE_OK;
}

bool sm_vocab_is_plain(const siamese_vocab *vocab)
{
    return vocab->plain;
}

sm_status sm_vocab_tokenize_append(const siamese_vocab *vocab, const char *data,
                                   size_t size, size_t limit, sm_id_list *list)
{
    sm_status status = SIAMESE_OK;
    sm_text_scratch *scratch = NULL;
    siamese_text const text = {data, size};
    sm_assert(sm_vocab_finished(vocab));
    if (!vocab->plain) SM_TRY(sm_vocab_borrow(vocab, &scratch));
    SM_TRY(append(vocab, scratch, &text, limit, list));
out:
    sm_vocab_return(vocab, scratch);
    return status;
}

/* ---- batches: offsets first, then the ids: nothing is buffered ---- */

typedef struct tokenize_job {
    const siamese_vocab *vocab;
    const siamese_text *texts;
    size_t count;
    size_t *offsets;
    int64_t *ids;
} tokenize_job;

static sm_status count_text(const tokenize_job *job, sm_text_scratch *scratch,
                            size_t i)
{
    const siamese_vocab *const vocab = job->vocab;
    const siamese_text *const text = &job->texts[i];
    sm_analysis analysis;
    size_t count;
    if (scratch == NULL) {
        count =
            sm_count_tokens(&vocab->map, text->data, text->size, vocab->limit);
    } else if (vocab->pieces) {
        scratch->ids.count = 0;
        SM_RETURN_IF_ERROR(sm_vocab_piece_ids(vocab, text, &scratch->ids));
        count = sm_min(scratch->ids.count, vocab->limit);
    } else {
        SM_RETURN_IF_ERROR(sm_vocab_words(vocab, scratch, text, &analysis));
        count = sm_min(sm_text_ids_count(vocab, &analysis), vocab->limit);
        if (sm_vocab_learns_features(vocab)) {
            sm_id_list *const list = &scratch->ids;
            list->count = 0;
            SM_RETURN_IF_ERROR(sm_id_list_reserve(list, count));
            count = sm_text_ids(vocab, &analysis, count, list->ids);
        }
    }
    job->offsets[i + 1] = count;
    return SIAMESE_OK;
}

static sm_status fill_plain(const tokenize_job *job, size_t i)
{
    const siamese_vocab *const vocab = job->vocab;
    sm_token_reader reader =
        sm_token_reader_of(&vocab->map, job->texts[i].data, job->texts[i].size);
    sm_token token;
    for (size_t at = job->offsets[i]; at < job->offsets[i + 1]; at++) {
        sm_token_next(&reader, &token);
        job->ids[at] =
            (int64_t)sm_token_table_find(&vocab->table, &token, vocab->unknown);
    }
    return SIAMESE_OK;
}

static sm_status fill_text(const tokenize_job *job, sm_text_scratch *scratch,
                           size_t i)
{
    if (scratch == NULL) return fill_plain(job, i);
    sm_id_list *const list = &scratch->ids;
    list->count = 0;
    SM_RETURN_IF_ERROR(
        append(job->vocab, scratch, &job->texts[i], job->vocab->limit, list));
    for (size_t k = 0; k < list->count; k++)
        job->ids[job->offsets[i] + k] = list->ids[k];
    return SIAMESE_OK;
}

static sm_status run_chunk(const tokenize_job *job, size_t task,
                           sm_status (*fn)(const tokenize_job *job,
                                           sm_text_scratch *scratch, size_t i))
{
    sm_status status = SIAMESE_OK;
    sm_text_scratch *scratch = NULL;
    size_t const end = sm_min(job->count, (task + 1) * CHUNK);
    if (!job->vocab->plain) SM_TRY(sm_vocab_borrow(job->vocab, &scratch));
    for (size_t i = task * CHUNK; i < end; i++) SM_TRY(fn(job, scratch, i));
out:
    sm_vocab_return(job->vocab, scratch);
    return status;
}

static sm_status count_chunk(void *context, size_t task, size_t worker)
{
    (void)worker;
    return run_chunk(context, task, count_text);
}

static sm_status fill_chunk(void *context, size_t task, size_t worker)
{
    (void)worker;
    return run_chunk(context, task, fill_text);
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

siamese_status siamese_vocab_tokenize(const siamese_vocab *vocab,
                                      const siamese_text *texts, size_t count,
                                      int64_t *ids, size_t ids_capacity,
                                      size_t *offsets, size_t *ids_needed)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_finished(vocab));
    SM_REQUIRE(offsets != NULL, SIAMESE_E_ARGUMENT, "offsets: is NULL");
    SM_REQUIRE(ids != NULL || ids_capacity == 0, SIAMESE_E_ARGUMENT,
               "ids: is NULL, ids_capacity is %zu", ids_capacity);
    SM_RETURN_IF_ERROR(sm_check_texts("texts", texts, count));

    tokenize_job job = {vocab, texts, count, offsets, ids};
    SM_RETURN_IF_ERROR(run(&job, count_chunk));
    offsets[0] = 0;
    for (size_t i = 0; i < count; i++)
        if (!sm_size_add(offsets[i], offsets[i + 1], &offsets[i + 1]))
            return sm_fail_memory();
    SM_RETURN_IF_ERROR(
        sm_room("ids", ids, ids_capacity, offsets[count], ids_needed));
    return run(&job, fill_chunk);
}

/* ---- one token ---- */

siamese_status siamese_vocab_token(const siamese_vocab *vocab, int64_t id,
                                   char *buf, size_t size, size_t *needed)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_finished(vocab));
    SM_REQUIRE(vocab->options.hash_buckets == 0, SIAMESE_E_STATE,
               "ids are hashed: many tokens have one");
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
    SM_RETURN_IF_ERROR(sm_vocab_check_finished(vocab));
    SM_REQUIRE(id != NULL, SIAMESE_E_ARGUMENT, "id: is NULL");
    SM_REQUIRE(data != NULL || size == 0, SIAMESE_E_ARGUMENT,
               "data: is NULL, size is %zu", size);
    size_t const buckets = vocab->options.hash_buckets;
    if (buckets) {
        int32_t feature =
            sm_feature_id(sm_feature_hash(SM_TAG_WORD, data, size), buckets);
        if (sm_vocab_learns_features(vocab) &&
            sm_text_learned(vocab, &feature, 1) == 0)
            feature = SIAMESE_ID_PAD;
        *id = feature;
        return SIAMESE_OK;
    }
    sm_token const token = sm_token_of(data, size);
    *id = (int64_t)sm_token_table_find(&vocab->table, &token, vocab->unknown);
    return SIAMESE_OK;
}
