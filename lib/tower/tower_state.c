/*
 * tower_state.c: docs/format.md has the layout:
 *   the options but threads, by name (in version 1: embedding_dim, units, seed,
 *   kernel, u64 each); from version 4 on the precision of the tables (u64);
 *   field count (u64);
 *   a field: name (bytes), vocabulary number (u64, 2^32 - 1: none), options by
 *   name (in versions 1 and 2: sequence_length, u64);
 *   parameter count (u64); a parameter: name (bytes), count (u64), floats; of a
 *   packed table halves, or a float a row and then int8.
 */
#include "tower/tower_state.h"

#include <string.h>

#include "common/memory.h"
#include "common/option_stream.h"
#include "common/size.h"
#include "nn/table_precision.h"
#include "text/vocab.h"
#include "tower/tower_handle.h"

/* Where a vocabulary's number would stand. */
static const uint32_t NO_VOCAB = UINT32_MAX;

/* More fields than these are damage. */
enum { FIELDS_MAX = 1024 };

/* ---- writing ---- */

static sm_status write_values(const sm_parameter *p, sm_writer *writer)
{
    switch (p->precision) {
    case SIAMESE_PRECISION_FLOAT16:
        return sm_write_u16s(writer, p->half, p->count);
    case SIAMESE_PRECISION_INT8:
        SM_RETURN_IF_ERROR(sm_write_f32s(writer, p->scale, p->shape[0]));
        return sm_write_i8s(writer, p->int8, p->count);
    default:
        return sm_write_f32s(writer, p->value, p->count);
    }
}

sm_status sm_tower_write(const siamese_tower *tower,
                         const uint32_t *vocab_numbers, sm_writer *writer)
{
    SM_RETURN_IF_ERROR(sm_options_stream_write(&sm_tower_option_table,
                                               &tower->options, writer));
    SM_RETURN_IF_ERROR(
        sm_write_u64(writer, (uint64_t)tower->parameters.precision));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, tower->field_count));
    for (size_t i = 0; i < tower->field_count; i++) {
        const sm_field *const f = &tower->fields[i];
        SM_RETURN_IF_ERROR(sm_write_bytes(writer, f->name, strlen(f->name)));
        SM_RETURN_IF_ERROR(
            sm_write_u64(writer, f->vocab ? vocab_numbers[i] : NO_VOCAB));
        SM_RETURN_IF_ERROR(sm_options_stream_write(&sm_field_option_table,
                                                   &f->options, writer));
    }
    SM_RETURN_IF_ERROR(sm_write_u64(writer, tower->parameters.count));
    for (size_t i = 0; i < tower->parameters.count; i++) {
        const sm_parameter *const p = tower->parameters.items[i];
        SM_RETURN_IF_ERROR(sm_write_bytes(writer, p->name, strlen(p->name)));
        SM_RETURN_IF_ERROR(sm_write_u64(writer, p->count));
        SM_RETURN_IF_ERROR(write_values(p, writer));
    }
    return SIAMESE_OK;
}

/* ---- reading ---- */

static sm_status read_options_1(sm_reader *reader, siamese_tower_options *o)
{
    size_t kernel;
    SM_RETURN_IF_ERROR(siamese_tower_options_init(o, sizeof *o));
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "embedding_dim", 1, 16384, &o->embedding_dim));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "units", 1, 8192, &o->units));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &o->seed));
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "kernel", 0, SIAMESE_KERNEL_AVX512, &kernel));
    o->kernel = (int32_t)kernel;
    return SIAMESE_OK;
}

static sm_status read_options(sm_reader *reader, uint32_t version,
                              int32_t threads, siamese_tower_options *o)
{
    SM_RETURN_IF_ERROR(version == 1 ? read_options_1(reader, o)
                                    : sm_options_stream_read(
                                          &sm_tower_option_table, reader, o));
    o->threads = threads;
    return SIAMESE_OK;
}

static sm_status read_vocab(sm_reader *reader, siamese_vocab *const *vocabs,
                            size_t vocab_count, siamese_vocab **vocab)
{
    size_t number;
    *vocab = NULL;
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "a vocabulary number", 0, NO_VOCAB, &number));
    if (number == NO_VOCAB) return SIAMESE_OK;
    SM_REQUIRE(number < vocab_count && vocabs[number] != NULL, SIAMESE_E_FORMAT,
               "section %s: vocabulary %zu is missing", reader->section,
               number);
    *vocab = vocabs[number];
    return SIAMESE_OK;
}

static sm_status read_field_options(sm_reader *reader, uint32_t version,
                                    siamese_field_options *options)
{
    if (version >= 3)
        return sm_options_stream_read(&sm_field_option_table, reader, options);
    SM_RETURN_IF_ERROR(siamese_field_options_init(options, sizeof *options));
    return sm_read_count(reader, "sequence_length", 0, SM_LENGTH_MAX,
                         &options->sequence_length);
}

static sm_status read_field(sm_reader *reader, uint32_t version,
                            siamese_tower *tower, siamese_vocab *const *vocabs,
                            size_t vocab_count)
{
    sm_status status = SIAMESE_OK;
    siamese_field_options options;
    siamese_vocab *vocab;
    char *name = NULL;
    size_t name_size, most;
    SM_TRY(sm_read_bytes(reader, "a field's name", 63, &name, &name_size));
    SM_CHECK(strlen(name) == name_size, SIAMESE_E_FORMAT,
             "section %s: a field's name holds a NUL", reader->section);
    SM_TRY(read_vocab(reader, vocabs, vocab_count, &vocab));
    SM_TRY(read_field_options(reader, version, &options));
    /* the weights follow in the same section: a file too small for them is
     * refused before their memory is taken */
    most = reader->left < SIZE_MAX ? sm_max(1, (size_t)reader->left) : SIZE_MAX;
    SM_TRY(sm_tower_add_field(tower, name, vocab, &options, most, 0));
out:
    if (status == SIAMESE_E_ARGUMENT || status == SIAMESE_E_OPTION ||
        status == SIAMESE_E_LIMIT)
        status = sm_fail(SIAMESE_E_FORMAT, "section %s: %s", reader->section,
                         siamese_last_error());
    sm_free(name);
    return status;
}

static sm_status read_values(sm_reader *reader, sm_parameter *p)
{
    size_t at;
    switch (p->precision) {
    case SIAMESE_PRECISION_FLOAT16:
        SM_RETURN_IF_ERROR(sm_read_u16s(reader, p->half, p->count));
        break;
    case SIAMESE_PRECISION_INT8:
        SM_RETURN_IF_ERROR(sm_read_f32s(reader, p->scale, p->shape[0]));
        SM_RETURN_IF_ERROR(sm_read_i8s(reader, p->int8, p->count));
        break;
    default:
        SM_RETURN_IF_ERROR(sm_read_f32s(reader, p->value, p->count));
    }
    SM_REQUIRE(sm_values_valid(p, &at), SIAMESE_E_FORMAT,
               "section %s: number %zu of %s is not finite, or not rounded",
               reader->section, at, p->name);
    return SIAMESE_OK;
}

static sm_status read_parameter(sm_reader *reader, sm_parameter *p)
{
    sm_status status = SIAMESE_OK;
    char *name = NULL;
    size_t name_size, count;
    SM_TRY(sm_read_bytes(reader, "a parameter's name",
                         SM_PARAMETER_NAME_SIZE - 1, &name, &name_size));
    SM_CHECK(strlen(name) == name_size && strcmp(name, p->name) == 0,
             SIAMESE_E_FORMAT,
             "section %s: parameter '%.60s' stands where %s is expected",
             reader->section, name, p->name);
    SM_TRY(sm_read_count(reader, "a parameter's count", p->count, p->count,
                         &count));
    SM_TRY(read_values(reader, p));
out:
    sm_free(name);
    return status;
}

sm_status sm_tower_read(siamese_tower **out, sm_reader *reader,
                        uint32_t version, siamese_vocab *const *vocabs,
                        size_t vocab_count, int32_t threads)
{
    sm_status status = SIAMESE_OK;
    siamese_tower_options options;
    siamese_tower *tower = NULL;
    size_t precision, fields, count;
    SM_TRY(read_options(reader, version, threads, &options));
    /* written where a better processor was forced: use this one's best */
    if (!sm_kernels_available(options.kernel))
        options.kernel = SIAMESE_KERNEL_AUTO;
    SM_TRY(siamese_tower_create(&tower, &options));
    if (version >= 4) {
        SM_TRY(sm_read_count(reader, "the precision of the tables", 0,
                             INT32_MAX, &precision));
        SM_CHECK(precision <= SIAMESE_PRECISION_INT8, SIAMESE_E_VERSION,
                 "section %s: the precision %zu of the tables is of a newer "
                 "library",
                 reader->section, precision);
        tower->parameters.precision = (int32_t)precision;
    }
    SM_TRY(sm_read_count(reader, "fields", 0, FIELDS_MAX, &fields));
    for (size_t f = 0; f < fields; f++)
        SM_TRY(read_field(reader, version, tower, vocabs, vocab_count));
    SM_TRY(sm_read_count(reader, "parameters", tower->parameters.count,
                         tower->parameters.count, &count));
    for (size_t i = 0; i < count; i++)
        SM_TRY(read_parameter(reader, tower->parameters.items[i]));
    sm_tower_parameters_changed(tower);
    *out = tower;
    tower = NULL;
out:
    siamese_tower_free(tower);
    return status;
}
