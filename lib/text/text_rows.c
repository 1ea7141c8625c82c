/* text_rows.c: rows of texts in, their numbers out, equal ones once. For the
 * pair store and for candidates. */
#include "text/text_rows.h"

#include <stdbool.h>
#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"

void sm_text_rows_init(sm_text_rows *rows, size_t fields)
{
    *rows = (sm_text_rows){.fields = fields};
}

void sm_text_rows_free(sm_text_rows *rows)
{
    sm_free(rows->bytes);
    sm_free(rows->ends);
    sm_free(rows->bases);
    sm_row_slots_free(&rows->slots);
    sm_text_rows_init(rows, rows->fields);
}

/* ---- where texts are ---- */

/* Where text `at` of all begins. */
static size_t text_start(const sm_text_rows *rows, size_t at)
{
    size_t const base = rows->bases[at / SM_ENDS_BLOCK];
    return at % SM_ENDS_BLOCK ? base + rows->ends[at - 1] : base;
}

static size_t text_end(const sm_text_rows *rows, size_t at)
{
    return rows->bases[at / SM_ENDS_BLOCK] + rows->ends[at];
}

siamese_text sm_text_rows_text(const sm_text_rows *rows, size_t row,
                               size_t field)
{
    size_t const at = row * rows->fields + field;
    size_t const start = text_start(rows, at);
    return (siamese_text){rows->bytes + start, text_end(rows, at) - start};
}

void sm_text_rows_get(const sm_text_rows *rows, size_t row, siamese_text *texts)
{
    for (size_t f = 0; f < rows->fields; f++)
        texts[f] = sm_text_rows_text(rows, row, f);
}

/* ---- hashes ---- */

/* Text f of a row of which `given` are there: the others are empty. */
static siamese_text text_at(const siamese_text *texts, size_t given, size_t f)
{
    return f < given ? texts[f] : (siamese_text){NULL, 0};
}

uint64_t sm_text_rows_hash(const sm_text_rows *rows, size_t row)
{
    uint64_t h = SM_HASH_START;
    for (size_t f = 0; f < rows->fields; f++) {
        siamese_text const text = sm_text_rows_text(rows, row, f);
        uint64_t const size = text.size;
        h = sm_hash_bytes(h, text.data, text.size);
        h = sm_hash_bytes(h, &size, sizeof size);
    }
    return sm_hash_mix(h);
}

/* By the process's secret: h = mix(h ^ word) over the words of 8 bytes. */
static uint64_t add_to_key(const sm_hash_secret *secret, uint64_t key,
                           siamese_text text)
{
    return sm_secret_more(secret, key, text.data, text.size) ^ text.size;
}

static uint64_t key_of(const siamese_text *texts, size_t given, size_t fields)
{
    const sm_hash_secret *const secret = sm_secret();
    uint64_t key = secret->start;
    for (size_t f = 0; f < fields; f++)
        key = add_to_key(secret, key, text_at(texts, given, f));
    return sm_secret_mix(secret, key);
}

static uint64_t key_of_row(const void *context, size_t row)
{
    const sm_text_rows *const rows = context;
    const sm_hash_secret *const secret = sm_secret();
    uint64_t key = secret->start;
    for (size_t f = 0; f < rows->fields; f++)
        key = add_to_key(secret, key, sm_text_rows_text(rows, row, f));
    return sm_secret_mix(secret, key);
}

/* ---- finding ---- */

static bool is_text(siamese_text a, siamese_text b)
{
    return a.size == b.size &&
           /* NOLINTNEXTLINE(clang-analyzer-core.*): empty ones may be NULL */
           (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool is_row(const sm_text_rows *rows, size_t row,
                   const siamese_text *texts, size_t given)
{
    for (size_t f = 0; f < rows->fields; f++)
        if (!is_text(sm_text_rows_text(rows, row, f), text_at(texts, given, f)))
            return false;
    return true;
}

static uint32_t find(const sm_text_rows *rows, const siamese_text *texts,
                     size_t given, uint64_t key)
{
    sm_row_probe probe = sm_row_probe_begin(&rows->slots, key);
    for (;;) {
        uint32_t const row = sm_row_probe_next(&rows->slots, &probe);
        if (row == SM_ROW_NONE || is_row(rows, row, texts, given)) return row;
    }
}

uint32_t sm_text_rows_find(const sm_text_rows *rows, const siamese_text *texts,
                           size_t given)
{
    return find(rows, texts, given, key_of(texts, given, rows->fields));
}

static bool same_row(const sm_text_rows *a, size_t row_a, const sm_text_rows *b,
                     size_t row_b)
{
    for (size_t f = 0; f < a->fields; f++)
        if (!is_text(sm_text_rows_text(a, row_a, f),
                     sm_text_rows_text(b, row_b, f)))
            return false;
    return true;
}

uint32_t sm_text_rows_find_row(const sm_text_rows *rows,
                               const sm_text_rows *others, size_t row)
{
    sm_row_probe probe =
        sm_row_probe_begin(&rows->slots, key_of_row(others, row));
    for (;;) {
        uint32_t const found = sm_row_probe_next(&rows->slots, &probe);
        if (found == SM_ROW_NONE || same_row(rows, found, others, row))
            return found;
    }
}

/* ---- adding and taking out ---- */

static sm_status reserve_ends(sm_text_rows *rows)
{
    size_t ends;
    if (!sm_size_multiply(rows->count + 1, rows->fields, &ends))
        return sm_fail_memory();
    uint32_t *const new_ends = sm_grow_by_part(rows->ends, &rows->end_capacity,
                                               ends, sizeof *new_ends);
    if (new_ends == NULL) return sm_fail_memory();
    rows->ends = new_ends;
    size_t *const new_bases =
        sm_grow_by_part(rows->bases, &rows->base_capacity,
                        sm_chunks(ends, SM_ENDS_BLOCK), sizeof *new_bases);
    if (new_bases == NULL) return sm_fail_memory();
    rows->bases = new_bases;
    return SIAMESE_OK;
}

static sm_status reserve_row(sm_text_rows *rows, const siamese_text *texts,
                             size_t given)
{
    size_t bytes = rows->byte_count, at = rows->count * rows->fields;
    SM_REQUIRE(rows->count < UINT32_MAX - 1, SIAMESE_E_LIMIT,
               "more than %u distinct rows of texts", UINT32_MAX - 1);
    SM_RETURN_IF_ERROR(reserve_ends(rows));
    for (size_t f = 0; f < rows->fields; f++, at++) {
        if (at % SM_ENDS_BLOCK == 0) rows->bases[at / SM_ENDS_BLOCK] = bytes;
        if (!sm_size_add(bytes, text_at(texts, given, f).size, &bytes))
            return sm_fail_memory();
        SM_REQUIRE(bytes - rows->bases[at / SM_ENDS_BLOCK] <= UINT32_MAX,
                   SIAMESE_E_LIMIT, "%d texts in a row have more than %u bytes",
                   SM_ENDS_BLOCK, UINT32_MAX);
    }
    char *const new_bytes =
        sm_grow_by_part(rows->bytes, &rows->byte_capacity, bytes, 1);
    if (new_bytes == NULL) return sm_fail_memory();
    rows->bytes = new_bytes;
    return sm_row_slots_reserve(&rows->slots, rows->count, key_of_row, rows);
}

static void append(sm_text_rows *rows, const siamese_text *texts, size_t given,
                   uint64_t key)
{
    size_t at = rows->count * rows->fields;
    for (size_t f = 0; f < rows->fields; f++, at++) {
        siamese_text const text = text_at(texts, given, f);
        if (text.size)
            memcpy(rows->bytes + rows->byte_count, text.data, text.size);
        rows->byte_count += text.size;
        rows->ends[at] =
            (uint32_t)(rows->byte_count - rows->bases[at / SM_ENDS_BLOCK]);
    }
    sm_row_slots_insert(&rows->slots, key, (uint32_t)rows->count);
    rows->count++;
}

sm_status sm_text_rows_add(sm_text_rows *rows, const siamese_text *texts,
                           size_t given, uint32_t *row)
{
    uint64_t const key = key_of(texts, given, rows->fields);
    uint32_t const found = find(rows, texts, given, key);
    if (found != SM_ROW_NONE) {
        *row = found;
        return SIAMESE_OK;
    }
    SM_RETURN_IF_ERROR(reserve_row(rows, texts, given));
    *row = (uint32_t)rows->count;
    append(rows, texts, given, key);
    return SIAMESE_OK;
}

void sm_text_rows_cut(sm_text_rows *rows, size_t count)
{
    if (count == 0) {
        sm_row_slots_clear(&rows->slots);
        rows->count = rows->byte_count = 0;
    }
    while (rows->count > count) {
        size_t const row = --rows->count;
        sm_row_slots_remove_last(&rows->slots, key_of_row(rows, row),
                                 (uint32_t)row);
    }
    if (count > 0) rows->byte_count = text_end(rows, count * rows->fields - 1);
}
