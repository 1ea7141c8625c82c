/* index_map.c: an index of one moment in, the section that a mapped load reads
 * out; and an index whose vectors stay in the file out of it. */
#include "index/index_map.h"

#include <inttypes.h>
#include <math.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_head.h"
#include "index/index_options.h"
#include "index/index_vectors.h"
#include "math/crc32.h"

enum {
    MOST_PIECE_ROWS = 1024,
    PIECE_NUMBERS = 1 << 20, /* of the vectors of a piece, about */
    LEAST_TO_WAIT = 1 << 20, /* bytes of codes that are not read at once */
};

/* ---- writing ---- */

/* What is written through it counts for a CRC32. */
typedef struct summed_writer {
    sm_writer writer, *to;
    uint32_t crc;
} summed_writer;

static sm_status write_summed(void *context, const void *data, size_t size)
{
    summed_writer *const summed = context;
    summed->crc = sm_crc32(summed->crc, data, size);
    return summed->to->write(summed->to->context, data, size);
}

/* The buffers of a piece, and what the end of the section will say. */
typedef struct map_writer {
    sm_view *view;
    const siamese_index *index;
    sm_writer *to;
    size_t dim, nlist, piece_rows, pieces;
    float *vectors; /* [piece_rows][dim] */
    sm_codes codes; /* of them */
    uint32_t *crcs; /* [pieces] */
} map_writer;

static size_t rows_of_piece(size_t dim)
{
    size_t const rows = sm_min(MOST_PIECE_ROWS, PIECE_NUMBERS / dim);
    return sm_max(rows - rows % SM_BOUND_ROWS, SM_BOUND_ROWS);
}

static sm_status encode_piece(map_writer *m, size_t count)
{
    sm_code_rows rows = {NULL, NULL, NULL};
    sm_status const status = sm_code_rows_make(
        &rows, m->index->bounds, m->index->pool, m->vectors, count, m->dim);
    sm_codes_keep(&m->codes, 0);
    for (size_t r = 0; r < count && status == SIAMESE_OK; r++)
        sm_codes_append(&m->codes, m->dim, &rows, r);
    sm_code_rows_free(&rows);
    return status;
}

static sm_status write_piece(map_writer *m, size_t list, size_t first,
                             size_t count)
{
    summed_writer summed = {{write_summed, &summed}, m->to, 0};
    sm_code_part parts[SM_CODE_PARTS];
    SM_RETURN_IF_ERROR(
        sm_view_read_vectors(m->view, list, first, count, true, m->vectors));
    SM_RETURN_IF_ERROR(encode_piece(m, count));
    sm_codes_parts(&m->codes, m->dim, 0, count, parts);
    for (size_t i = 0; i < SM_CODE_PARTS; i++)
        SM_RETURN_IF_ERROR(
            write_summed(&summed, parts[i].bytes, parts[i].size));
    m->crcs[m->pieces++] = summed.crc;
    return SIAMESE_OK;
}

static sm_status write_pieces(map_writer *m)
{
    for (size_t l = 0; l < m->nlist; l++) {
        size_t const size = sm_view_size(m->view, l);
        for (size_t r = 0; r < size; r += m->piece_rows)
            SM_RETURN_IF_ERROR(
                write_piece(m, l, r, sm_min(size - r, m->piece_rows)));
    }
    return SIAMESE_OK;
}

static sm_status write_head(map_writer *m, const sm_stream_copy *options,
                            sm_writer *writer)
{
    const sm_centroids *const centroids = sm_view_centroids(m->view);
    SM_RETURN_IF_ERROR(sm_stream_copy_write(options, writer));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, m->nlist));
    if (m->nlist > 1)
        SM_RETURN_IF_ERROR(
            sm_write_f32s(writer, centroids->values, m->nlist * m->dim));
    for (size_t l = 0; l < m->nlist; l++)
        SM_RETURN_IF_ERROR(sm_write_u64(writer, sm_view_size(m->view, l)));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)m->piece_rows));
    for (size_t l = 0; l < m->nlist; l++)
        SM_RETURN_IF_ERROR(sm_view_write_ids(m->view, l, false, writer));
    return SIAMESE_OK;
}

static sm_status make_buffers(map_writer *m)
{
    size_t pieces = 0;
    for (size_t l = 0; l < m->nlist; l++)
        pieces += sm_chunks(sm_view_size(m->view, l), m->piece_rows);
    m->crcs = sm_alloc_array(pieces, sizeof *m->crcs);
    if (m->crcs == NULL) return sm_fail_memory();
    m->vectors = sm_alloc_array(m->piece_rows * m->dim, sizeof *m->vectors);
    if (m->vectors == NULL) return sm_fail_memory();
    return sm_codes_reserve(&m->codes, m->dim, m->piece_rows);
}

sm_status sm_index_map_write(sm_view *view, const sm_stream_copy *options,
                             const siamese_index *index, sm_writer *writer)
{
    sm_status status = SIAMESE_OK;
    const sm_centroids *const centroids = sm_view_centroids(view);
    summed_writer summed = {{write_summed, &summed}, writer, 0};
    map_writer m = {.view = view,
                    .index = index,
                    .to = writer,
                    .dim = centroids->dim,
                    .nlist = centroids->nlist,
                    .piece_rows = rows_of_piece(centroids->dim)};
    SM_TRY(make_buffers(&m));
    SM_TRY(write_head(&m, options, &summed.writer));
    SM_TRY(write_pieces(&m));
    SM_TRY(sm_write_u32s(&summed.writer, m.crcs, m.pieces));
    SM_TRY(sm_write_u32(writer, summed.crc));
out:
    sm_codes_free(&m.codes);
    sm_free(m.vectors);
    sm_free(m.crcs);
    return status;
}

/* ---- reading ---- */

/* The section as a stream from `offset` on. */
typedef struct map_stream {
    const sm_index_file *file;
    uint64_t offset;
    uint32_t crc;
} map_stream;

static sm_status read_stream(void *context, void *data, size_t size)
{
    map_stream *const stream = context;
    SM_RETURN_IF_ERROR(stream->file->read(stream->file->context, SM_FILE_MAP,
                                          stream->offset, data, size));
    stream->offset += size;
    stream->crc = sm_crc32(stream->crc, data, size);
    return SIAMESE_OK;
}

/* What is being opened. */
typedef struct opening {
    map_stream stream;
    sm_reader reader;
    siamese_index *index;
    sm_centroids *centroids;
    int64_t *sizes; /* [nlist] */
    size_t piece_rows, count;
    sm_mapped *mapped; /* has the file */
    uint32_t version;  /* of the section */
    float *longest;    /* [nlist], of version 1 */
} opening;

static sm_status read_sizes(opening *o)
{
    sm_code_part parts[SM_CODE_PARTS];
    sm_reader *const reader = &o->reader;
    size_t const nlist = o->centroids->nlist, dim = o->index->dim;
    uint32_t piece_rows;
    SM_RETURN_IF_ERROR(sm_read_expect(reader, "lists", nlist, sizeof(int64_t)));
    o->sizes = sm_alloc_array(nlist, sizeof *o->sizes);
    if (o->sizes == NULL) return sm_fail_memory();
    SM_RETURN_IF_ERROR(sm_read_i64s(reader, o->sizes, nlist));
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &piece_rows));
    if (piece_rows == 0 || piece_rows % SM_BOUND_ROWS || piece_rows > 1 << 16)
        return sm_index_bad(reader, "no pieces have so many rows");
    o->piece_rows = piece_rows;
    /* of a row, at least; so that nothing below overflows */
    size_t const row =
        sm_codes_parts(NULL, dim, 0, SM_BOUND_ROWS, parts) / SM_BOUND_ROWS +
        sizeof(int64_t);
    for (size_t l = 0; l < nlist; l++) {
        if (o->sizes[l] < 0 ||
            (uint64_t)o->sizes[l] > reader->left / row - o->count)
            return sm_index_bad(reader, "the lists pass the section's end");
        o->count += (size_t)o->sizes[l];
    }
    return SIAMESE_OK;
}

/* Both sections have the sizes that follow from the lists. */
static sm_status check_sizes(const opening *o, const sm_index_file *file)
{
    const sm_mapped *const m = o->mapped;
    uint64_t const tail =
        (o->version == 1 ? (uint64_t)m->nlist * sizeof(float) : 0) +
        ((uint64_t)m->pieces[m->nlist] + 1) * sizeof(uint32_t);
    uint64_t const lists =
        (uint64_t)m->nlist * sizeof(uint64_t) +
        (uint64_t)o->count * (sizeof(int64_t) + m->dim * sizeof(float));
    SM_REQUIRE(m->codes[m->nlist] <= UINT64_MAX - tail &&
                   file->sizes[SM_FILE_MAP] == m->codes[m->nlist] + tail,
               SIAMESE_E_FORMAT,
               "section index_map: its lists need %" PRIu64 " bytes, it has "
               "%" PRIu64,
               m->codes[m->nlist] + tail, file->sizes[SM_FILE_MAP]);
    SM_REQUIRE(file->sizes[SM_FILE_VECTORS] == m->floats + lists,
               SIAMESE_E_FORMAT,
               "section index: its lists need %" PRIu64 " bytes, it has "
               "%" PRIu64,
               m->floats + lists, file->sizes[SM_FILE_VECTORS]);
    return SIAMESE_OK;
}

static sm_status read_ids(opening *o)
{
    sm_mapped *const m = o->mapped;
    SM_RETURN_IF_ERROR(sm_read_i64s(&o->reader, m->ids, o->count));
    for (size_t i = 0; i < o->count; i++)
        if (m->ids[i] < 0) return sm_index_bad(&o->reader, "an id is below 0");
    return SIAMESE_OK;
}

static sm_status read_longest(opening *o)
{
    size_t const nlist = o->mapped->nlist;
    o->longest = sm_alloc_array(nlist, sizeof *o->longest);
    if (o->longest == NULL) return sm_fail_memory();
    return sm_read_f32s(&o->reader, o->longest, nlist);
}

static sm_status read_tail(opening *o)
{
    const sm_mapped *const m = o->mapped;
    sm_reader *const reader = &o->reader;
    uint32_t crc;
    o->stream.offset = m->codes[m->nlist];
    reader->left -= o->stream.offset - reader->position;
    reader->position = o->stream.offset;
    if (o->version == 1) SM_RETURN_IF_ERROR(read_longest(o));
    SM_RETURN_IF_ERROR(sm_read_i8s(reader, (int8_t *)m->crcs,
                                   m->pieces[m->nlist] * sizeof *m->crcs));
    uint32_t const found = o->stream.crc;
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &crc));
    SM_REQUIRE(found == crc, SIAMESE_E_FORMAT,
               "section index_map: damaged: the CRC32 of what is no code is "
               "%08" PRIx32 ", not %08" PRIx32,
               found, crc);
    for (size_t l = 0; l < m->nlist && o->longest; l++)
        if (o->sizes[l] ? !(o->longest[l] >= 0 && isfinite(o->longest[l]))
                        : o->longest[l] != -1.0f)
            return sm_index_bad(reader, "no vector has such a length");
    return sm_read_end(reader);
}

/* Takes the file over. */
static sm_status read_map(opening *o, const sm_index_file *file)
{
    sm_reader *const reader = &o->reader;
    size_t const nlist = o->centroids->nlist;
    uint64_t const floats =
        reader->position; /* in the other section too: so far they are one */
    sm_status status = read_sizes(o);
    if (status != SIAMESE_OK) {
        file->close(file->context);
        return status;
    }
    uint64_t const codes =
        reader->position + (uint64_t)o->count * sizeof(int64_t);
    SM_RETURN_IF_ERROR(sm_mapped_create(&o->mapped, file, o->index->dim,
                                        o->piece_rows, o->sizes, nlist));
    o->mapped->floats = floats;
    for (size_t l = 0; l <= nlist; l++) o->mapped->codes[l] += codes;
    SM_RETURN_IF_ERROR(check_sizes(o, file));
    SM_RETURN_IF_ERROR(read_ids(o));
    return read_tail(o);
}

/* The head of both sections, up to the centroids. */
static sm_status read_beginning(opening *o, int32_t threads)
{
    siamese_index_options options;
    size_t dim;
    SM_RETURN_IF_ERROR(sm_index_read_options(&o->reader, &dim, &options));
    options.threads = threads;
    SM_RETURN_IF_ERROR(sm_index_make(&o->index, dim, &options));
    /* codes that are there serve any kernel, if only to read less */
    o->index->bounds = sm_bound_kernels_of(o->index->kernels);
    return sm_index_read_centroids(&o->reader, o->index, &o->centroids);
}

/* Codes without which no search goes, or which take no time to read. */
static sm_status read_codes(const sm_lists *lists)
{
    const sm_mapped *const m = lists->mapped;
    const sm_codes *codes;
    if (m->nlist > 1 && m->codes[m->nlist] - m->codes[0] > LEAST_TO_WAIT)
        return SIAMESE_OK;
    for (size_t l = 0; l < m->nlist; l++)
        SM_RETURN_IF_ERROR(sm_lists_codes(lists, l, &codes));
    return SIAMESE_OK;
}

/* Centroids of version 1 by what their lists hold. */
static sm_status stretch(opening *o)
{
    if (!sm_index_stretches(o->index, o->version, o->centroids->nlist))
        return SIAMESE_OK;
    sm_centroids_stretch(o->centroids, o->longest);
    return sm_centroids_finish(o->centroids, o->index->kernels);
}

sm_status sm_index_map(siamese_index **out, const sm_index_file *file,
                       uint32_t version, int32_t threads)
{
    sm_status status = SIAMESE_OK;
    sm_lists *lists = NULL;
    opening o = {.stream = {.file = file}, .version = version};
    o.reader = (sm_reader){.read = read_stream,
                           .context = &o.stream,
                           .left = file->sizes[SM_FILE_MAP],
                           .section = "index_map"};
    status = read_beginning(&o, threads);
    if (status != SIAMESE_OK) {
        file->close(file->context);
        goto out;
    }
    SM_TRY(read_map(&o, file));
    SM_TRY(stretch(&o));
    sm_mapped *const mapped = o.mapped;
    o.mapped = NULL;
    SM_TRY(
        sm_lists_create_mapped(&lists, o.centroids, o.index->bounds, mapped));
    sm_lists_set_nprobe(
        lists, sm_index_choose_nprobe(&o.index->options, o.centroids->nlist));
    SM_TRY(read_codes(lists));
    sm_index_lock_write(o.index);
    lists = sm_index_swap_lists(o.index, lists);
    sm_index_unlock(o.index);
    *out = o.index;
    o.index = NULL;
out:
    sm_lists_release(lists);
    sm_mapped_free(o.mapped);
    sm_centroids_release(o.centroids);
    siamese_index_free(o.index);
    sm_free(o.longest);
    sm_free(o.sizes);
    return status;
}
