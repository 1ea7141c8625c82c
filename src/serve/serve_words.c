/* serve_words.c: a query in, what is known of its words out. For /search. */
#include "serve/serve_words.h"

#include <string.h>

#include "serve/serve_answer.h"

/* More are not shown; a query of so many words is a text. */
enum { MOST_WORDS = 64 };

static int is_space(char c)
{
    return memchr(" \t\n\v\f\r", c, 6) != NULL;
}

/* The next word from *at on; an empty one at the end. */
static siamese_text next_word(siamese_text text, size_t *at)
{
    while (*at < text.size && is_space(text.data[*at])) ++*at;
    size_t const start = *at;
    while (*at < text.size && !is_space(text.data[*at])) ++*at;
    return (siamese_text){text.data + start, *at - start};
}

static json_t *word_of(const siamese_vocab *vocab, siamese_text word)
{
    siamese_vocab_stats stats = {.struct_size = sizeof stats};

    if (siamese_vocab_measure(vocab, &word, 1, &stats)) return NULL;
    return json_pack("{s:o, s:I, s:I}", "text",
                     serve_json_text(word.data, word.size), "tokens",
                     (json_int_t)stats.tokens, "unknown",
                     (json_int_t)stats.unknown_tokens);
}

json_t *serve_words_json(const siamese_model *model, siamese_text text)
{
    json_t *const array = json_array();
    siamese_vocab *vocab;
    size_t at = 0;

    if (siamese_model_get_vocab(model, &vocab)) return array;
    for (size_t i = 0; i < MOST_WORDS; i++) {
        siamese_text const word = next_word(text, &at);
        if (word.size == 0) break;
        json_array_append_new(array, word_of(vocab, word));
    }
    siamese_vocab_free(vocab);
    return array;
}
