/* hits.c: hits in, the arrays, texts and numbers that hosts read out. */
#include "search/hits.h"

#include <string.h>

#include "common/arena.h"
#include "common/memory.h"
#include "common/room.h"
#include "common/size.h"
#include "search/rank_features.h"

/* ---- life ---- */

static void lay_out(siamese_hits *hits, size_t most, int parts, sm_arena *arena)
{
    size_t const queries = hits->query_count;
    hits->offsets = sm_arena_array(arena, queries + 1, sizeof *hits->offsets);
    hits->rows = sm_arena_array(arena, most, sizeof *hits->rows);
    hits->ids = sm_arena_array(arena, most, sizeof *hits->ids);
    hits->scores = sm_arena_array(arena, most, sizeof *hits->scores);
    hits->known = sm_arena_array(arena, queries, 1);
    if (parts < SM_HITS_RANKS) return;
    hits->vector_scores = sm_arena_array(arena, most, sizeof(float));
    hits->confidences = sm_arena_array(arena, most, sizeof(float));
    if (parts < SM_HITS_SHARES) return;
    hits->shares = sm_arena_array(arena, most, SM_FEATURES * sizeof(float));
}

static sm_status create(siamese_hits **out, size_t queries, size_t most,
                        int parts)
{
    siamese_hits plan = {
        .query_count = queries, .capacity = most, .parts = parts};
    sm_arena arena = {NULL, 0};
    if (queries == SIZE_MAX) return sm_fail_memory();
    (void)sm_arena_array(&arena, 1, sizeof plan);
    lay_out(&plan, most, parts, &arena);
    char *const memory = sm_aligned_array(arena.used, 1);
    if (memory == NULL) return sm_fail_memory();
    arena = (sm_arena){memory, 0};
    siamese_hits *const hits = sm_arena_array(&arena, 1, sizeof *hits);
    *hits = plan;
    lay_out(hits, most, parts, &arena);
    sm_handle_created();
    *out = hits;
    return SIAMESE_OK;
}

sm_status sm_search_hits_renew(siamese_hits **hits, size_t queries, size_t most,
                               int parts)
{
    siamese_hits *renewed = *hits;
    if (renewed == NULL || renewed->query_count != queries ||
        renewed->capacity < most || renewed->parts != parts) {
        SM_RETURN_IF_ERROR(create(&renewed, queries, most, parts));
        siamese_hits_free(*hits);
    }
    memset(renewed->offsets, 0, (queries + 1) * sizeof *renewed->offsets);
    memset(renewed->known, 1, queries);
    *hits = renewed;
    return SIAMESE_OK;
}

static void copy(void *to, size_t at, const void *from, size_t first,
                 size_t count, size_t size)
{
    if (to && from && count)
        memmove((char *)to + at * size, (const char *)from + first * size,
                count * size);
}

void sm_hits_copy(siamese_hits *to, size_t at, const siamese_hits *from,
                  size_t first, size_t count)
{
    size_t const share = SM_FEATURES * sizeof(float);
    copy(to->rows, at, from->rows, first, count, sizeof *to->rows);
    copy(to->scores, at, from->scores, first, count, sizeof(float));
    copy(to->vector_scores, at, from->vector_scores, first, count,
         sizeof(float));
    copy(to->confidences, at, from->confidences, first, count, sizeof(float));
    copy(to->shares, at, from->shares, first, count, share);
}

void sm_hit_tables_release(sm_hit_tables *tables)
{
    sm_item_table_release(tables->table);
    sm_item_table_release(tables->newer);
}

void sm_corrections_free(sm_corrections *corrections)
{
    sm_free(corrections->queries);
    sm_free(corrections->bytes);
    *corrections = (sm_corrections){.queries = NULL};
}

void siamese_hits_free(siamese_hits *hits)
{
    if (hits == NULL) return;
    sm_corrections_free(&hits->corrections);
    sm_hit_tables_release(&hits->tables);
    sm_aligned_free(hits);
    sm_handle_freed();
}

/* ---- arrays ---- */

static int has_query(const siamese_hits *hits, size_t query)
{
    return hits != NULL && query < hits->query_count;
}

size_t siamese_hits_query_count(const siamese_hits *hits)
{
    return hits ? hits->query_count : 0;
}

size_t siamese_hits_count(const siamese_hits *hits, size_t query)
{
    return has_query(hits, query)
               ? hits->offsets[query + 1] - hits->offsets[query]
               : 0;
}

const size_t *siamese_hits_offsets(const siamese_hits *hits)
{
    return hits ? hits->offsets : NULL;
}

int32_t siamese_hits_known(const siamese_hits *hits, size_t query)
{
    return has_query(hits, query) ? hits->known[query] : 0;
}

const int64_t *siamese_hits_rows(const siamese_hits *hits, size_t query)
{
    return has_query(hits, query) ? hits->rows + hits->offsets[query] : NULL;
}

const float *siamese_hits_scores(const siamese_hits *hits, size_t query)
{
    return has_query(hits, query) ? hits->scores + hits->offsets[query] : NULL;
}

const char *siamese_hits_corrected(const siamese_hits *hits, size_t query)
{
    if (!has_query(hits, query) || hits->corrections.queries == NULL)
        return NULL;
    sm_corrected_text const text = hits->corrections.queries[query];
    return text.size ? hits->corrections.bytes + text.at : NULL;
}

const float *siamese_hits_vector_scores(const siamese_hits *hits, size_t query)
{
    if (!has_query(hits, query)) return NULL;
    return (hits->vector_scores ? hits->vector_scores : hits->scores) +
           hits->offsets[query];
}

const float *siamese_hits_confidences(const siamese_hits *hits, size_t query)
{
    return has_query(hits, query) && hits->confidences
               ? hits->confidences + hits->offsets[query]
               : NULL;
}

siamese_status siamese_hits_get_shares(const siamese_hits *hits, size_t query,
                                       size_t i, float *shares, size_t capacity,
                                       size_t *needed)
{
    SM_REQUIRE(hits != NULL, SIAMESE_E_ARGUMENT, "hits: is NULL");
    SM_REQUIRE(i < siamese_hits_count(hits, query), SIAMESE_E_NOT_FOUND,
               "i: query %zu has no hit %zu", query, i);
    SM_REQUIRE(hits->shares != NULL, SIAMESE_E_STATE,
               "hits: no ranker was asked to explain them");
    SM_RETURN_IF_ERROR(
        sm_room("shares", shares, capacity, SM_FEATURES, needed));
    memcpy(shares, hits->shares + (hits->offsets[query] + i) * SM_FEATURES,
           SM_FEATURES * sizeof *shares);
    return SIAMESE_OK;
}

const int64_t *siamese_hits_ids(const siamese_hits *hits, size_t query)
{
    return has_query(hits, query) && hits->ids
               ? hits->ids + hits->offsets[query]
               : NULL;
}

/* ---- items ---- */

size_t sm_hit_tables_find(const sm_hit_tables *tables, int64_t row,
                          const sm_item_chunk **chunk)
{
    int const is_newer = row >= tables->newer_from;
    if (row >= tables->next_row || (is_newer && tables->newer == NULL))
        return SIZE_MAX;
    return sm_item_table_find(
        is_newer ? tables->newer : tables->table,
        sm_chunks((size_t)tables->next_row, SM_CHUNK_ROWS), row, chunk);
}

static size_t find(const siamese_hits *hits, size_t hit,
                   const sm_item_chunk **chunk)
{
    return sm_hit_tables_find(&hits->tables, hits->rows[hit], chunk);
}

/* A text of one hit, which has a NUL behind it; NULL: there is none. */
static const char *text_of(const siamese_hits *hits, size_t query, size_t i,
                           int64_t column)
{
    const sm_item_chunk *chunk = NULL;
    siamese_text text;
    if (i >= siamese_hits_count(hits, query) || hits->tables.table == NULL)
        return NULL;
    size_t const at = find(hits, hits->offsets[query] + i, &chunk);
    /* NOLINTNEXTLINE(clang-analyzer-core.*): each hit has a chunk */
    if (column == SM_COLUMN_ID && chunk->text_ids == NULL) return NULL;
    (void)sm_item_text(chunk, at, column, &text);
    return text.data;
}

const char *siamese_hits_title(const siamese_hits *hits, size_t query, size_t i)
{
    return text_of(hits, query, i, SM_COLUMN_TITLE);
}

const char *siamese_hits_text_id(const siamese_hits *hits, size_t query,
                                 size_t i)
{
    return text_of(hits, query, i, SM_COLUMN_ID);
}

/* What the three readers of a column have in common. The newest table has all
 * columns; a chunk knows which of them it has. */
static sm_status begin(const siamese_hits *hits, const char *column,
                       int32_t type, const void *values, size_t capacity,
                       size_t *needed, int64_t *number)
{
    SM_REQUIRE(hits != NULL, SIAMESE_E_ARGUMENT, "hits: is NULL");
    SM_REQUIRE(column != NULL, SIAMESE_E_ARGUMENT, "column: is NULL");
    const sm_hit_tables *const tables = &hits->tables;
    SM_REQUIRE(tables->table != NULL, SIAMESE_E_NOT_FOUND,
               "column: the hits have no items");
    SM_RETURN_IF_ERROR(sm_item_table_resolve(
        tables->newer ? tables->newer : tables->table, column, type, number));
    return sm_room("values", values, capacity, hits->offsets[hits->query_count],
                   needed);
}

siamese_status siamese_hits_get_texts(const siamese_hits *hits,
                                      const char *column, siamese_text *values,
                                      unsigned char *present, size_t capacity,
                                      size_t *needed)
{
    const sm_item_chunk *chunk = NULL;
    int64_t number;
    SM_RETURN_IF_ERROR(begin(hits, column, SIAMESE_COLUMN_TEXT, values,
                             capacity, needed, &number));
    for (size_t i = 0; i < hits->offsets[hits->query_count]; i++) {
        size_t const at = find(hits, i, &chunk);
        int const is_there = sm_item_text(chunk, at, number, &values[i]);
        if (present) present[i] = (unsigned char)is_there;
    }
    return SIAMESE_OK;
}

siamese_status siamese_hits_get_integers(const siamese_hits *hits,
                                         const char *column, int64_t *values,
                                         unsigned char *present,
                                         size_t capacity, size_t *needed)
{
    const sm_item_chunk *chunk = NULL;
    int64_t number;
    SM_RETURN_IF_ERROR(begin(hits, column, SIAMESE_COLUMN_INTEGER, values,
                             capacity, needed, &number));
    for (size_t i = 0; i < hits->offsets[hits->query_count]; i++) {
        size_t const at = find(hits, i, &chunk);
        int const is_there = sm_item_integer(chunk, at, number, &values[i]);
        if (present) present[i] = (unsigned char)is_there;
    }
    return SIAMESE_OK;
}

siamese_status siamese_hits_get_numbers(const siamese_hits *hits,
                                        const char *column, double *values,
                                        unsigned char *present, size_t capacity,
                                        size_t *needed)
{
    const sm_item_chunk *chunk = NULL;
    int64_t number;
    SM_RETURN_IF_ERROR(begin(hits, column, SIAMESE_COLUMN_NUMBER, values,
                             capacity, needed, &number));
    for (size_t i = 0; i < hits->offsets[hits->query_count]; i++) {
        size_t const at = find(hits, i, &chunk);
        int const is_there = sm_item_number(chunk, at, number, &values[i]);
        if (present) present[i] = (unsigned char)is_there;
    }
    return SIAMESE_OK;
}
