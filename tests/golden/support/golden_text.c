#include "golden/support/golden_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

siamese_vocab *golden_vocab(const siamese_vocab_options *options,
                            const golden_texts *texts)
{
    siamese_vocab *vocab = NULL;
    if (siamese_vocab_create(&vocab, options) == SIAMESE_OK &&
        siamese_vocab_add(vocab, texts->items, texts->count) == SIAMESE_OK &&
        siamese_vocab_finish(vocab) == SIAMESE_OK)
        return vocab;
    siamese_vocab_free(vocab);
    return NULL;
}

int golden_ids_equal(const siamese_vocab *vocab, const golden_texts *texts,
                     const golden_array *expected)
{
    size_t const rows = expected->shape[0], length = expected->shape[1];
    if (expected->rank != 2 || rows > texts->count) return 0;
    size_t *const offsets = golden_alloc(rows + 1, sizeof *offsets);
    size_t needed = 0;
    siamese_vocab_tokenize(vocab, texts->items, rows, NULL, 0, offsets,
                           &needed);
    int64_t *const ids = golden_alloc(needed, sizeof *ids);
    int equal = siamese_vocab_tokenize(vocab, texts->items, rows, ids, needed,
                                       offsets, NULL) == SIAMESE_OK
                    ? 1
                    : -1;
    for (size_t r = 0; equal == 1 && r < rows; r++) {
        size_t const count = offsets[r + 1] - offsets[r];
        if (count > length) equal = 0;
        for (size_t t = 0; equal && t < length; t++) {
            int64_t const id = t < count ? ids[offsets[r] + t] : 0;
            if ((double)id != expected->values[r * length + t]) equal = 0;
        }
    }
    free(offsets);
    free(ids);
    return equal;
}

/* ---- options: NULL, or what the library does not have ---- */

/* "standardize" is absent for Keras's default and null for none. */
static const char *set_standardize(siamese_vocab_options *options,
                                   const json_t *value)
{
    if (json_is_null(value)) {
        options->standardize = SIAMESE_STANDARDIZE_NONE;
        return NULL;
    }
    return json_is_string(value) && siamese_vocab_options_set(
                                        options, "standardize",
                                        json_string_value(value)) == SIAMESE_OK
               ? NULL
               : "a standardisation that is no option";
}

static const char *set_option(siamese_vocab_options *options, const char *name,
                              const json_t *value)
{
    int const null = json_is_null(value);
    size_t const size =
        json_is_integer(value) ? (size_t)json_integer_value(value) : 0;
    if (strcmp(name, "standardize") == 0)
        return set_standardize(options, value);
    if (strcmp(name, "max_tokens") == 0) {
        options->max_tokens = size;
        return null || size ? NULL : "no number for max_tokens";
    }
    if (strcmp(name, "output_sequence_length") == 0) {
        options->sequence_length = size;
        return null || size ? NULL : "no number for output_sequence_length";
    }
    if (strcmp(name, "output_mode") == 0)
        return strcmp(json_string_value(value), "int") == 0
                   ? NULL
                   : "an output mode but int is no option yet";
    if (strcmp(name, "split") == 0)
        return json_is_string(value) &&
                       strcmp(json_string_value(value), "whitespace") == 0
                   ? NULL
                   : "a split but at white space is no option yet";
    if (strcmp(name, "ngrams") == 0)
        return null ? NULL : "n-grams are no option yet";
    return "an option that the library does not have";
}

static const char *read_options(siamese_vocab_options *options,
                                const json_t *from)
{
    const char *name;
    json_t *value;
    siamese_vocab_options_init(options, sizeof *options);
    options->max_tokens = 0;
    options->sequence_length = 0;
    json_object_foreach((json_t *)(uintptr_t)from, name, value)
    {
        const char *const missing = set_option(options, name, value);
        if (missing) return missing;
    }
    return NULL;
}

/* ---- one case ---- */

static int tokens_equal(const siamese_vocab *vocab, const json_t *expected)
{
    if (siamese_vocab_size(vocab) != json_array_size(expected)) return 0;
    for (size_t i = 0; i < json_array_size(expected); i++) {
        const json_t *const token = json_array_get(expected, i);
        size_t const size = json_string_length(token);
        char *const bytes = golden_alloc(size + 1, 1);
        size_t needed = 0;
        int const equal =
            siamese_vocab_token(vocab, (int64_t)i, bytes, size + 1, &needed) ==
                SIAMESE_OK &&
            needed == size &&
            memcmp(bytes, json_string_value(token), size) == 0;
        free(bytes);
        if (!equal) return 0;
    }
    return 1;
}

static void compare(golden_report *report, const char *texts_folder,
                    const char *name, const siamese_vocab *vocab,
                    const golden_texts *probe)
{
    char file[300];
    snprintf(file, sizeof file, "%s.npy", name);
    golden_array expected = golden_read_array(texts_folder, file);
    int const equal = golden_ids_equal(vocab, probe, &expected);
    if (equal < 0)
        golden_failed(report, name, siamese_last_error());
    else
        golden_exact(report, name, equal && expected.shape[0] == probe->count);
    golden_array_free(&expected);

    snprintf(file, sizeof file, "%s.vocab.json", name);
    json_t *const tokens = golden_read_json(texts_folder, file);
    golden_exact(report, "vocab", tokens_equal(vocab, tokens));
    json_decref(tokens);
}

/* fit and probe: a list, or what the folder holds for all cases. */
static golden_texts read_fit(const json_t *fit, const char *folder)
{
    golden_texts texts = {NULL, 0};
    if (json_is_string(fit))
        golden_texts_add_lines(&texts, folder, json_string_value(fit));
    else
        golden_texts_add_json(&texts, fit);
    return texts;
}

static golden_texts read_probe(const json_t *probe, const char *texts_folder)
{
    golden_texts texts = {NULL, 0};
    if (json_is_string(probe)) {
        json_t *const edge = golden_read_json(texts_folder, "edge_cases.json");
        golden_texts_add_json(&texts, edge);
        json_decref(edge);
        golden_texts_add_lines(&texts, texts_folder, "probe_tail.txt");
    } else {
        golden_texts_add_json(&texts, probe);
    }
    return texts;
}

static void run_case(golden_report *report, const char *folder,
                     const char *texts_folder, const json_t *text_case)
{
    const char *const name =
        json_string_value(json_object_get(text_case, "name"));
    siamese_vocab_options options;
    const char *const missing =
        read_options(&options, json_object_get(text_case, "options"));
    if (missing) {
        golden_skipped(report, name, missing);
        golden_skipped(report, "vocab", missing);
        return;
    }
    golden_texts fit = read_fit(json_object_get(text_case, "fit"), folder);
    golden_texts probe =
        read_probe(json_object_get(text_case, "probe"), texts_folder);
    siamese_vocab *const vocab = golden_vocab(&options, &fit);
    if (vocab)
        compare(report, texts_folder, name, vocab, &probe);
    else
        golden_failed(report, name, siamese_last_error());
    siamese_vocab_free(vocab);
    golden_texts_free(&fit);
    golden_texts_free(&probe);
}

void golden_run_texts(golden_report *report, const char *folder)
{
    char *const texts_folder = golden_path(folder, "text");
    json_t *const cases = golden_read_json(texts_folder, "cases.json");
    size_t i;
    json_t *text_case;
    json_array_foreach(cases, i, text_case)
    {
        char name[300];
        const char *const own =
            json_string_value(json_object_get(text_case, "name"));
        if (own == NULL) golden_die("cases.json: case %zu has no name", i);
        snprintf(name, sizeof name, "keras/text/%s", own);
        report->name = name;
        run_case(report, folder, texts_folder, text_case);
        report->name = NULL;
    }
    json_decref(cases);
    free(texts_folder);
}
