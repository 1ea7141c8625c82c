/* query_spelling.c: the texts of queries and a catalogue's words in, corrected
 * texts and the vectors of both readings out. For the search request. */
#include "search/query_spelling.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_vectors.h"
#include "search/ranker.h"
#include "search/spelling.h"
#include "text/unicode_words.h"
#include "text/utf8.h"
#include "text/vocab_words.h"
#include "tower/tower.h"

/* Bytes of the longest word that is corrected, before and after folding. */
enum { BYTES_MAX = 4 * SM_SPELLING_MOST };

/* What the words of a query are looked up in. */
typedef struct speller {
    const sm_catalogue_words *words; /* whose lock is held */
    const siamese_vocab *vocab;      /* of the query tower */
} speller;

/* The word that a run of letters is to the vocabulary. */
typedef struct run_word {
    char text[BYTES_MAX], stem[BYTES_MAX];
    size_t size, stem_size;
    size_t count; /* 0, or more than 1: it is no single word */
} run_word;

/* ---- one word ---- */

static sm_status take_word(void *context, const sm_vocab_word *word)
{
    run_word *const to = context;
    to->count++;
    if (word->size > BYTES_MAX || word->stem_size > BYTES_MAX ||
        word->is_quantity)
        to->count++; /* it is none to correct */
    if (to->count > 1) return SIAMESE_OK;
    memcpy(to->text, word->text, word->size);
    memcpy(to->stem, word->stem, word->stem_size);
    to->size = word->size;
    to->stem_size = word->stem_size;
    return SIAMESE_OK;
}

static bool is_in_catalogue(const sm_catalogue_words *words,
                            const run_word *word)
{
    return sm_words_find_stem(words, word->stem, word->stem_size, false) !=
           SM_NO_TERM;
}

static sm_spelling_word term_as_word(const void *context, size_t number)
{
    sm_term const term = sm_words_term(context, number);
    return (sm_spelling_word){term.text, term.size, term.rows};
}

/* The word of the catalogue to put in a run's place; *size 0: none. */
static sm_status correct(const speller *s, const siamese_text *run,
                         const char **text, size_t *size)
{
    run_word word = {.count = 0};
    bool is_learned;
    *size = 0;
    if (run->size > BYTES_MAX) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_vocab_each_word(s->vocab, run, take_word, &word));
    if (word.count != 1 || sm_spelling_edits(word.text, word.size) == 0 ||
        is_in_catalogue(s->words, &word))
        return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_vocab_knows_word(s->vocab, run, &is_learned));
    if (is_learned) return SIAMESE_OK;
    sm_spelling_words const all = {sm_words_signatures(s->words),
                                   sm_words_term_count(s->words), term_as_word,
                                   s->words};
    size_t const found = sm_spelling_nearest(&all, word.text, word.size);
    if (found == SIZE_MAX) return SIAMESE_OK;
    sm_term const term = sm_words_term(s->words, found);
    *text = term.text;
    *size = term.size;
    return SIAMESE_OK;
}

/* ---- one text ---- */

static sm_status append(sm_corrections *to, const char *bytes, size_t size)
{
    if (to->used + size > to->capacity) {
        char *const grown =
            sm_grow(to->bytes, &to->capacity, to->used + size, 1);
        if (grown == NULL) return sm_fail_memory();
        to->bytes = grown;
    }
    if (size) memcpy(to->bytes + to->used, bytes, size);
    to->used += size;
    return SIAMESE_OK;
}

/* Signs that the parts of a model number or a quantity stand between. */
static bool joins(int32_t point)
{
    return point > 0 && point < 0x80 && strchr("-./_#+", point) != NULL;
}

/* The next letters on their own: [at, end), in a token without digits. */
typedef struct run_reader {
    const unsigned char *bytes;
    size_t size;
    size_t at, end;   /* of the run */
    size_t token_end; /* what was looked at for digits */
} run_reader;

static int32_t point_at(const run_reader *r, size_t at, size_t *length)
{
    return sm_utf8_next(r->bytes + at, r->size - at, length);
}

/* Goes to the end of the token that begins; whether it has a digit. */
static bool read_token(run_reader *r, size_t at)
{
    bool has_digit = false;
    size_t length;
    for (; at < r->size; at += length) {
        int32_t const point = point_at(r, at, &length);
        sm_point_kind const kind = sm_point_kind_of(point);
        if (kind == SM_POINT_SEPARATOR && !joins(point)) break;
        has_digit |= kind == SM_POINT_DIGIT;
    }
    r->token_end = at;
    return has_digit;
}

static bool next_run(run_reader *r)
{
    size_t at = r->end, length;
    for (; at < r->size; at += length) {
        sm_point_kind kind = sm_point_kind_of(point_at(r, at, &length));
        if (at >= r->token_end && kind != SM_POINT_SEPARATOR &&
            read_token(r, at)) {
            length = r->token_end - at;
            continue;
        }
        if (kind == SM_POINT_LETTER) break;
    }
    r->at = at;
    for (; at < r->size; at += length) {
        sm_point_kind const kind = sm_point_kind_of(point_at(r, at, &length));
        if (kind != SM_POINT_LETTER && kind != SM_POINT_MARK) break;
    }
    r->end = at;
    return r->at < r->size;
}

/* The corrected text behind those that there are, with a NUL; nothing if no
 * word of it is. */
static sm_status correct_text(const speller *s, const siamese_text *text,
                              sm_corrections *to, bool *corrected)
{
    run_reader r = {.bytes = (const unsigned char *)text->data,
                    .size = text->size};
    size_t copied = 0;
    *corrected = false;
    while (next_run(&r)) {
        siamese_text const run = {text->data + r.at, r.end - r.at};
        const char *word;
        size_t size;
        SM_RETURN_IF_ERROR(correct(s, &run, &word, &size));
        if (size == 0) continue;
        SM_RETURN_IF_ERROR(append(to, text->data + copied, r.at - copied));
        SM_RETURN_IF_ERROR(append(to, word, size));
        copied = r.end;
        *corrected = true;
    }
    if (!*corrected) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(append(to, text->data + copied, text->size - copied));
    return append(to, "", 1);
}

/* ---- all texts ---- */

static sm_status correct_texts(sm_search_run *run, const siamese_vocab *vocab)
{
    const siamese_search_request *const q = &run->request;
    sm_corrections *const to = &run->corrections;
    speller const s = {run->searcher->ranker->words, vocab};
    for (size_t i = 0; i < q->count; i++) {
        size_t const begin = to->used;
        bool corrected;
        sm_words_lock_read(s.words);
        sm_status const status =
            correct_text(&s, &run->texts[i * q->fields], to, &corrected);
        sm_words_unlock(s.words);
        SM_RETURN_IF_ERROR(status);
        if (!corrected) continue;
        if (to->queries == NULL) {
            to->queries = sm_calloc(q->count, sizeof *to->queries);
            if (to->queries == NULL) return sm_fail_memory();
        }
        to->queries[i] = (sm_corrected_text){begin, to->used - begin - 1};
    }
    return SIAMESE_OK;
}

siamese_text sm_search_text(const sm_search_run *run, size_t query)
{
    const sm_corrections *const c = &run->corrections;
    if (c->queries && c->queries[query].size)
        return (siamese_text){c->bytes + c->queries[query].at,
                              c->queries[query].size};
    return run->texts[query * run->request.fields];
}

/* ---- vectors of both readings ---- */

/* a / |a| + b / |b|, as long as a; a vector of zeros says nothing. */
static void mix(float *a, const float *b, size_t dim)
{
    double const of_a = sqrt(sm_vector_squared_length(a, dim));
    double const of_b = sqrt(sm_vector_squared_length(b, dim));
    double squares = 0;
    if (of_b == 0) return;
    if (of_a == 0) {
        memcpy(a, b, dim * sizeof *a);
        return;
    }
    for (size_t i = 0; i < dim; i++) {
        double const sum = (double)a[i] / of_a + (double)b[i] / of_b;
        squares += sum * sum;
    }
    if (squares == 0) return; /* they are opposite */
    double const by = of_a / sqrt(squares);
    for (size_t i = 0; i < dim; i++)
        a[i] = (float)(by * ((double)a[i] / of_a + (double)b[i] / of_b));
}

/* Room for one query more: its fields and its vector. */
typedef struct reading {
    siamese_text few_fields[8], *fields;
    float few_numbers[1024], *numbers;
} reading;

static sm_status make_room(reading *r, size_t fields, size_t dim)
{
    r->fields = r->few_fields;
    r->numbers = r->few_numbers;
    if (fields > sizeof r->few_fields / sizeof *r->few_fields)
        r->fields = sm_alloc_array(fields, sizeof *r->fields);
    if (dim > sizeof r->few_numbers / sizeof *r->few_numbers)
        r->numbers = sm_alloc_array(dim, sizeof *r->numbers);
    return r->fields && r->numbers ? SIAMESE_OK : sm_fail_memory();
}

static sm_status mix_vectors(const sm_search_run *run, float *vectors)
{
    size_t const fields = run->request.fields, dim = run->searcher->dim;
    const sm_corrections *const c = &run->corrections;
    sm_status status = SIAMESE_OK;
    reading r;
    SM_TRY(make_room(&r, fields, dim));
    for (size_t i = 0; i < run->request.count; i++) {
        if (c->queries[i].size == 0) continue;
        memcpy(r.fields, run->texts + i * fields, fields * sizeof *r.fields);
        r.fields[0] = sm_search_text(run, i);
        SM_TRY(siamese_tower_encode(run->searcher->query, r.fields, 1, fields,
                                    r.numbers, dim));
        mix(vectors + i * dim, r.numbers, dim);
    }
out:
    if (r.fields != r.few_fields) sm_free(r.fields);
    if (r.numbers != r.few_numbers) sm_free(r.numbers);
    return status;
}

sm_status sm_correct_queries(sm_search_run *run, float *vectors)
{
    const siamese_vocab *const vocab =
        sm_tower_field_vocab(run->searcher->query, 0);
    if (vocab == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(correct_texts(run, vocab));
    return run->corrections.queries ? mix_vectors(run, vectors) : SIAMESE_OK;
}
