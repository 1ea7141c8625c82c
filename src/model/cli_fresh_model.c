/* cli_fresh_model.c: settings and pairs in, a vocabulary and a model that has
 * learned nothing out. For train and bench. */
#include "model/cli_fresh_model.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "data/cli_fields.h"
#include "model/cli_model.h"
#include "model/cli_pairs_texts.h"
#include "model/cli_sentencepiece.h"

/* Of a field's name; parameters' names have it in front. */
enum { NAME_SIZE = 32 };
typedef char field_name[NAME_SIZE];

/* The title's field, columns that all items have, and what would stand in front
 * of the name of another parameter of a transformer. */
static const char *const taken[] = {"text", "id", "title", "position"};
enum { TAKEN_COUNT = sizeof taken / sizeof *taken };

siamese_vocab *cli_vocab_of(const cli_pairs *pairs, const char *sentencepiece,
                            const siamese_vocab_options *options)
{
    siamese_vocab *vocab;

    if (sentencepiece && strcmp(sentencepiece, "train") == 0)
        return cli_sentencepiece_train(pairs, options);
    if (sentencepiece) return cli_sentencepiece_read(sentencepiece, options);
    cli_try(siamese_vocab_create(&vocab, options));
    cli_pairs_count_tokens(pairs, vocab);
    cli_try(siamese_vocab_finish(vocab));
    return vocab;
}

siamese_vocab *cli_vocab_of_stream(cli_pairs_stream *stream,
                                   const siamese_vocab_options *options)
{
    siamese_vocab *vocab;

    cli_try(siamese_vocab_create(&vocab, options));
    cli_pairs_stream_count_tokens(stream, vocab);
    cli_try(siamese_vocab_finish(vocab));
    return vocab;
}

siamese_vocab *cli_category_vocab(const cli_pairs *pairs, size_t f)
{
    static const siamese_text first[] = {{"", 0}, {"[UNK]", 5}};
    siamese_vocab_options options;
    siamese_vocab *vocab;
    cli_strings values = {0};

    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        cli_strings_add(&values, first[i].data, first[i].size);
    cli_pairs_values(pairs, 1 + f, &values);
    cli_try(siamese_vocab_options_init(&options, sizeof options));
    options.max_tokens = 0;
    options.standardize = SIAMESE_STANDARDIZE_NONE;
    cli_try(siamese_vocab_create(&vocab, &options));
    cli_try(siamese_vocab_set_tokens(vocab, values.texts, values.count));
    cli_strings_free(&values);
    return vocab;
}

/* The name that items have the column by, and the tower the field: that of the
 * data, or, where others have it, one that is told apart by its place. */
static void name_field(const cli_fields *fields, size_t i, field_name *names)
{
    const char *const column = fields->list[i].column;
    int is_taken = 0;

    names[i][0] = '\0';
    cli_column_spell(column, names[i], NAME_SIZE);
    for (size_t t = 0; t < TAKEN_COUNT; t++)
        is_taken |= strcmp(names[i], taken[t]) == 0;
    for (size_t f = 0; f < i; f++) is_taken |= strcmp(names[i], names[f]) == 0;
    if (!is_taken) return;
    snprintf(names[i], NAME_SIZE, "f%zu_", i + 2);
    cli_column_spell(column, names[i], NAME_SIZE);
}

static void add_field(siamese_model *model, const cli_fields *fields, size_t i,
                      const char *name, const siamese_field_options *base)
{
    const cli_field *const field = &fields->list[i];
    siamese_field_options options;

    cli_fields_options(fields, i, base, &options);
    /* to the model, a vocabulary of the values */
    if (strcmp(field->kind, "category") == 0) options.buckets = 0;
    if (siamese_model_add_field(model, name, &options))
        cli_fail("--field %s: %s", field->column, siamese_last_error());
}

siamese_model *cli_fresh_model(const cli_pairs *pairs,
                               const siamese_vocab *vocab, const char *preset,
                               const cli_library_options *options)
{
    siamese_model *model;
    size_t const count = pairs->fields->count;
    field_name *const names = cli_alloc(count, sizeof *names);

    cli_try(siamese_model_create(&model, preset, NULL));
    cli_model_set(model, CLI_FIELD, "field", &options->field);
    cli_model_set(model, CLI_TOWER, "tower", &options->tower);
    cli_model_set(model, CLI_TRAINER, "trainer", &options->trainer);
    cli_model_set(model, CLI_RANKER, "ranker", &options->ranker);
    cli_try(siamese_model_set_vocab(model, vocab));
    for (size_t i = 0; i < count; i++) {
        name_field(pairs->fields, i, names);
        add_field(model, pairs->fields, i, names[i], &options->field);
    }
    free(names);
    return model;
}
