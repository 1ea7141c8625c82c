/* vocab_build.c: counts in, the frozen table out: which tokens get ids, and
 * which. For siamese_vocab_finish. */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "text/text_ids.h"
#include "text/vocab_features.h"
#include "text/vocab_stats.h"
#include "text/vocab_tokens.h"

/* Texts a task: enough work to outweigh handing it out. */
enum { CHUNK = 512 };

/* ---- counting ---- */

typedef struct add_job {
    siamese_vocab *vocab;
    const siamese_text *texts;
    size_t count;
} add_job;

/* The features of a text's words; those that all have ids are not learned. */
static sm_status count_features(siamese_vocab *vocab, sm_text_scratch *scratch,
                                const sm_analysis *analysis, size_t count)
{
    sm_id_list *const list = &scratch->ids;
    if (!sm_vocab_learns_features(vocab)) return SIAMESE_OK;
    list->count = 0;
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, count));
    sm_feature_counts_add(&vocab->feature_counts, list->ids,
                          sm_text_features(vocab, analysis, count, list->ids));
    return SIAMESE_OK;
}

/* The tokens of a text's words. */
static sm_status count_words(siamese_vocab *vocab, sm_token_counts *part,
                             sm_text_scratch *scratch,
                             const sm_analysis *analysis, size_t *tokens)
{
    sm_gram_reader reader = {analysis->words, vocab->widths, 0, 0};
    sm_gram gram;
    *tokens = sm_text_ids_count(vocab, analysis);
    if (vocab->options.hash_buckets)
        return count_features(vocab, scratch, analysis, *tokens);
    sm_token_counts_next_text(part);
    while (sm_gram_next(&reader, &gram)) {
        sm_token const token = sm_token_of(gram.bytes, gram.size);
        SM_RETURN_IF_ERROR(sm_token_counts_add(part, &token));
    }
    return SIAMESE_OK;
}

static sm_status count_text(siamese_vocab *vocab, size_t worker,
                            sm_text_scratch *scratch, const siamese_text *text)
{
    sm_token_counts *const part = &vocab->parts[worker];
    sm_analysis analysis;
    size_t tokens;
    if (scratch == NULL) {
        SM_RETURN_IF_ERROR(sm_token_counts_text(part, &vocab->map, text->data,
                                                text->size, &tokens));
    } else {
        SM_RETURN_IF_ERROR(sm_vocab_words(vocab, scratch, text, &analysis));
        SM_RETURN_IF_ERROR(
            count_words(vocab, part, scratch, &analysis, &tokens));
    }
    sm_vocab_stats_add_text(&vocab->part_stats[worker], tokens, vocab->limit);
    return SIAMESE_OK;
}

/* Which part a chunk goes to does not matter: parts are summed. */
static sm_status count_chunk(void *context, size_t task, size_t worker)
{
    sm_status status = SIAMESE_OK;
    add_job const *const job = context;
    siamese_vocab *const vocab = job->vocab;
    sm_text_scratch *scratch = NULL;
    size_t const end = sm_min(job->count, (task + 1) * CHUNK);
    if (!vocab->plain) SM_TRY(sm_vocab_borrow(vocab, &scratch));
    for (size_t i = task * CHUNK; i < end; i++)
        SM_TRY(count_text(vocab, worker, scratch, &job->texts[i]));
out:
    sm_vocab_return(vocab, scratch);
    return status;
}

siamese_status siamese_vocab_add(siamese_vocab *vocab,
                                 const siamese_text *texts, size_t count)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_unfinished(vocab));
    SM_RETURN_IF_ERROR(sm_check_texts("texts", texts, count));
    if (sm_vocab_learns_features(vocab))
        SM_RETURN_IF_ERROR(sm_feature_counts_reserve(
            &vocab->feature_counts, vocab->options.hash_buckets));
    size_t const threads = sm_pool_threads(vocab->pool);
    add_job job = {vocab, texts, count};
    sm_status status =
        sm_pool_run(vocab->pool, sm_chunks(count, CHUNK), count_chunk, &job);
    if (status == SIAMESE_OK)
        status = sm_token_counts_merge(&vocab->counts, vocab->parts, threads);
    for (size_t i = 0; i < threads; i++) {
        if (status == SIAMESE_OK)
            sm_vocab_stats_add(&vocab->stats, &vocab->part_stats[i]);
        vocab->part_stats[i] = (siamese_vocab_stats){0};
        sm_token_counts_clear(&vocab->parts[i]);
    }
    sm_feature_counts_end(&vocab->feature_counts, status == SIAMESE_OK);
    return status;
}

/* ---- the table ---- */

/* Neither '' nor [UNK] is learned where a text has it. */
static bool is_special(const sm_token_table *table, size_t number)
{
    size_t const size = sm_token_table_size(table, number);
    return size == 0 || (size == strlen(SM_UNKNOWN_TOKEN) &&
                         memcmp(sm_token_table_bytes(table, number),
                                SM_UNKNOWN_TOKEN, size) == 0);
}

/* The first tokens of order[*count] that may be learned, max_tokens with the
 * specials. Returns the sum of their sizes. */
static size_t select_learned(const siamese_vocab *vocab, uint32_t *order,
                             size_t *count)
{
    const sm_token_table *const table = &vocab->counts.table;
    size_t const limit = vocab->options.max_tokens
                             ? vocab->options.max_tokens - vocab->specials
                             : SIZE_MAX;
    size_t kept = 0, bytes = 0;
    for (size_t i = 0; i < table->count && kept < limit; i++) {
        if (is_special(table, order[i])) continue;
        order[kept++] = order[i];
        bytes += sm_token_table_size(table, order[i]);
    }
    *count = kept;
    return bytes;
}

/* Tokens of the texts that the table of order[count] leaves unknown; '' is the
 * pad. */
static uint64_t count_unknown(const siamese_vocab *vocab, const uint32_t *order,
                              size_t count)
{
    uint64_t unknown = vocab->options.hash_buckets ? 0 : vocab->stats.tokens;
    for (size_t i = 0; i < count; i++)
        unknown -= vocab->counts.counts[order[i]];
    sm_token const empty = sm_token_of("", 0);
    size_t const number =
        sm_token_table_find(&vocab->counts.table, &empty, SIZE_MAX);
    return number == SIZE_MAX ? unknown
                              : unknown - vocab->counts.counts[number];
}

/* idf = ln(1 + N / (1 + df)), N texts, df of them with the token; [UNK]'s is
 * the mean. In double until it is stored, as Keras has it. */
static sm_status make_idf(const siamese_vocab *vocab, const uint32_t *order,
                          size_t count, float **out)
{
    if (vocab->options.output_mode != SIAMESE_OUTPUT_TF_IDF) return SIAMESE_OK;
    size_t const specials = vocab->specials;
    float *const idf = sm_alloc_array(specials + count, sizeof *idf);
    if (idf == NULL) return sm_fail_memory();
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t const df = vocab->counts.texts[order[i]].count;
        idf[specials + i] =
            (float)log(1 + (double)vocab->stats.texts / (1 + (double)df));
        sum += (double)idf[specials + i];
    }
    idf[vocab->unknown] = count ? (float)(sum / (double)count) : 0;
    *out = idf;
    return SIAMESE_OK;
}

siamese_status siamese_vocab_finish(siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    sm_token_table table = {0};
    uint32_t *order = NULL;
    float *idf = NULL;
    SM_TRY(sm_vocab_check_unfinished(vocab));
    if (sm_vocab_learns_features(vocab)) return sm_vocab_finish_features(vocab);
    const sm_token_table *const counted = &vocab->counts.table;
    order = sm_alloc_array(counted->count, sizeof *order);
    SM_CHECK_MEMORY(order);
    SM_TRY(sm_token_counts_sort(&vocab->counts, order));
    size_t count;
    size_t const bytes = select_learned(vocab, order, &count);
    SM_TRY(make_idf(vocab, order, count, &idf));
    SM_TRY(sm_vocab_start_table(vocab, &table, count, bytes));
    for (size_t i = 0; i < count; i++) {
        size_t number;
        sm_token const token =
            sm_token_of(sm_token_table_bytes(counted, order[i]),
                        sm_token_table_size(counted, order[i]));
        SM_TRY(sm_token_table_add(&table, &token, &number));
    }
    vocab->stats.unknown_tokens = count_unknown(vocab, order, count);
    sm_vocab_freeze(vocab, &table, idf);
    idf = NULL;
out:
    sm_token_table_free(&table);
    sm_free(order);
    sm_free(idf);
    return status;
}
