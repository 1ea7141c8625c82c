/* train_model.c: a model before it is trained, as siamese train needs it. */
#include "verbs/train_model.h"

#include <string.h>

#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "model/cli_growth.h"
#include "model/cli_items_model.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "model/cli_pairs_model.h"
#include "model/cli_sentencepiece.h"
#include "model/cli_fresh_model.h"
#include "model/cli_vocabulary.h"
#include "verbs/train_notes.h"

/* Of a model that keeps its trainer's state unless told otherwise: it is then
 * some 30 MB. */
#define RESUMABLE_WEIGHTS ((size_t)4000000)

/* Where a model's notes say that it was validated. */
#define VALIDATION_NOTE "validation"

#define PRESET_NOTE "preset"

/* What the vocabulary makes of the texts; kept in the notes, since it has
 * counted other texts, or none, itself. */
static void measure_vocabulary(train_model *m, const siamese_vocab *vocab,
                               const cli_pairs *pairs)
{
    siamese_vocab_stats const stats = cli_sentencepiece_measure(vocab, pairs);

    m->vocabulary = cli_vocabulary_json(vocab, &stats);
    json_object_set(m->notes, CLI_VOCABULARY_NOTE, m->vocabulary);
}

/* ------------------------------------------------------------------------- */
/* A new model                                                               */
/* ------------------------------------------------------------------------- */

static siamese_vocab *make_vocabulary(train_model *m, const train_arguments *a,
                                      const cli_pairs *pairs,
                                      const siamese_vocab_options *options)
{
    const char *const pieces = a->model.sentencepiece;
    double const begin = cli_seconds();
    siamese_vocab *const vocab = m->stream
                                     ? cli_vocab_of_stream(m->stream, options)
                                     : cli_vocab_of(pairs, pieces, options);

    if (pieces && strcmp(pieces, "train") != 0)
        measure_vocabulary(m, vocab, pairs);
    else
        m->vocabulary = cli_vocabulary_json(vocab, NULL);
    cli_vocabulary_tell(m->vocabulary);
    m->vocabulary_seconds = cli_seconds() - begin;
    return vocab;
}

void train_model_create(train_model *m, const train_arguments *a,
                        const cli_pairs *pairs,
                        const cli_library_options *options)
{
    siamese_vocab *vocab;

    m->is_new = 1;
    m->notes = json_object();
    json_object_set_new(m->notes, PRESET_NOTE, json_string(a->model.preset));
    vocab = make_vocabulary(m, a, pairs, &options->vocab);
    m->model = cli_fresh_model(pairs, vocab, a->model.preset, options);
    siamese_vocab_free(vocab);
}

/* ------------------------------------------------------------------------- */
/* A model that is resumed                                                   */
/* ------------------------------------------------------------------------- */

void train_model_resume(train_model *m, train_arguments *a,
                        const siamese_load_options *options)
{
    m->bundle = cli_model_load(a->model.resume, options);
    siamese_status const status =
        siamese_bundle_get_trainer(m->bundle, &m->trainer);
    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no trainer to resume; siamese train --resumable "
                 "keeps it",
                 a->model.resume);
    cli_try(status);
    m->notes = cli_notes_load(m->bundle);
    train_notes_read(m->notes, &a->data.source);
    cli_settings_apply_to_trainer(&a->settings, m->trainer);
    /* An index of the old weights would answer wrongly. */
    cli_try(siamese_bundle_set_index(m->bundle, NULL));
    cli_items_forget(m->bundle);
    m->model = cli_model_of(m->bundle);
    cli_model_set_given(m->model, CLI_TRAINER, "trainer", &a->settings);
}

void train_model_grow(train_model *m, const cli_pairs *pairs, size_t max_tokens)
{
    double const begin = cli_seconds();
    siamese_tower *tower;
    siamese_vocab *vocab;

    cli_grow_trainer(m->trainer, pairs, max_tokens);
    cli_try(siamese_trainer_snapshot(m->trainer, &tower, NULL));
    cli_try(siamese_tower_get_vocab(tower, 0, &vocab));
    measure_vocabulary(m, vocab, pairs);
    cli_vocabulary_tell(m->vocabulary);
    siamese_vocab_free(vocab);
    siamese_tower_free(tower);
    m->vocabulary_seconds = cli_seconds() - begin;
}

/* ------------------------------------------------------------------------- */
/* Either                                                                    */
/* ------------------------------------------------------------------------- */

void train_model_validate(train_model *m, const train_arguments *a,
                          const cli_pairs *validation, const cli_pairs *pairs)
{
    if (validation) {
        cli_pairs_validate(validation, pairs, m->model);
        json_object_set_new(m->notes, VALIDATION_NOTE, json_true());
    } else if (json_object_get(m->notes, VALIDATION_NOTE))
        cli_usage_error("%s was trained with --validation FILE and needs it "
                        "again",
                        a->model.resume);
}

static size_t count_weights(const siamese_trainer *trainer)
{
    siamese_tower *tower;
    size_t weights = 0;

    cli_try(siamese_trainer_snapshot(trainer, NULL, &tower));
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        cli_try(siamese_tower_parameter_info(tower, i, &info));
        weights += info.count;
    }
    siamese_tower_free(tower);
    return weights;
}

/* Unless it is said, a large model does not keep what --resume needs. */
static void settle_finished(const train_arguments *a,
                            const siamese_trainer *trainer,
                            siamese_save_options *save)
{
    if (a->output.resumable ||
        cli_settings_name(&a->settings, "save", "finished"))
        return;
    size_t const weights = count_weights(trainer);
    save->finished = weights > RESUMABLE_WEIGHTS;
    if (save->finished)
        cli_note("the model will not hold what --resume needs; with "
                 "--resumable it does, in some %.0f MB more",
                 (double)(2 * weights * sizeof(float)) / 1e6);
}

void train_model_give(train_model *m, const train_arguments *a,
                      const cli_pairs *pairs, siamese_save_options *save)
{
    cli_pairs_prepare(pairs, m->model);
    if (!m->trainer) {
        cli_try(siamese_model_get_trainer(m->model, &m->trainer));
        settle_finished(a, m->trainer, save);
    }
    if (m->stream) cli_pairs_stream_give(m->stream, m->trainer);
}

void train_model_note(train_model *m, const train_arguments *a,
                      const cli_pairs *pairs)
{
    train_notes_write(m->notes, &a->data.source, pairs);
}

/* The trainer of a new model has its vocabulary, and items come with an
 * index. */
const siamese_bundle *train_model_collect(train_model *m)
{
    siamese_bundle_free(m->bundle);
    cli_try(siamese_model_get_bundle(m->model, &m->bundle));
    if (m->is_new) cli_try(siamese_bundle_set_vocab(m->bundle, NULL));
    cli_try(siamese_bundle_set_index(m->bundle, NULL));
    cli_try(siamese_bundle_set_items(m->bundle, NULL));
    cli_notes_store(m->notes, m->bundle);
    return m->bundle;
}

void train_model_free(train_model *m)
{
    siamese_trainer_free(m->trainer);
    siamese_bundle_free(m->bundle);
    siamese_model_free(m->model);
    json_decref(m->notes);
    json_decref(m->vocabulary);
}
