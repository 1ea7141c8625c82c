/* eval_unknown.c: queries and a vocabulary in, the words that it does not know
 * out. For the report of eval. */
#include "eval/eval_unknown.h"

#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "eval/eval_words.h"

typedef struct unknown_word {
    size_t word, queries; /* its number; those that have it */
} unknown_word;

typedef struct counted {
    cli_strings words;
    unknown_word *list; /* [words.count] */
    size_t *last;       /* [words.count] 1 + the last query that had it */
    size_t list_capacity, last_capacity;
} counted;

static void count_word(counted *c, siamese_text word, size_t query)
{
    size_t const before = c->words.count;
    size_t const at = cli_strings_add(&c->words, word.data, word.size);

    if (at == before) {
        c->list = cli_grow(c->list, at, &c->list_capacity, sizeof *c->list);
        c->last = cli_grow(c->last, at, &c->last_capacity, sizeof *c->last);
        c->list[at] = (unknown_word){at, 0};
        c->last[at] = 0;
    }
    if (c->last[at] == query + 1) return;
    c->last[at] = query + 1;
    c->list[at].queries++;
}

static void count_words(counted *c, const cli_judgements *j)
{
    eval_words words = {0};

    for (size_t q = 0; q < j->qids.count; q++) {
        eval_words_read(&words, j->queries[q]);
        for (size_t i = 0; i < words.count; i++)
            count_word(c, words.list[i], q);
    }
    eval_words_free(&words);
}

static int is_unknown(const siamese_vocab *vocab, int is_hashed,
                      siamese_text word)
{
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    int64_t id;

    if (is_hashed) {
        cli_try(siamese_vocab_lookup(vocab, word.data, word.size, &id));
        return id == SIAMESE_ID_PAD;
    }
    cli_try(siamese_vocab_measure(vocab, &word, 1, &stats));
    return stats.tokens > 0 && stats.unknown_tokens == stats.tokens;
}

static int frequent_first(const void *a, const void *b)
{
    const unknown_word *const x = a, *const y = b;

    if (x->queries != y->queries) return x->queries > y->queries ? -1 : 1;
    return x->word < y->word ? -1 : 1;
}

json_t *eval_unknown_words(const siamese_vocab *vocab, const cli_judgements *j,
                           size_t most)
{
    siamese_vocab_options options = {.struct_size = sizeof options};
    json_t *const object = json_object();
    counted c = {0};

    cli_try(siamese_vocab_get_options(vocab, &options));
    count_words(&c, j);
    if (c.words.count > 0)
        qsort(c.list, c.words.count, sizeof *c.list, frequent_first);
    for (size_t i = 0; i < c.words.count && json_object_size(object) < most;
         i++) {
        siamese_text const word = c.words.texts[c.list[i].word];
        if (is_unknown(vocab, options.hash_buckets > 0, word))
            json_object_set_new(object, word.data,
                                json_integer((json_int_t)c.list[i].queries));
    }
    cli_strings_free(&c.words);
    free(c.list);
    free(c.last);
    return object;
}
