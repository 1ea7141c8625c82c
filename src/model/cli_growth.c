/* cli_growth.c: a model and new texts in, its vocabularies grown. For train
 * --resume. */
#include "model/cli_growth.h"

#include <string.h>

#include "shell/cli_message.h"
#include "model/cli_pairs_texts.h"
#include "model/cli_sentencepiece.h"
#include "model/cli_fresh_model.h"
#include "model/cli_vocabulary.h"

/* Of the positives' texts, read as `old` reads them. */
static siamese_vocab *fresh_vocab(const siamese_vocab *old,
                                  const cli_pairs *pairs)
{
    siamese_vocab_options options = {.struct_size = sizeof options};
    siamese_vocab *vocab;

    cli_try(siamese_vocab_get_options(old, &options));
    options.max_tokens = 0;
    cli_try(siamese_vocab_create(&vocab, &options));
    cli_pairs_count_tokens(pairs, vocab);
    cli_try(siamese_vocab_finish(vocab));
    return vocab;
}

/* Takes `fresh`. */
static void grow_field(siamese_trainer *trainer, int32_t side, size_t field,
                       const siamese_vocab *old, siamese_vocab *fresh,
                       size_t max_tokens)
{
    siamese_vocab *grown;

    cli_try(siamese_vocab_grow(&grown, old, fresh, max_tokens));
    cli_try(siamese_trainer_grow(trainer, side, field, grown));
    siamese_vocab_free(fresh);
    siamese_vocab_free(grown);
}

static void grow_side(siamese_trainer *trainer, int32_t side,
                      const siamese_tower *tower, const cli_pairs *pairs,
                      size_t max_tokens)
{
    siamese_vocab *old;

    cli_try(siamese_tower_get_vocab(tower, 0, &old));
    size_t const size = siamese_vocab_size(old);
    if (max_tokens > 0 && max_tokens < size)
        cli_usage_error("--set max_tokens=%zu: the model has %zu tokens "
                        "already",
                        max_tokens, size);
    grow_field(trainer, side, 0, old, fresh_vocab(old, pairs), max_tokens);
    siamese_vocab_free(old);
    for (size_t i = 0; i < pairs->fields->count; i++) {
        if (1 + i >= siamese_tower_field_count(tower) ||
            strcmp(pairs->fields->list[i].kind, "category") != 0)
            continue;
        cli_try(siamese_tower_get_vocab(tower, 1 + i, &old));
        grow_field(trainer, side, 1 + i, old, cli_category_vocab(pairs, i), 0);
        siamese_vocab_free(old);
    }
}

void cli_grow_trainer(siamese_trainer *trainer, const cli_pairs *pairs,
                      size_t max_tokens)
{
    siamese_tower *query, *item;

    cli_try(siamese_trainer_snapshot(trainer, &query, &item));
    grow_side(trainer, SIAMESE_SIDE_QUERY, query, pairs, max_tokens);
    if (item != query)
        grow_side(trainer, SIAMESE_SIDE_ITEM, item, pairs, max_tokens);
    siamese_tower_free(query);
    siamese_tower_free(item);
}

/* How many tokens would join; 0 of a vocabulary that does not grow. */
static size_t count_new(const siamese_vocab *old, const siamese_vocab *fresh)
{
    siamese_vocab *grown;

    if (siamese_vocab_grow(&grown, old, fresh, 0)) return 0;
    size_t const count = siamese_vocab_size(grown) - siamese_vocab_size(old);
    siamese_vocab_free(grown);
    return count;
}

static int grows(const siamese_vocab *vocab)
{
    siamese_vocab *grown;

    if (siamese_vocab_grow(&grown, vocab, vocab, 0)) return 0;
    siamese_vocab_free(grown);
    return 1;
}

/* Whether the vocabulary was counted on these texts, as far as counts tell. */
static int is_known(const siamese_vocab *vocab, const cli_pairs *pairs,
                    const json_t *counts)
{
    siamese_vocab_stats const now = cli_sentencepiece_measure(vocab, pairs);
    json_t *const then = cli_vocabulary_json(vocab, NULL);
    json_t *const these = cli_vocabulary_json(vocab, &now);

    if (counts) json_object_update_existing(then, (json_t *)counts);
    int const is_same = json_equal(then, these);
    json_decref(then);
    json_decref(these);
    return is_same;
}

static size_t new_words(const siamese_bundle *bundle, const cli_pairs *pairs,
                        const json_t *counts)
{
    siamese_vocab *old, *fresh;
    size_t count = 0;

    if (siamese_bundle_get_vocab(bundle, &old)) return 0;
    if (grows(old) && !is_known(old, pairs, counts)) {
        fresh = fresh_vocab(old, pairs);
        count = count_new(old, fresh);
        siamese_vocab_free(fresh);
    }
    siamese_vocab_free(old);
    return count;
}

static size_t new_values(const siamese_bundle *bundle, const cli_pairs *pairs)
{
    siamese_tower *tower;
    size_t count = 0;

    if (siamese_bundle_get_item_tower(bundle, &tower)) return 0;
    for (size_t i = 0; i < pairs->fields->count; i++) {
        siamese_vocab *old;
        if (strcmp(pairs->fields->list[i].kind, "category") != 0 ||
            siamese_tower_get_vocab(tower, 1 + i, &old))
            continue;
        siamese_vocab *const fresh = cli_category_vocab(pairs, i);
        count += count_new(old, fresh);
        siamese_vocab_free(fresh);
        siamese_vocab_free(old);
    }
    siamese_tower_free(tower);
    return count;
}

void cli_growth_tell(const siamese_bundle *bundle, const cli_pairs *pairs,
                     const json_t *counts)
{
    size_t const words = new_words(bundle, pairs, counts);
    size_t const values =
        pairs->fields->count > 0 ? new_values(bundle, pairs) : 0;

    if (words > 0)
        cli_note("%zu tokens of these data are not in the model's vocabulary "
                 "and stay unknown; --grow takes them in",
                 words);
    if (values > 0)
        cli_note("%zu values of categories are new and stay unknown; --grow "
                 "takes them in",
                 values);
}
