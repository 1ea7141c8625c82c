/* vocab_stats.c: texts in, how much of them the vocabulary knows and keeps out.
 * For hosts. */
#include "text/vocab_stats.h"

#include <stdbool.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"
#include "text/text_ids.h"
#include "text/vocab_features.h"
#include "text/vocab_handle.h"
#include "text/vocab_lookup.h"

/* Texts a task. */
enum { CHUNK = 256 };

void sm_vocab_stats_add(siamese_vocab_stats *to,
                        const siamese_vocab_stats *from)
{
    to->texts += from->texts;
    to->tokens += from->tokens;
    to->unknown_tokens += from->unknown_tokens;
    to->texts_cut += from->texts_cut;
    to->tokens_cut += from->tokens_cut;
}

siamese_status siamese_vocab_get_stats(const siamese_vocab *vocab,
                                       siamese_vocab_stats *stats)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_finished(vocab));
    return sm_struct_write(&vocab->stats, sizeof vocab->stats, stats, "stats");
}

/* ---- measuring ---- */

typedef struct measure_job {
    const siamese_vocab *vocab;
    const siamese_text *texts;
    size_t count;
    siamese_vocab_stats *parts; /* [pool's threads] */
} measure_job;

/* Learned features: those without an id are unknown. */
static sm_status measure_features(const siamese_vocab *vocab,
                                  const siamese_text *text, sm_id_list *ids,
                                  siamese_vocab_stats *stats)
{
    sm_status status = SIAMESE_OK;
    sm_text_scratch *scratch = NULL;
    sm_analysis analysis;
    SM_TRY(sm_vocab_borrow(vocab, &scratch));
    SM_TRY(sm_vocab_words(vocab, scratch, text, &analysis));
    size_t const count = sm_text_ids_count(vocab, &analysis);
    SM_TRY(sm_id_list_reserve(ids, count));
    sm_vocab_stats_add_text(stats, count - analysis.compounds->count,
                            vocab->limit);
    stats->unknown_tokens +=
        count - sm_text_ids(vocab, &analysis, count, ids->ids);
out:
    sm_vocab_return(vocab, scratch);
    return status;
}

static sm_status measure_chunk(void *context, size_t task, size_t worker)
{
    sm_status status = SIAMESE_OK;
    measure_job const *const job = context;
    const siamese_vocab *const vocab = job->vocab;
    size_t const end = sm_min(job->count, (task + 1) * CHUNK);
    siamese_vocab_stats *const stats = &job->parts[worker];
    bool const hashed = vocab->options.hash_buckets != 0;
    sm_id_list ids = {0};
    for (size_t i = task * CHUNK; i < end; i++) {
        ids.count = 0;
        if (sm_vocab_learns_features(vocab)) {
            SM_TRY(measure_features(vocab, &job->texts[i], &ids, stats));
            continue;
        }
        SM_TRY(sm_vocab_tokenize_append(vocab, job->texts[i].data,
                                        job->texts[i].size, SIZE_MAX, &ids));
        sm_vocab_stats_add_text(stats, ids.count, vocab->limit);
        for (size_t k = 0; k < ids.count && !hashed; k++)
            stats->unknown_tokens += (size_t)ids.ids[k] == vocab->unknown;
    }
out:
    sm_id_list_free(&ids);
    return status;
}

siamese_status siamese_vocab_measure(const siamese_vocab *vocab,
                                     const siamese_text *texts, size_t count,
                                     siamese_vocab_stats *stats)
{
    sm_status status = SIAMESE_OK;
    measure_job job = {vocab, texts, count, NULL};
    siamese_vocab_stats sum = {0};
    SM_TRY(sm_vocab_check_finished(vocab));
    SM_TRY(sm_check_texts("texts", texts, count));
    SM_TRY(sm_struct_write(&sum, sizeof sum, stats, "stats"));
    size_t const threads = sm_pool_threads(vocab->pool);
    job.parts = sm_calloc(threads, sizeof *job.parts);
    SM_CHECK_MEMORY(job.parts);
    SM_TRY(
        sm_pool_run(vocab->pool, sm_chunks(count, CHUNK), measure_chunk, &job));
    for (size_t i = 0; i < threads; i++)
        sm_vocab_stats_add(&sum, &job.parts[i]);
    status = sm_struct_write(&sum, sizeof sum, stats, "stats");
out:
    sm_free(job.parts);
    return status;
}
