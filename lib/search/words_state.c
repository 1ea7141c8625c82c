/* words_state.c: the words of a catalogue in, their section out, and back. For
 * checkpoints. */
#include "search/words_state.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "search/spelling.h"
#include "search/word_vectors.h"
#include "search/words_handle.h"

/* ---- writing ---- */

#define NO_NUMBER UINT32_MAX

/* Terms that live and their stems, in the order in which they are written. */
typedef struct numbers {
    uint32_t *term_of, *stem_of; /* by the number in memory */
    uint32_t terms, stems;
} numbers;

static sm_status write_text(sm_writer *writer, const sm_token_table *table,
                            size_t number)
{
    size_t const size = sm_token_table_size(table, number);
    SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)size));
    return writer->write(writer->context, sm_token_table_bytes(table, number),
                         size);
}

static sm_status write_term(const sm_catalogue_words *words, size_t term,
                            numbers *n, sm_writer *writer)
{
    const sm_term_entry *const entry = &words->entries[term];
    uint32_t const stem = n->stem_of[entry->stem];
    SM_RETURN_IF_ERROR(sm_write_u32(writer, entry->is_quantity));
    SM_RETURN_IF_ERROR(write_text(writer, &words->terms, term));
    SM_RETURN_IF_ERROR(
        sm_write_u32(writer, stem == NO_NUMBER ? n->stems : stem));
    if (stem == NO_NUMBER) {
        n->stem_of[entry->stem] = n->stems++;
        SM_RETURN_IF_ERROR(write_text(writer, &words->stems, entry->stem));
    }
    n->term_of[term] = n->terms++;
    return sm_write_i8s(writer, words->codes + term * words->padded_dim,
                        words->dim);
}

static sm_status write_row(const sm_catalogue_words *words,
                           const sm_row_entry *row, const numbers *n,
                           sm_writer *writer)
{
    uint32_t ids[SM_ROW_TERMS];
    for (size_t i = 0; i < row->count; i++)
        ids[i] = n->term_of[words->ids[row->first + i]];
    SM_RETURN_IF_ERROR(sm_write_u64(writer, (uint64_t)row->row));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, row->words));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, row->count));
    return sm_write_u32s(writer, ids, row->count);
}

static sm_status write_all(const sm_catalogue_words *words, numbers *n,
                           sm_writer *writer)
{
    size_t live = 0;
    for (size_t t = 0; t < words->terms.count; t++)
        live += words->entries[t].rows > 0;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, words->dim));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, live));
    for (size_t t = 0; t < words->terms.count; t++)
        if (words->entries[t].rows > 0)
            SM_RETURN_IF_ERROR(write_term(words, t, n, writer));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, sm_words_row_count(words)));
    for (size_t r = 0; r < words->row_count; r++)
        if (!words->rows[r].is_dead)
            SM_RETURN_IF_ERROR(write_row(words, &words->rows[r], n, writer));
    return SIAMESE_OK;
}

sm_status sm_words_write(const sm_catalogue_words *words, sm_writer *writer)
{
    sm_status status = SIAMESE_OK;
    numbers n = {NULL, NULL, 0, 0};
    n.term_of = sm_alloc_array(words->terms.count, sizeof *n.term_of);
    n.stem_of = sm_alloc_array(words->stems.count, sizeof *n.stem_of);
    SM_CHECK_MEMORY(n.term_of);
    SM_CHECK_MEMORY(n.stem_of);
    for (size_t s = 0; s < words->stems.count; s++) n.stem_of[s] = NO_NUMBER;
    SM_TRY(write_all(words, &n, writer));
out:
    sm_free(n.term_of);
    sm_free(n.stem_of);
    return status;
}

/* ---- reading ---- */

typedef struct input {
    sm_reader *reader;
    sm_catalogue_words *words;
    char *text;
    size_t capacity;
} input;

static sm_status damaged(const sm_reader *reader, const char *what)
{
    return sm_fail(SIAMESE_E_FORMAT, "section %s: %s before byte %" PRIu64,
                   reader->section, what, reader->position);
}

/* A text that is in no slot of the table yet, to its end. */
static sm_status read_text(input *in, sm_token_table *table, bool is_quantity,
                           const char *what)
{
    uint32_t size;
    size_t number;
    size_t const before = table->count;
    SM_RETURN_IF_ERROR(sm_read_u32(in->reader, &size));
    SM_RETURN_IF_ERROR(sm_read_expect(in->reader, what, size, 1));
    char *const text = sm_grow(in->text, &in->capacity, (size_t)size + 1, 1);
    if (text == NULL) return sm_fail_memory();
    in->text = text;
    SM_RETURN_IF_ERROR(sm_read_i8s(in->reader, (int8_t *)text, size));
    sm_token const key = sm_words_key(text, size, is_quantity);
    SM_RETURN_IF_ERROR(sm_token_table_add(table, &key, &number));
    return number == before ? SIAMESE_OK
                            : damaged(in->reader, "a text that is there twice");
}

static float scale_of(const int8_t *codes, size_t count)
{
    int64_t squares = 0;
    for (size_t i = 0; i < count; i++) squares += codes[i] * codes[i];
    return squares ? (float)(1 / sqrt((double)squares)) : 0;
}

static sm_status read_term(input *in)
{
    sm_catalogue_words *const words = in->words;
    uint32_t is_quantity, stem;
    SM_RETURN_IF_ERROR(sm_words_reserve_terms(words, 1, 0));
    size_t const term = words->terms.count;
    int8_t *const codes = words->codes + term * words->padded_dim;
    SM_RETURN_IF_ERROR(sm_read_u32(in->reader, &is_quantity));
    if (is_quantity > 1) return damaged(in->reader, "a term of no kind");
    SM_RETURN_IF_ERROR(
        read_text(in, &words->terms, is_quantity == 1, "a term"));
    SM_RETURN_IF_ERROR(sm_read_u32(in->reader, &stem));
    if (stem > words->stems.count)
        return damaged(in->reader, "a stem that is not there");
    if (stem == words->stems.count) {
        SM_RETURN_IF_ERROR(sm_words_reserve_stems(words, 1, 0));
        words->stem_rows[stem] = 0;
        SM_RETURN_IF_ERROR(
            read_text(in, &words->stems, is_quantity == 1, "a stem"));
    }
    SM_RETURN_IF_ERROR(sm_read_i8s(in->reader, codes, words->dim));
    memset(codes + words->dim, 0, words->padded_dim - words->dim);
    words->signatures[term] =
        sm_spelling_signature(sm_token_table_bytes(&words->terms, term),
                              sm_token_table_size(&words->terms, term));
    words->entries[term] =
        (sm_term_entry){stem, 0, scale_of(codes, words->dim), is_quantity == 1};
    return SIAMESE_OK;
}

static sm_status read_row(input *in, int64_t *before)
{
    sm_catalogue_words *const words = in->words;
    uint32_t ids[SM_ROW_TERMS], plain, count;
    uint64_t row;
    SM_RETURN_IF_ERROR(sm_read_u64(in->reader, &row));
    SM_RETURN_IF_ERROR(sm_read_u32(in->reader, &plain));
    SM_RETURN_IF_ERROR(sm_read_u32(in->reader, &count));
    if (row > INT64_MAX || (int64_t)row <= *before)
        return damaged(in->reader, "a row that is not above the one before");
    if (count > SM_ROW_TERMS || plain > count)
        return damaged(in->reader, "a row of too many terms");
    SM_RETURN_IF_ERROR(sm_read_u32s(in->reader, ids, count));
    for (uint32_t i = 0; i < count; i++)
        if (ids[i] >= words->terms.count)
            return damaged(in->reader, "a term that is not there");
    SM_RETURN_IF_ERROR(sm_words_reserve_rows(words, 1, count));
    sm_words_insert_row(words, (int64_t)row, ids, count, plain);
    *before = (int64_t)row;
    return SIAMESE_OK;
}

static sm_status read_all(input *in)
{
    sm_reader *const reader = in->reader;
    int64_t before = -1;
    size_t dim, terms, rows;
    SM_RETURN_IF_ERROR(sm_read_count(reader, "dim", 1, 1 << 16, &dim));
    SM_RETURN_IF_ERROR(sm_words_make(&in->words, NULL, dim));
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "terms", 0, reader->left / (12 + dim), &terms));
    SM_RETURN_IF_ERROR(sm_words_reserve_terms(in->words, terms, 0));
    for (size_t t = 0; t < terms; t++) SM_RETURN_IF_ERROR(read_term(in));
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "rows", 0, reader->left / 16, &rows));
    SM_RETURN_IF_ERROR(sm_words_reserve_rows(in->words, rows, 0));
    for (size_t r = 0; r < rows; r++) SM_RETURN_IF_ERROR(read_row(in, &before));
    return sm_read_end(reader);
}

sm_status sm_words_read(sm_catalogue_words **out, sm_reader *reader)
{
    input in = {.reader = reader};
    sm_status const status = read_all(&in);
    sm_free(in.text);
    if (status == SIAMESE_OK)
        *out = in.words;
    else
        sm_words_release(in.words);
    return status;
}
