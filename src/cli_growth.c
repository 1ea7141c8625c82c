#include "cli_growth.h"

#include <string.h>

#include "cli_message.h"
#include "cli_tower.h"

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
