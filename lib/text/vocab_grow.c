/* vocab_grow.c: a finished vocabulary and new texts in, a larger one with the
 * old ids out. For hosts and tower_grow. */
#include "text/vocab_grow.h"

#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "text/vocab.h"
#include "text/vocab_features.h"
#include "text/vocab_options.h"

static const char unknown_token[] = "[UNK]";

/* ---- tokens ---- */

typedef struct token_list {
    char *bytes; /* of all, one behind the other, each with a NUL */
    size_t size, byte_capacity;
    size_t *ends; /* [count]: of each with its NUL */
    size_t count, capacity;
} token_list;

static void list_free(token_list *list)
{
    sm_free(list->bytes);
    sm_free(list->ends);
}

static const char *token_at(const token_list *list, size_t i, size_t *size)
{
    size_t const start = i ? list->ends[i - 1] : 0;
    *size = list->ends[i] - start - 1;
    return list->bytes + start;
}

static const char *last_token(const token_list *list, size_t *size)
{
    return token_at(list, list->count - 1, size);
}

static void drop_last(token_list *list)
{
    list->count--;
    list->size = list->count ? list->ends[list->count - 1] : 0;
}

static sm_status append_token(token_list *list, const siamese_vocab *vocab,
                              size_t id)
{
    size_t const length = sm_token_table_size(&vocab->table, id);
    size_t size;
    if (!sm_size_add(list->size, length + 1, &size)) return sm_fail_memory();
    char *const bytes = sm_grow(list->bytes, &list->byte_capacity, size, 1);
    if (bytes == NULL) return sm_fail_memory();
    list->bytes = bytes;
    size_t *const ends =
        sm_grow(list->ends, &list->capacity, list->count + 1, sizeof *ends);
    if (ends == NULL) return sm_fail_memory();
    list->ends = ends;
    if (length)
        memcpy(bytes + list->size, sm_token_table_bytes(&vocab->table, id),
               length);
    bytes[size - 1] = '\0';
    list->size = size;
    list->ends[list->count++] = size;
    return SIAMESE_OK;
}

/* Whether the vocabulary has no token of these bytes. */
static sm_status is_new(const siamese_vocab *vocab, const char *token,
                        size_t size, bool *out)
{
    int64_t id, unknown;
    SM_RETURN_IF_ERROR(siamese_vocab_lookup(
        vocab, unknown_token, sizeof unknown_token - 1, &unknown));
    SM_RETURN_IF_ERROR(siamese_vocab_lookup(vocab, token, size, &id));
    *out = id == unknown && !(size == sizeof unknown_token - 1 &&
                              memcmp(token, unknown_token, size) == 0);
    return SIAMESE_OK;
}

/* ---- options ---- */

/* Both must be tables that read texts alike; sizes and threads may differ. */
static sm_status check_options(const siamese_vocab *a, const siamese_vocab *b,
                               const char *what)
{
    SM_REQUIRE(a->pieces == NULL && b->pieces == NULL, SIAMESE_E_STATE,
               "%s: a sentencepiece model does not grow", what);
    SM_REQUIRE(
        (a->options.hash_buckets == 0 || sm_vocab_learns_features(a)) &&
            (b->options.hash_buckets == 0 || sm_vocab_learns_features(b)),
        SIAMESE_E_STATE,
        "%s: hashed features have no tokens, and need no growth", what);
    static const char *const free_ones[] = {"max_tokens", "sequence_length",
                                            "threads"};
    siamese_vocab_options of_a = *sm_vocab_options(a);
    siamese_vocab_options of_b = *sm_vocab_options(b);
    for (size_t i = 0; i < sm_vocab_option_table.count; i++) {
        const char *const name = sm_vocab_option_table.options[i].name;
        char x[SM_OPTION_TEXT], y[SM_OPTION_TEXT];
        bool may_differ = false;
        for (size_t f = 0; f < sizeof free_ones / sizeof *free_ones; f++)
            may_differ |= strcmp(name, free_ones[f]) == 0;
        if (may_differ) continue;
        SM_RETURN_IF_ERROR(
            siamese_vocab_options_get(&of_a, name, x, sizeof x, NULL));
        SM_RETURN_IF_ERROR(
            siamese_vocab_options_get(&of_b, name, y, sizeof y, NULL));
        SM_REQUIRE(strcmp(x, y) == 0, SIAMESE_E_ARGUMENT,
                   "%s: its option %s is %s, the other vocabulary's %s", what,
                   name, x, y);
    }
    return SIAMESE_OK;
}

sm_status sm_vocab_check_grown(const siamese_vocab *grown,
                               const siamese_vocab *old)
{
    sm_status status = SIAMESE_OK;
    token_list list = {.count = 0};
    SM_TRY(check_options(grown, old, "vocab"));
    if (sm_vocab_learns_features(old)) {
        SM_CHECK(sm_vocab_keeps_features(grown, old), SIAMESE_E_ARGUMENT,
                 "vocab: a feature is not under its old id");
        return SIAMESE_OK;
    }
    for (size_t id = 0; id < siamese_vocab_size(old); id++) {
        size_t size;
        int64_t found;
        SM_TRY(append_token(&list, old, id));
        const char *const token = last_token(&list, &size);
        SM_TRY(siamese_vocab_lookup(grown, token, size, &found));
        SM_CHECK(found == (int64_t)id, SIAMESE_E_ARGUMENT,
                 "vocab: token %zu, '%.60s', is not under its old id", id,
                 token);
        drop_last(&list);
    }
out:
    list_free(&list);
    return status;
}

/* ---- growing ---- */

static sm_status collect(token_list *list, const siamese_vocab *old,
                         const siamese_vocab *fresh, size_t most)
{
    size_t const kept = siamese_vocab_size(old);
    size_t const offered = siamese_vocab_size(fresh);
    SM_REQUIRE(kept <= most, SIAMESE_E_ARGUMENT,
               "max_tokens: %zu are fewer than the %zu tokens there are", most,
               kept);
    for (size_t id = 0; id < kept; id++)
        SM_RETURN_IF_ERROR(append_token(list, old, id));
    for (size_t id = 0; id < offered && list->count < most; id++) {
        size_t size;
        bool wanted;
        SM_RETURN_IF_ERROR(append_token(list, fresh, id));
        const char *const token = last_token(list, &size);
        SM_RETURN_IF_ERROR(is_new(old, token, size, &wanted));
        if (!wanted) drop_last(list);
    }
    return SIAMESE_OK;
}

/* The idf of old tokens is old's and that of the others fresh's, of other texts
 * each; [UNK]'s is, as ever, the mean. */
static sm_status find_idf(const siamese_vocab *old, const siamese_vocab *fresh,
                          const token_list *list, float *idf)
{
    sm_status status = SIAMESE_OK;
    size_t const kept = siamese_vocab_size(old);
    size_t const offered = siamese_vocab_size(fresh);
    float *const of_fresh = sm_alloc_array(offered, sizeof *of_fresh);
    double sum = 0;
    SM_CHECK_MEMORY(of_fresh);
    SM_TRY(siamese_vocab_get_idf(old, idf, kept));
    SM_TRY(siamese_vocab_get_idf(fresh, of_fresh, offered));
    for (size_t i = kept; i < list->count; i++) {
        size_t size;
        int64_t id;
        const char *const token = token_at(list, i, &size);
        SM_TRY(siamese_vocab_lookup(fresh, token, size, &id));
        idf[i] = of_fresh[id];
    }
    for (size_t i = 1; i < list->count; i++) sum += idf[i];
    if (list->count > 1) idf[0] = (float)(sum / (double)(list->count - 1));
out:
    sm_free(of_fresh);
    return status;
}

static sm_status make_grown(siamese_vocab **out, const siamese_vocab *old,
                            const siamese_vocab *fresh, const token_list *list,
                            size_t max_tokens)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab_options options = *sm_vocab_options(old);
    siamese_vocab *vocab = NULL;
    siamese_text *const texts = sm_alloc_array(list->count, sizeof *texts);
    float *const idf = sm_alloc_array(list->count, sizeof *idf);
    SM_CHECK_MEMORY(texts);
    SM_CHECK_MEMORY(idf);
    for (size_t i = 0; i < list->count; i++)
        texts[i].data = token_at(list, i, &texts[i].size);
    options.max_tokens = max_tokens;
    SM_TRY(siamese_vocab_create(&vocab, &options));
    if (options.output_mode == SIAMESE_OUTPUT_TF_IDF) {
        SM_TRY(find_idf(old, fresh, list, idf));
        SM_TRY(siamese_vocab_set_idf(vocab, texts, idf, list->count));
    } else {
        SM_TRY(siamese_vocab_set_tokens(vocab, texts, list->count));
    }
    vocab->maker_kept = old->maker_kept;
    vocab->maker = old->maker;
    *out = vocab;
    vocab = NULL;
out:
    siamese_vocab_free(vocab);
    sm_free(texts);
    sm_free(idf);
    return status;
}

siamese_status siamese_vocab_grow(siamese_vocab **out, const siamese_vocab *old,
                                  const siamese_vocab *fresh, size_t max_tokens)
{
    sm_status status = SIAMESE_OK;
    token_list list = {.count = 0};
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_CHECK(old != NULL, SIAMESE_E_ARGUMENT, "old: is NULL");
    SM_CHECK(fresh != NULL, SIAMESE_E_ARGUMENT, "fresh: is NULL");
    SM_CHECK(sm_vocab_finished(old) && sm_vocab_finished(fresh),
             SIAMESE_E_STATE, "old, fresh: one of them is not finished");
    SM_TRY(check_options(fresh, old, "fresh"));
    if (sm_vocab_learns_features(old))
        return sm_vocab_grow_features(out, old, fresh, max_tokens);
    SM_TRY(collect(&list, old, fresh, max_tokens ? max_tokens : SIZE_MAX));
    SM_TRY(make_grown(out, old, fresh, &list, max_tokens));
out:
    list_free(&list);
    return status;
}
