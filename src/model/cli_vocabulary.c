/* cli_vocabulary.c: texts and a vocabulary in, what it does not know told. For
 * train and vocab. */
#include "model/cli_vocabulary.h"

#include "shell/cli_message.h"

static siamese_vocab_stats stats_of(const siamese_vocab *vocab)
{
    siamese_vocab_stats stats = {.struct_size = sizeof stats};

    cli_try(siamese_vocab_get_stats(vocab, &stats));
    return stats;
}

static size_t sequence_length_of(const siamese_vocab *vocab)
{
    siamese_vocab_options options = {.struct_size = sizeof options};

    cli_try(siamese_vocab_get_options(vocab, &options));
    return options.sequence_length;
}

static double percent(json_int_t part, json_int_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

static json_int_t count_of(const json_t *counts, const char *name)
{
    return json_integer_value(json_object_get(counts, name));
}

json_t *cli_vocabulary_json(const siamese_vocab *vocab,
                            const siamese_vocab_stats *stats)
{
    siamese_vocab_stats const s = stats ? *stats : stats_of(vocab);

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "size",
                     (json_int_t)siamese_vocab_size(vocab), "sequence_length",
                     (json_int_t)sequence_length_of(vocab), "texts",
                     (json_int_t)s.texts, "tokens", (json_int_t)s.tokens,
                     "unknown_tokens", (json_int_t)s.unknown_tokens,
                     "texts_cut", (json_int_t)s.texts_cut, "tokens_cut",
                     (json_int_t)s.tokens_cut);
}

void cli_vocabulary_tell(const json_t *counts)
{
    json_int_t const texts = count_of(counts, "texts");
    json_int_t const tokens = count_of(counts, "tokens");
    json_int_t const cut = count_of(counts, "texts_cut");

    cli_note("vocabulary of %lld tokens", (long long)count_of(counts, "size"));
    if (texts == 0) return;
    cli_note("  %.1f %% of %lld tokens unknown, %.1f %% of %lld texts cut",
             percent(count_of(counts, "unknown_tokens"), tokens),
             (long long)tokens, percent(cut, texts), (long long)texts);
    if (cut > 0)
        cli_note("  behind %lld tokens, so that %lld tokens are not read",
                 (long long)count_of(counts, "sequence_length"),
                 (long long)count_of(counts, "tokens_cut"));
}
