#include "cli_vocabulary.h"

#include <inttypes.h>

#include "cli_message.h"

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

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

void cli_vocabulary_tell(const siamese_vocab *vocab)
{
    siamese_vocab_stats const s = stats_of(vocab);
    size_t const length = sequence_length_of(vocab);

    cli_note("vocabulary of %zu tokens", siamese_vocab_size(vocab));
    if (s.texts == 0) return;
    cli_note("  %.1f %% of %" PRIu64 " tokens unknown, %.1f %% of %" PRIu64
             " texts cut",
             percent(s.unknown_tokens, s.tokens), s.tokens,
             percent(s.texts_cut, s.texts), s.texts);
    if (s.texts_cut > 0)
        cli_note("  behind %zu tokens, so that %" PRIu64 " tokens are not read",
                 length, s.tokens_cut);
}

json_t *cli_vocabulary_json(const siamese_vocab *vocab)
{
    siamese_vocab_stats const s = stats_of(vocab);

    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "size",
                     (json_int_t)siamese_vocab_size(vocab), "sequence_length",
                     (json_int_t)sequence_length_of(vocab), "texts",
                     (json_int_t)s.texts, "tokens", (json_int_t)s.tokens,
                     "unknown_tokens", (json_int_t)s.unknown_tokens,
                     "texts_cut", (json_int_t)s.texts_cut, "tokens_cut",
                     (json_int_t)s.tokens_cut);
}
