/* catalogue_words.c: the words of all titles, kept: terms, stems and rows in by
 * number, and out by text and by row. For those who change them and those who
 * rank by them. */
#include "search/catalogue_words.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "math/kernels.h"
#include "search/words_handle.h"
#include "tower/tower.h"

/* ---- life ---- */

sm_status sm_words_make(sm_catalogue_words **out, siamese_tower *item,
                        size_t dim)
{
    sm_catalogue_words *const words = sm_calloc(1, sizeof *words);
    if (words == NULL) return sm_fail_memory();
    if (sm_rwlock_init(&words->lock) != 0) {
        sm_free(words);
        return sm_fail_memory();
    }
    sm_references_init(&words->references);
    words->tower = item ? sm_tower_reference(item) : NULL;
    words->dim = dim;
    words->padded_dim = sm_chunks(dim, SM_INT8_PADDING) * SM_INT8_PADDING;
    *out = words;
    return SIAMESE_OK;
}

sm_catalogue_words *sm_words_reference(sm_catalogue_words *words)
{
    sm_references_add(&words->references);
    return words;
}

void sm_words_release(sm_catalogue_words *words)
{
    if (words == NULL || !sm_references_drop(&words->references)) return;
    sm_token_table_free(&words->terms);
    sm_token_table_free(&words->stems);
    sm_free(words->entries);
    sm_aligned_free(words->codes);
    sm_free(words->signatures);
    sm_free(words->stem_rows);
    sm_free(words->rows);
    sm_free(words->ids);
    sm_rwlock_destroy(&words->lock);
    siamese_tower_free(words->tower);
    sm_free(words);
}

void sm_words_lock_read(const sm_catalogue_words *words)
{
    sm_rwlock_read(&((sm_catalogue_words *)(uintptr_t)words)->lock);
}

void sm_words_unlock(const sm_catalogue_words *words)
{
    sm_rwlock_unlock(&((sm_catalogue_words *)(uintptr_t)words)->lock);
}

/* ---- terms and stems ---- */

sm_token sm_words_key(const char *text, size_t size, bool is_quantity)
{
    sm_token token = sm_token_of(text, size);
    if (is_quantity) token.hash = sm_secret_mix(sm_secret(), ~token.hash);
    return token;
}

size_t sm_words_term_count(const sm_catalogue_words *words)
{
    return words->terms.count;
}

sm_term sm_words_term(const sm_catalogue_words *words, size_t term)
{
    const sm_term_entry *const entry = &words->entries[term];
    return (sm_term){sm_token_table_bytes(&words->terms, term),
                     sm_token_table_size(&words->terms, term),
                     (int32_t)entry->stem, entry->rows, entry->is_quantity};
}

int32_t sm_words_find(const sm_catalogue_words *words, const char *text,
                      size_t size, bool is_quantity)
{
    sm_token const key = sm_words_key(text, size, is_quantity);
    size_t const term = sm_token_table_find(&words->terms, &key, SIZE_MAX);
    return term != SIZE_MAX && words->entries[term].rows > 0 ? (int32_t)term
                                                             : SM_NO_TERM;
}

int32_t sm_words_find_stem(const sm_catalogue_words *words, const char *stem,
                           size_t size, bool is_quantity)
{
    sm_token const key = sm_words_key(stem, size, is_quantity);
    size_t const group = sm_token_table_find(&words->stems, &key, SIZE_MAX);
    return group != SIZE_MAX && words->stem_rows[group] > 0 ? (int32_t)group
                                                            : SM_NO_TERM;
}

uint32_t sm_words_stem_rows(const sm_catalogue_words *words, int32_t stem)
{
    return stem < 0 ? 0 : words->stem_rows[stem];
}

float sm_words_idf(const sm_catalogue_words *words, uint32_t rows)
{
    double const all = (double)sm_words_row_count(words), n = rows;
    return (float)log(1 + (all - n + 0.5) / (n + 0.5));
}

size_t sm_words_padded_dim(const sm_catalogue_words *words)
{
    return words->padded_dim;
}

sm_word_codes sm_words_codes(const sm_catalogue_words *words)
{
    return (sm_word_codes){words->codes, words->dim, words->padded_dim};
}

void sm_words_scales(const sm_catalogue_words *words, const uint32_t *terms,
                     size_t count, float *scales)
{
    for (size_t i = 0; i < count; i++)
        scales[i] = words->entries[terms[i]].scale;
}

const uint64_t *sm_words_signatures(const sm_catalogue_words *words)
{
    return words->signatures;
}

sm_status sm_words_reserve_terms(sm_catalogue_words *words, size_t terms,
                                 size_t bytes)
{
    size_t const wanted = words->terms.count + terms;
    size_t size, capacity = words->term_capacity, its_capacity = capacity;
    SM_RETURN_IF_ERROR(sm_token_table_reserve(&words->terms, terms, bytes));
    if (wanted <= capacity) return SIAMESE_OK;
    sm_term_entry *const entries =
        sm_grow(words->entries, &capacity, wanted, sizeof *entries);
    if (entries == NULL) return sm_fail_memory();
    words->entries = entries;
    uint64_t *const signatures =
        sm_grow(words->signatures, &its_capacity, wanted, sizeof *signatures);
    if (signatures == NULL) return sm_fail_memory();
    words->signatures = signatures;
    if (!sm_size_multiply(capacity, words->padded_dim, &size))
        return sm_fail_memory();
    int8_t *const codes = sm_aligned_array(size, 1);
    if (codes == NULL) return sm_fail_memory();
    if (words->terms.count)
        memcpy(codes, words->codes, words->terms.count * words->padded_dim);
    sm_aligned_free(words->codes);
    words->codes = codes;
    words->term_capacity = capacity;
    return SIAMESE_OK;
}

sm_status sm_words_reserve_stems(sm_catalogue_words *words, size_t stems,
                                 size_t bytes)
{
    size_t const wanted = words->stems.count + stems;
    SM_RETURN_IF_ERROR(sm_token_table_reserve(&words->stems, stems, bytes));
    if (wanted <= words->stem_capacity) return SIAMESE_OK;
    uint32_t *const counts = sm_grow(words->stem_rows, &words->stem_capacity,
                                     wanted, sizeof *counts);
    if (counts == NULL) return sm_fail_memory();
    words->stem_rows = counts;
    return SIAMESE_OK;
}

/* ---- rows ---- */

sm_status sm_words_reserve_rows(sm_catalogue_words *words, size_t rows,
                                size_t ids)
{
    size_t const wanted = words->row_count + rows;
    size_t const wanted_ids = words->id_count + ids;
    if (wanted > words->row_capacity) {
        sm_row_entry *const grown =
            sm_grow(words->rows, &words->row_capacity, wanted, sizeof *grown);
        if (grown == NULL) return sm_fail_memory();
        words->rows = grown;
    }
    if (wanted_ids > words->id_capacity) {
        uint32_t *const grown =
            sm_grow(words->ids, &words->id_capacity, wanted_ids, sizeof *grown);
        if (grown == NULL) return sm_fail_memory();
        words->ids = grown;
    }
    return SIAMESE_OK;
}

size_t sm_words_row_count(const sm_catalogue_words *words)
{
    return words->row_count - words->dead_rows;
}

double sm_words_mean_length(const sm_catalogue_words *words)
{
    size_t const rows = sm_words_row_count(words);
    return rows ? (double)words->plain_words / (double)rows : 0;
}

/* Rows ascend and are distinct: one stands no further from the first than its
 * number does, and just there while none is missing. */
static sm_row_entry *find_row(const sm_catalogue_words *words, int64_t row)
{
    if (words->row_count == 0 || row < words->rows[0].row) return NULL;
    uint64_t const most = (uint64_t)(row - words->rows[0].row);
    size_t low = 0, high = words->row_count;
    if (most < high) {
        if (words->rows[most].row == row) return &words->rows[most];
        high = (size_t)most;
    }
    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (words->rows[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low < words->row_count && words->rows[low].row == row
               ? &words->rows[low]
               : NULL;
}

/* The terms of a row. Titles without a word have none, and where no title has
 * one there is no array to have a place in. */
static const uint32_t *terms_of(const sm_catalogue_words *words,
                                const sm_row_entry *entry)
{
    return words->ids ? words->ids + entry->first : NULL;
}

bool sm_words_row(const sm_catalogue_words *words, int64_t row,
                  sm_row_terms *terms)
{
    const sm_row_entry *const entry = find_row(words, row);
    if (entry == NULL) return false;
    *terms = (sm_row_terms){terms_of(words, entry), entry->count, entry->words};
    return true;
}

/* Counts each term and each stem of a row once, up or down. */
static void count_terms(sm_catalogue_words *words, const uint32_t *ids,
                        size_t count, int by)
{
    for (size_t i = 0; i < count; i++) {
        sm_term_entry *const entry = &words->entries[ids[i]];
        bool is_new_term = true, is_new_stem = true;
        for (size_t j = 0; j < i && is_new_term; j++) {
            is_new_term = ids[j] != ids[i];
            if (words->entries[ids[j]].stem == entry->stem) is_new_stem = false;
        }
        if (is_new_term) entry->rows += (uint32_t)by;
        if (is_new_term && is_new_stem)
            words->stem_rows[entry->stem] += (uint32_t)by;
    }
}

void sm_words_insert_row(sm_catalogue_words *words, int64_t row,
                         const uint32_t *ids, size_t count, size_t plain)
{
    words->rows[words->row_count++] = (sm_row_entry){
        row, words->id_count, (uint16_t)count, (uint16_t)plain, false};
    if (count) memcpy(words->ids + words->id_count, ids, count * sizeof *ids);
    words->id_count += count;
    words->plain_words += plain;
    count_terms(words, ids, count, 1);
}

void sm_words_remove_row(sm_catalogue_words *words, int64_t row)
{
    sm_row_entry *const entry = find_row(words, row);
    if (entry == NULL || entry->is_dead) return;
    count_terms(words, terms_of(words, entry), entry->count, -1);
    entry->is_dead = true;
    words->dead_rows++;
    words->dead_ids += entry->count;
    words->plain_words -= entry->words;
}
