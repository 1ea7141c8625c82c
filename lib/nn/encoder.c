/* encoder.c: a kind in, its type's functions called. For the tower, which knows
 * encoders by this alone. */
#include "nn/encoder.h"

void sm_encoder_free(sm_encoder *encoder)
{
    if (encoder) encoder->type->destroy(encoder);
}

void sm_encoder_scratch_free(sm_encoder_scratch *scratch)
{
    if (scratch) scratch->type->scratch_free(scratch);
}

void sm_encoder_pass_free(sm_encoder_pass *pass)
{
    if (pass) pass->type->pass_free(pass);
}
