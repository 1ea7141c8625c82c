/* item_chunk.c: rows in, the same rows column by column out. For the table of
 * items, which holds chunks. */
#include "items/item_chunk.h"

#include <math.h>
#include <string.h>

#include "common/arena.h"
#include "common/memory.h"
#include "common/size.h"

/* ---- memory ---- */

static void lay_out_column(sm_item_values *v, size_t capacity, sm_arena *arena)
{
    v->present = sm_arena_array(arena, capacity, 1);
    switch (v->type) {
    case SIAMESE_COLUMN_TEXT:
        v->texts = sm_arena_array(arena, capacity, sizeof *v->texts);
        break;
    case SIAMESE_COLUMN_INTEGER:
        v->integers = sm_arena_array(arena, capacity, sizeof *v->integers);
        break;
    default:
        v->numbers = sm_arena_array(arena, capacity, sizeof *v->numbers);
    }
}

static void lay_out(sm_item_chunk *chunk, int32_t ids, int is_sparse,
                    const sm_item_column *columns, sm_arena *arena)
{
    size_t const n = chunk->capacity;
    chunk->columns =
        sm_arena_array(arena, chunk->column_count, sizeof *chunk->columns);
    if (is_sparse)
        chunk->places = sm_arena_array(arena, n, sizeof *chunk->places);
    if (ids == SIAMESE_IDS_TEXT)
        chunk->text_ids = sm_arena_array(arena, n, sizeof *chunk->text_ids);
    else
        chunk->ids = sm_arena_array(arena, n, sizeof *chunk->ids);
    chunk->titles = sm_arena_array(arena, n, sizeof *chunk->titles);
    for (size_t c = 0; c < chunk->column_count; c++) {
        sm_item_values own = {.type = columns[c].type};
        lay_out_column(&own, n, arena);
        if (arena->memory) chunk->columns[c] = own;
    }
}

sm_status sm_item_chunk_create(sm_item_chunk **out, size_t capacity,
                               int is_sparse, int32_t ids,
                               const sm_item_column *columns,
                               size_t column_count)
{
    sm_item_chunk plan = {.capacity = capacity, .column_count = column_count};
    sm_arena arena = {NULL, 0};
    (void)sm_arena_array(&arena, 1, sizeof plan);
    lay_out(&plan, ids, is_sparse, columns, &arena);
    char *const memory = sm_aligned_calloc(arena.used, 1);
    if (memory == NULL) return sm_fail_memory();
    plan.size = arena.used;
    arena = (sm_arena){memory, 0};
    sm_item_chunk *const chunk = sm_arena_array(&arena, 1, sizeof *chunk);
    *chunk = plan;
    sm_references_init(&chunk->references);
    lay_out(chunk, ids, is_sparse, columns, &arena);
    *out = chunk;
    return SIAMESE_OK;
}

void sm_item_chunk_take_back(sm_item_chunk *chunk, const sm_item_bytes *last)
{
    while (chunk->bytes != last) {
        sm_item_bytes *const bytes = chunk->bytes;
        chunk->bytes = bytes->next;
        sm_free(bytes);
    }
}

void sm_item_chunk_release(sm_item_chunk *chunk)
{
    if (chunk == NULL || !sm_references_drop(&chunk->references)) return;
    sm_item_chunk_take_back(chunk, NULL);
    sm_aligned_free(chunk);
}

/* ---- texts ---- */

/* Room for texts of so many bytes together, a NUL behind each. */
typedef struct text_room {
    size_t size;
    char *at;
    int overflows;
} text_room;

static void count_texts(text_room *room, const siamese_text *texts,
                        size_t count)
{
    for (size_t i = 0; texts && i < count; i++)
        if (!sm_size_add(room->size, texts[i].size, &room->size) ||
            !sm_size_add(room->size, 1, &room->size))
            room->overflows = 1;
}

static sm_status make_room(text_room *room, sm_item_chunk *chunk)
{
    size_t total;
    if (room->overflows ||
        !sm_size_add(room->size, sizeof(sm_item_bytes), &total))
        return sm_fail_memory();
    if (room->size == 0) return SIAMESE_OK;
    sm_item_bytes *const bytes = sm_alloc(total);
    if (bytes == NULL) return sm_fail_memory();
    bytes->next = chunk->bytes;
    chunk->bytes = bytes;
    chunk->size += total;
    room->at = bytes->data;
    return SIAMESE_OK;
}

static siamese_text put_text(text_room *room, siamese_text text)
{
    siamese_text const own = {room->at, text.size};
    /* NOLINTNEXTLINE(clang-analyzer-core.*): its room was made before */
    if (text.size) memcpy(room->at, text.data, text.size);
    /* NOLINTNEXTLINE(clang-analyzer-core.*): likewise */
    room->at[text.size] = '\0';
    room->at += text.size + 1;
    return own;
}

static siamese_text const no_text = {"", 0};

/* ---- rows of a source ---- */

static int has_value(const siamese_column_values *from, size_t r)
{
    return from != NULL && (from->present == NULL || from->present[r]) &&
           (from->numbers == NULL || !isnan(from->numbers[r]));
}

static void write_column(sm_item_values *to, size_t at,
                         const siamese_column_values *from, size_t first,
                         size_t count, text_room *room)
{
    for (size_t i = 0; i < count; i++) {
        size_t const r = first + i;
        int const is_there = has_value(from, r);
        to->present[at + i] = (unsigned char)is_there;
        if (to->integers)
            to->integers[at + i] = is_there ? from->integers[r] : 0;
        if (to->numbers)
            to->numbers[at + i] = is_there ? from->numbers[r] : NAN;
        if (to->texts)
            to->texts[at + i] =
                is_there ? put_text(room, from->texts[r]) : no_text;
    }
}

sm_status sm_item_chunk_write(sm_item_chunk *chunk,
                              const sm_item_source *source, size_t first,
                              size_t count, int64_t number)
{
    text_room room = {0};
    size_t const at = chunk->count;
    if (chunk->text_ids) count_texts(&room, source->text_ids + first, count);
    if (source->titles) count_texts(&room, source->titles + first, count);
    for (size_t c = 0; c < chunk->column_count; c++)
        for (size_t i = 0; chunk->columns[c].texts && i < count; i++)
            if (has_value(source->columns[c], first + i))
                count_texts(&room, &source->columns[c]->texts[first + i], 1);
    SM_RETURN_IF_ERROR(make_room(&room, chunk));
    for (size_t i = 0; i < count; i++) {
        size_t const r = first + i;
        if (chunk->text_ids)
            chunk->text_ids[at + i] = put_text(&room, source->text_ids[r]);
        else
            chunk->ids[at + i] =
                source->ids ? source->ids[r] : number + (int64_t)i;
        chunk->titles[at + i] =
            source->titles ? put_text(&room, source->titles[r]) : no_text;
    }
    for (size_t c = 0; c < chunk->column_count; c++)
        write_column(&chunk->columns[c], at, source->columns[c], first, count,
                     &room);
    return SIAMESE_OK;
}

/* ---- rows of another chunk ---- */

static int is_kept(const sm_item_chunk *from, size_t slot,
                   const uint64_t *keeps)
{
    size_t const place = from->places ? from->places[slot] : slot;
    return keeps == NULL || (keeps[place / 64] >> place % 64 & 1);
}

static void count_row(text_room *room, const sm_item_chunk *from, size_t slot)
{
    if (from->text_ids) count_texts(room, &from->text_ids[slot], 1);
    count_texts(room, &from->titles[slot], 1);
    for (size_t c = 0; c < from->column_count; c++)
        if (from->columns[c].texts)
            count_texts(room, &from->columns[c].texts[slot], 1);
}

static void copy_value(sm_item_values *to, size_t at,
                       const sm_item_values *from, size_t slot, text_room *room)
{
    to->present[at] = from ? from->present[slot] : 0;
    if (to->integers) to->integers[at] = from ? from->integers[slot] : 0;
    if (to->numbers) to->numbers[at] = from ? from->numbers[slot] : NAN;
    if (to->texts)
        to->texts[at] = from ? put_text(room, from->texts[slot]) : no_text;
}

static void copy_row(sm_item_chunk *to, const sm_item_chunk *from, size_t slot,
                     text_room *room)
{
    size_t const at = to->count++;
    if (to->places)
        to->places[at] = from->places ? from->places[slot] : (uint16_t)slot;
    if (to->text_ids)
        /* NOLINTNEXTLINE(clang-analyzer-core.*): both have them or none */
        to->text_ids[at] = put_text(room, from->text_ids[slot]);
    else
        to->ids[at] = from->ids[slot];
    to->titles[at] = put_text(room, from->titles[slot]);
    for (size_t c = 0; c < to->column_count; c++)
        copy_value(&to->columns[c], at,
                   c < from->column_count ? &from->columns[c] : NULL, slot,
                   room);
}

sm_status sm_item_chunk_copy(sm_item_chunk **out, const sm_item_chunk *from,
                             size_t capacity, const uint64_t *keeps,
                             const sm_item_column *columns, size_t column_count)
{
    sm_item_chunk *chunk;
    text_room room = {0};
    int32_t const ids = from->text_ids ? SIAMESE_IDS_TEXT : SIAMESE_IDS_INTEGER;
    SM_RETURN_IF_ERROR(sm_item_chunk_create(
        &chunk, capacity, keeps != NULL || from->places != NULL, ids, columns,
        column_count));
    for (size_t slot = 0; slot < from->count; slot++)
        if (is_kept(from, slot, keeps)) count_row(&room, from, slot);
    sm_status const status = make_room(&room, chunk);
    if (status != SIAMESE_OK) {
        sm_item_chunk_release(chunk);
        return status;
    }
    for (size_t slot = 0; slot < from->count; slot++)
        if (is_kept(from, slot, keeps)) copy_row(chunk, from, slot, &room);
    *out = chunk;
    return SIAMESE_OK;
}
