/* vocab_options.c: the table of a vocabulary's options, and which of them go
 * together. For vocab and presets. */
#include "text/vocab_options.h"

#include <stdbool.h>
#include <stddef.h>

#include "text/stemmer.h"

/* Counting takes 12 bytes a bucket, and a table a bit and a half: what a small
 * file asks for must be bounded. */
enum { LEARNED_BUCKETS_MAX = 1 << 26 };

/* clang-format off */
#define OPTION(name, type, ...)                                                \
    {#name, type, offsetof(siamese_vocab_options, name), __VA_ARGS__}
/* clang-format on */

static const sm_option option_list[] = {
    OPTION(max_tokens, SM_OPTION_SIZE, "1000", 0, INT32_MAX,
           "0 (no limit) or 2 .. 2147483647",
           "Tokens in the table, the empty one and [UNK] included."),
    OPTION(sequence_length, SM_OPTION_SIZE, "15", 0, 1000000,
           "0 (all) .. 1000000", "Tokens kept of a text, the first ones."),
    OPTION(standardize, SM_OPTION_CHOICE, "lower_and_strip_punctuation", 0, 0,
           "none | lower | strip_punctuation | lower_and_strip_punctuation",
           "What is done to a text before it is split; ASCII only."),
    OPTION(threads, SM_OPTION_INT32, "0", 0, 1024,
           "0 (one a processor) .. 1024", "Threads that count and tokenise."),
    OPTION(normalizer, SM_OPTION_CHOICE, "keras", 0, 0, "keras | unicode",
           "Keras's standardize, or NFKC with case folded, cut at all but "
           "letters and digits."),
    OPTION(split, SM_OPTION_CHOICE, "whitespace", 0, 0,
           "whitespace | none | character", "Where a text is cut into tokens."),
    OPTION(stemmer, SM_OPTION_CHOICE, "none", 0, 0, SM_STEMMER_NAMES,
           "The language whose Snowball stemmer cuts words down."),
    OPTION(output_mode, SM_OPTION_CHOICE, "int", 0, 0,
           "int | multi_hot | count | tf_idf",
           "Ids in the order of the text, or a row of numbers a text."),
    OPTION(ngrams, SM_OPTION_LIST, "none", 1, 255,
           "none, or up to 16 widths of 1 .. 255, as 1-2 or 1,3",
           "Tokens are n-grams of words, of these widths in this order."),
    OPTION(hash_buckets, SM_OPTION_SIZE, "0", 0, INT32_MAX - 1.0,
           "0 (a learned table) .. 2147483646",
           "Ids that words and parts of words are hashed into."),
    OPTION(hash_words, SM_OPTION_FLAG, "1", 0, 1, "0 | 1",
           "Whether words, or their n-grams, are hashed features."),
    OPTION(char_ngrams, SM_OPTION_LIST, "none", 1, 255,
           "none, or up to 16 widths of 1 .. 255, as 3-5",
           "Hashed features: n-grams of the characters of <word>."),
    OPTION(hash_min_count, SM_OPTION_SIZE, "0", 0, INT32_MAX,
           "0 (all buckets have ids) .. 2147483647",
           "How often a bucket must occur in the texts added to have an id."),
    OPTION(strip_accents, SM_OPTION_FLAG, "0", 0, 1, "0 | 1",
           "Letters lose their accents; with normalizer unicode."),
    OPTION(compounds, SM_OPTION_FLAG, "0", 0, 1, "0 | 1",
           "Neighbours that were learned as one word are that word too, and a "
           "word that was not, but is two that were, is these."),
    OPTION(quantities, SM_OPTION_CHOICE, "none", 0, 0, "none | add | replace",
           "Hashed features: numbers as values, with English units; replace: "
           "fractions and decimals are no words then."),
    OPTION(number_ngrams, SM_OPTION_FLAG, "1", 0, 1, "0 | 1",
           "Whether words of digits have character n-grams, as others."),
    OPTION(written_words, SM_OPTION_FLAG, "0", 0, 1, "0 | 1",
           "Hashed features: words as they are written beside their stems."),
    OPTION(packs, SM_OPTION_FLAG, "0", 0, 1, "0 | 1",
           "Whether quantities, where they are read, are of packs and pieces "
           "as well: 12-pack, pack of 12, 24 ct, 5-piece."),
};

const sm_option_table sm_vocab_option_table = {
    "vocab", option_list, sizeof option_list / sizeof *option_list,
    sizeof(siamese_vocab_options)};

SM_OPTIONS_API(vocab, &sm_vocab_option_table)

/* What is hashed beside words and their parts. */
static sm_status check_features(const siamese_vocab_options *own)
{
    int const hashed =
        own->hash_buckets > 0 && own->split == SIAMESE_SPLIT_WHITESPACE;
    SM_REQUIRE(!own->compounds ||
                   (hashed && own->hash_words && own->hash_min_count > 0),
               SIAMESE_E_OPTION,
               "vocab option compounds: needs hash_min_count, hash_words and "
               "split whitespace");
    SM_REQUIRE(!own->quantities ||
                   (hashed && own->normalizer == SIAMESE_NORMALIZER_UNICODE),
               SIAMESE_E_OPTION,
               "vocab option quantities: needs hash_buckets, normalizer "
               "unicode and split whitespace");
    SM_REQUIRE(!own->written_words ||
                   (hashed && own->hash_words && own->stemmer),
               SIAMESE_E_OPTION,
               "vocab option written_words: needs hash_buckets, hash_words, a "
               "stemmer and split whitespace");
    SM_REQUIRE(own->number_ngrams || own->char_ngrams[0], SIAMESE_E_OPTION,
               "vocab option number_ngrams: 0 needs char_ngrams");
    return SIAMESE_OK;
}

static sm_status check_together(const siamese_vocab_options *own)
{
    bool const words = own->split == SIAMESE_SPLIT_WHITESPACE;
    SM_REQUIRE(own->max_tokens != 1, SIAMESE_E_OPTION,
               "vocab option max_tokens: 1 is not in: %s",
               option_list[0].range);
    SM_REQUIRE(own->stemmer == 0 || words, SIAMESE_E_OPTION,
               "vocab option stemmer: stems are of words: it needs split "
               "whitespace");
    SM_REQUIRE(!own->strip_accents ||
                   own->normalizer == SIAMESE_NORMALIZER_UNICODE,
               SIAMESE_E_OPTION,
               "vocab option strip_accents: needs normalizer unicode");
    SM_RETURN_IF_ERROR(check_features(own));
    if (own->hash_buckets == 0) {
        SM_REQUIRE(own->char_ngrams[0] == 0, SIAMESE_E_OPTION,
                   "vocab option char_ngrams: needs hash_buckets");
        SM_REQUIRE(own->hash_words, SIAMESE_E_OPTION,
                   "vocab option hash_words: 0 needs hash_buckets");
        SM_REQUIRE(own->hash_min_count == 0, SIAMESE_E_OPTION,
                   "vocab option hash_min_count: needs hash_buckets");
        return SIAMESE_OK;
    }
    SM_REQUIRE(own->output_mode == SIAMESE_OUTPUT_INT, SIAMESE_E_OPTION,
               "vocab option hash_buckets: needs output_mode int");
    SM_REQUIRE(own->char_ngrams[0] == 0 || words, SIAMESE_E_OPTION,
               "vocab option char_ngrams: keep within words: they need split "
               "whitespace");
    SM_REQUIRE(own->hash_words || own->char_ngrams[0], SIAMESE_E_OPTION,
               "vocab option hash_words: 0 without char_ngrams leaves no "
               "features");
    SM_REQUIRE(own->hash_min_count == 0 ||
                   own->hash_buckets <= LEARNED_BUCKETS_MAX,
               SIAMESE_E_OPTION,
               "vocab option hash_min_count: counts at most %d hash_buckets",
               LEARNED_BUCKETS_MAX);
    return SIAMESE_OK;
}

sm_status sm_vocab_options_read(const siamese_vocab_options *options,
                                siamese_vocab_options *own)
{
    SM_RETURN_IF_ERROR(sm_options_read(&sm_vocab_option_table, options, own));
    return check_together(own);
}
