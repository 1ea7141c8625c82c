/* tower_combine.c: the vectors of a row's fields in, one vector out, and the
 * gradients back. For tower_encode and tower_pass. */
#include "tower/tower_combine.h"

#include <string.h>

#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"

sm_status sm_combine_dim(int32_t combine, const sm_field *fields, size_t count,
                         size_t *dim)
{
    *dim = fields[0].encoder->dim;
    for (size_t f = 1; f < count; f++) {
        size_t const own = fields[f].encoder->dim;
        if (combine == SIAMESE_COMBINE_CONCAT)
            *dim += own;
        else
            SM_REQUIRE(own == *dim, SIAMESE_E_OPTION,
                       "field %s: vectors of %zu numbers do not add to those "
                       "of %zu of %s; concatenate them, or give it dim=%zu",
                       fields[f].name, own, *dim, fields[0].name, *dim);
    }
    return SIAMESE_OK;
}

/* Where field f's numbers begin in the combined vector. */
static size_t offset_of(const sm_combine *c, size_t f)
{
    size_t offset = 0;
    if (c->combine == SIAMESE_COMBINE_CONCAT)
        for (size_t i = 0; i < f; i++) offset += c->fields[i].encoder->dim;
    return offset;
}

/* to += weight * from: forward with a vector, backward with a gradient. */
static void add_weighted(const sm_kernels *kernels, size_t count, double weight,
                         const float *from, float *to)
{
    if (weight == 1.0) {
        kernels->add(count, from, to);
        return;
    }
    for (size_t i = 0; i < count; i++) to[i] += (float)weight * from[i];
}

void sm_combine_add(const sm_combine *c, size_t f, const float *vector,
                    float *combined)
{
    add_weighted(c->kernels, c->fields[f].encoder->dim,
                 c->fields[f].options.weight, vector,
                 combined + offset_of(c, f));
}

/* ---- training ---- */

static void free_gradients(sm_combine_pass *pass)
{
    for (size_t f = 0; f < pass->gradient_count; f++)
        sm_aligned_free(pass->gradients[f]);
    sm_free(pass->gradients);
    sm_free(pass->gradient_capacity);
    pass->gradients = NULL;
    pass->gradient_capacity = NULL;
    pass->gradient_count = 0;
}

void sm_combine_pass_free(sm_combine_pass *pass)
{
    sm_distinct_rows_free(&pass->distinct);
    sm_free(pass->tuples);
    sm_free(pass->offsets);
    sm_aligned_free(pass->vectors);
    free_gradients(pass);
    *pass = (sm_combine_pass){.rows_capacity = 0};
}

static sm_status reserve_rows(const sm_combine *c, sm_combine_pass *pass,
                              size_t rows)
{
    if (rows <= pass->rows_capacity && pass->tuples) return SIAMESE_OK;
    pass->rows_capacity = 0;
    sm_free(pass->tuples);
    sm_free(pass->offsets);
    pass->offsets = NULL;
    pass->tuples =
        sm_alloc_array(rows + 1, c->field_count * sizeof *pass->tuples);
    if (pass->tuples == NULL) return sm_fail_memory();
    pass->offsets = sm_alloc_array(rows + 1, sizeof *pass->offsets);
    if (pass->offsets == NULL) return sm_fail_memory();
    pass->rows_capacity = rows;
    return SIAMESE_OK;
}

static sm_status reserve_vectors(const sm_combine *c, sm_combine_pass *pass)
{
    size_t const rows = pass->distinct.count;
    if (rows <= pass->vectors_capacity && pass->vectors) return SIAMESE_OK;
    size_t const capacity = sm_roomy(rows);
    pass->vectors_capacity = 0;
    SM_RETURN_IF_ERROR(sm_renew_floats(&pass->vectors, capacity, c->dim));
    pass->vectors_capacity = capacity;
    return SIAMESE_OK;
}

/* Rows of an encoder stand field by field, as tower_ids.h reads them. */
static size_t place_of(const sm_combine *c, size_t f)
{
    size_t place = 0;
    for (size_t i = 0; i < f; i++)
        place += c->fields[i].owner == c->fields[f].owner;
    return place;
}

static void fill_tuples(const sm_combine *c, sm_combine_pass *pass,
                        sm_encoder_pass *const *passes,
                        const siamese_text *texts, size_t count)
{
    for (size_t f = 0; f < c->field_count; f++) {
        const uint32_t *const map = passes[f]->row_map + place_of(c, f) * count;
        for (size_t r = 0; r < count; r++) {
            size_t const at = r * c->field_count + f;
            pass->tuples[at] = sm_field_absent(&c->fields[f], &texts[at])
                                   ? 0
                                   : (int32_t)map[r] + 1;
        }
    }
    for (size_t r = 0; r <= count; r++) pass->offsets[r] = r * c->field_count;
}

sm_status sm_combine_forward(const sm_combine *c, sm_combine_pass *pass,
                             sm_encoder_pass *const *passes,
                             const siamese_text *texts, size_t count)
{
    SM_RETURN_IF_ERROR(reserve_rows(c, pass, count));
    fill_tuples(c, pass, passes, texts, count);
    SM_RETURN_IF_ERROR(sm_distinct_rows_find(&pass->distinct, NULL,
                                             pass->tuples, pass->offsets, count,
                                             c->field_count));
    SM_RETURN_IF_ERROR(reserve_vectors(c, pass));
    memset(pass->vectors, 0,
           pass->distinct.count * c->dim * sizeof *pass->vectors);
    for (size_t d = 0; d < pass->distinct.count; d++) {
        const int32_t *const tuple =
            pass->tuples + pass->distinct.first[d] * c->field_count;
        for (size_t f = 0; f < c->field_count; f++)
            if (tuple[f])
                sm_combine_add(c, f,
                               passes[f]->vectors +
                                   (size_t)(tuple[f] - 1) *
                                       c->fields[f].encoder->dim,
                               pass->vectors + d * c->dim);
    }
    return SIAMESE_OK;
}

/* Zeros for each encoder's distinct rows. */
static sm_status reserve_gradients(const sm_combine *c, sm_combine_pass *pass,
                                   sm_encoder_pass *const *passes)
{
    if (pass->gradient_count < c->field_count) {
        free_gradients(pass);
        pass->gradients = sm_calloc(c->field_count, sizeof *pass->gradients);
        pass->gradient_capacity =
            sm_calloc(c->field_count, sizeof *pass->gradient_capacity);
        if (pass->gradients == NULL || pass->gradient_capacity == NULL)
            return sm_fail_memory();
        pass->gradient_count = c->field_count;
    }
    for (size_t f = 0; f < c->field_count; f++) {
        if (c->fields[f].owner != f) continue;
        size_t const count = passes[f]->distinct * c->fields[f].encoder->dim;
        if (count > pass->gradient_capacity[f] || pass->gradients[f] == NULL) {
            size_t const capacity = sm_roomy(count);
            pass->gradient_capacity[f] = 0;
            SM_RETURN_IF_ERROR(
                sm_renew_floats(&pass->gradients[f], capacity, 1));
            pass->gradient_capacity[f] = capacity;
        }
        memset(pass->gradients[f], 0, count * sizeof(float));
    }
    return SIAMESE_OK;
}

sm_status sm_combine_backward(const sm_combine *c, sm_combine_pass *pass,
                              sm_encoder_pass *const *passes,
                              const float *gradients)
{
    SM_RETURN_IF_ERROR(reserve_gradients(c, pass, passes));
    for (size_t d = 0; d < pass->distinct.count; d++) {
        const int32_t *const tuple =
            pass->tuples + pass->distinct.first[d] * c->field_count;
        for (size_t f = 0; f < c->field_count; f++) {
            size_t const dim = c->fields[f].encoder->dim;
            if (tuple[f])
                add_weighted(c->kernels, dim, c->fields[f].options.weight,
                             gradients + d * c->dim + offset_of(c, f),
                             pass->gradients[c->fields[f].owner] +
                                 (size_t)(tuple[f] - 1) * dim);
        }
    }
    return SIAMESE_OK;
}
