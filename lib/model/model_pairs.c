/* model_pairs.c: a host's pairs in, a copy in one block of memory out. For the
 * model. */
#include "model/model_pairs.h"

#include <string.h>

#include "common/arena.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"
#include "pairs/pair_store.h"

/* ---- checks of what is copied ---- */

static sm_status check_texts(const char *name, const char *what,
                             const siamese_text *texts, size_t rows,
                             size_t fields)
{
    size_t count;
    SM_REQUIRE(sm_size_multiply(rows, fields, &count), SIAMESE_E_ARGUMENT,
               "%s: %zu rows of %zu fields are too many", name, rows, fields);
    SM_REQUIRE(texts != NULL || count == 0, SIAMESE_E_ARGUMENT,
               "%s: %s is NULL", name, what);
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(texts[i].data != NULL || texts[i].size == 0,
                   SIAMESE_E_ARGUMENT, "%s: %s: row %zu is NULL", name, what,
                   i / fields);
    return SIAMESE_OK;
}

static sm_status check(const siamese_pairs *p, const char *name)
{
    SM_REQUIRE(p->item_fields > 0, SIAMESE_E_ARGUMENT, "%s: item_fields is 0",
               name);
    SM_REQUIRE(!p->queries || p->query_fields > 0, SIAMESE_E_ARGUMENT,
               "%s: query_fields is 0", name);
    if (p->queries)
        SM_RETURN_IF_ERROR(check_texts(name, "queries", p->queries, p->count,
                                       p->query_fields));
    SM_RETURN_IF_ERROR(
        check_texts(name, "items", p->items, p->count, p->item_fields));
    if (p->negative_offsets == NULL) {
        SM_REQUIRE(!p->negatives && !p->negative_ids &&
                       !p->negative_probabilities,
                   SIAMESE_E_ARGUMENT, "%s: negative_offsets is NULL", name);
        return sm_pairs_check_numbers(p, name);
    }
    SM_REQUIRE(p->negative_offsets[0] == 0, SIAMESE_E_ARGUMENT,
               "%s: negative_offsets does not begin with 0", name);
    for (size_t i = 0; i < p->count; i++)
        SM_REQUIRE(p->negative_offsets[i] <= p->negative_offsets[i + 1],
                   SIAMESE_E_ARGUMENT,
                   "%s: negative_offsets decrease at pair %zu", name, i);
    SM_RETURN_IF_ERROR(check_texts(name, "negatives", p->negatives,
                                   p->negative_offsets[p->count],
                                   p->item_fields));
    return sm_pairs_check_numbers(p, name);
}

/* ---- one block for all ---- */

static const void *copy_array(sm_arena *arena, const void *from, size_t count,
                              size_t size)
{
    if (from == NULL) return NULL;
    void *const to = sm_arena_array(arena, count, size);
    if (to && count) memcpy(to, from, count * size);
    return to;
}

static const siamese_text *copy_texts(sm_arena *arena, const siamese_text *from,
                                      size_t count)
{
    size_t total = 0;
    if (from == NULL) return NULL;
    siamese_text *const to = sm_arena_array(arena, count, sizeof *to);
    for (size_t i = 0; i < count; i++)
        if (!sm_size_add(total, from[i].size, &total)) total = SIZE_MAX / 2;
    char *at = sm_arena_array(arena, total, 1);
    for (size_t i = 0; to && i < count; i++) {
        to[i] = (siamese_text){at, from[i].size};
        if (from[i].size) memcpy(at, from[i].data, from[i].size);
        at += from[i].size;
    }
    return to;
}

static void copy(siamese_pairs *to, const siamese_pairs *from, sm_arena *arena)
{
    size_t const n = from->count;
    size_t const negatives =
        from->negative_offsets ? from->negative_offsets[n] : 0;
    *to = *from;
    to->queries = copy_texts(arena, from->queries, n * from->query_fields);
    to->items = copy_texts(arena, from->items, n * from->item_fields);
    to->item_ids = copy_array(arena, from->item_ids, n, sizeof(int64_t));
    to->weights = copy_array(arena, from->weights, n, sizeof(float));
    to->item_probabilities =
        copy_array(arena, from->item_probabilities, n, sizeof(float));
    to->negatives =
        copy_texts(arena, from->negatives, negatives * from->item_fields);
    to->negative_offsets =
        copy_array(arena, from->negative_offsets, n + 1, sizeof(size_t));
    to->negative_ids =
        copy_array(arena, from->negative_ids, negatives, sizeof(int64_t));
    to->negative_probabilities = copy_array(arena, from->negative_probabilities,
                                            negatives, sizeof(float));
}

sm_status sm_pairs_list_add(sm_pairs_list *list, const siamese_pairs *pairs,
                            const char *name)
{
    siamese_pairs own, plan;
    sm_arena arena = {NULL, 0};
    SM_RETURN_IF_ERROR(sm_struct_read(&own, sizeof own, pairs, name));
    SM_RETURN_IF_ERROR(check(&own, name));
    sm_pairs_copy *const grown =
        sm_grow(list->list, &list->capacity, list->count + 1, sizeof *grown);
    if (grown == NULL) return sm_fail_memory();
    list->list = grown;
    copy(&plan, &own, &arena);
    sm_pairs_copy *const to = &grown[list->count];
    to->memory = sm_aligned_array(arena.used, 1);
    if (to->memory == NULL) return sm_fail_memory();
    arena = (sm_arena){to->memory, 0};
    copy(&to->pairs, &own, &arena);
    list->count++;
    if (own.queries) list->rows += own.count;
    return SIAMESE_OK;
}

void sm_pairs_list_clear(sm_pairs_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        sm_aligned_free(list->list[i].memory);
    sm_free(list->list);
    *list = (sm_pairs_list){NULL, 0, 0, 0};
}
