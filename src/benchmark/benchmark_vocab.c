/* benchmark_vocab.c: siamese bench vocab: a vocabulary from all texts. */
#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_times.h"
#include "data/cli_pairs.h"
#include "data/cli_pairs_file.h"
#include "model/cli_pairs_texts.h"
#include "model/cli_tokens.h"
#include "benchmark/benchmark.h"

enum { VOCAB_RUNS = 5 };

static void write_tokens(const benchmark_run *run, const siamese_vocab *vocab)
{
    cli_tokens tokens = {0};

    if (!run->out) return;
    char *const path = cli_format("%s/vocab.txt", run->out);
    cli_tokens_of(vocab, &tokens);
    cli_tokens_write(path, CLI_TOKENS_LINES, &tokens);
    cli_tokens_free(&tokens);
    free(path);
}

json_t *benchmark_vocab(const benchmark_run *run)
{
    cli_pairs pairs = {0};
    cli_times times = {0};
    siamese_vocab *vocab = NULL;
    size_t count;

    cli_pairs_read(&pairs, &run->source);
    siamese_text *const texts = cli_pairs_texts(&pairs, &count);
    for (size_t i = 0; i < VOCAB_RUNS; i++) {
        siamese_vocab_free(vocab);
        double const begin = cli_seconds();
        cli_try(siamese_vocab_create(&vocab, &run->options.vocab));
        cli_try(siamese_vocab_add(vocab, texts, count));
        cli_try(siamese_vocab_finish(vocab));
        cli_times_add(&times, cli_seconds() - begin);
        cli_progress_draw("vocab", (double)(i + 1) / VOCAB_RUNS, "");
    }
    cli_progress_clear();
    write_tokens(run, vocab);
    double const median = cli_times_quantile(&times, 0.5);
    json_t *const figures = json_pack(
        "{s:s, s:{s:I, s:i}, s:I, s:I, s:f, s:f}", "bench", "vocab", "config",
        "vocab", (json_int_t)run->options.vocab.max_tokens, "threads",
        (int)run->options.vocab.threads, "texts", (json_int_t)count, "tokens",
        (json_int_t)siamese_vocab_size(vocab), "texts_per_s",
        (double)count / median, "seconds_median", median);
    cli_times_free(&times);
    siamese_vocab_free(vocab);
    free(texts);
    cli_pairs_free(&pairs);
    return figures;
}
