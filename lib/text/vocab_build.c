#include "text/vocab_build.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "text/vocab_handle.h"

/* Texts a task: enough work to outweigh handing it out. */
enum { CHUNK = 512 };

static sm_status check_unfinished(const siamese_vocab *vocab)
{
    SM_REQUIRE(vocab != NULL, SIAMESE_E_ARGUMENT, "vocab: is NULL");
    SM_REQUIRE(!vocab->finished, SIAMESE_E_STATE, "the vocabulary is finished");
    return SIAMESE_OK;
}

/* ---- counting ---- */

typedef struct add_job {
    siamese_vocab *vocab;
    const siamese_text *texts;
    size_t count;
} add_job;

/* Which part a chunk goes to does not matter: parts are summed. */
static sm_status count_chunk(void *context, size_t task, size_t worker)
{
    add_job const *const job = context;
    siamese_vocab *const vocab = job->vocab;
    size_t const end = sm_min(job->count, (task + 1) * CHUNK);
    for (size_t i = task * CHUNK; i < end; i++)
        SM_RETURN_IF_ERROR(sm_token_counts_text(&vocab->parts[worker],
                                                &vocab->map, job->texts[i].data,
                                                job->texts[i].size));
    return SIAMESE_OK;
}

siamese_status siamese_vocab_add(siamese_vocab *vocab,
                                 const siamese_text *texts, size_t count)
{
    SM_RETURN_IF_ERROR(check_unfinished(vocab));
    SM_RETURN_IF_ERROR(sm_check_texts(texts, count));
    size_t const threads = sm_pool_threads(vocab->pool);
    add_job job = {vocab, texts, count};
    sm_status status =
        sm_pool_run(vocab->pool, sm_chunks(count, CHUNK), count_chunk, &job);
    if (status == SIAMESE_OK)
        status = sm_token_counts_merge(&vocab->counts, vocab->parts, threads);
    for (size_t i = 0; i < threads; i++)
        sm_token_counts_clear(&vocab->parts[i]);
    return status;
}

/* ---- the table ---- */

static sm_status append(sm_token_table *table, const sm_token *token)
{
    size_t number;
    return sm_token_table_add(table, token, &number);
}

/* A table of '' and [UNK], with room for so many more tokens and bytes. */
static sm_status start_table(sm_token_table *table, size_t tokens, size_t bytes)
{
    sm_token const pad = sm_token_of("", 0);
    sm_token const unknown =
        sm_token_of(SM_UNKNOWN_TOKEN, strlen(SM_UNKNOWN_TOKEN));
    if (!sm_size_add(bytes, unknown.size, &bytes)) return sm_fail_memory();
    SM_RETURN_IF_ERROR(
        sm_token_table_reserve(table, SM_VOCAB_SPECIALS + tokens, bytes));
    SM_RETURN_IF_ERROR(append(table, &pad));
    return append(table, &unknown);
}

static bool is_unknown_token(const sm_token_table *table, size_t number)
{
    size_t const size = strlen(SM_UNKNOWN_TOKEN);
    return sm_token_table_size(table, number) == size &&
           memcmp(sm_token_table_bytes(table, number), SM_UNKNOWN_TOKEN,
                  size) == 0;
}

/* The first tokens of order[*count] that may be learned: not [UNK] itself, and
 * max_tokens with the specials. Returns the sum of their sizes. */
static size_t select_learned(const siamese_vocab *vocab, uint32_t *order,
                             size_t *count)
{
    const sm_token_table *const table = &vocab->counts.table;
    size_t const limit = vocab->options.max_tokens
                             ? vocab->options.max_tokens - SM_VOCAB_SPECIALS
                             : SIZE_MAX;
    size_t kept = 0, bytes = 0;
    for (size_t i = 0; i < table->count && kept < limit; i++) {
        if (is_unknown_token(table, order[i])) continue;
        order[kept++] = order[i];
        bytes += sm_token_table_size(table, order[i]);
    }
    *count = kept;
    return bytes;
}

siamese_status siamese_vocab_finish(siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    sm_token_table table = {0};
    uint32_t *order = NULL;
    SM_TRY(check_unfinished(vocab));
    const sm_token_table *const counted = &vocab->counts.table;
    order = sm_alloc_array(counted->count, sizeof *order);
    SM_CHECK_MEMORY(order);
    sm_token_counts_sort(&vocab->counts, order);
    size_t count;
    size_t const bytes = select_learned(vocab, order, &count);
    SM_TRY(start_table(&table, count, bytes));
    for (size_t i = 0; i < count; i++) {
        sm_token const token =
            sm_token_of(sm_token_table_bytes(counted, order[i]),
                        sm_token_table_size(counted, order[i]));
        SM_TRY(append(&table, &token));
    }
    sm_vocab_freeze(vocab, &table);
out:
    sm_token_table_free(&table);
    sm_free(order);
    return status;
}

/* ---- given tokens ---- */

static sm_status check_count(const siamese_vocab *vocab, size_t count,
                             sm_status code)
{
    size_t const most =
        vocab->options.max_tokens ? vocab->options.max_tokens : SM_TOKENS_MAX;
    SM_REQUIRE(count <= most, code, "tokens: %zu are more than max_tokens, %zu",
               count, most);
    return SIAMESE_OK;
}

static sm_status append_new(sm_token_table *table, const char *bytes,
                            size_t size, sm_status code)
{
    size_t const id = table->count;
    size_t number;
    SM_REQUIRE(size > 0, code, "tokens[%zu]: is empty", id);
    sm_token const token = sm_token_of(bytes, size);
    SM_RETURN_IF_ERROR(sm_token_table_add(table, &token, &number));
    SM_REQUIRE(number == id, code, "tokens[%zu]: '%.*s' is tokens[%zu] too", id,
               (int)sm_min(size, 100), bytes, number);
    return SIAMESE_OK;
}

siamese_status siamese_vocab_set_tokens(siamese_vocab *vocab,
                                        const siamese_text *tokens,
                                        size_t count)
{
    sm_status const code = SIAMESE_E_ARGUMENT;
    sm_status status = SIAMESE_OK;
    sm_token_table table = {0};
    SM_TRY(check_unfinished(vocab));
    SM_TRY(sm_check_texts(tokens, count));
    SM_CHECK(count >= SM_VOCAB_SPECIALS && tokens[0].size == 0 &&
                 tokens[1].size == strlen(SM_UNKNOWN_TOKEN) &&
                 memcmp(tokens[1].data, SM_UNKNOWN_TOKEN, tokens[1].size) == 0,
             code, "tokens: do not begin with '' and " SM_UNKNOWN_TOKEN);
    SM_TRY(check_count(vocab, count, code));
    SM_TRY(start_table(&table, count - SM_VOCAB_SPECIALS, 0));
    for (size_t i = SM_VOCAB_SPECIALS; i < count; i++)
        SM_TRY(append_new(&table, tokens[i].data, tokens[i].size, code));
    sm_vocab_freeze(vocab, &table);
out:
    sm_token_table_free(&table);
    return status;
}

sm_status sm_vocab_set_learned(siamese_vocab *vocab, const int64_t *sizes,
                               size_t count, const char *bytes, sm_status code)
{
    sm_status status = SIAMESE_OK;
    sm_token_table table = {0};
    SM_TRY(check_unfinished(vocab));
    SM_CHECK(count <= SM_TOKENS_MAX - SM_VOCAB_SPECIALS, code,
             "tokens: %zu are too many", count);
    SM_TRY(check_count(vocab, count + SM_VOCAB_SPECIALS, code));
    SM_TRY(start_table(&table, count, 0));
    for (size_t i = 0; i < count; i++) {
        SM_TRY(append_new(&table, bytes, (size_t)sizes[i], code));
        bytes += sizes[i];
    }
    sm_vocab_freeze(vocab, &table);
out:
    sm_token_table_free(&table);
    return status;
}
