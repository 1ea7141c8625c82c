/*
 * fuzz_vocab.c: a vocabulary of any options, built of any texts. Neither the
 * order of the texts nor how they are handed over changes it; texts together
 * have the ids that each has alone, of which none is out of range; it is saved
 * and loaded as the same; and it grows without a token's losing its id.
 *
 * An input is seventeen bytes that choose, and texts with a line feed between
 * them, of which the first half is learned from.
 */
#include "fuzz/support/fuzz.h"

enum { HEAD = 16, MOST_TEXTS = 24, MOST_IDS = 1 << 14, MOST_FILE = 1 << 20 };

typedef struct texts {
    siamese_text list[MOST_TEXTS];
    size_t count, learned;
} texts;

static siamese_vocab_options options_of(fuzz_input *in)
{
    siamese_vocab_options o;
    fuzz_ok(siamese_vocab_options_init(&o, sizeof o));
    o.threads = 1;
    o.normalizer = (int32_t)fuzz_below(in, 2);
    o.standardize = (int32_t)fuzz_below(in, 4);
    size_t const shape = fuzz_byte(in);
    o.split = (int32_t)(shape % 3);
    o.output_mode = (int32_t)(shape / 4 % 4);
    o.max_tokens = shape & 64 ? 2 + fuzz_below(in, 12) : 0;
    o.sequence_length = shape & 128 ? fuzz_below(in, 12) : 0;
    o.ngrams[0] = (int32_t)fuzz_below(in, 4);
    if (o.ngrams[0]) o.ngrams[1] = (int32_t)fuzz_below(in, 3);
    o.hash_buckets = fuzz_byte(in) % 4 ? 0 : 1 + fuzz_below(in, 4096);
    if (o.hash_buckets == 0) return o;
    size_t const hashed = fuzz_byte(in);
    o.hash_words = !(hashed & 1);
    o.char_ngrams[0] = (int32_t)(hashed >> 1 & 3);
    if (o.char_ngrams[0]) o.char_ngrams[1] = 4;
    o.hash_min_count = hashed >> 3 & 3;
    o.compounds = hashed >> 5 & 1;
    o.quantities = (int32_t)((hashed >> 6) % 3);
    size_t const more = fuzz_byte(in);
    o.stemmer = more % 64 < 30 ? (int32_t)(more % 64) : 0;
    o.strip_accents = more & 32 ? 1 : 0;
    o.packs = more & 64 ? 1 : 0;
    o.written_words = more & 128 ? 1 : 0;
    o.number_ngrams = fuzz_byte(in) & 1;
    return o;
}

static texts texts_of(fuzz_input *in)
{
    texts t = {.count = 0};
    while (in->size > 0 && t.count < MOST_TEXTS)
        t.list[t.count++] = fuzz_take_until(in, '\n');
    t.learned = (t.count + 1) / 2;
    return t;
}

/* NULL where the options do not go together. */
static siamese_vocab *built(const siamese_vocab_options *options,
                            const siamese_text *list, size_t count,
                            int one_by_one)
{
    siamese_vocab *vocab = NULL;
    siamese_status const status = siamese_vocab_create(&vocab, options);
    if (status) {
        fuzz_require(status == SIAMESE_E_OPTION && vocab == NULL);
        return NULL;
    }
    if (one_by_one)
        for (size_t i = count; i > 0; i--)
            fuzz_ok(siamese_vocab_add(vocab, &list[i - 1], 1));
    else
        fuzz_ok(siamese_vocab_add(vocab, list, count));
    fuzz_ok(siamese_vocab_finish(vocab));
    return vocab;
}

/* ---- ids ---- */

static int64_t first_ids[MOST_IDS], second_ids[MOST_IDS];
static size_t first_offsets[MOST_TEXTS + 1], second_offsets[MOST_TEXTS + 1];

static int tokenize(const siamese_vocab *vocab, const texts *t, int64_t *ids,
                    size_t *offsets)
{
    size_t needed = 0;
    siamese_status const status = siamese_vocab_tokenize(
        vocab, t->list, t->count, ids, MOST_IDS, offsets, &needed);
    fuzz_require(status == SIAMESE_OK ||
                 (status == SIAMESE_E_RANGE && needed > MOST_IDS));
    fuzz_require(offsets[t->count] == needed);
    return status == SIAMESE_OK;
}

/* first_ids are those of one vocabulary; whether these are of another one. */
static void require_same(const siamese_vocab *other, const texts *t)
{
    fuzz_require(tokenize(other, t, second_ids, second_offsets));
    fuzz_require(memcmp(first_offsets, second_offsets,
                        (t->count + 1) * sizeof *first_offsets) == 0);
    fuzz_require(memcmp(first_ids, second_ids,
                        first_offsets[t->count] * sizeof *first_ids) == 0);
}

static void check_ids(const siamese_vocab *vocab, const texts *t,
                      const siamese_vocab_options *o)
{
    int64_t const size = (int64_t)siamese_vocab_size(vocab);
    size_t offsets[2], needed;
    for (size_t i = 0; i < first_offsets[t->count]; i++)
        fuzz_require(first_ids[i] >= 0 && first_ids[i] < size);
    for (size_t i = 0; i < t->count; i++) {
        size_t const n = first_offsets[i + 1] - first_offsets[i];
        fuzz_require(o->sequence_length == 0 || n <= o->sequence_length ||
                     o->output_mode != SIAMESE_OUTPUT_INT);
        /* in a block of their own size */
        char *const text = fuzz_copy(t->list[i], 0);
        siamese_text const alone = {text, t->list[i].size};
        fuzz_ok(siamese_vocab_tokenize(vocab, &alone, 1, second_ids, MOST_IDS,
                                       offsets, &needed));
        fuzz_require(needed == n);
        fuzz_require(memcmp(second_ids, first_ids + first_offsets[i],
                            n * sizeof *first_ids) == 0);
        free(text);
    }
}

/* A row is what the ids say, counted. */
static void check_rows(const siamese_vocab *vocab, const texts *t,
                       const siamese_vocab_options *o)
{
    static float rows[MOST_IDS];
    size_t const size = siamese_vocab_size(vocab);
    if (o->output_mode == SIAMESE_OUTPUT_INT || size * t->count > MOST_IDS)
        return;
    fuzz_ok(siamese_vocab_encode(vocab, t->list, t->count, rows, MOST_IDS));
    if (o->output_mode == SIAMESE_OUTPUT_TF_IDF) return;
    for (size_t i = 0; i < t->count; i++)
        for (size_t id = 0; id < size; id++) {
            float count = 0;
            for (size_t at = first_offsets[i]; at < first_offsets[i + 1]; at++)
                count += first_ids[at] == (int64_t)id;
            if (o->output_mode == SIAMESE_OUTPUT_MULTI_HOT && count > 1)
                count = 1;
            fuzz_require(rows[i * size + id] == count);
        }
}

static void check_tokens(const siamese_vocab *vocab,
                         const siamese_vocab_options *o)
{
    static char token[1 << 14];
    size_t const size = siamese_vocab_size(vocab);
    size_t const first = o->output_mode == SIAMESE_OUTPUT_INT ? 2 : 1;
    if (o->hash_buckets) return;
    fuzz_require(o->max_tokens == 0 || size <= o->max_tokens);
    for (size_t id = first; id < size; id++) {
        size_t needed;
        int64_t found;
        fuzz_ok(siamese_vocab_token(vocab, (int64_t)id, token, sizeof token,
                                    &needed));
        fuzz_require(needed > 0 && token[needed] == '\0');
        fuzz_ok(siamese_vocab_lookup(vocab, token, needed, &found));
        fuzz_require(found == (int64_t)id);
    }
}

/* ---- other ways to the same ---- */

static void check_order(const texts *t, const siamese_vocab_options *o)
{
    siamese_vocab *const other = built(o, t->list, t->learned, 1);
    require_same(other, t);
    siamese_vocab_free(other);
}

static void check_saved(siamese_vocab *vocab, const texts *t)
{
    static uint8_t room[MOST_FILE];
    fuzz_block file = {room, 0, MOST_FILE};
    siamese_bundle *bundle, *again;
    siamese_vocab *loaded;
    siamese_save_options save;
    siamese_load_options options;
    fuzz_ok(siamese_save_options_init(&save, sizeof save));
    save.compression = 0;
    fuzz_ok(siamese_bundle_create(&bundle));
    fuzz_ok(siamese_bundle_set_vocab(bundle, vocab));
    fuzz_ok(siamese_checkpoint_write(fuzz_block_write, &file, bundle, &save));
    fuzz_ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    fuzz_ok(siamese_checkpoint_load_memory(&again, file.bytes, file.size,
                                           &options));
    fuzz_ok(siamese_bundle_get_vocab(again, &loaded));
    require_same(loaded, t);
    siamese_vocab_free(loaded);
    siamese_bundle_free(again);
    siamese_bundle_free(bundle);
}

static void check_grown(const siamese_vocab *vocab, const texts *t,
                        const siamese_vocab_options *o)
{
    siamese_vocab *const all = built(o, t->list, t->count, 0);
    siamese_vocab *grown = NULL;
    siamese_status const status = siamese_vocab_grow(&grown, vocab, all, 0);
    siamese_vocab_free(all);
    if (status) {
        fuzz_require(status == SIAMESE_E_STATE && o->hash_buckets);
        return;
    }
    fuzz_require(siamese_vocab_size(grown) >= siamese_vocab_size(vocab));
    if (o->hash_buckets == 0 && tokenize(grown, t, second_ids, second_offsets))
        for (size_t i = 0; i < first_offsets[t->count]; i++) {
            int const is_known =
                first_ids[i] > (o->output_mode == SIAMESE_OUTPUT_INT);
            fuzz_require(!is_known || second_ids[i] == first_ids[i]);
        }
    siamese_vocab_free(grown);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_count_memory();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input head = {data, size < HEAD ? size : HEAD};
    fuzz_input in = {data + head.size, size - head.size};
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    siamese_vocab_options const o = options_of(&head);
    size_t const way = fuzz_byte(&in) % 4; /* each takes time */
    texts const t = texts_of(&in);
    size_t const live = fuzz_memory_begin();
    siamese_vocab *const vocab = built(&o, t.list, t.learned, 0);
    if (vocab == NULL) {
        fuzz_memory_end(live);
        return 0;
    }
    if (tokenize(vocab, &t, first_ids, first_offsets)) {
        check_ids(vocab, &t, &o);
        check_rows(vocab, &t, &o);
        check_tokens(vocab, &o);
        if (way == 0) check_order(&t, &o);
        if (way == 1) check_saved(vocab, &t);
        if (way == 2) check_grown(vocab, &t, &o);
        if (way == 3) require_same(vocab, &t);
    }
    fuzz_ok(siamese_vocab_measure(vocab, t.list, t.count, &stats));
    fuzz_require(stats.texts == t.count && stats.tokens_cut <= stats.tokens);
    fuzz_require(stats.unknown_tokens <= stats.tokens);
    siamese_vocab_free(vocab);
    fuzz_memory_within(live, (size_t)64 << 20);
    fuzz_memory_end(live);
    return 0;
}
