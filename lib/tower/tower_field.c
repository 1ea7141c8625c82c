/* tower_field.c: a text in, the ids of its field out; and the making of a
 * field's encoder. For tower, tower_encode and tower_ids. */
#include "tower/tower_field.h"

#include <stdio.h>

#include "common/hash.h"
#include "nn/encoder_types.h"
#include "nn/numbers.h"
#include "text/vocab.h"
#include "text/vocab_lookup.h"
#include "text/vocab_rows.h"
#include "tower/number_text.h"

static const sm_option field_options[] = {
    {"sequence_length", SM_OPTION_SIZE,
     offsetof(siamese_field_options, sequence_length), "0", 0, SM_LENGTH_MAX,
     "0 .. 4096", "tokens read of a text, padded to; 0: the vocabulary's"},
    {"buckets", SM_OPTION_SIZE, offsetof(siamese_field_options, buckets),
     "65536", 1, 1 << 30, "1 .. 1073741824",
     "embeddings that ids without a vocabulary are hashed to"},
    {"numbers", SM_OPTION_SIZE, offsetof(siamese_field_options, numbers), "1",
     1, SM_NUMBERS_MAX, "1 .. 64", "numbers in a text of them"},
    {"dim", SM_OPTION_SIZE, offsetof(siamese_field_options, dim), "0", 0, 16384,
     "0 .. 16384", "numbers of an id's or of numbers' vector; 0: what fits"},
    {"shared_field", SM_OPTION_SIZE,
     offsetof(siamese_field_options, shared_field), "0", 0, 1024, "0 .. 1024",
     "n: use the encoder of the n-th field; 0: its own"},
    {"weight", SM_OPTION_DOUBLE, offsetof(siamese_field_options, weight), "1",
     -1e6, 1e6, "-1e6 .. 1e6", "what its vector is multiplied by"},
    {"kind", SM_OPTION_CHOICE, offsetof(siamese_field_options, kind), "text", 0,
     0, "text | id | numbers",
     "a text, an id to embed as a whole, or decimal numbers"},
};

const sm_option_table sm_field_option_table = {
    "field", field_options, sizeof field_options / sizeof field_options[0],
    sizeof(siamese_field_options)};

SM_OPTIONS_API(field, &sm_field_option_table)

/* ---- making one ---- */

/* Tokens that a text field reads; 0: all, if the encoder can. */
static sm_status text_length(sm_field *field, int32_t encoder)
{
    field->length = field->options.sequence_length
                        ? field->options.sequence_length
                        : sm_vocab_options(field->vocab)->sequence_length;
    SM_REQUIRE(field->length > 0 || sm_encoder_any_length(encoder),
               SIAMESE_E_OPTION,
               "field option sequence_length: the vocabulary has none, so the "
               "field needs one");
    SM_REQUIRE(field->length <= SM_LENGTH_MAX, SIAMESE_E_OPTION,
               "vocab option sequence_length: a tower reads at most %d tokens "
               "of a text, not %zu; give the field one",
               SM_LENGTH_MAX, field->length);
    return SIAMESE_OK;
}

static sm_status create_text(sm_field *field, const siamese_tower_options *o,
                             sm_parameters *list)
{
    SM_REQUIRE(sm_vocab_options(field->vocab)->output_mode ==
                   SIAMESE_OUTPUT_INT,
               SIAMESE_E_ARGUMENT,
               "vocab: its output_mode is not int: its ids have no padding");
    SM_RETURN_IF_ERROR(text_length(field, o->encoder));
    field->table = sm_vocab_rows(field->vocab);
    SM_REQUIRE(field->table <= INT32_MAX, SIAMESE_E_LIMIT,
               "vocab: %zu rows are too many for a table", field->table);
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
        .heads = o->heads,
        .feed_forward = o->feed_forward,
        .feed_forward_activation = o->feed_forward_activation,
        .norm_first = o->norm_first,
        .dropout = o->dropout,
        .layer_norm_epsilon = o->layer_norm_epsilon,
        .embedding_stddev = o->embedding_stddev,
        .seed = o->seed,
    };
    return sm_encoder_create(&field->encoder, list, &config);
}

/* Of an id's or of numbers' vector. */
static size_t small_dim(const sm_field *field, const siamese_tower_options *o,
                        const sm_field *first)
{
    if (field->options.dim) return field->options.dim;
    return first && o->combine == SIAMESE_COMBINE_SUM ? first->encoder->dim
                                                      : o->embedding_dim;
}

/* A bag of one token at the most. */
static sm_status create_id(sm_field *field, size_t dim,
                           const siamese_tower_options *o, sm_parameters *list)
{
    field->table =
        field->vocab ? sm_vocab_rows(field->vocab) : field->options.buckets + 1;
    SM_REQUIRE(field->table <= INT32_MAX, SIAMESE_E_LIMIT,
               "vocab: %zu rows are too many for a table", field->table);
    sm_encoder_config const config = {.kind = SIAMESE_ENCODER_BAG,
                                      .table = field->table,
                                      .embedding_dim = dim,
                                      .pooling = SIAMESE_POOLING_SUM,
                                      .mask_zero = true,
                                      .embedding_stddev = o->embedding_stddev};
    return sm_encoder_create(&field->encoder, list, &config);
}

static sm_status create_numbers(sm_field *field, size_t dim,
                                sm_parameters *list)
{
    field->length = field->options.numbers;
    sm_encoder_config const config = {.length = field->length,
                                      .embedding_dim = dim};
    return sm_numbers_type.create(&field->encoder, list, &config);
}

/* The encoder of an earlier field serves this one too. */
static sm_status share(sm_field *field, const siamese_tower_options *o,
                       const sm_field *shared)
{
    SM_REQUIRE(field->options.kind == SIAMESE_FIELD_TEXT &&
                   shared->options.kind == SIAMESE_FIELD_TEXT &&
                   sm_vocab_same_rows(shared->vocab, field->vocab),
               SIAMESE_E_OPTION,
               "field option shared_field: %s and %s are not texts of "
               "vocabularies of one size, and of the same features",
               field->name, shared->name);
    SM_RETURN_IF_ERROR(text_length(field, o->encoder));
    SM_REQUIRE(field->length == shared->length, SIAMESE_E_OPTION,
               "field option sequence_length: is %zu, that of %s, whose "
               "encoder it shares, %zu",
               field->length, shared->name, shared->length);
    field->table = shared->table;
    field->encoder = shared->encoder;
    field->owner = shared->owner;
    return SIAMESE_OK;
}

sm_status sm_field_create(sm_field *field, const char *name,
                          const siamese_vocab *vocab,
                          const siamese_tower_options *tower,
                          const sm_field *first, const sm_field *shared,
                          sm_parameters *list)
{
    int32_t const kind = field->options.kind;
    size_t const dim = small_dim(field, tower, first);
    SM_REQUIRE(vocab != NULL || kind != SIAMESE_FIELD_TEXT, SIAMESE_E_ARGUMENT,
               "vocab: is NULL, which a field of texts cannot have");
    SM_REQUIRE(vocab == NULL || kind != SIAMESE_FIELD_NUMBERS,
               SIAMESE_E_ARGUMENT, "vocab: a field of numbers has none");
    snprintf(field->name, sizeof field->name, "%s", name);
    if (vocab) field->vocab = sm_vocab_reference(vocab);
    if (shared) return share(field, tower, shared);
    if (kind == SIAMESE_FIELD_TEXT) return create_text(field, tower, list);
    if (kind == SIAMESE_FIELD_ID) return create_id(field, dim, tower, list);
    return create_numbers(field, dim, list);
}

void sm_field_free(sm_field *field, size_t number)
{
    if (field->owner == number) sm_encoder_free(field->encoder);
    siamese_vocab_free(field->vocab);
    *field = (sm_field){.length = 0};
}

/* ---- reading ---- */

bool sm_field_absent(const sm_field *field, const siamese_text *text)
{
    return text->size == 0 || (field->options.kind == SIAMESE_FIELD_NUMBERS &&
                               sm_number_text_absent(text));
}

/* Of an absent text zeros, which a tower of several fields leaves out. */
static sm_status read_numbers(const sm_field *field, const siamese_text *text,
                              sm_id_list *list)
{
    float numbers[SM_NUMBERS_MAX] = {0};
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, field->length));
    if (!sm_field_absent(field, text))
        SM_RETURN_IF_ERROR(
            sm_number_text_read(text, field->name, field->length, numbers));
    for (size_t i = 0; i < field->length; i++)
        list->ids[list->count++] = sm_number_bits(numbers[i]);
    return SIAMESE_OK;
}

/* An empty id is none. */
static sm_status read_id(const sm_field *field, const siamese_text *text,
                         sm_id_list *list)
{
    int64_t id;
    if (text->size == 0) return SIAMESE_OK;
    if (field->vocab)
        SM_RETURN_IF_ERROR(
            siamese_vocab_lookup(field->vocab, text->data, text->size, &id));
    else
        id = 1 + (int64_t)(sm_hash_mix(sm_hash_bytes(SM_HASH_START, text->data,
                                                     text->size)) %
                           field->options.buckets);
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, 1));
    list->ids[list->count++] = (int32_t)id;
    return SIAMESE_OK;
}

sm_status sm_field_read(const sm_field *field, const siamese_text *text,
                        sm_id_list *list)
{
    if (field->options.kind == SIAMESE_FIELD_ID)
        return read_id(field, text, list);
    if (field->options.kind == SIAMESE_FIELD_NUMBERS)
        return read_numbers(field, text, list);
    return sm_vocab_tokenize_append(field->vocab, text->data, text->size,
                                    field->length ? field->length : SIZE_MAX,
                                    list);
}

sm_status sm_field_check(const sm_field *field, const siamese_text *text)
{
    float numbers[SM_NUMBERS_MAX];
    if (field->options.kind != SIAMESE_FIELD_NUMBERS ||
        sm_field_absent(field, text))
        return SIAMESE_OK;
    return sm_number_text_read(text, field->name, field->length, numbers);
}
