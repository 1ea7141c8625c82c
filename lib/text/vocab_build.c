/* vocab_build.c: counts in, the frozen table out: which tokens get ids, and
 * which. For siamese_vocab_finish. */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "text/text_ids.h"
#include "text/token_order.h"
#include "text/vocab_features.h"
#include "text/vocab_stats.h"
#include "text/vocab_tokens.h"

/* Texts a task: enough work to outweigh handing it out. */
enum { CHUNK = 512 };

/* Tokens that are looked up together. */
enum { BATCH = 64 };

/* Tokens of the order whose bytes and places are asked for ahead. */
enum { BYTES_AHEAD = 12, PLACES_AHEAD = 24 };

/* ---- counting ---- */

typedef struct add_job {
    siamese_vocab *vocab;
    const siamese_text *texts;
    size_t count;
} add_job;

/* Tokens on their way to a worker's shards. */
typedef struct batch {
    sm_token_shards *part;
    sm_token tokens[BATCH];
    uint64_t texts[BATCH]; /* the number of each token's text */
    size_t count;
} batch;

static sm_status count_batch(batch *b)
{
    size_t const count = b->count;
    b->count = 0;
    return sm_token_shards_add(b->part, b->tokens, b->texts, count);
}

static sm_status count_token(batch *b, const sm_token *token, uint64_t text)
{
    b->tokens[b->count] = *token;
    b->texts[b->count++] = text;
    return b->count == BATCH ? count_batch(b) : SIAMESE_OK;
}

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

/* The tokens of a text's words, which lie in the scratch until the next. */
static sm_status count_words(siamese_vocab *vocab, batch *b,
                             sm_text_scratch *scratch,
                             const sm_analysis *analysis, uint64_t text,
                             size_t *tokens)
{
    sm_gram_reader reader = {analysis->words, vocab->widths, 0, 0};
    sm_gram gram;
    *tokens = sm_text_ids_count(vocab, analysis);
    if (vocab->options.hash_buckets)
        return count_features(vocab, scratch, analysis, *tokens);
    while (sm_gram_next(&reader, &gram)) {
        sm_token const token = sm_token_of(gram.bytes, gram.size);
        SM_RETURN_IF_ERROR(count_token(b, &token, text));
    }
    return count_batch(b);
}

/* The same where its tokens are words of Keras, which lie in the text. */
static sm_status count_plain(const siamese_vocab *vocab, batch *b,
                             const siamese_text *text, uint64_t number,
                             size_t *tokens)
{
    sm_token_reader reader =
        sm_token_reader_of(&vocab->map, text->data, text->size);
    sm_token token;
    for (*tokens = 0; sm_token_next(&reader, &token); ++*tokens)
        SM_RETURN_IF_ERROR(count_token(b, &token, number));
    return SIAMESE_OK;
}

static sm_status count_text(siamese_vocab *vocab, size_t worker, batch *b,
                            sm_text_scratch *scratch, const siamese_text *text,
                            uint64_t number)
{
    sm_analysis analysis;
    size_t tokens;
    if (scratch == NULL) {
        SM_RETURN_IF_ERROR(count_plain(vocab, b, text, number, &tokens));
    } else {
        SM_RETURN_IF_ERROR(sm_vocab_words(vocab, scratch, text, &analysis));
        SM_RETURN_IF_ERROR(
            count_words(vocab, b, scratch, &analysis, number, &tokens));
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
    batch b = {.part = &vocab->parts[worker]};
    if (!vocab->plain) SM_TRY(sm_vocab_borrow(vocab, &scratch));
    for (size_t i = task * CHUNK; i < end; i++)
        SM_TRY(count_text(vocab, worker, &b, scratch, &job->texts[i], i + 1));
    SM_TRY(count_batch(&b));
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
        status = sm_token_shards_merge(vocab->pool, &vocab->counts,
                                       vocab->parts, threads);
    for (size_t i = 0; i < threads; i++) {
        if (status == SIAMESE_OK)
            sm_vocab_stats_add(&vocab->stats, &vocab->part_stats[i]);
        vocab->part_stats[i] = (siamese_vocab_stats){0};
        sm_token_shards_clear(&vocab->parts[i]);
    }
    sm_feature_counts_end(&vocab->feature_counts, status == SIAMESE_OK);
    return status;
}

/* ---- the table ---- */

static const sm_token_counts *shard_of(const siamese_vocab *vocab,
                                       const sm_ranked_token *ranked)
{
    return &vocab->counts.shards[ranked->shard];
}

/* Neither '' nor [UNK] is learned where a text has it. */
static bool is_special(const sm_token_table *table, size_t number)
{
    size_t const size = sm_token_table_size(table, number);
    return size == 0 || (size == strlen(SM_UNKNOWN_TOKEN) &&
                         memcmp(sm_token_table_bytes(table, number),
                                SM_UNKNOWN_TOKEN, size) == 0);
}

/* The first tokens of order[*count] that may be learned, `limit` at most.
 * Returns the sum of their sizes. */
static size_t select_learned(const siamese_vocab *vocab, sm_ranked_token *order,
                             size_t limit, size_t *count)
{
    size_t kept = 0, bytes = 0;
    for (size_t i = 0; i < *count && kept < limit; i++) {
        const sm_token_table *const table = &shard_of(vocab, &order[i])->table;
        if (i + BYTES_AHEAD < *count) {
            const sm_ranked_token *const later = &order[i + BYTES_AHEAD];
            __builtin_prefetch(
                &shard_of(vocab, later)->table.spans[later->number]);
        }
        if (is_special(table, order[i].number)) continue;
        bytes += sm_token_table_size(table, order[i].number);
        order[kept++] = order[i];
    }
    *count = kept;
    return bytes;
}

/* Tokens of the texts that the table of order[count] leaves unknown; '' is the
 * pad. */
static uint64_t count_unknown(const siamese_vocab *vocab,
                              const sm_ranked_token *order, size_t count)
{
    uint64_t unknown = vocab->options.hash_buckets ? 0 : vocab->stats.tokens;
    for (size_t i = 0; i < count; i++) unknown -= order[i].count;
    sm_token const empty = sm_token_of("", 0);
    return unknown - sm_token_shards_times(&vocab->counts, &empty);
}

/* idf = ln(1 + N / (1 + df)), N texts, df of them with the token; [UNK]'s is
 * the mean. In double until it is stored, as Keras has it. */
static sm_status make_idf(const siamese_vocab *vocab,
                          const sm_ranked_token *order, size_t count,
                          float **out)
{
    if (vocab->options.output_mode != SIAMESE_OUTPUT_TF_IDF) return SIAMESE_OK;
    size_t const specials = vocab->specials;
    float *const idf = sm_alloc_array(specials + count, sizeof *idf);
    if (idf == NULL) return sm_fail_memory();
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t const df =
            shard_of(vocab, &order[i])->texts[order[i].number].count;
        idf[specials + i] =
            (float)log(1 + (double)vocab->stats.texts / (1 + (double)df));
        sum += (double)idf[specials + i];
    }
    idf[vocab->unknown] = count ? (float)(sum / (double)count) : 0;
    *out = idf;
    return SIAMESE_OK;
}

/* Asks for what tokens behind number `at` will be made of, and where they go:
 * each lies at a place of its own. */
static void prefetch_ahead(const siamese_vocab *vocab,
                           const sm_token_table *table,
                           const sm_ranked_token *order, size_t count,
                           size_t at)
{
    if (at + PLACES_AHEAD < count) {
        const sm_ranked_token *const later = &order[at + PLACES_AHEAD];
        const sm_token_counts *const shard = shard_of(vocab, later);
        __builtin_prefetch(&shard->table.spans[later->number]);
        __builtin_prefetch(&shard->counts[later->number]);
    }
    if (at + BYTES_AHEAD < count) {
        const sm_ranked_token *const later = &order[at + BYTES_AHEAD];
        const sm_token_counts *const shard = shard_of(vocab, later);
        __builtin_prefetch(sm_token_table_bytes(&shard->table, later->number));
        sm_token_table_prefetch(table, shard->counts[later->number].hash);
    }
}

static sm_status fill_table(const siamese_vocab *vocab, sm_token_table *table,
                            const sm_ranked_token *order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t number;
        prefetch_ahead(vocab, table, order, count, i);
        sm_token const token =
            sm_token_counts_get(shard_of(vocab, &order[i]), order[i].number);
        SM_RETURN_IF_ERROR(sm_token_table_add(table, &token, &number));
    }
    return SIAMESE_OK;
}

siamese_status siamese_vocab_finish(siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    sm_token_table table = {0};
    sm_ranked_token *order = NULL;
    float *idf = NULL;
    size_t count;
    SM_TRY(sm_vocab_check_unfinished(vocab));
    if (sm_vocab_learns_features(vocab)) return sm_vocab_finish_features(vocab);
    /* of tokens that texts have: '' and [UNK] may be two of the first */
    size_t const most =
        vocab->options.max_tokens ? vocab->options.max_tokens : SIZE_MAX - 2;
    SM_TRY(
        sm_token_order(vocab->pool, &vocab->counts, most + 2, &order, &count));
    size_t const bytes =
        select_learned(vocab, order, most - vocab->specials, &count);
    SM_TRY(make_idf(vocab, order, count, &idf));
    SM_TRY(sm_vocab_start_table(vocab, &table, count, bytes));
    SM_TRY(fill_table(vocab, &table, order, count));
    vocab->stats.unknown_tokens = count_unknown(vocab, order, count);
    sm_vocab_freeze(vocab, &table, idf);
    idf = NULL;
out:
    sm_token_table_free(&table);
    sm_free(order);
    sm_free(idf);
    return status;
}
