/* hits_choice.c: hits of a search in, those that it gives out left: confident
 * enough, each title once, k a query. For the search's pipeline. */
#include "search/hits_choice.h"

#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"
#include "items/item_ids.h"
#include "text/folded_text.h"

/* A title that stays: its code points among all of them. */
typedef struct place {
    size_t at, count;
} place;

/* The titles of one query's hits that stay. */
typedef struct titles {
    sm_folder folder;
    sm_code_points points;
    place *places;
    size_t count, capacity;
    sm_item_ids ids; /* from a title's hash to its number */
    place asked;     /* that is looked for */
} titles;

static void titles_free(titles *t)
{
    sm_folder_free(&t->folder);
    sm_code_points_free(&t->points);
    sm_free(t->places);
    sm_item_ids_free(&t->ids);
}

static sm_status titles_begin(titles *t, size_t most)
{
    t->points.count = t->count = 0;
    sm_item_ids_free(&t->ids);
    t->ids = (sm_item_ids){.slots = NULL};
    return sm_item_ids_reserve(&t->ids, most);
}

static bool matches(const void *context, int64_t number)
{
    const titles *const t = context;
    place const a = t->places[number], b = t->asked;
    return a.count == b.count &&
           memcmp(t->points.points + a.at, t->points.points + b.at,
                  a.count * sizeof *t->points.points) == 0;
}

/* Whether a title is there already; a new one is from now on. */
static sm_status meet(titles *t, siamese_text title, bool *is_there)
{
    size_t const at = t->points.count;
    *is_there = false;
    SM_RETURN_IF_ERROR(
        sm_fold_text(&t->folder, title.data, title.size, &t->points));
    t->asked = (place){at, t->points.count - at};
    if (t->asked.count == 0) return SIAMESE_OK; /* nothing to be alike in */
    uint64_t const hash = sm_secret_bytes(
        t->points.points + at, t->asked.count * sizeof *t->points.points);
    if (sm_item_ids_find(&t->ids, hash, matches, t)) {
        t->points.count = at;
        *is_there = true;
        return SIAMESE_OK;
    }
    place *const grown =
        sm_grow(t->places, &t->capacity, t->count + 1, sizeof *t->places);
    if (grown == NULL) return sm_fail_memory();
    t->places = grown;
    t->places[t->count] = t->asked;
    sm_item_ids_insert(&t->ids, hash, (int64_t)t->count++);
    return SIAMESE_OK;
}

static sm_status has_been(titles *t, const sm_hit_tables *tables, int64_t row,
                          bool *is_there)
{
    const sm_item_chunk *chunk = NULL;
    siamese_text title;
    size_t const at = sm_hit_tables_find(tables, row, &chunk);
    (void)sm_item_text(chunk, at, SM_COLUMN_TITLE, &title);
    return meet(t, title, is_there);
}

/* Of one query's hits begin .. end - 1; they go to `to` on. */
static sm_status choose(siamese_hits *hits, const sm_hits_choice *choice,
                        titles *t, size_t begin, size_t end, size_t to,
                        size_t *kept)
{
    size_t const k = choice->k ? choice->k : SIZE_MAX;
    *kept = 0;
    if (choice->collapses)
        SM_RETURN_IF_ERROR(titles_begin(t, sm_min(k, end - begin)));
    for (size_t i = begin; i < end && *kept < k; i++) {
        bool is_there = false;
        if (choice->min_confidence > 0 &&
            (double)hits->confidences[i] < choice->min_confidence)
            continue;
        if (choice->collapses)
            SM_RETURN_IF_ERROR(
                has_been(t, &choice->tables, hits->rows[i], &is_there));
        if (!is_there) sm_hits_copy(hits, to + (*kept)++, hits, i, 1);
    }
    return SIAMESE_OK;
}

sm_status sm_hits_choose(siamese_hits *hits, const sm_hits_choice *choice,
                         unsigned char *short_of)
{
    sm_status status = SIAMESE_OK;
    bool const any = choice->collapses || choice->min_confidence > 0;
    titles t = {.count = 0};
    size_t begin = 0, to = 0;
    for (size_t q = 0; q < hits->query_count; q++) {
        size_t const end = hits->offsets[q + 1];
        size_t kept = choice->k ? sm_min(choice->k, end - begin) : end - begin;
        if (any)
            SM_TRY(choose(hits, choice, &t, begin, end, to, &kept));
        else
            sm_hits_copy(hits, to, hits, begin, kept);
        /* what is behind the hits that were ranked anew is not confident */
        if (choice->collapses)
            short_of[q] = choice->min_confidence <= 0 && kept < choice->k &&
                          end - begin == choice->asked;
        to += kept;
        begin = end;
        hits->offsets[q + 1] = to;
    }
out:
    titles_free(&t);
    return status;
}
