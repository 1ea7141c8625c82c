/* index_mapped.c: a list and a row in, its floats, codes and places out, from
 * the file. For index_lists. */
#include "index/index_mapped.h"

#include <inttypes.h>
#include <stdlib.h>

#include "common/memory.h"
#include "common/size.h"
#include "math/crc32.h"

/* ---- life ---- */

static sm_status number_lists(sm_mapped *mapped, const int64_t *sizes)
{
    sm_code_part parts[SM_CODE_PARTS];
    size_t const rows = mapped->piece_rows;
    size_t const whole = sm_codes_parts(NULL, mapped->dim, 0, rows, parts);
    for (size_t l = 0; l < mapped->nlist; l++) {
        size_t const size = (size_t)sizes[l];
        size_t const rest =
            sm_codes_parts(NULL, mapped->dim, 0, size % rows, parts);
        mapped->starts[l + 1] = mapped->starts[l] + size;
        mapped->pieces[l + 1] = mapped->pieces[l] + sm_chunks(size, rows);
        mapped->codes[l + 1] =
            mapped->codes[l] + (uint64_t)(size / rows) * whole + rest;
    }
    size_t const count = mapped->starts[mapped->nlist];
    mapped->ids = sm_alloc_array(count, sizeof *mapped->ids);
    if (mapped->ids == NULL) return sm_fail_memory();
    mapped->crcs =
        sm_alloc_array(mapped->pieces[mapped->nlist], sizeof *mapped->crcs);
    return mapped->crcs ? SIAMESE_OK : sm_fail_memory();
}

sm_status sm_mapped_create(sm_mapped **out, const sm_index_file *file,
                           size_t dim, size_t piece_rows, const int64_t *sizes,
                           size_t nlist)
{
    sm_status status = SIAMESE_OK;
    sm_mapped *mapped = sm_calloc(1, sizeof *mapped);
    if (mapped == NULL) {
        file->close(file->context);
        return sm_fail_memory();
    }
    pthread_mutex_init(&mapped->lock, NULL);
    mapped->file = *file;
    mapped->dim = dim;
    mapped->nlist = nlist;
    mapped->piece_rows = piece_rows;
    mapped->starts = sm_calloc(nlist + 1, sizeof *mapped->starts);
    SM_CHECK_MEMORY(mapped->starts);
    mapped->pieces = sm_calloc(nlist + 1, sizeof *mapped->pieces);
    SM_CHECK_MEMORY(mapped->pieces);
    mapped->codes = sm_calloc(nlist + 1, sizeof *mapped->codes);
    SM_CHECK_MEMORY(mapped->codes);
    mapped->are_read = sm_calloc(nlist, sizeof *mapped->are_read);
    SM_CHECK_MEMORY(mapped->are_read);
    SM_TRY(number_lists(mapped, sizes));
    *out = mapped;
    mapped = NULL;
out:
    sm_mapped_free(mapped);
    return status;
}

void sm_mapped_free(sm_mapped *mapped)
{
    if (mapped == NULL) return;
    mapped->file.close(mapped->file.context);
    sm_free(atomic_load(&mapped->order));
    sm_free(mapped->are_read);
    sm_free(mapped->crcs);
    sm_free(mapped->codes);
    sm_free(mapped->ids);
    sm_free(mapped->pieces);
    sm_free(mapped->starts);
    pthread_mutex_destroy(&mapped->lock);
    sm_free(mapped);
}

size_t sm_mapped_memory(const sm_mapped *mapped)
{
    size_t const count = mapped->starts[mapped->nlist];
    size_t memory = sizeof *mapped + count * sizeof *mapped->ids +
                    mapped->pieces[mapped->nlist] * sizeof *mapped->crcs;
    memory += (mapped->nlist + 1) *
              (sizeof *mapped->starts + sizeof *mapped->pieces +
               sizeof *mapped->codes + sizeof *mapped->are_read);
    if (atomic_load(&((sm_mapped *)mapped)->order))
        memory += count * sizeof(sm_id_place);
    return memory;
}

/* ---- floats ---- */

sm_status sm_mapped_read(const sm_mapped *mapped, size_t list, size_t first,
                         size_t count, float *vectors)
{
    size_t const row = mapped->dim * sizeof *vectors;
    /* before the list: others, each its size, ids and floats; its own size
     * and ids */
    uint64_t const offset =
        mapped->floats + ((uint64_t)list + 1) * sizeof(uint64_t) +
        (uint64_t)mapped->starts[list] * (sizeof(int64_t) + row) +
        (uint64_t)sm_mapped_size(mapped, list) * sizeof(int64_t) +
        (uint64_t)first * row;
    return mapped->file.read(mapped->file.context, SM_FILE_VECTORS, offset,
                             vectors, count * row);
}

/* ---- codes ---- */

static sm_status read_piece(const sm_mapped *mapped, size_t piece,
                            uint64_t *offset,
                            const sm_code_part parts[SM_CODE_PARTS])
{
    uint32_t crc = 0;
    for (size_t i = 0; i < SM_CODE_PARTS; i++) {
        SM_RETURN_IF_ERROR(mapped->file.read(mapped->file.context, SM_FILE_MAP,
                                             *offset, parts[i].bytes,
                                             parts[i].size));
        crc = sm_crc32(crc, parts[i].bytes, parts[i].size);
        *offset += parts[i].size;
    }
    SM_REQUIRE(crc == mapped->crcs[piece], SIAMESE_E_FORMAT,
               "section index_map: damaged: before byte %" PRIu64
               " the CRC32 of codes is %08" PRIx32 ", not %08" PRIx32,
               *offset, crc, mapped->crcs[piece]);
    return SIAMESE_OK;
}

static sm_status read_codes(const sm_mapped *mapped, size_t list,
                            sm_codes *codes)
{
    sm_status status = SIAMESE_OK;
    sm_code_part parts[SM_CODE_PARTS];
    sm_codes read = {0};
    size_t const size = sm_mapped_size(mapped, list);
    size_t piece = mapped->pieces[list];
    uint64_t offset = mapped->codes[list];
    SM_TRY(sm_codes_reserve(&read, mapped->dim, size));
    for (size_t first = 0; first < size; first += mapped->piece_rows) {
        size_t const count = sm_min(size - first, mapped->piece_rows);
        sm_codes_extend(&read, count);
        sm_codes_parts(&read, mapped->dim, first, count, parts);
        SM_TRY(read_piece(mapped, piece++, &offset, parts));
    }
    *codes = read;
    read = (sm_codes){0};
out:
    sm_codes_free(&read);
    return status;
}

sm_status sm_mapped_codes(sm_mapped *mapped, size_t list, sm_codes *codes)
{
    sm_status status = SIAMESE_OK;
    atomic_bool *const is_read = &mapped->are_read[list];
    if (atomic_load_explicit(is_read, memory_order_acquire)) return SIAMESE_OK;
    pthread_mutex_lock(&mapped->lock);
    if (!atomic_load_explicit(is_read, memory_order_relaxed))
        status = read_codes(mapped, list, codes);
    if (status == SIAMESE_OK)
        atomic_store_explicit(is_read, true, memory_order_release);
    pthread_mutex_unlock(&mapped->lock);
    return status;
}

/* ---- ids ---- */

static int compare(const void *x, const void *y)
{
    const sm_id_place *const a = x, *const b = y;
    if (a->id != b->id) return a->id < b->id ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static sm_id_place *sort_ids(const sm_mapped *mapped)
{
    size_t const count = mapped->starts[mapped->nlist];
    sm_id_place *const order = sm_alloc_array(count, sizeof *order);
    if (order == NULL) return NULL;
    for (size_t l = 0; l < mapped->nlist; l++)
        for (size_t i = mapped->starts[l]; i < mapped->starts[l + 1]; i++)
            order[i] = (sm_id_place){mapped->ids[i],
                                     sm_place_make(l, i - mapped->starts[l])};
    if (count > 1) qsort(order, count, sizeof *order, compare);
    return order;
}

sm_status sm_mapped_find(sm_mapped *mapped, int64_t id,
                         const sm_id_place **places, const sm_id_place **end)
{
    size_t low = 0, high = mapped->starts[mapped->nlist];
    size_t const count = high;
    sm_id_place *order =
        atomic_load_explicit(&mapped->order, memory_order_acquire);
    if (order == NULL) {
        pthread_mutex_lock(&mapped->lock);
        order = atomic_load_explicit(&mapped->order, memory_order_relaxed);
        if (order == NULL) order = sort_ids(mapped);
        atomic_store_explicit(&mapped->order, order, memory_order_release);
        pthread_mutex_unlock(&mapped->lock);
        if (order == NULL) return sm_fail_memory();
    }
    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (order[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    while (high < count && order[high].id == id) high++;
    *places = order + low;
    *end = order + high;
    return SIAMESE_OK;
}
