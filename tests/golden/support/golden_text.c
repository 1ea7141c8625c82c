#include "golden/support/golden_text.h"

#include <math.h>
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
    size_t const rows = expected->shape[0];
    size_t const length = expected->rank == 1 ? 1 : expected->shape[1];
    if (expected->rank > 2 || rows > texts->count) return 0;
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

/* Largest |got - wanted| / max(1, |wanted|): Keras takes the mean idf, that of
 * [UNK], in float, and a row may hold [UNK] many times. */
static double largest(const float *got, const double *wanted, size_t count)
{
    double error = 0;
    for (size_t i = 0; i < count; i++)
        error = fmax(error, fabs((double)got[i] - wanted[i]) /
                                fmax(1, fabs(wanted[i])));
    return error;
}

/* Rows of numbers, which may be of the first texts alone. */
static int rows_equal(const siamese_vocab *vocab, const golden_texts *texts,
                      const golden_array *expected, double *error)
{
    size_t const rows = expected->shape[0], size = siamese_vocab_size(vocab);
    if (expected->rank != 2 || expected->shape[1] != size ||
        rows > texts->count)
        return 0;
    float *const out = golden_alloc(rows * size, sizeof *out);
    siamese_status const status =
        siamese_vocab_encode(vocab, texts->items, rows, out, rows * size);
    if (status == SIAMESE_OK)
        *error = largest(out, expected->values, rows * size);
    free(out);
    return status == SIAMESE_OK ? 1 : -1;
}

/* ---- options: NULL, or what the library does not have ---- */

/* A word that is null in Keras for none, and absent for its default. */
static const char *set_word(siamese_vocab_options *options, const char *name,
                            const json_t *value)
{
    const char *const word =
        json_is_null(value) ? "none" : json_string_value(value);
    return word && siamese_vocab_options_set(options, name, word) == SIAMESE_OK
               ? NULL
               : "a value that is none of the option's";
}

/* null; n for the widths 1 to n; or a list of widths. */
static const char *set_ngrams(siamese_vocab_options *options,
                              const json_t *value)
{
    size_t const count = json_is_integer(value)
                             ? (size_t)json_integer_value(value)
                             : json_array_size(value);
    if (count > SIAMESE_LIST_SIZE) return "more widths than an option holds";
    for (size_t i = 0; i < count; i++)
        options->ngrams[i] =
            json_is_integer(value)
                ? (int32_t)i + 1
                : (int32_t)json_integer_value(json_array_get(value, i));
    return NULL;
}

static const char *set_size(size_t *size, const json_t *value)
{
    *size = json_is_integer(value) ? (size_t)json_integer_value(value) : 0;
    return json_is_null(value) || *size ? NULL : "a size that is no number";
}

static const char *set_option(siamese_vocab_options *options, const char *name,
                              const json_t *value)
{
    if (strcmp(name, "standardize") == 0 || strcmp(name, "split") == 0 ||
        strcmp(name, "output_mode") == 0)
        return set_word(options, name, value);
    if (strcmp(name, "max_tokens") == 0)
        return set_size(&options->max_tokens, value);
    if (strcmp(name, "output_sequence_length") == 0)
        return set_size(&options->sequence_length, value);
    if (strcmp(name, "ngrams") == 0) return set_ngrams(options, value);
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
                    const golden_texts *probe, int32_t output_mode)
{
    char file[300];
    double error = 1;
    snprintf(file, sizeof file, "%s.npy", name);
    golden_array expected = golden_read_array(texts_folder, file);
    int const equal = output_mode == SIAMESE_OUTPUT_INT
                          ? golden_ids_equal(vocab, probe, &expected)
                          : rows_equal(vocab, probe, &expected, &error);
    if (equal < 0)
        golden_failed(report, name, siamese_last_error());
    else if (equal && output_mode == SIAMESE_OUTPUT_TF_IDF)
        golden_compared(report, name, error, 1e-6);
    else if (output_mode != SIAMESE_OUTPUT_INT)
        golden_exact(report, name, equal && error == 0);
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
        compare(report, texts_folder, name, vocab, &probe, options.output_mode);
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
