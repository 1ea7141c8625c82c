/* tower_grow.c: a tower and a grown vocabulary in, a tower with rows for the
 * new tokens out. For hosts and trainer_grow. */
#include "tower/tower_grow.h"

#include <string.h>

#include "common/size.h"
#include "nn/table_precision.h"
#include "text/vocab.h"
#include "text/vocab_grow.h"
#include "tower/tower_handle.h"

size_t sm_parameter_common(const sm_parameter *grown, const sm_parameter *old)
{
    if (grown->rank != old->rank || old->rank == 0) return 0;
    for (size_t i = 1; i < old->rank; i++)
        if (grown->shape[i] != old->shape[i]) return 0;
    return sm_min(grown->count, old->count);
}

/* The fields with initial values, those of the old vocabulary with the new. */
static sm_status copy_fields(siamese_tower *to, const siamese_tower *from,
                             const siamese_vocab *old,
                             const siamese_vocab *grown)
{
    for (size_t f = 0; f < from->field_count; f++) {
        const sm_field *const field = &from->fields[f];
        SM_RETURN_IF_ERROR(sm_tower_add_field(
            to, field->name, field->vocab == old ? grown : field->vocab,
            &field->options, SIZE_MAX, 1));
    }
    return SIAMESE_OK;
}

static sm_status copy_values(siamese_tower *to, const siamese_tower *from)
{
    for (size_t i = 0; i < to->parameters.count; i++) {
        sm_parameter *const p = to->parameters.items[i];
        const sm_parameter *const old = from->parameters.items[i];
        size_t const common = sm_parameter_common(p, old);
        SM_REQUIRE(common > 0 && strcmp(p->name, old->name) == 0,
                   SIAMESE_E_UNSUPPORTED,
                   "vocab: parameter %s cannot grow with it", old->name);
        sm_values_read(old, 0, common, p->value);
    }
    sm_tower_parameters_changed(to);
    return SIAMESE_OK;
}

siamese_status siamese_tower_grow(siamese_tower **out,
                                  const siamese_tower *tower, size_t field,
                                  const siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *grown = NULL;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_CHECK(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_CHECK(vocab != NULL, SIAMESE_E_ARGUMENT, "vocab: is NULL");
    SM_CHECK(sm_vocab_finished(vocab), SIAMESE_E_STATE,
             "vocab: is not finished");
    SM_CHECK(field < tower->field_count, SIAMESE_E_NOT_FOUND,
             "field: %zu; the tower has %zu", field, tower->field_count);
    const siamese_vocab *const old = tower->fields[field].vocab;
    SM_CHECK(old != NULL, SIAMESE_E_NOT_FOUND, "field: %s has no vocabulary",
             tower->fields[field].name);
    SM_TRY(sm_vocab_check_grown(vocab, old));
    SM_TRY(siamese_tower_create(&grown, &tower->options));
    SM_TRY(copy_fields(grown, tower, old, vocab));
    SM_TRY(copy_values(grown, tower));
    *out = grown;
    grown = NULL;
out:
    siamese_tower_free(grown);
    return status;
}
