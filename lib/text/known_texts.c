/* known_texts.c: a text in, the ids that it had before out. For the reading of
 * batches in lib/tower. */
#include "text/known_texts.h"

#include <string.h>

#include "common/hash.h"
#include "common/memory.h"

/* Bytes of texts and ids; bits of those seen once, of which an eighth at the
 * most is set, so that few texts are taken for others. */
enum { ROOM = 64 << 20, SEEN_BITS = 1 << 20, SEEN_MAX = SEEN_BITS / 8 };

void sm_known_texts_free(sm_known_texts *known)
{
    sm_text_rows_free(&known->texts);
    sm_free(known->ends);
    sm_free(known->ids);
    sm_free(known->seen);
    *known = (sm_known_texts){.ids = NULL};
}

static size_t first_id(const sm_known_texts *known, size_t row)
{
    return row ? known->ends[row - 1] : 0;
}

sm_status sm_known_texts_read(const sm_known_texts *known,
                              const siamese_text *text, sm_id_list *list,
                              bool *found)
{
    *found = false;
    if (known->texts.count == 0) return SIAMESE_OK;
    uint32_t const row = sm_text_rows_find(&known->texts, text, 1);
    if (row == UINT32_MAX) return SIAMESE_OK;
    size_t const first = first_id(known, row);
    size_t const count = known->ends[row] - first;
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, count));
    if (count)
        memcpy(list->ids + list->count, known->ids + first,
               count * sizeof *list->ids);
    list->count += count;
    *found = true;
    return SIAMESE_OK;
}

uint64_t sm_known_texts_key(const siamese_text *text)
{
    return sm_secret_bytes(text->data, text->size);
}

/* Whether it came before; from now on it did. */
static bool came_before(sm_known_texts *known, uint64_t key)
{
    uint64_t const bit = key % SEEN_BITS;
    uint64_t *const word = &known->seen[bit / 64];
    uint64_t const mask = UINT64_C(1) << bit % 64;
    if (*word & mask) return true;
    if (known->seen_count == SEEN_MAX) {
        memset(known->seen, 0, SEEN_BITS / 8);
        known->seen_count = 0;
    }
    *word |= mask;
    known->seen_count++;
    return false;
}

static bool has_room(const sm_known_texts *known, const siamese_text *text,
                     size_t count)
{
    size_t const texts = known->texts.byte_count;
    size_t const ids = first_id(known, known->texts.count);
    return text->size <= ROOM && count <= ROOM / sizeof *known->ids &&
           texts + text->size + (ids + count) * sizeof *known->ids <= ROOM;
}

static sm_status keep(sm_known_texts *known, const siamese_text *text,
                      const int32_t *ids, size_t count)
{
    uint32_t row;
    size_t const texts = known->texts.count;
    size_t const first = first_id(known, texts);
    size_t *const ends = sm_grow_by_part(known->ends, &known->ends_capacity,
                                         texts + 1, sizeof *ends);
    if (ends == NULL) return sm_fail_memory();
    known->ends = ends;
    int32_t *const more = sm_grow_by_part(known->ids, &known->ids_capacity,
                                          first + count + 1, sizeof *more);
    if (more == NULL) return sm_fail_memory();
    known->ids = more;
    SM_RETURN_IF_ERROR(sm_text_rows_add(&known->texts, text, 1, &row));
    if (row < texts) return SIAMESE_OK; /* twice in one batch */
    if (count) memcpy(more + first, ids, count * sizeof *ids);
    ends[row] = first + count;
    return SIAMESE_OK;
}

sm_status sm_known_texts_add(sm_known_texts *known, const siamese_text *text,
                             uint64_t key, const int32_t *ids, size_t count)
{
    if (!has_room(known, text, count)) return SIAMESE_OK;
    if (known->seen == NULL) {
        sm_text_rows_init(&known->texts, 1);
        known->seen = sm_calloc(SEEN_BITS / 64, sizeof *known->seen);
        if (known->seen == NULL) return sm_fail_memory();
    }
    return came_before(known, key) ? keep(known, text, ids, count) : SIAMESE_OK;
}
