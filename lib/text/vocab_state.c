#include "text/vocab_state.h"

#include "common/memory.h"
#include "text/vocab_build.h"
#include "text/vocab_handle.h"

sm_status sm_vocab_write(const siamese_vocab *vocab, sm_writer *writer)
{
    SM_REQUIRE(vocab->finished, SIAMESE_E_STATE,
               "the vocabulary is not finished");
    const siamese_vocab_options *const options = &vocab->options;
    const sm_token_table *const table = &vocab->table;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, options->max_tokens));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, options->sequence_length));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)options->standardize));

    SM_RETURN_IF_ERROR(sm_write_u64(writer, table->count - SM_VOCAB_SPECIALS));
    for (size_t i = SM_VOCAB_SPECIALS; i < table->count; i++) {
        int64_t const size = (int64_t)sm_token_table_size(table, i);
        SM_RETURN_IF_ERROR(sm_write_i64s(writer, &size, 1));
    }
    /* tokens lie in the table in id order, without gaps */
    size_t const begin = sm_token_table_size(table, SIAMESE_ID_UNKNOWN);
    return sm_write_bytes(writer, table->bytes + begin,
                          table->bytes_used - begin);
}

static sm_status read_options(sm_reader *reader, siamese_vocab_options *options)
{
    uint32_t standardize;
    SM_RETURN_IF_ERROR(siamese_vocab_options_init(options, sizeof *options));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "max_tokens", 0, SM_TOKENS_MAX,
                                     &options->max_tokens));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "sequence_length", 0, INT32_MAX,
                                     &options->sequence_length));
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &standardize));
    options->standardize = (int32_t)standardize;
    return SIAMESE_OK;
}

/* The sizes must be those of tokens and add up to that of all the bytes. */
static sm_status check_sizes(const sm_reader *reader, const int64_t *sizes,
                             size_t count, size_t size)
{
    size_t left = size;
    for (size_t i = 0; i < count; i++) {
        SM_REQUIRE(sizes[i] > 0 && (uint64_t)sizes[i] <= left, SIAMESE_E_FORMAT,
                   "section %s: the size of token %zu is %lld, %zu bytes are "
                   "left",
                   reader->section, i + SM_VOCAB_SPECIALS, (long long)sizes[i],
                   left);
        left -= (size_t)sizes[i];
    }
    SM_REQUIRE(left == 0, SIAMESE_E_FORMAT,
               "section %s: %zu bytes behind the last token", reader->section,
               left);
    return SIAMESE_OK;
}

sm_status sm_vocab_read(siamese_vocab **out, sm_reader *reader, int32_t threads)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab *vocab = NULL;
    siamese_vocab_options options;
    int64_t *sizes = NULL;
    char *bytes = NULL;
    size_t count, size;
    SM_TRY(read_options(reader, &options));
    options.threads = threads;
    status = siamese_vocab_create(&vocab, &options);
    if (status == SIAMESE_E_OPTION)
        SM_FAIL(SIAMESE_E_FORMAT, "section %s: %s", reader->section,
                siamese_last_error());
    SM_TRY(status);

    SM_TRY(sm_read_count(reader, "tokens", 0, SM_TOKENS_MAX, &count));
    SM_TRY(sm_read_expect(reader, "token sizes", count, sizeof *sizes));
    sizes = sm_alloc_array(count, sizeof *sizes);
    SM_CHECK_MEMORY(sizes);
    SM_TRY(sm_read_i64s(reader, sizes, count));
    SM_TRY(sm_read_bytes(reader, "token bytes", UINT64_MAX, &bytes, &size));
    SM_TRY(check_sizes(reader, sizes, count, size));
    SM_TRY(sm_vocab_set_learned(vocab, sizes, count, bytes, SIAMESE_E_FORMAT));
    *out = vocab;
    vocab = NULL;
out:
    siamese_vocab_free(vocab);
    sm_free(sizes);
    sm_free(bytes);
    return status;
}
