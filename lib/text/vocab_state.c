/* vocab_state.c: a finished vocabulary in, bytes out, and back. For
 * checkpoint_save and checkpoint_load. */
#include "text/vocab_state.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/option_stream.h"
#include "text/text_maker.h"
#include "text/vocab_features.h"
#include "text/vocab_options.h"
#include "text/vocab_sentencepiece.h"
#include "text/vocab_tokens.h"

/* Options that stand at fixed places, and threads, which is no part of the
 * state: the first of the table. */
enum { FIXED_OPTIONS = 4 };

static const sm_option *option_at(size_t i)
{
    return &sm_vocab_option_table.options[i];
}

/* ---- writing ---- */

/* Option i as text; false if it is at its default. */
static bool is_set(const siamese_vocab_options *options, size_t i,
                   char value[SM_OPTION_TEXT])
{
    const sm_option *const option = option_at(i);
    return sm_options_get(&sm_vocab_option_table, options, option->name, value,
                          SM_OPTION_TEXT, NULL) == SIAMESE_OK &&
           strcmp(value, option->default_value) != 0;
}

static sm_status write_options(const siamese_vocab_options *options,
                               sm_writer *writer)
{
    char value[SM_OPTION_TEXT];
    size_t count = 0;
    for (size_t i = FIXED_OPTIONS; i < sm_vocab_option_table.count; i++)
        count += is_set(options, i, value);
    SM_RETURN_IF_ERROR(sm_write_u64(writer, count));
    for (size_t i = FIXED_OPTIONS; i < sm_vocab_option_table.count; i++)
        if (is_set(options, i, value))
            SM_RETURN_IF_ERROR(sm_options_stream_put(&sm_vocab_option_table, i,
                                                     options, writer));
    return SIAMESE_OK;
}

static sm_status write_stats(const siamese_vocab_stats *stats,
                             sm_writer *writer)
{
    SM_RETURN_IF_ERROR(sm_write_u64(writer, stats->texts));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, stats->tokens));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, stats->unknown_tokens));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, stats->texts_cut));
    return sm_write_u64(writer, stats->tokens_cut);
}

/* Its pieces come from the model again: no tokens. */
static sm_status write_model(const siamese_vocab *vocab, sm_writer *writer)
{
    SM_RETURN_IF_ERROR(sm_write_u64(writer, 0));
    SM_RETURN_IF_ERROR(sm_write_bytes(writer, NULL, 0));
    SM_RETURN_IF_ERROR(write_options(&vocab->options, writer));
    SM_RETURN_IF_ERROR(write_stats(&vocab->stats, writer));
    SM_RETURN_IF_ERROR(sm_text_maker_write(vocab, writer));
    return sm_write_bytes(writer, vocab->model, vocab->model_size);
}

static sm_status write_features(const sm_feature_table *features,
                                sm_writer *writer)
{
    SM_RETURN_IF_ERROR(sm_write_u64(writer, features->count));
    for (size_t i = 0; i < features->count; i++)
        SM_RETURN_IF_ERROR(sm_write_u32(writer, features->buckets[i]));
    return SIAMESE_OK;
}

sm_status sm_vocab_write(const siamese_vocab *vocab, sm_writer *writer)
{
    SM_RETURN_IF_ERROR(sm_vocab_check_finished(vocab));
    const siamese_vocab_options *const options = &vocab->options;
    const sm_token_table *const table = &vocab->table;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, options->max_tokens));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, options->sequence_length));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)options->standardize));

    if (vocab->model) return write_model(vocab, writer);
    SM_RETURN_IF_ERROR(sm_write_u64(writer, table->count - vocab->specials));
    for (size_t i = vocab->specials; i < table->count; i++) {
        int64_t const size = (int64_t)sm_token_table_size(table, i);
        SM_RETURN_IF_ERROR(sm_write_i64s(writer, &size, 1));
    }
    /* tokens lie in the table in id order, without gaps */
    size_t const begin = sm_token_table_size(table, vocab->unknown);
    SM_RETURN_IF_ERROR(sm_write_bytes(writer, table->bytes + begin,
                                      table->bytes_used - begin));
    SM_RETURN_IF_ERROR(write_options(options, writer));
    SM_RETURN_IF_ERROR(write_stats(&vocab->stats, writer));
    SM_RETURN_IF_ERROR(sm_text_maker_write(vocab, writer));
    if (sm_vocab_learns_features(vocab))
        return write_features(&vocab->features, writer);
    return vocab->idf ? sm_write_f32s(writer, vocab->idf, table->count)
                      : SIAMESE_OK;
}

/* ---- reading ---- */

/* What a state holds before a vocabulary is made of it. */
typedef struct saved_vocab {
    siamese_vocab_options options;
    int64_t *sizes; /* [count] */
    size_t count;
    char *bytes;
    siamese_vocab_stats stats;
    sm_text_maker maker;
    float *idf;        /* NULL: it has none */
    uint32_t *buckets; /* [bucket_count] of learned features; NULL: none */
    size_t bucket_count;
    char *model; /* [model_size]; NULL: it has none */
    size_t model_size;
} saved_vocab;

static sm_status read_fixed_options(sm_reader *reader,
                                    siamese_vocab_options *options)
{
    uint32_t standardize;
    SM_RETURN_IF_ERROR(siamese_vocab_options_init(options, sizeof *options));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "max_tokens", 0, SM_TOKENS_MAX,
                                     &options->max_tokens));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "sequence_length", 0, INT32_MAX,
                                     &options->sequence_length));
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &standardize));
    SM_REQUIRE(standardize <= SIAMESE_STANDARDIZE_LOWER_AND_STRIP_PUNCTUATION,
               SIAMESE_E_VERSION,
               "section %s: standardize %" PRIu32 " is of a newer library",
               reader->section, standardize);
    options->standardize = (int32_t)standardize;
    return SIAMESE_OK;
}

/* The sizes must be those of tokens and add up to that of all the bytes. */
static sm_status check_sizes(const sm_reader *reader, const saved_vocab *saved,
                             size_t size)
{
    size_t left = size;
    for (size_t i = 0; i < saved->count; i++) {
        int64_t const token = saved->sizes[i];
        SM_REQUIRE(token > 0 && (uint64_t)token <= left, SIAMESE_E_FORMAT,
                   "section %s: the size of learned token %zu is %lld, %zu "
                   "bytes are left",
                   reader->section, i, (long long)token, left);
        left -= (size_t)token;
    }
    SM_REQUIRE(left == 0, SIAMESE_E_FORMAT,
               "section %s: %zu bytes behind the last token", reader->section,
               left);
    return SIAMESE_OK;
}

static sm_status read_tokens(sm_reader *reader, saved_vocab *saved)
{
    size_t size;
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "tokens", 0, SM_TOKENS_MAX, &saved->count));
    SM_RETURN_IF_ERROR(sm_read_expect(reader, "token sizes", saved->count,
                                      sizeof *saved->sizes));
    saved->sizes = sm_alloc_array(saved->count, sizeof *saved->sizes);
    if (saved->sizes == NULL) return sm_fail_memory();
    SM_RETURN_IF_ERROR(sm_read_i64s(reader, saved->sizes, saved->count));
    SM_RETURN_IF_ERROR(
        sm_read_bytes(reader, "token bytes", UINT64_MAX, &saved->bytes, &size));
    return check_sizes(reader, saved, size);
}

/* One option, which stands behind option `*last` in the table. */
static sm_status read_option(sm_reader *reader, siamese_vocab_options *options,
                             size_t *last)
{
    char value[SM_OPTION_TEXT];
    size_t i;
    SM_RETURN_IF_ERROR(
        sm_options_stream_next(&sm_vocab_option_table, reader, options, &i));
    bool const changed = is_set(options, i, value);
    SM_REQUIRE(i > *last && changed, SIAMESE_E_FORMAT,
               "section %s: option %s is not expected as '%.60s'",
               reader->section, option_at(i)->name, value);
    *last = i;
    return SIAMESE_OK;
}

static sm_status read_options(sm_reader *reader, siamese_vocab_options *options)
{
    size_t count, last = FIXED_OPTIONS - 1;
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the number of options", 0,
                                     SM_OPTIONS_MAX, &count));
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(read_option(reader, options, &last));
    return SIAMESE_OK;
}

static sm_status read_stats(sm_reader *reader, siamese_vocab_stats *stats)
{
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &stats->texts));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &stats->tokens));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &stats->unknown_tokens));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &stats->texts_cut));
    return sm_read_u64(reader, &stats->tokens_cut);
}

static sm_status read_idf(sm_reader *reader, saved_vocab *saved)
{
    size_t const count = saved->count + 1; /* [UNK] */
    if (saved->options.output_mode != SIAMESE_OUTPUT_TF_IDF) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_read_expect(reader, "idf", count, sizeof(float)));
    saved->idf = sm_alloc_array(count, sizeof *saved->idf);
    if (saved->idf == NULL) return sm_fail_memory();
    return sm_read_f32s(reader, saved->idf, count);
}

static sm_status read_features(sm_reader *reader, saved_vocab *saved)
{
    size_t count;
    SM_REQUIRE(saved->count == 0, SIAMESE_E_FORMAT,
               "section %s: tokens beside learned features", reader->section);
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the number of features", 0,
                                     saved->options.hash_buckets, &count));
    SM_RETURN_IF_ERROR(
        sm_read_expect(reader, "features", count, sizeof *saved->buckets));
    saved->buckets = sm_alloc_array(count, sizeof *saved->buckets);
    if (saved->buckets == NULL) return sm_fail_memory();
    saved->bucket_count = count;
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(sm_read_u32(reader, &saved->buckets[i]));
    return SIAMESE_OK;
}

/* Version 3 tells what cut the words. */
enum { VERSION_WITH_MAKER = 3 };

static sm_status read_all(sm_reader *reader, uint32_t version,
                          saved_vocab *saved)
{
    SM_RETURN_IF_ERROR(read_fixed_options(reader, &saved->options));
    SM_RETURN_IF_ERROR(read_tokens(reader, saved));
    if (reader->left == 0 && version < VERSION_WITH_MAKER)
        return SIAMESE_OK; /* of the first library */
    SM_RETURN_IF_ERROR(read_options(reader, &saved->options));
    SM_RETURN_IF_ERROR(read_stats(reader, &saved->stats));
    if (version >= VERSION_WITH_MAKER)
        SM_RETURN_IF_ERROR(sm_text_maker_read(reader, &saved->maker));
    if (saved->options.hash_min_count) return read_features(reader, saved);
    SM_RETURN_IF_ERROR(read_idf(reader, saved));
    if (reader->left == 0) return SIAMESE_OK;
    SM_REQUIRE(saved->count == 0, SIAMESE_E_FORMAT,
               "section %s: tokens beside a sentencepiece model",
               reader->section);
    return sm_read_bytes(reader, "a sentencepiece model", INT32_MAX,
                         &saved->model, &saved->model_size);
}

/* What it had learned. */
static sm_status set_saved(siamese_vocab *vocab, const saved_vocab *saved)
{
    if (saved->model)
        return sm_vocab_set_model(vocab, saved->model, saved->model_size);
    if (saved->buckets)
        return sm_vocab_set_features(vocab, saved->buckets, saved->bucket_count,
                                     SIAMESE_E_FORMAT);
    sm_learned_tokens const tokens = {saved->sizes, saved->count, saved->bytes,
                                      saved->idf};
    return sm_vocab_set_learned(vocab, &tokens, SIAMESE_E_FORMAT);
}

sm_status sm_vocab_read(siamese_vocab **out, sm_reader *reader,
                        uint32_t version, int32_t threads)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab *vocab = NULL;
    saved_vocab saved = {.count = 0};
    SM_TRY(read_all(reader, version, &saved));
    saved.options.threads = threads;
    status = siamese_vocab_create(&vocab, &saved.options);
    if (status == SIAMESE_OK) status = set_saved(vocab, &saved);
    if (status == SIAMESE_E_OPTION || status == SIAMESE_E_FORMAT)
        SM_FAIL(SIAMESE_E_FORMAT, "section %s: %s", reader->section,
                siamese_last_error());
    SM_TRY(status);
    vocab->stats = saved.stats;
    SM_TRY(sm_text_maker_check(vocab, reader->section, &saved.maker));
    *out = vocab;
    vocab = NULL;
out:
    siamese_vocab_free(vocab);
    sm_free(saved.sizes);
    sm_free(saved.bytes);
    sm_free(saved.idf);
    sm_free(saved.buckets);
    sm_free(saved.model);
    return status;
}
