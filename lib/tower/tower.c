/* tower.c: the tower handle: made, given fields, freed, copied. For hosts, and
 * for the other files of the tower. */
#include "tower/tower.h"

#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "math/kernels_precision.h"
#include "math/products.h"
#include "nn/table_precision.h"
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
     8192, "1 .. 8192",
     "units of each layer and direction of an LSTM or "
     "GRU"},
    {"seed", SM_OPTION_UINT64, offsetof(siamese_tower_options, seed), "1", 0,
     1.8446744073709552e19, "0 .. 18446744073709551615",
     "seed of the initial weights"},
    {"threads", SM_OPTION_INT32, offsetof(siamese_tower_options, threads), "0",
     0, 1024, "0 .. 1024", "threads of encode; 0: one a processor"},
    {"kernel", SM_OPTION_CHOICE, offsetof(siamese_tower_options, kernel),
     "auto", 0, 0, SM_KERNEL_WORDS, KERNEL_HELP},
    {"hidden", SM_OPTION_SIZE, offsetof(siamese_tower_options, hidden), "0", 0,
     16384, "0 .. 16384", "numbers of a hidden dense layer; 0: none"},
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
     "lstm", 0, 0, "lstm | bag | gru | transformer",
     "what makes a vector of a text's token embeddings"},
    {"pooling", SM_OPTION_CHOICE, offsetof(siamese_tower_options, pooling),
     "mean", 0, 0, "mean | sum | weighted | cls | max",
     "of a bag mean, sum or weighted (a mean with a learned weight a token); "
     "of a transformer mean, cls (the first token) or max"},
    {"mask_zero", SM_OPTION_FLAG, offsetof(siamese_tower_options, mask_zero),
     "0", 0, 1, "0 | 1", "pads, id 0, are no tokens"},
    {"layers", SM_OPTION_SIZE, offsetof(siamese_tower_options, layers), "1", 1,
     64, "1 .. 64", "of an LSTM, GRU or transformer, each upon the one below"},
    {"bidirectional", SM_OPTION_FLAG,
     offsetof(siamese_tower_options, bidirectional), "1", 0, 1, "0 | 1",
     "an LSTM or GRU reads both ways; its vector has 2 * units numbers"},
    {"combine", SM_OPTION_CHOICE, offsetof(siamese_tower_options, combine),
     "sum", 0, 0, "sum | concat", "what the vectors of several fields become"},
    {"heads", SM_OPTION_SIZE, offsetof(siamese_tower_options, heads), "4", 1,
     1024, "1 .. 1024", "of a transformer's attention; divides embedding_dim"},
    {"feed_forward", SM_OPTION_SIZE,
     offsetof(siamese_tower_options, feed_forward), "0", 0, 65536, "0 .. 65536",
     "width of a transformer's hidden layers; 0: 4 * embedding_dim"},
    {"feed_forward_activation", SM_OPTION_CHOICE,
     offsetof(siamese_tower_options, feed_forward_activation), "gelu", 0, 0,
     ACTIVATIONS, "of a transformer's hidden layers"},
    {"norm_first", SM_OPTION_FLAG, offsetof(siamese_tower_options, norm_first),
     "0", 0, 1, "0 | 1",
     "layer norms of a transformer before its layers, not after (BERT)"},
    {"dropout", SM_OPTION_DOUBLE, offsetof(siamese_tower_options, dropout), "0",
     0, 0.9, "0 .. 0.9",
     "share of a transformer's activations dropped in training"},
    {"table_precision", SM_OPTION_CHOICE,
     offsetof(siamese_tower_options, table_precision), "float32", 0, 0,
     "float32 | float16 | int8",
     "of the embedding tables once trained; int8 has a scale a row"},
    {"layer_norm_epsilon", SM_OPTION_DOUBLE,
     offsetof(siamese_tower_options, layer_norm_epsilon), "1e-12", 1e-30, 1,
     "1e-30 .. 1", "added to the variance in a transformer's layer norms"},
    {"embedding_stddev", SM_OPTION_DOUBLE,
     offsetof(siamese_tower_options, embedding_stddev), "0", 0, 100, "0 .. 100",
     "embeddings begin normal, with this deviation; 0: uniform in +-0.05, of a "
     "transformer normal with 0.02"},
    {"matmul_precision", SM_OPTION_CHOICE,
     offsetof(siamese_tower_options, matmul_precision), "float32", 0, 0,
     "float32 | bfloat16 | amx_bfloat16 | auto",
     "numbers that encode multiplies, sums being floats; auto: what the "
     "processor is fastest with"},
};

const sm_option_table sm_tower_option_table = {
    "tower", tower_options, sizeof tower_options / sizeof tower_options[0],
    sizeof(siamese_tower_options)};

SM_OPTIONS_API(tower, &sm_tower_option_table)

/* ---- the handle ---- */

static void destroy(siamese_tower *tower)
{
    for (size_t f = 0; f < tower->field_count; f++)
        sm_field_free(&tower->fields[f], f);
    sm_free(tower->fields);
    sm_head_free(&tower->head);
    sm_parameters_free(&tower->parameters);
    sm_lending_free(tower->scratch, sm_tower_scratch_discard);
    sm_pool_free(tower->pool);
    sm_free(tower);
    sm_handle_freed();
}

/* Those that the options ask for. */
static sm_status select_kernels(siamese_tower *tower)
{
    const sm_kernels *of_floats;
    int32_t precision = tower->options.matmul_precision;
    SM_RETURN_IF_ERROR(sm_kernels_select(tower->options.kernel, &of_floats));
    if (precision == SIAMESE_MATMUL_PRECISION_AUTO)
        precision = sm_products_fastest(of_floats);
    tower->kernels = sm_kernels_of(precision, of_floats);
    return SIAMESE_OK;
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
    SM_TRY(select_kernels(tower));
    SM_TRY(sm_pool_create(&tower->pool, tower->options.threads));
    SM_TRY(sm_lending_create(&tower->scratch));
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

static sm_status check_field_name(const siamese_tower *tower, const char *name)
{
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    size_t const length = strlen(name);
    SM_REQUIRE(length >= 1 && length <= 63 &&
                   strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") ==
                       length,
               SIAMESE_E_ARGUMENT,
               "name: '%.70s' is not 1 to 63 bytes of [a-z0-9_]", name);
    for (size_t f = 0; f < tower->field_count; f++)
        SM_REQUIRE(strcmp(tower->fields[f].name, name) != 0, SIAMESE_E_ARGUMENT,
                   "name: there is a field '%s' already", name);
    return SIAMESE_OK;
}

/* The new field, in a list of parameters of its own. */
static sm_status create_field(const siamese_tower *tower, const char *name,
                              const siamese_vocab *vocab, sm_field *field,
                              sm_parameters *list)
{
    const sm_field *shared = NULL;
    size_t const number = field->options.shared_field;
    SM_REQUIRE(number <= tower->field_count, SIAMESE_E_OPTION,
               "field option shared_field: %zu; the tower has %zu fields so "
               "far",
               number, tower->field_count);
    if (number) shared = &tower->fields[number - 1];
    if (tower->field_count)
        snprintf(list->prefix, sizeof list->prefix, "%s_", name);
    field->owner = tower->field_count;
    sm_status const status = sm_field_create(
        field, name, vocab, &tower->options,
        tower->field_count ? tower->fields : NULL, shared, list);
    list->prefix[0] = '\0';
    return status;
}

/* The dense layers over what the fields, the new one included, become. */
static sm_status create_head(siamese_tower *tower, sm_head *head,
                             sm_parameters *list, size_t *dim)
{
    SM_RETURN_IF_ERROR(sm_combine_dim(tower->options.combine, tower->fields,
                                      tower->field_count + 1, dim));
    return sm_head_create(head, list, *dim, &tower->options);
}

/* Each field draws from a seed of its own; the first from the tower's. */
static sm_status initialise(const siamese_tower *tower, sm_field *field,
                            sm_head *head)
{
    uint64_t const seed = tower->options.seed;
    size_t const number = tower->field_count;
    if (field->owner == number)
        SM_RETURN_IF_ERROR(field->encoder->type->initialise(
            field->encoder, seed + number * UINT64_C(0x9e3779b97f4a7c15)));
    sm_head_initialise(head, seed);
    return SIAMESE_OK;
}

/* Of the fields' parameters; the dense layers behind them are made anew. */
static size_t kept_bytes(const siamese_tower *tower)
{
    size_t bytes = 0;
    for (size_t i = 0; i < tower->field_parameters; i++)
        bytes += sm_values_bytes(tower->parameters.items[i]);
    return bytes;
}

/* Names of parameters begin with those of their fields, so that parameters of
 * field a and of a_position might meet. Towers of files are as they are. */
static sm_status check_parameter_names(const siamese_tower *tower,
                                       const char *name,
                                       const sm_parameters *added)
{
    for (size_t i = 0; i < added->count; i++) {
        const char *const own = added->items[i]->name;
        bool is_there = false;
        for (size_t f = 0; f < tower->field_parameters; f++)
            is_there |= strcmp(own, tower->parameters.items[f]->name) == 0;
        for (size_t k = 0; k < i; k++)
            is_there |= strcmp(own, added->items[k]->name) == 0;
        SM_REQUIRE(!is_there, SIAMESE_E_ARGUMENT,
                   "name: with the field '%s' two parameters of the tower "
                   "would be called '%s'",
                   name, own);
    }
    return SIAMESE_OK;
}

sm_status sm_tower_add_field(siamese_tower *tower, const char *name,
                             const siamese_vocab *vocab,
                             const siamese_field_options *options, size_t most,
                             int initialise_values)
{
    sm_status status = SIAMESE_OK;
    size_t const others = tower->field_count, kept = tower->field_parameters;
    sm_parameters parameters = {.most = 1,
                                .precision = tower->parameters.precision};
    sm_head head = {.layer_count = 0};
    sm_field *field = NULL, *grown;
    size_t dim, added;
    size_t const bytes = kept_bytes(tower);
    if (most > bytes) parameters.most = most - bytes;
    SM_TRY(check_field_name(tower, name));
    grown = sm_grow(tower->fields, &tower->field_capacity, others + 1,
                    sizeof *grown);
    SM_CHECK_MEMORY(grown);
    tower->fields = grown;
    field = &grown[others];
    *field = (sm_field){.owner = others};
    SM_TRY(sm_options_read(&sm_field_option_table, options, &field->options));
    SM_TRY(create_field(tower, name, vocab, field, &parameters));
    added = parameters.count;
    SM_TRY(create_head(tower, &head, &parameters, &dim));
    if (initialise_values) {
        SM_TRY(check_parameter_names(tower, name, &parameters));
        SM_TRY(initialise(tower, field, &head));
    }
    SM_TRY(sm_parameters_replace(&tower->parameters, kept, &parameters));
    tower->field_parameters = kept + added;
    sm_head_free(&tower->head);
    tower->head = head;
    tower->combined_dim = dim;
    tower->field_count++;
    if (initialise_values) sm_tower_parameters_changed(tower);
    return SIAMESE_OK;
out:
    sm_head_free(&head);
    if (field) sm_field_free(field, others);
    sm_parameters_free(&parameters);
    return status;
}

siamese_status siamese_tower_add_field(siamese_tower *tower, const char *name,
                                       const siamese_vocab *vocab,
                                       const siamese_field_options *options)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(vocab == NULL || sm_vocab_finished(vocab), SIAMESE_E_STATE,
               "vocab: is not finished");
    SM_REQUIRE(tower->parameters.precision == SIAMESE_PRECISION_FLOAT32,
               SIAMESE_E_STATE,
               "tower: its tables are packed; siamese_tower_quantize makes one "
               "with tables in float32");
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
    return tower->fields[field].vocab;
}

const char *sm_tower_field_name(const siamese_tower *tower, size_t field)
{
    return tower->fields[field].name;
}

siamese_status siamese_tower_get_field_name(const siamese_tower *tower,
                                            size_t field, char *buf,
                                            size_t size, size_t *needed)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(field < tower->field_count, SIAMESE_E_NOT_FOUND,
               "field: the tower has %zu, there is no field %zu",
               tower->field_count, field);
    const char *const name = tower->fields[field].name;
    return sm_text_write(name, strlen(name), buf, size, needed);
}

const siamese_field_options *sm_tower_field_options(const siamese_tower *tower,
                                                    size_t field)
{
    return &tower->fields[field].options;
}

size_t sm_tower_first_text(const siamese_tower *tower)
{
    for (size_t f = 0; f < tower->field_count; f++)
        if (tower->fields[f].options.kind == SIAMESE_FIELD_TEXT) return f;
    return SIZE_MAX;
}

sm_status sm_tower_check_texts(const siamese_tower *tower,
                               const siamese_text *rows, size_t count,
                               size_t given, const char *what, const char *side)
{
    for (size_t f = 0; f < given; f++) {
        if (tower->fields[f].options.kind != SIAMESE_FIELD_NUMBERS) continue;
        for (size_t r = 0; r < count; r++) {
            sm_status const status =
                sm_field_check(&tower->fields[f], &rows[r * given + f]);
            SM_REQUIRE(status == SIAMESE_OK, status, "%s: %s %zu: %s", what,
                       side, r, siamese_last_error());
        }
    }
    return SIAMESE_OK;
}

siamese_status siamese_tower_get_vocab(const siamese_tower *tower, size_t field,
                                       siamese_vocab **out)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(field < tower->field_count, SIAMESE_E_NOT_FOUND,
               "field: %zu; the tower has %zu", field, tower->field_count);
    SM_REQUIRE(tower->fields[field].vocab != NULL, SIAMESE_E_NOT_FOUND,
               "field: %s has no vocabulary", tower->fields[field].name);
    *out = sm_vocab_reference(tower->fields[field].vocab);
    return SIAMESE_OK;
}

/* ---- copies and kernels ---- */

void sm_tower_parameters_changed(siamese_tower *tower)
{
    if (tower->field_count == 0) return;
    for (size_t f = 0; f < tower->field_count; f++)
        if (tower->fields[f].owner == f)
            tower->fields[f].encoder->type->update(tower->fields[f].encoder,
                                                   tower->kernels);
    sm_head_update(&tower->head, tower->kernels);
}

void sm_tower_use_kernels(siamese_tower *tower, const sm_kernels *kernels)
{
    tower->kernels = kernels;
    sm_tower_parameters_changed(tower);
}

int32_t sm_tower_table_precision(const siamese_tower *tower)
{
    return tower->options.table_precision;
}

sm_status sm_tower_clone(siamese_tower **out, const siamese_tower *tower,
                         int32_t precision)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *clone = NULL;
    SM_TRY(siamese_tower_create(&clone, &tower->options));
    clone->parameters.precision = precision;
    for (size_t f = 0; f < tower->field_count; f++)
        SM_TRY(sm_tower_add_field(clone, tower->fields[f].name,
                                  tower->fields[f].vocab,
                                  &tower->fields[f].options, SIZE_MAX, 0));
    sm_parameters_copy_values(&clone->parameters, &tower->parameters);
    sm_tower_parameters_changed(clone);
    *out = clone;
    clone = NULL;
out:
    siamese_tower_free(clone);
    return status;
}

siamese_status siamese_tower_quantize(siamese_tower **out,
                                      const siamese_tower *tower,
                                      int32_t precision)
{
    siamese_tower *copy;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(precision >= SIAMESE_PRECISION_FLOAT32 &&
                   precision <= SIAMESE_PRECISION_INT8,
               SIAMESE_E_ARGUMENT,
               "precision: %d is none of SIAMESE_PRECISION_*", (int)precision);
    SM_RETURN_IF_ERROR(sm_tower_clone(&copy, tower, precision));
    copy->options.table_precision = precision;
    *out = copy;
    return SIAMESE_OK;
}

sm_parameters *sm_tower_parameters(siamese_tower *tower)
{
    return &tower->parameters;
}

const sm_parameters *sm_tower_const_parameters(const siamese_tower *tower)
{
    return &tower->parameters;
}
