/* serve_words.h: what the model's vocabulary knows of a query, word by word. */
#ifndef SERVE_WORDS_H
#define SERVE_WORDS_H

#include <jansson.h>
#include <siamese/siamese.h>

/*
 * An array with an object for each word, as white space divides the text:
 * {"text", "tokens": how many the vocabulary makes of it, "unknown": how many
 * of them it does not know}. NULL: memory has run out.
 */
json_t *serve_words_json(const siamese_model *model, siamese_text text);

#endif
