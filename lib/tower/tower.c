#include "tower/tower.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "math/blis_gemm.h"
#include "text/vocab.h"
#include "tower/tower_handle.h"

/* ---- options ---- */

#define KERNEL_HELP "kernel level; results differ by rounding between levels"

#define ACTIVATIONS "none | relu | tanh | gelu | gelu_tanh"

static const sm_option tower_options[] = {
    {"embedding_dim", SM_OPTION_SIZE,
     offsetof(siamese_tower_options, embedding_dim), "8", 1, 16384,
     "1 .. 16384", "numbers that stand for a token"},
    {"units", SM_OPTION_SIZE, offsetof(siamese_tower_options, units), "8", 1,
     8192, "1 .. 8192", "units of each layer and direction of an LSTM or "
                        "GRU"},
    {"seed", SM_OPTION_UINT64, offsetof(siamese_tower_options, seed), "1", 0,
     1.8446744073709552e19, "0 .. 18446744073709551615",
     "seed of the initial weights"},
    {"threads", SM_OPTION_INT32, offsetof(siamese_tower_options, threads), "0",
     0, 1024, "0 .. 1024", "threads of encode; 0: one a processor"},
    {"kernel", SM_OPTION_CHOICE, offsetof(siamese_tower_options, kernel),
     "auto", 0, 0, "auto | portable | avx2 | avx512", KERNEL_HELP},
    {"hidden", SM_OPTION_SIZE, offsetof(siamese_tower_options, hidden), "0",
     0, 16384, "0 .. 16384", "numbers of a hidden dense layer; 0: none"},
    {"project", SM_OPTION_SIZE, offsetof(siamese_tower_options, project), "0",
     0, 16384, "0 .. 16384",
     "numbers of a vector after a dense projection; 0: none"},
    {"hidden_activation", SM_OPTION_CHOICE,
     offsetof(siamese_tower_options, hidden_activation), "relu", 0, 0,
     ACTIVATIONS, "what the hidden layer ends with"},
    {"project_activation", SM_OPTION_CHOICE,
     offsetof(siamese_tower_options, project_activation), "none", 0, 0,
     ACTIVATIONS, "what the projection ends with"},
    {"normalize", SM_OPTION_FLAG, offsetof(siamese_tower_options, normalize),
     "0", 0, 1, "0 | 1", "vectors are divided by their length"},
    {"encoder", SM_OPTION_CHOICE, offsetof(siamese_tower_options, encoder),
     "lstm", 0, 0, "lstm | bag | gru",
     "what makes a vector of a text's token embeddings"},
    {"pooling", SM_OPTION_CHOICE, offsetof(siamese_tower_options, pooling),
     "mean", 0, 0, "mean | sum | weighted",
     "of a bag; weighted: a mean with a learned weight a token"},
    {"mask_zero", SM_OPTION_FLAG, offsetof(siamese_tower_options, mask_zero),
     "0", 0, 1, "0 | 1", "pads, id 0, are no tokens"},
    {"layers", SM_OPTION_SIZE, offsetof(siamese_tower_options, layers), "1", 1,
     64, "1 .. 64", "layers of an LSTM or GRU, each upon the one below"},
    {"bidirectional", SM_OPTION_FLAG,
     offsetof(siamese_tower_options, bidirectional), "1", 0, 1, "0 | 1",
     "an LSTM or GRU reads both ways; its vector has 2 * units numbers"},
};

const sm_option_table sm_tower_option_table = {
    "tower", tower_options, sizeof tower_options / sizeof tower_options[0],
    sizeof(siamese_tower_options)};

SM_OPTIONS_API(tower, &sm_tower_option_table)

static const sm_option field_options[] = {
    {"sequence_length", SM_OPTION_SIZE,
     offsetof(siamese_field_options, sequence_length), "0", 0,
     SM_LENGTH_MAX, "0 .. 4096",
     "tokens read of a text, padded to; 0: the vocabulary's"},
};

const sm_option_table sm_field_option_table = {
    "field", field_options, sizeof field_options / sizeof field_options[0],
    sizeof(siamese_field_options)};

SM_OPTIONS_API(field, &sm_field_option_table)

/* ---- the handle ---- */

static void destroy(siamese_tower *tower)
{
    if (tower->field_count) {
        siamese_vocab_free(tower->field.vocab);
        sm_encoder_free(tower->field.encoder);
        sm_head_free(&tower->head);
    }
    sm_parameters_free(&tower->parameters);
    sm_tower_scratch_list_free(tower->scratch);
    sm_pool_free(tower->pool);
    sm_free(tower);
    sm_handle_freed();
}

siamese_status siamese_tower_create(siamese_tower **out,
                                    const siamese_tower_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *tower = NULL;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    tower = sm_calloc(1, sizeof *tower);
    SM_CHECK_MEMORY(tower);
    sm_handle_created();
    sm_references_init(&tower->references);
    SM_TRY(sm_options_read(&sm_tower_option_table, options, &tower->options));
    SM_TRY(sm_kernels_select(tower->options.kernel, &tower->kernels));
    SM_TRY(sm_pool_create(&tower->pool, tower->options.threads));
    SM_TRY(sm_tower_scratch_list_create(&tower->scratch));
    SM_TRY(sm_blis_reserve(sm_pool_threads(tower->pool)));
    *out = tower;
    tower = NULL;
out:
    if (tower) destroy(tower);
    return status;
}

void siamese_tower_free(siamese_tower *tower)
{
    if (tower && sm_references_drop(&tower->references)) destroy(tower);
}

siamese_tower *sm_tower_reference(const siamese_tower *tower)
{
    siamese_tower *const same = (siamese_tower *)tower;
    sm_references_add(&same->references);
    return same;
}

siamese_status siamese_tower_get_options(const siamese_tower *tower,
                                         siamese_tower_options *options)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    return sm_options_write(&sm_tower_option_table, &tower->options, options);
}

/* ---- fields ---- */

static sm_status check_field_name(const char *name)
{
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    size_t const length = strlen(name);
    SM_REQUIRE(length >= 1 && length <= 63 &&
                   strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") ==
                       length,
               SIAMESE_E_ARGUMENT,
               "name: '%.70s' is not 1 to 63 bytes of [a-z0-9_]", name);
    return SIAMESE_OK;
}

/* Tokens that the field reads of a text; 0: all, if the encoder can. */
static sm_status field_length(const siamese_tower *tower,
                              const siamese_vocab_options *vocab,
                              sm_field *field)
{
    field->length = field->options.sequence_length
                        ? field->options.sequence_length
                        : vocab->sequence_length;
    SM_REQUIRE(field->length > 0 ||
                   sm_encoder_any_length(tower->options.encoder),
               SIAMESE_E_OPTION,
               "field option sequence_length: the vocabulary has none, so the "
               "field needs one");
    SM_REQUIRE(field->length <= SM_LENGTH_MAX, SIAMESE_E_OPTION,
               "vocab option sequence_length: a tower reads at most %d tokens "
               "of a text, not %zu; give the field one",
               SM_LENGTH_MAX, field->length);
    return SIAMESE_OK;
}

static sm_status create_encoder(const siamese_tower *tower, sm_field *field,
                                sm_parameters *list)
{
    const siamese_tower_options *const o = &tower->options;
    sm_encoder_config const config = {
        .kind = o->encoder,
        .table = field->table,
        .length = field->length,
        .embedding_dim = o->embedding_dim,
        .units = o->units,
        .pooling = o->pooling,
        .mask_zero = o->mask_zero,
        .layers = o->layers,
        .bidirectional = o->bidirectional,
    };
    return sm_encoder_create(&field->encoder, list, &config);
}

static sm_status initialise_field(const siamese_tower *tower, sm_field *field,
                                  sm_head *head)
{
    const sm_encoder_type *const type = field->encoder->type;
    SM_RETURN_IF_ERROR(type->initialise(field->encoder, tower->options.seed));
    sm_head_initialise(head, tower->options.seed);
    type->update(field->encoder, tower->kernels);
    sm_head_update(head, tower->kernels);
    return SIAMESE_OK;
}

sm_status sm_tower_add_field(siamese_tower *tower, const char *name,
                             const siamese_vocab *vocab,
                             const siamese_field_options *options, size_t most,
                             int initialise)
{
    sm_status status = SIAMESE_OK;
    sm_parameters parameters = {.most = most};
    sm_field field = {.length = 0};
    sm_head head = {.layer_count = 0};
    size_t table;
    SM_TRY(check_field_name(name));
    SM_TRY(sm_options_read(&sm_field_option_table, options, &field.options));

    const siamese_vocab_options *const v = sm_vocab_options(vocab);
    SM_TRY(field_length(tower, v, &field));
    snprintf(field.name, sizeof field.name, "%s", name);
    table = sm_vocab_rows(vocab);
    SM_CHECK(table <= INT32_MAX, SIAMESE_E_LIMIT,
             "vocab: %zu rows are too many for a table", table);
    field.table = table;
    SM_TRY(create_encoder(tower, &field, &parameters));
    SM_TRY(sm_head_create(&head, &parameters, field.encoder->dim,
                          &tower->options));
    if (initialise) SM_TRY(initialise_field(tower, &field, &head));
    field.vocab = sm_vocab_reference(vocab);
    tower->field = field;
    tower->head = head;
    tower->field_count = 1;
    tower->parameters = parameters;
    return SIAMESE_OK;
out:
    sm_head_free(&head);
    sm_encoder_free(field.encoder);
    sm_parameters_free(&parameters);
    return status;
}

siamese_status siamese_tower_add_field(siamese_tower *tower, const char *name,
                                       const siamese_vocab *vocab,
                                       const siamese_field_options *options)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(vocab != NULL, SIAMESE_E_ARGUMENT, "vocab: is NULL");
    SM_REQUIRE(tower->field_count == 0, SIAMESE_E_UNSUPPORTED,
               "name: '%s' would be a second field; a tower has one", name);
    SM_REQUIRE(sm_vocab_finished(vocab), SIAMESE_E_STATE,
               "vocab: is not finished");
    return sm_tower_add_field(tower, name, vocab, options, SIZE_MAX, 1);
}

size_t siamese_tower_dim(const siamese_tower *tower)
{
    return tower && tower->field_count ? tower->head.dim : 0;
}

size_t siamese_tower_field_count(const siamese_tower *tower)
{
    return tower ? tower->field_count : 0;
}

const siamese_vocab *sm_tower_field_vocab(const siamese_tower *tower,
                                          size_t field)
{
    (void)field;
    return tower->field.vocab;
}

const char *sm_tower_field_name(const siamese_tower *tower, size_t field)
{
    (void)field;
    return tower->field.name;
}

siamese_status siamese_tower_get_vocab(const siamese_tower *tower,
                                       size_t field, siamese_vocab **out)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(field < tower->field_count, SIAMESE_E_NOT_FOUND,
               "field: %zu; the tower has %zu", field, tower->field_count);
    *out = sm_vocab_reference(tower->field.vocab);
    return SIAMESE_OK;
}

/* ---- parameters ---- */

sm_parameters *sm_tower_parameters(siamese_tower *tower)
{
    return &tower->parameters;
}

const sm_parameters *sm_tower_const_parameters(const siamese_tower *tower)
{
    return &tower->parameters;
}

void sm_tower_parameters_changed(siamese_tower *tower)
{
    if (tower->field_count == 0) return;
    tower->field.encoder->type->update(tower->field.encoder, tower->kernels);
    sm_head_update(&tower->head, tower->kernels);
}

void sm_tower_use_kernels(siamese_tower *tower, const sm_kernels *kernels)
{
    tower->kernels = kernels;
    sm_tower_parameters_changed(tower);
}

sm_status sm_tower_clone(siamese_tower **out, const siamese_tower *tower)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *clone = NULL;
    SM_TRY(siamese_tower_create(&clone, &tower->options));
    if (tower->field_count) {
        SM_TRY(sm_tower_add_field(clone, tower->field.name,
                                  tower->field.vocab, &tower->field.options,
                                  SIZE_MAX, 0));
        sm_parameters_copy_values(&clone->parameters, &tower->parameters);
        sm_tower_parameters_changed(clone);
    }
    *out = clone;
    clone = NULL;
out:
    siamese_tower_free(clone);
    return status;
}

size_t siamese_tower_parameter_count(const siamese_tower *tower)
{
    return tower ? tower->parameters.count : 0;
}

siamese_status siamese_tower_parameter_info(const siamese_tower *tower,
                                            size_t i,
                                            siamese_parameter_info *info)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(i < tower->parameters.count, SIAMESE_E_NOT_FOUND,
               "i: %zu; the tower has %zu parameters", i,
               tower->parameters.count);
    const sm_parameter *const p = tower->parameters.items[i];
    siamese_parameter_info own = {.struct_size = sizeof own,
                                  .rank = p->rank,
                                  .count = p->count};
    memcpy(own.name, p->name, sizeof own.name);
    memcpy(own.shape, p->shape, sizeof own.shape);
    return sm_struct_write(&own, sizeof own, info, "info");
}

siamese_status siamese_tower_parameter_get(const siamese_tower *tower,
                                           const char *name, float *values,
                                           size_t capacity, size_t *needed)
{
    sm_parameter *p;
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_RETURN_IF_ERROR(sm_parameters_require(&tower->parameters, name, &p));
    if (needed) *needed = p->count;
    SM_REQUIRE(capacity >= p->count && values != NULL, SIAMESE_E_RANGE,
               "values: %zu numbers have room, %s has %zu", capacity, name,
               p->count);
    memcpy(values, p->value, p->count * sizeof *values);
    return SIAMESE_OK;
}

siamese_status siamese_tower_parameter_set(siamese_tower *tower,
                                           const char *name,
                                           const float *values, size_t count)
{
    sm_parameter *p;
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(values != NULL, SIAMESE_E_ARGUMENT, "values: is NULL");
    SM_RETURN_IF_ERROR(sm_parameters_require(&tower->parameters, name, &p));
    SM_REQUIRE(count == p->count, SIAMESE_E_ARGUMENT,
               "count: is %zu, but %s has %zu numbers", count, name, p->count);
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(isfinite(values[i]), SIAMESE_E_NOT_FINITE,
                   "values: number %zu of %s is not finite", i, name);
    memcpy(p->value, values, count * sizeof *values);
    sm_tower_parameters_changed(tower);
    return SIAMESE_OK;
}
