/* query_spelling.c: the texts of queries and a catalogue's words in, corrected
 * texts and the vectors of both readings out. For the search request. */
#include "search/query_spelling.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_vectors.h"
#include "search/ranker.h"
#include "search/search_each.h"
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

static sm_status append(sm_rank_scratch *to, const char *bytes, size_t size)
{
    char *const grown =
        sm_grow(to->bytes, &to->bytes_capacity, to->bytes_used + size, 1);
    if (grown == NULL) return sm_fail_memory();
    to->bytes = grown;
    if (size) memcpy(to->bytes + to->bytes_used, bytes, size);
    to->bytes_used += size;
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

/* The corrected text, with a NUL; nothing if no word of it is. */
static sm_status correct_text(const speller *s, const siamese_text *text,
                              sm_rank_scratch *to)
{
    run_reader r = {.bytes = (const unsigned char *)text->data,
                    .size = text->size};
    size_t copied = 0;
    to->bytes_used = 0;
    while (next_run(&r)) {
        siamese_text const run = {text->data + r.at, r.end - r.at};
        const char *word;
        size_t size;
        SM_RETURN_IF_ERROR(correct(s, &run, &word, &size));
        if (size == 0) continue;
        SM_RETURN_IF_ERROR(append(to, text->data + copied, r.at - copied));
        SM_RETURN_IF_ERROR(append(to, word, size));
        copied = r.end;
    }
    if (copied == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(append(to, text->data + copied, text->size - copied));
    return append(to, "", 1);
}

/* ---- the texts of a search ---- */

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

/* What the queries of a search share. */
typedef struct correcting {
    sm_search_run *run;
    speller speller;
    float *vectors;       /* [count][dim] */
    pthread_mutex_t lock; /* of run->corrections */
} correcting;

/* Sets a corrected text down, with its NUL. */
static sm_status note(sm_search_run *run, size_t query, const char *text,
                      size_t size)
{
    sm_corrections *const to = &run->corrections;
    size_t const queries = run->request.count, at = to->used;
    if (to->queries == NULL) {
        to->queries = sm_calloc(queries, sizeof *to->queries);
        if (to->queries == NULL) return sm_fail_memory();
    }
    char *const grown = sm_grow(to->bytes, &to->capacity, at + size + 1, 1);
    if (grown == NULL) return sm_fail_memory();
    to->bytes = grown;
    memcpy(grown + at, text, size + 1);
    to->used += size + 1;
    to->queries[query] = (sm_corrected_text){at, size};
    return SIAMESE_OK;
}

/* The fields of one query more. */
typedef struct reading {
    siamese_text few[8], *fields;
} reading;

static sm_status mix_query(const correcting *c, size_t query,
                           sm_rank_scratch *s)
{
    const sm_search_run *const run = c->run;
    size_t const fields = run->request.fields, dim = run->searcher->dim;
    sm_status status = SIAMESE_OK;
    reading r = {.fields = r.few};
    SM_TRY(sm_rank_room(&s->vectors, &s->vector_capacity, dim,
                        sizeof *s->vectors));
    if (fields > sizeof r.few / sizeof *r.few)
        r.fields = sm_alloc_array(fields, sizeof *r.fields);
    SM_CHECK_MEMORY(r.fields);
    memcpy(r.fields, run->texts + query * fields, fields * sizeof *r.fields);
    r.fields[0] = (siamese_text){s->bytes, s->bytes_used - 1};
    SM_TRY(siamese_tower_encode(run->searcher->query, r.fields, 1, fields,
                                s->vectors, dim));
    mix(c->vectors + query * dim, s->vectors, dim);
out:
    if (r.fields != r.few) sm_free(r.fields);
    return status;
}

static sm_status correct_in(correcting *c, size_t query, sm_rank_scratch *s)
{
    sm_search_run *const run = c->run;
    sm_words_lock_read(c->speller.words);
    sm_status status =
        correct_text(&c->speller, &run->texts[query * run->request.fields], s);
    sm_words_unlock(c->speller.words);
    SM_RETURN_IF_ERROR(status);
    if (s->bytes_used == 0) return SIAMESE_OK;
    pthread_mutex_lock(&c->lock);
    status = note(run, query, s->bytes, s->bytes_used - 1);
    pthread_mutex_unlock(&c->lock);
    SM_RETURN_IF_ERROR(status);
    return mix_query(c, query, s);
}

static sm_status correct_query(void *context, size_t query)
{
    correcting *const c = context;
    sm_lending *const scratches = c->run->searcher->ranker->scratches;
    sm_rank_scratch *scratch;
    SM_RETURN_IF_ERROR(sm_rank_scratch_borrow(scratches, &scratch));
    sm_status const status = correct_in(c, query, scratch);
    sm_rank_scratch_return(scratches, scratch);
    return status;
}

sm_status sm_correct_queries(sm_search_run *run, float *vectors)
{
    const siamese_vocab *const vocab =
        sm_tower_field_vocab(run->searcher->query, 0);
    correcting c = {.run = run,
                    .speller = {run->searcher->ranker->words, vocab},
                    .vectors = vectors};
    if (vocab == NULL) return SIAMESE_OK;
    pthread_mutex_init(&c.lock, NULL);
    sm_status const status = sm_search_each(run, correct_query, &c);
    pthread_mutex_destroy(&c.lock);
    return status;
}
