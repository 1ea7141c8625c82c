/* hits_repeats.c: hits of rows in, each item once out. For searches with
 * `dedupe` of items that have several rows. */
#include "search/hits_repeats.h"

#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"
#include "items/item_ids.h"

typedef struct id_of_hit {
    const sm_item_chunk *chunk;
    size_t at;
} id_of_hit;

typedef struct seen {
    const siamese_hits *hits;
    const sm_hit_tables *tables;
    id_of_hit id; /* that is looked for */
} seen;

static id_of_hit look_up(const seen *s, size_t hit)
{
    id_of_hit id = {NULL, 0};
    id.at = sm_hit_tables_find(s->tables, s->hits->rows[hit], &id.chunk);
    return id;
}

static uint64_t hash_of(const id_of_hit *id)
{
    if (id->chunk->ids)
        return sm_secret_number((uint64_t)id->chunk->ids[id->at]);
    siamese_text const text = id->chunk->text_ids[id->at];
    return sm_secret_bytes(text.data, text.size);
}

static bool matches(const void *context, int64_t hit)
{
    const seen *const s = context;
    id_of_hit const a = look_up(s, (size_t)hit), b = s->id;
    if (a.chunk->ids) return a.chunk->ids[a.at] == b.chunk->ids[b.at];
    siamese_text const x = a.chunk->text_ids[a.at];
    siamese_text const y = b.chunk->text_ids[b.at];
    return x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
}

/* Of one query's hits begin .. end - 1; they go to `to` on. */
static sm_status drop(siamese_hits *hits, seen *s, size_t begin, size_t end,
                      size_t to, size_t k, size_t *kept)
{
    sm_status status = SIAMESE_OK;
    sm_item_ids ids = {0};
    SM_TRY(sm_item_ids_reserve(&ids, k ? sm_min(k, end - begin) : end - begin));
    *kept = 0;
    for (size_t i = begin; i < end && (k == 0 || *kept < k); i++) {
        s->id = look_up(s, i);
        uint64_t const hash = hash_of(&s->id);
        if (sm_item_ids_find(&ids, hash, matches, s)) continue;
        size_t const at = to + (*kept)++;
        hits->rows[at] = hits->rows[i];
        hits->scores[at] = hits->scores[i];
        sm_item_ids_insert(&ids, hash, (int64_t)at);
    }
out:
    sm_item_ids_free(&ids);
    return status;
}

sm_status sm_hits_drop_repeats(siamese_hits *hits, const sm_hit_tables *tables,
                               size_t k)
{
    seen s = {.hits = hits, .tables = tables};
    size_t begin = 0, to = 0;
    for (size_t q = 0; q < hits->query_count; q++) {
        size_t const end = hits->offsets[q + 1];
        size_t kept;
        SM_RETURN_IF_ERROR(drop(hits, &s, begin, end, to, k, &kept));
        to += kept;
        begin = end;
        hits->offsets[q + 1] = to;
    }
    return SIAMESE_OK;
}
