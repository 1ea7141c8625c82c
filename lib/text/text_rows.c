/* text_rows.c: rows of texts in, their numbers out, equal ones once. For the
 * pair store and for candidates. */
#include "text/text_rows.h"

#include <stdbool.h>
#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"

enum { FIRST_SLOTS = 64 };

void sm_text_rows_init(sm_text_rows *rows, size_t fields)
{
    *rows = (sm_text_rows){.fields = fields};
}

void sm_text_rows_free(sm_text_rows *rows)
{
    sm_free(rows->bytes);
    sm_free(rows->ends);
    sm_free(rows->hashes);
    sm_free(rows->keys);
    sm_free(rows->slots);
    sm_text_rows_init(rows, rows->fields);
}

static size_t row_start(const sm_text_rows *rows, size_t row)
{
    return row ? rows->ends[row * rows->fields - 1] : 0;
}

void sm_text_rows_get(const sm_text_rows *rows, size_t row, siamese_text *texts)
{
    size_t start = row_start(rows, row);
    for (size_t f = 0; f < rows->fields; f++) {
        size_t const end = rows->ends[row * rows->fields + f];
        texts[f] = (siamese_text){rows->bytes + start, end - start};
        start = end;
    }
}

siamese_text sm_text_rows_text(const sm_text_rows *rows, size_t row,
                               size_t field)
{
    size_t const at = row * rows->fields + field;
    size_t const start = at ? rows->ends[at - 1] : 0;
    return (siamese_text){rows->bytes + start, rows->ends[at] - start};
}

uint64_t sm_text_rows_hash(const sm_text_rows *rows, size_t row)
{
    return rows->hashes[row];
}

/* Text f of a row of which `given` are there: the others are empty. */
static siamese_text text_at(const siamese_text *texts, size_t given, size_t f)
{
    return f < given ? texts[f] : (siamese_text){NULL, 0};
}

/* Two hashes of a row; the one's steps fill the time that the other's wait. */
typedef struct row_hash {
    uint64_t hash;
    uint32_t key;
} row_hash;

static row_hash hash_of(const siamese_text *texts, size_t given, size_t fields)
{
    const sm_hash_secret *const secret = sm_secret();
    uint64_t h = SM_HASH_START, key = secret->start, word;
    for (size_t f = 0; f < fields; f++) {
        siamese_text const text = text_at(texts, given, f);
        uint64_t const size = text.size;
        size_t i = 0;
        for (; size - i >= 8; i += 8) {
            memcpy(&word, text.data + i, 8);
            key = sm_secret_mix(secret, key ^ word);
            h = sm_hash_bytes(h, text.data + i, 8);
        }
        if (i < size) {
            h = sm_hash_bytes(h, text.data + i, size - i);
            key = sm_secret_more(secret, key, text.data + i, size - i);
        }
        h = sm_hash_bytes(h, &size, sizeof size);
        key ^= size;
    }
    return (row_hash){sm_hash_mix(h), (uint32_t)sm_secret_mix(secret, key)};
}

static bool is_row(const sm_text_rows *rows, size_t row,
                   const siamese_text *texts, size_t given)
{
    size_t start = row_start(rows, row);
    for (size_t f = 0; f < rows->fields; f++) {
        size_t const end = rows->ends[row * rows->fields + f];
        siamese_text const text = text_at(texts, given, f);
        if (end - start != text.size) return false;
        if (end > start &&
            memcmp(rows->bytes + start, text.data, end - start) != 0)
            return false;
        start = end;
    }
    return true;
}

/* The first free slot for a key. */
static size_t free_slot(const uint32_t *slots, size_t slot_count, uint32_t key)
{
    size_t at = key & (slot_count - 1);
    while (slots[at]) at = (at + 1) & (slot_count - 1);
    return at;
}

/* Room for one more row at a load of at most one half. */
static sm_status reserve_slot(sm_text_rows *rows)
{
    if (2 * (rows->count + 1) <= rows->slot_count) return SIAMESE_OK;
    size_t const wanted = rows->slot_count ? 2 * rows->slot_count : FIRST_SLOTS;
    uint32_t *const slots = sm_calloc(wanted, sizeof *slots);
    if (slots == NULL) return sm_fail_memory();
    for (size_t row = 0; row < rows->count; row++)
        slots[free_slot(slots, wanted, rows->keys[row])] = (uint32_t)row + 1;
    sm_free(rows->slots);
    rows->slots = slots;
    rows->slot_count = wanted;
    return SIAMESE_OK;
}

static sm_status reserve_row(sm_text_rows *rows, const siamese_text *texts,
                             size_t given)
{
    SM_REQUIRE(rows->count < UINT32_MAX - 1, SIAMESE_E_LIMIT,
               "more than %u distinct rows of texts", UINT32_MAX - 1);
    size_t bytes = rows->byte_count, ends;
    for (size_t f = 0; f < rows->fields; f++)
        if (!sm_size_add(bytes, text_at(texts, given, f).size, &bytes))
            return sm_fail_memory();
    if (!sm_size_multiply(rows->count + 1, rows->fields, &ends))
        return sm_fail_memory();
    char *const new_bytes =
        sm_grow(rows->bytes, &rows->byte_capacity, bytes, 1);
    if (new_bytes == NULL) return sm_fail_memory();
    rows->bytes = new_bytes;
    size_t *const new_ends =
        sm_grow(rows->ends, &rows->end_capacity, ends, sizeof *new_ends);
    if (new_ends == NULL) return sm_fail_memory();
    rows->ends = new_ends;
    uint64_t *const new_hashes = sm_grow(rows->hashes, &rows->hash_capacity,
                                         rows->count + 1, sizeof *new_hashes);
    if (new_hashes == NULL) return sm_fail_memory();
    rows->hashes = new_hashes;
    uint32_t *const new_keys = sm_grow(rows->keys, &rows->key_capacity,
                                       rows->count + 1, sizeof *new_keys);
    if (new_keys == NULL) return sm_fail_memory();
    rows->keys = new_keys;
    return reserve_slot(rows);
}

static void append(sm_text_rows *rows, const siamese_text *texts, size_t given,
                   row_hash hash)
{
    for (size_t f = 0; f < rows->fields; f++) {
        siamese_text const text = text_at(texts, given, f);
        if (text.size)
            memcpy(rows->bytes + rows->byte_count, text.data, text.size);
        rows->byte_count += text.size;
        rows->ends[rows->count * rows->fields + f] = rows->byte_count;
    }
    rows->hashes[rows->count] = hash.hash;
    rows->keys[rows->count] = hash.key;
    rows->slots[free_slot(rows->slots, rows->slot_count, hash.key)] =
        (uint32_t)rows->count + 1;
    rows->count++;
}

static uint32_t find(const sm_text_rows *rows, const siamese_text *texts,
                     size_t given, uint32_t key)
{
    if (rows->slot_count == 0) return UINT32_MAX;
    size_t at = key & (rows->slot_count - 1);
    for (; rows->slots[at]; at = (at + 1) & (rows->slot_count - 1)) {
        uint32_t const found = rows->slots[at] - 1;
        if (rows->keys[found] == key && is_row(rows, found, texts, given))
            return found;
    }
    return UINT32_MAX;
}

uint32_t sm_text_rows_find(const sm_text_rows *rows, const siamese_text *texts,
                           size_t given)
{
    return find(rows, texts, given, hash_of(texts, given, rows->fields).key);
}

static bool same_row(const sm_text_rows *a, size_t row_a, const sm_text_rows *b,
                     size_t row_b)
{
    const size_t *const ends_a = a->ends + row_a * a->fields;
    const size_t *const ends_b = b->ends + row_b * b->fields;
    size_t const start_a = row_start(a, row_a), start_b = row_start(b, row_b);
    for (size_t f = 0; f < a->fields; f++)
        if (ends_a[f] - start_a != ends_b[f] - start_b) return false;
    size_t const size = ends_a[a->fields - 1] - start_a;
    return size == 0 ||
           memcmp(a->bytes + start_a, b->bytes + start_b, size) == 0;
}

uint32_t sm_text_rows_find_row(const sm_text_rows *rows,
                               const sm_text_rows *others, size_t row)
{
    uint32_t const key = others->keys[row];
    if (rows->slot_count == 0) return UINT32_MAX;
    size_t at = key & (rows->slot_count - 1);
    for (; rows->slots[at]; at = (at + 1) & (rows->slot_count - 1)) {
        uint32_t const found = rows->slots[at] - 1;
        if (rows->keys[found] == key && same_row(rows, found, others, row))
            return found;
    }
    return UINT32_MAX;
}

sm_status sm_text_rows_add(sm_text_rows *rows, const siamese_text *texts,
                           size_t given, uint32_t *row)
{
    row_hash const hash = hash_of(texts, given, rows->fields);
    uint32_t const found = find(rows, texts, given, hash.key);
    if (found != UINT32_MAX) {
        *row = found;
        return SIAMESE_OK;
    }
    SM_RETURN_IF_ERROR(reserve_row(rows, texts, given));
    *row = (uint32_t)rows->count;
    append(rows, texts, given, hash);
    return SIAMESE_OK;
}

void sm_text_rows_cut(sm_text_rows *rows, size_t count)
{
    if (count == 0 && rows->slot_count > 0)
        memset(rows->slots, 0, rows->slot_count * sizeof *rows->slots);
    if (count == 0) rows->count = 0;
    /* the last row in is the first out, so no probe chain is broken */
    while (rows->count > count) {
        size_t const row = --rows->count;
        size_t at = rows->keys[row] & (rows->slot_count - 1);
        while (rows->slots[at] != row + 1)
            at = (at + 1) & (rows->slot_count - 1);
        rows->slots[at] = 0;
    }
    rows->byte_count = row_start(rows, count);
}
