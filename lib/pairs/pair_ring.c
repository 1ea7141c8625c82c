/*
 * pair_ring.c: pairs come from a reader into the cells of a sampler's ring, and
 * go from there to a batch's store. The fit of lib/train calls it.
 */
#include "pairs/pair_ring.h"

#include <string.h>

#include "common/cancel.h"
#include "common/memory.h"
#include "common/size.h"

/* ---- pairs in one block ---- */

/* What stands in front of a kept pair: then come ids and probabilities of its
 * negatives, the sizes of all texts, and the texts. */
typedef struct kept_head {
    size_t query_fields, item_fields, negatives;
    int64_t id;
    float weight, probability;
    bool has_id, has_ids; /* of the item, of the negatives */
} kept_head;

static size_t text_count(const kept_head *head)
{
    return head->query_fields + head->item_fields * (1 + head->negatives);
}

static kept_head head_of(const siamese_pairs *p)
{
    return (kept_head){.query_fields = p->query_fields,
                       .item_fields = p->item_fields,
                       .negatives = p->negatives ? p->negative_offsets[1] : 0,
                       .id = p->item_ids ? *p->item_ids : 0,
                       .weight = p->weights ? *p->weights : 1,
                       .probability =
                           p->item_probabilities ? *p->item_probabilities : 1,
                       .has_id = p->item_ids != NULL,
                       .has_ids = p->negative_ids != NULL};
}

/* Text t of all: the queries', the items', the negatives'. */
static siamese_text text_of(const siamese_pairs *p, size_t t)
{
    if (t < p->query_fields) return p->queries[t];
    t -= p->query_fields;
    return t < p->item_fields ? p->items[t] : p->negatives[t - p->item_fields];
}

static char *put(char *to, const void *from, size_t size)
{
    if (size) memcpy(to, from, size);
    return to + size;
}

static const char *get(void *to, const char *from, size_t size)
{
    if (size) memcpy(to, from, size);
    return from + size;
}

static sm_status keep(sm_kept_pair *cell, const siamese_pairs *p)
{
    kept_head const head = head_of(p);
    size_t const texts = text_count(&head);
    size_t bytes = sizeof head, each = sizeof(int64_t) + sizeof(float);
    if (!sm_size_multiply(head.negatives, each, &each) ||
        !sm_size_add(bytes, each, &bytes) ||
        !sm_size_multiply(texts, sizeof(size_t), &each) ||
        !sm_size_add(bytes, each, &bytes))
        return sm_fail_memory();
    for (size_t t = 0; t < texts; t++)
        if (!sm_size_add(bytes, text_of(p, t).size, &bytes))
            return sm_fail_memory();
    char *const memory =
        sm_grow_by_part(cell->memory, &cell->capacity, bytes, 1);
    if (memory == NULL) return sm_fail_memory();
    cell->memory = memory;
    char *at = put(memory, &head, sizeof head);
    for (size_t n = 0; n < head.negatives; n++) {
        int64_t const id = head.has_ids ? p->negative_ids[n] : 0;
        float const probability =
            p->negative_probabilities ? p->negative_probabilities[n] : 1;
        at = put(at, &id, sizeof id);
        at = put(at, &probability, sizeof probability);
    }
    for (size_t t = 0; t < texts; t++) {
        size_t const size = text_of(p, t).size;
        at = put(at, &size, sizeof size);
    }
    for (size_t t = 0; t < texts; t++)
        at = put(at, text_of(p, t).data, text_of(p, t).size);
    return SIAMESE_OK;
}

/* The negatives' ids and probabilities, one by one. */
static sm_status take_negatives(const kept_head *head, const char *at,
                                int64_t **ids, float **probabilities)
{
    *ids = sm_alloc_array(head->negatives, sizeof **ids);
    *probabilities = sm_alloc_array(head->negatives, sizeof **probabilities);
    if (*ids == NULL || *probabilities == NULL) return sm_fail_memory();
    for (size_t n = 0; n < head->negatives; n++) {
        at = get(*ids + n, at, sizeof **ids);
        at = get(*probabilities + n, at, sizeof **probabilities);
    }
    return SIAMESE_OK;
}

/* Points the ring's texts at those of the cell. */
static sm_status point_texts(sm_pair_ring *ring, const kept_head *head,
                             const char *at)
{
    size_t const texts = text_count(head);
    siamese_text *const grown =
        sm_grow(ring->texts, &ring->text_capacity, texts, sizeof *grown);
    if (grown == NULL) return sm_fail_memory();
    ring->texts = grown;
    const char *bytes = at + texts * sizeof(size_t);
    for (size_t t = 0; t < texts; t++) {
        at = get(&grown[t].size, at, sizeof grown[t].size);
        grown[t].data = bytes;
        bytes += grown[t].size;
    }
    return SIAMESE_OK;
}

/* The kept pair to the store. */
static sm_status give(sm_pair_ring *ring, const sm_kept_pair *cell,
                      sm_pair_store *store)
{
    sm_status status = SIAMESE_OK;
    kept_head head;
    int64_t *ids = NULL;
    float *probabilities = NULL;
    const char *const at = get(&head, cell->memory, sizeof head);
    size_t const offsets[] = {0, head.negatives};
    siamese_pairs pair = {.struct_size = sizeof pair,
                          .query_fields = head.query_fields,
                          .item_fields = head.item_fields,
                          .item_ids = head.has_id ? &head.id : NULL,
                          .weights = &head.weight,
                          .item_probabilities = &head.probability,
                          .count = 1};
    SM_TRY(point_texts(ring, &head,
                       at + head.negatives * (sizeof *ids + sizeof(float))));
    pair.queries = ring->texts;
    pair.items = ring->texts + head.query_fields;
    if (head.negatives) {
        SM_TRY(take_negatives(&head, at, &ids, &probabilities));
        pair.negatives = pair.items + head.item_fields;
        pair.negative_offsets = offsets;
        pair.negative_ids = head.has_ids ? ids : NULL;
        pair.negative_probabilities = probabilities;
    }
    SM_TRY(
        sm_pair_store_add(store, NULL, NULL, &pair, SM_PAIRS_WHOLE, "source"));
out:
    sm_free(ids);
    sm_free(probabilities);
    return status;
}

/* ---- the ring ---- */

sm_status sm_pair_ring_create(sm_pair_ring *ring, sm_pair_reader *reader,
                              size_t given, uint64_t hash, size_t generated,
                              size_t shuffle_buffer, uint64_t seed,
                              uint64_t epoch)
{
    size_t elements;
    if (!sm_size_add(given, generated, &elements)) return sm_fail_memory();
    *ring = (sm_pair_ring){.reader = reader, .given = given, .hash = hash};
    SM_RETURN_IF_ERROR(sm_sampler_create(&ring->sampler, elements,
                                         shuffle_buffer, seed, epoch));
    ring->cells = sm_calloc(ring->sampler.slot_count, sizeof *ring->cells);
    if (ring->cells == NULL) return sm_fail_memory();
    return given ? sm_pair_reader_rewind(reader) : SIAMESE_OK;
}

void sm_pair_ring_free(sm_pair_ring *ring)
{
    for (size_t i = 0; ring->cells && i < ring->sampler.slot_count; i++)
        sm_free(ring->cells[i].memory);
    sm_free(ring->cells);
    sm_free(ring->texts);
    sm_sampler_free(&ring->sampler);
    *ring = (sm_pair_ring){.reader = NULL};
}

/* Reads as far as there is room; the last pair must be the last one. */
static sm_status fill(sm_pair_ring *ring)
{
    size_t slot, element;
    while (sm_sampler_fill(&ring->sampler, &slot, &element)) {
        siamese_pairs pair;
        if (element >= ring->given) continue;
        SM_RETURN_IF_ERROR(sm_pair_reader_next(ring->reader, &pair));
        if (pair.count == 0)
            return sm_pair_reader_finish(ring->reader, ring->given, ring->hash);
        SM_RETURN_IF_ERROR(keep(&ring->cells[slot], &pair));
        if (element + 1 == ring->given)
            SM_RETURN_IF_ERROR(
                sm_pair_reader_finish(ring->reader, ring->given, ring->hash));
    }
    return SIAMESE_OK;
}

/* Draws an element; one of the source goes to the store, if there is one. */
static sm_status next_element(sm_pair_ring *ring, sm_pair_store *store,
                              size_t *element)
{
    size_t drawn, start;
    SM_RETURN_IF_ERROR(fill(ring));
    *element = sm_sampler_draw(&ring->sampler, &drawn, &start);
    if (store && *element < ring->given)
        SM_RETURN_IF_ERROR(give(ring, &ring->cells[drawn], store));
    sm_kept_pair const moved = ring->cells[start];
    ring->cells[start] = ring->cells[drawn];
    ring->cells[drawn] = moved;
    return SIAMESE_OK;
}

static size_t left(const sm_pair_ring *ring)
{
    return ring->sampler.count - ring->sampler.start;
}

sm_status sm_pair_ring_next(sm_pair_ring *ring, sm_pair_store *store,
                            size_t batch, size_t *rows, size_t *taken)
{
    *taken = sm_min(batch, left(ring));
    for (size_t i = 0; i < *taken; i++)
        SM_RETURN_IF_ERROR(next_element(ring, store, &rows[i]));
    size_t given = 0;
    for (size_t i = 0; i < *taken; i++)
        rows[i] = rows[i] < ring->given
                      ? given++
                      : store->count + (rows[i] - ring->given);
    return SIAMESE_OK;
}

sm_status sm_pair_ring_skip(sm_pair_ring *ring, size_t elements)
{
    size_t const taken = sm_min(elements, left(ring));
    for (size_t i = 0; i < taken; i++) {
        size_t element;
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        SM_RETURN_IF_ERROR(next_element(ring, NULL, &element));
    }
    return SIAMESE_OK;
}
