/* words_change.c: titles that come and rows that go in, the catalogue's words
 * with them out. For the searcher. */
#include "search/words_change.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "search/spelling.h"
#include "search/word_vectors.h"
#include "search/words_handle.h"
#include "text/vocab_words.h"
#include "tower/tower.h"

/* Terms that come in a change have the numbers behind those that are there. */
typedef struct fresh_terms {
    sm_token_table terms, stems;
    sm_term_entry *entries;
    size_t capacity;
    int8_t *codes;
    float *scales;
} fresh_terms;

typedef struct staged_row {
    size_t end; /* of its ids */
    uint16_t plain;
} staged_row;

struct sm_words_change {
    sm_catalogue_words *words;
    fresh_terms fresh;
    uint32_t *ids;
    size_t id_count, id_capacity;
    staged_row *rows;       /* [count] */
    const int64_t *numbers; /* [count] of the rows */
    size_t count;
    const int64_t *removed;
    size_t removed_count;
    size_t row_words, row_quantities; /* of the row that is read */
};

/* ---- titles to terms ---- */

static sm_status stem_of(sm_words_change *c, const sm_vocab_word *word,
                         uint32_t *number)
{
    sm_token const key =
        sm_words_key(word->stem, word->stem_size, word->is_quantity);
    size_t stem = sm_token_table_find(&c->words->stems, &key, SIZE_MAX);
    if (stem == SIZE_MAX) {
        SM_RETURN_IF_ERROR(sm_token_table_add(&c->fresh.stems, &key, &stem));
        stem += c->words->stems.count;
    }
    *number = (uint32_t)stem;
    return SIAMESE_OK;
}

static sm_status add_fresh(sm_words_change *c, const sm_vocab_word *word,
                           const sm_token *key, size_t *number)
{
    fresh_terms *const fresh = &c->fresh;
    size_t const before = fresh->terms.count;
    uint32_t stem;
    SM_RETURN_IF_ERROR(sm_token_table_add(&fresh->terms, key, number));
    if (*number < before) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(stem_of(c, word, &stem));
    sm_term_entry *const entries = sm_grow(fresh->entries, &fresh->capacity,
                                           fresh->terms.count, sizeof *entries);
    if (entries == NULL) return sm_fail_memory();
    fresh->entries = entries;
    entries[before] = (sm_term_entry){stem, 0, 0, word->is_quantity};
    return SIAMESE_OK;
}

static sm_status take_word(void *context, const sm_vocab_word *word)
{
    sm_words_change *const c = context;
    size_t *const counted =
        word->is_quantity ? &c->row_quantities : &c->row_words;
    size_t const most = word->is_quantity ? SM_ROW_QUANTITIES : SM_ROW_WORDS;
    if (*counted == most) return SIAMESE_OK;
    sm_token const key =
        sm_words_key(word->text, word->size, word->is_quantity);
    size_t term = sm_token_table_find(&c->words->terms, &key, SIZE_MAX);
    if (term == SIZE_MAX) {
        SM_RETURN_IF_ERROR(add_fresh(c, word, &key, &term));
        term += c->words->terms.count;
    }
    if (c->id_count == c->id_capacity) {
        uint32_t *const ids =
            sm_grow(c->ids, &c->id_capacity, c->id_count + 1, sizeof *ids);
        if (ids == NULL) return sm_fail_memory();
        c->ids = ids;
    }
    c->ids[c->id_count++] = (uint32_t)term;
    ++*counted;
    return SIAMESE_OK;
}

static sm_status read_titles(sm_words_change *c, const siamese_text *titles)
{
    const siamese_vocab *const vocab = sm_tower_field_vocab(c->words->tower, 0);
    for (size_t i = 0; i < c->count; i++) {
        c->row_words = c->row_quantities = 0;
        if (titles)
            SM_RETURN_IF_ERROR(
                sm_vocab_each_word(vocab, &titles[i], take_word, c));
        c->rows[i] = (staged_row){c->id_count, (uint16_t)c->row_words};
    }
    return SIAMESE_OK;
}

/* ---- fresh terms ---- */

static sm_status encode_fresh(sm_words_change *c)
{
    sm_status status = SIAMESE_OK;
    fresh_terms *const fresh = &c->fresh;
    size_t const count = fresh->terms.count, padded = c->words->padded_dim;
    siamese_text *texts = NULL;
    size_t size;
    if (count == 0) return SIAMESE_OK;
    if (!sm_size_multiply(count, padded, &size)) return sm_fail_memory();
    texts = sm_alloc_array(count, sizeof *texts);
    fresh->codes = sm_aligned_array(size, 1);
    fresh->scales = sm_alloc_array(count, sizeof *fresh->scales);
    SM_CHECK_MEMORY(texts);
    SM_CHECK_MEMORY(fresh->codes);
    SM_CHECK_MEMORY(fresh->scales);
    for (size_t i = 0; i < count; i++)
        texts[i] = (siamese_text){sm_token_table_bytes(&fresh->terms, i),
                                  sm_token_table_size(&fresh->terms, i)};
    SM_TRY(sm_word_vectors_make(c->words->tower, texts, count, padded,
                                fresh->codes, fresh->scales));
out:
    sm_free(texts);
    return status;
}

static sm_status reserve(const sm_words_change *c)
{
    sm_catalogue_words *const words = c->words;
    const fresh_terms *const fresh = &c->fresh;
    SM_RETURN_IF_ERROR(sm_words_reserve_terms(words, fresh->terms.count,
                                              fresh->terms.bytes_used));
    SM_RETURN_IF_ERROR(sm_words_reserve_stems(words, fresh->stems.count,
                                              fresh->stems.bytes_used));
    return sm_words_reserve_rows(words, c->count, c->id_count);
}

/* The table's tokens in another, which has room; their keys are in its
 * slots. */
static void append_tokens(sm_token_table *to, const sm_token_table *from,
                          const sm_term_entry *entries)
{
    size_t number;
    for (size_t i = 0; i < from->count; i++) {
        sm_token const key =
            sm_words_key(sm_token_table_bytes(from, i),
                         sm_token_table_size(from, i), entries[i].is_quantity);
        (void)sm_token_table_add(to, &key, &number);
    }
}

/* Fresh stems have no entries; that of a term says whether it is a
 * quantity's. */
static void append_stems(sm_words_change *c)
{
    sm_catalogue_words *const words = c->words;
    const sm_token_table *const from = &c->fresh.stems;
    size_t const base = words->stems.count;
    size_t number;
    for (size_t i = 0; i < c->fresh.terms.count; i++) {
        const sm_term_entry *const entry = &c->fresh.entries[i];
        if (entry->stem < words->stems.count) continue;
        size_t const at = entry->stem - base; /* they come in their order */
        sm_token const key =
            sm_words_key(sm_token_table_bytes(from, at),
                         sm_token_table_size(from, at), entry->is_quantity);
        (void)sm_token_table_add(&words->stems, &key, &number);
        words->stem_rows[number] = 0;
    }
}

/* Terms that no row has are to be seen by nobody. */
static sm_status put_fresh(sm_words_change *c)
{
    sm_catalogue_words *const words = c->words;
    const fresh_terms *const fresh = &c->fresh;
    size_t const base = words->terms.count, count = fresh->terms.count;
    sm_rwlock_write(&words->lock);
    sm_status const status = reserve(c);
    if (status == SIAMESE_OK && count > 0) {
        append_stems(c);
        append_tokens(&words->terms, &fresh->terms, fresh->entries);
        memcpy(words->codes + base * words->padded_dim, fresh->codes,
               count * words->padded_dim);
        for (size_t i = 0; i < count; i++) {
            words->entries[base + i] = fresh->entries[i];
            words->entries[base + i].scale = fresh->scales[i];
            words->signatures[base + i] =
                sm_spelling_signature(sm_token_table_bytes(&fresh->terms, i),
                                      sm_token_table_size(&fresh->terms, i));
        }
    }
    sm_rwlock_unlock(&words->lock);
    return status;
}

static void free_fresh(fresh_terms *fresh)
{
    sm_token_table_free(&fresh->terms);
    sm_token_table_free(&fresh->stems);
    sm_free(fresh->entries);
    sm_aligned_free(fresh->codes);
    sm_free(fresh->scales);
    *fresh = (fresh_terms){.entries = NULL};
}

/* ---- what is dead ---- */

enum { LEAST_DEAD = 1024 };

/* Terms and stems that live, under their new numbers. */
typedef struct tidied {
    sm_token_table terms, stems;
    uint32_t *term_of, *stem_of; /* by the old number */
} tidied;

static sm_status renumber(const sm_catalogue_words *words, tidied *t)
{
    size_t number;
    t->term_of = sm_calloc(words->terms.count, sizeof *t->term_of);
    t->stem_of = sm_calloc(words->stems.count, sizeof *t->stem_of);
    if (t->term_of == NULL || t->stem_of == NULL) return sm_fail_memory();
    for (size_t i = 0; i < words->terms.count; i++) {
        const sm_term_entry *const entry = &words->entries[i];
        if (entry->rows == 0) continue;
        sm_token const term = sm_words_key(
            sm_token_table_bytes(&words->terms, i),
            sm_token_table_size(&words->terms, i), entry->is_quantity);
        sm_token const stem =
            sm_words_key(sm_token_table_bytes(&words->stems, entry->stem),
                         sm_token_table_size(&words->stems, entry->stem),
                         entry->is_quantity);
        SM_RETURN_IF_ERROR(sm_token_table_add(&t->terms, &term, &number));
        t->term_of[i] = (uint32_t)number;
        SM_RETURN_IF_ERROR(sm_token_table_add(&t->stems, &stem, &number));
        t->stem_of[entry->stem] = (uint32_t)number;
    }
    return SIAMESE_OK;
}

/* New numbers are no larger than the old ones of terms: all moves down. A stem
 * may move up, but its counts are made anew from those of no other place. */
static void move_terms(sm_catalogue_words *words, const tidied *t,
                       uint32_t *stem_rows)
{
    for (size_t i = 0; i < words->terms.count; i++) {
        sm_term_entry entry = words->entries[i];
        if (entry.rows == 0) continue;
        size_t const to = t->term_of[i];
        stem_rows[t->stem_of[entry.stem]] = words->stem_rows[entry.stem];
        entry.stem = t->stem_of[entry.stem];
        words->entries[to] = entry;
        words->signatures[to] = words->signatures[i];
        if (to != i)
            memmove(words->codes + to * words->padded_dim,
                    words->codes + i * words->padded_dim, words->padded_dim);
    }
}

static void move_rows(sm_catalogue_words *words, const tidied *t)
{
    size_t rows = 0, ids = 0;
    for (size_t i = 0; i < words->row_count; i++) {
        sm_row_entry entry = words->rows[i];
        if (entry.is_dead) continue;
        for (size_t j = 0; j < entry.count; j++)
            words->ids[ids + j] = t->term_of[words->ids[entry.first + j]];
        entry.first = ids;
        ids += entry.count;
        words->rows[rows++] = entry;
    }
    words->row_count = rows;
    words->id_count = ids;
    words->dead_rows = words->dead_ids = 0;
}

/* Without memory all stays: it is only larger than it need be. */
static void tidy(sm_catalogue_words *words)
{
    tidied t = {.term_of = NULL};
    if (words->dead_rows < LEAST_DEAD ||
        words->dead_rows <= words->row_count / 2)
        return;
    uint32_t *const stem_rows =
        sm_calloc(words->stem_capacity, sizeof *stem_rows);
    sm_rwlock_write(&words->lock);
    if (stem_rows && renumber(words, &t) == SIAMESE_OK) {
        move_terms(words, &t, stem_rows);
        move_rows(words, &t);
        sm_token_table const terms = words->terms, stems = words->stems;
        uint32_t *const counts = words->stem_rows;
        words->terms = t.terms;
        words->stems = t.stems;
        words->stem_rows = stem_rows;
        t.terms = terms;
        t.stems = stems;
        sm_free(counts);
    } else {
        sm_free(stem_rows);
    }
    sm_rwlock_unlock(&words->lock);
    sm_token_table_free(&t.terms);
    sm_token_table_free(&t.stems);
    sm_free(t.term_of);
    sm_free(t.stem_of);
}

/* ---- a change ---- */

static void free_change(sm_words_change *c)
{
    free_fresh(&c->fresh);
    sm_free(c->ids);
    sm_free(c->rows);
    sm_free(c);
}

static sm_status make_change(sm_words_change **out, sm_catalogue_words *words,
                             const siamese_text *titles, const int64_t *rows,
                             size_t count)
{
    sm_status status = SIAMESE_OK;
    sm_words_change *c = sm_calloc(1, sizeof *c);
    if (c == NULL) return sm_fail_memory();
    c->words = words;
    c->count = count;
    c->numbers = rows;
    c->rows = sm_alloc_array(count, sizeof *c->rows);
    SM_CHECK_MEMORY(c->rows);
    SM_TRY(read_titles(c, titles));
    SM_TRY(encode_fresh(c));
    SM_TRY(put_fresh(c));
    *out = c;
    c = NULL;
out:
    if (c) free_change(c);
    return status;
}

sm_status sm_words_stage(sm_words_change **out, sm_catalogue_words *words,
                         const siamese_text *titles, const int64_t *rows,
                         size_t count, const int64_t *removed,
                         size_t removed_count)
{
    tidy(words);
    SM_RETURN_IF_ERROR(make_change(out, words, titles, rows, count));
    (*out)->removed = removed;
    (*out)->removed_count = removed_count;
    return SIAMESE_OK;
}

void sm_words_commit(sm_words_change *c)
{
    sm_catalogue_words *const words = c->words;
    size_t begin = 0;
    sm_rwlock_write(&words->lock);
    for (size_t i = 0; i < c->removed_count; i++)
        sm_words_remove_row(words, c->removed[i]);
    for (size_t i = 0; i < c->count; i++) {
        const uint32_t *const ids = c->ids ? c->ids + begin : NULL;
        sm_words_insert_row(words, c->numbers[i], ids, c->rows[i].end - begin,
                            c->rows[i].plain);
        begin = c->rows[i].end;
    }
    sm_rwlock_unlock(&words->lock);
    free_change(c);
}

void sm_words_abandon(sm_words_change *change)
{
    free_change(change);
}

/* ---- all of it ---- */

bool sm_words_can_be_of(const siamese_tower *item)
{
    return item != NULL && siamese_tower_field_count(item) > 0 &&
           sm_tower_first_text(item) == 0 &&
           sm_tower_field_vocab(item, 0) != NULL;
}

/* Levels of kernels differ by rounding: codes by one at the most. */
enum { COMPARED = 32, MOST_OFF = 2 };

static sm_status compare_vectors(const sm_catalogue_words *words,
                                 const siamese_tower *item, bool *are)
{
    sm_status status = SIAMESE_OK;
    size_t const padded = words->padded_dim;
    size_t const step = sm_max(1, words->terms.count / COMPARED);
    float scale;
    int8_t *const codes = sm_alloc_array(padded, 1);
    SM_CHECK_MEMORY(codes);
    for (size_t t = 0; t < words->terms.count && *are; t += step) {
        sm_term const term = sm_words_term(words, t);
        siamese_text const text = {term.text, term.size};
        const int8_t *const own = words->codes + t * padded;
        SM_TRY(sm_word_vectors_make(item, &text, 1, padded, codes, &scale));
        for (size_t i = 0; i < padded && *are; i++)
            *are =
                codes[i] - own[i] <= MOST_OFF && own[i] - codes[i] <= MOST_OFF;
    }
out:
    sm_free(codes);
    return status;
}

static bool has_rows(const sm_catalogue_words *words, const int64_t *rows,
                     size_t count)
{
    sm_row_terms terms;
    if (sm_words_row_count(words) != count) return false;
    for (size_t i = 0; i < count; i++)
        if (!sm_words_row(words, rows[i], &terms)) return false;
    return true;
}

sm_status sm_words_bind(sm_catalogue_words *words, siamese_tower *item,
                        const int64_t *rows, size_t count, bool *are)
{
    sm_status status = SIAMESE_OK;
    sm_rwlock_write(&words->lock);
    *are = words->dim == siamese_tower_dim(item) &&
           (words->tower == NULL || words->tower == item) &&
           has_rows(words, rows, count);
    if (*are && words->tower == NULL) {
        status = compare_vectors(words, item, are);
        if (status == SIAMESE_OK && *are)
            words->tower = sm_tower_reference(item);
    }
    sm_rwlock_unlock(&words->lock);
    return status;
}

sm_status sm_words_create(sm_catalogue_words **out, siamese_tower *item,
                          const sm_item_table *table, const int64_t *rows,
                          size_t count)
{
    sm_status status = SIAMESE_OK;
    sm_catalogue_words *words = NULL;
    sm_words_change *change = NULL;
    siamese_text *const titles = sm_alloc_array(count, sizeof *titles);
    SM_CHECK_MEMORY(titles);
    sm_item_table_titles(table, rows, count, titles);
    SM_TRY(sm_words_make(&words, item, siamese_tower_dim(item)));
    SM_TRY(make_change(&change, words, titles, rows, count));
    sm_words_commit(change);
    *out = words;
    words = NULL;
out:
    sm_words_release(words);
    sm_free(titles);
    return status;
}
