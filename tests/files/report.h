/*
 * report.h: everything that a checkpoint file gives, as lines of text, so that
 * two versions of the library can be compared by what they read from one file.
 *
 *   pairs.tsv --> report_pairs --+
 *                                +--> report_bundle --> lines on a FILE
 *   a checkpoint --> bundle -----+
 *
 * Numbers are printed as their bits (%a, or a hash of them), so a report is
 * equal only if the bits are. tests/files/write.c makes files and reports with
 * the version that is to be kept, tests/api/test_old_files.c reads them with
 * every later one.
 */
#ifndef REPORT_H
#define REPORT_H

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siamese/siamese.h>

enum {
    REPORT_ROWS = 60,   /* pairs of the data */
    REPORT_FIELDS = 3,  /* title, brand and price of an item */
    REPORT_VALID = 12,  /* the first pairs are validated with */
    REPORT_BYTES = 1 << 16,
    REPORT_NUMBERS = 1 << 20
};

/* The data beside the files, in the forms in which the API takes it. */
typedef struct report_data {
    char bytes[REPORT_BYTES];
    siamese_text queries[REPORT_ROWS];
    siamese_text items[REPORT_ROWS * REPORT_FIELDS];
    siamese_text titles[REPORT_ROWS];
    int64_t ids[REPORT_ROWS];
    float weights[REPORT_ROWS];
    size_t count;
} report_data;

static inline void report_stop(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, siamese_last_error());
    exit(2);
}

#define REPORT_TRY(call)                                                       \
    do {                                                                       \
        if ((call) != SIAMESE_OK) report_stop(#call);                          \
    } while (0)

/* Reads FOLDER/pairs.tsv: query, title, brand, price, product_id, relevance. */
static inline void report_read(report_data *data, const char *folder)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/pairs.tsv", folder);
    FILE *const file = fopen(path, "rb");
    if (file == NULL) report_stop(path);
    size_t const size = fread(data->bytes, 1, sizeof data->bytes - 1, file);
    fclose(file);
    data->bytes[size] = '\0';
    char *at = strchr(data->bytes, '\n') + 1;
    for (data->count = 0; *at && data->count < REPORT_ROWS; data->count++) {
        siamese_text cell[6];
        for (size_t i = 0; i < 6; i++) {
            size_t const length = strcspn(at, "\t\n");
            cell[i] = (siamese_text){at, length};
            at += length + 1;
        }
        size_t const r = data->count;
        data->queries[r] = cell[0];
        data->titles[r] = data->items[r * REPORT_FIELDS] = cell[1];
        data->items[r * REPORT_FIELDS + 1] = cell[2];
        data->items[r * REPORT_FIELDS + 2] = cell[3];
        data->ids[r] = strtoll(cell[4].data + 1, NULL, 10);
        data->weights[r] = (float)strtod(cell[5].data, NULL) / 2.0f;
    }
}

/* Pairs from..to - 1 for a trainer whose items have `fields` texts. */
static inline siamese_pairs report_pairs(const report_data *data, size_t from,
                                         size_t to, size_t fields)
{
    return (siamese_pairs){
        .struct_size = sizeof(siamese_pairs),
        .queries = data->queries + from,
        .query_fields = 1,
        .items = fields == 1 ? data->titles + from
                             : data->items + from * REPORT_FIELDS,
        .item_fields = fields == 1 ? 1 : REPORT_FIELDS,
        .item_ids = data->ids + from,
        .weights = data->weights + from,
        .count = to - from};
}

/* FNV-1a of the bits, whatever the machine's order of bytes. */
static inline uint64_t report_hash(const float *x, size_t count)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        for (int k = 0; k < 32; k += 8)
            hash = (hash ^ (bits >> k & 255)) * UINT64_C(1099511628211);
    }
    return hash;
}

/* "WHAT: COUNT numbers HASH, the first three" */
static inline void report_floats(FILE *out, const char *what, const float *x,
                                 size_t count)
{
    fprintf(out, "%s: %zu numbers %016" PRIx64, what, count,
            report_hash(x, count));
    for (size_t i = 0; i < count && i < 3; i++)
        fprintf(out, " %a", (double)x[i]);
    fputc('\n', out);
}

typedef siamese_status (*report_get)(const void *options, const char *name,
                                     char *buf, size_t size, size_t *needed);
typedef siamese_status (*report_describe)(size_t i, siamese_option_info *info);

/* Options that a later version adds are further lines. */
static inline void report_options(FILE *out, const char *what,
                                  const void *options, report_get get,
                                  report_describe describe)
{
    siamese_option_info info = {.struct_size = sizeof info};
    for (size_t i = 0; describe(i, &info) == SIAMESE_OK; i++) {
        char value[256];
        REPORT_TRY(get(options, info.name, value, sizeof value, NULL));
        fprintf(out, "%s option %s=%s\n", what, info.name, value);
    }
}

#define REPORT_OPTIONS(out, kind, handle)                                      \
    do {                                                                       \
        siamese_##kind##_options o_ = {.struct_size = sizeof o_};              \
        REPORT_TRY(siamese_##kind##_get_options(handle, &o_));                 \
        report_options(out, #kind, &o_,                                        \
                       (report_get)siamese_##kind##_options_get,               \
                       siamese_##kind##_options_describe);                     \
    } while (0)

static inline void report_ids(FILE *out, const siamese_vocab *vocab,
                              const siamese_text *texts, size_t count)
{
    static int64_t ids[REPORT_NUMBERS];
    size_t offsets[REPORT_ROWS + 1];
    REPORT_TRY(siamese_vocab_tokenize(vocab, texts, count, ids, REPORT_NUMBERS,
                                      offsets, NULL));
    for (size_t r = 0; r < count; r++) {
        fprintf(out, "ids of '%.*s':", (int)texts[r].size, texts[r].data);
        for (size_t i = offsets[r]; i < offsets[r + 1]; i++)
            fprintf(out, " %" PRId64, ids[i]);
        fputc('\n', out);
    }
}

/* The model's bytes; its ids depend on the release of sentencepiece. */
static inline int report_sentencepiece(FILE *out, const siamese_vocab *vocab)
{
    static unsigned char model[REPORT_NUMBERS];
    size_t size;
    if (siamese_vocab_get_sentencepiece(vocab, model, sizeof model, &size))
        return 0;
    uint64_t hash = 0;
    for (size_t i = 0; i < size; i++) hash = hash * 31 + model[i];
    fprintf(out, "sentencepiece model: %zu bytes %016" PRIx64 "\n", size, hash);
    return 1;
}

static inline void report_vocab(FILE *out, const siamese_vocab *vocab,
                                const report_data *data)
{
    static float numbers[REPORT_NUMBERS];
    siamese_vocab_options options = {.struct_size = sizeof options};
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    size_t const size = siamese_vocab_size(vocab);
    REPORT_OPTIONS(out, vocab, vocab);
    REPORT_TRY(siamese_vocab_get_options(vocab, &options));
    REPORT_TRY(siamese_vocab_get_stats(vocab, &stats));
    fprintf(out, "vocab: size %zu, texts %" PRIu64 ", tokens %" PRIu64 "\n",
            size, stats.texts, stats.tokens);
    if (report_sentencepiece(out, vocab)) return;
    for (size_t i = 0; i < size && i < 40; i++) {
        char token[256];
        if (siamese_vocab_token(vocab, (int64_t)i, token, sizeof token, NULL))
            break;
        fprintf(out, "token %zu: '%s'\n", i, token);
    }
    report_ids(out, vocab, data->titles, 12);
    report_ids(out, vocab, data->queries, 12);
    if (options.output_mode != SIAMESE_OUTPUT_INT) {
        REPORT_TRY(siamese_vocab_encode(vocab, data->titles, 12, numbers,
                                        REPORT_NUMBERS));
        report_floats(out, "rows", numbers, 12 * size);
    }
}

static inline void report_tower(FILE *out, const siamese_tower *tower,
                                const report_data *data)
{
    static float numbers[REPORT_NUMBERS];
    size_t const dim = siamese_tower_dim(tower);
    size_t const fields = siamese_tower_field_count(tower);
    REPORT_OPTIONS(out, tower, tower);
    fprintf(out, "tower: dim %zu, fields %zu\n", dim, fields);
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        REPORT_TRY(siamese_tower_parameter_info(tower, i, &info));
        REPORT_TRY(siamese_tower_parameter_get(tower, info.name, numbers,
                                               REPORT_NUMBERS, NULL));
        fprintf(out, "parameter of precision %d, ", (int)info.precision);
        report_floats(out, info.name, numbers, info.count);
    }
    REPORT_TRY(siamese_tower_encode(tower, data->queries, data->count, 1,
                                    numbers, REPORT_NUMBERS));
    report_floats(out, "query vectors", numbers, data->count * dim);
    if (fields == 1)
        REPORT_TRY(siamese_tower_encode(tower, data->titles, data->count, 1,
                                        numbers, REPORT_NUMBERS));
    else
        REPORT_TRY(siamese_tower_encode(tower, data->items, data->count,
                                        REPORT_FIELDS, numbers,
                                        REPORT_NUMBERS));
    report_floats(out, "item vectors", numbers, data->count * dim);
}

static inline void report_progress(FILE *out, const siamese_trainer *trainer)
{
    siamese_progress p = {.struct_size = sizeof p};
    REPORT_TRY(siamese_trainer_get_progress(trainer, &p));
    fprintf(out, "trainer: step %" PRIu64 ", epoch %zu + %zu, loss %a\n",
            p.step, p.epoch, p.epoch_step, p.loss_mean);
    fprintf(out, "validation at %" PRIu64 ", loss %a, best at %" PRIu64 "\n",
            p.validation_step, p.validation_loss, p.best_step);
}

/* What the trainer was given, which a checkpoint does not hold. */
static inline void report_feed(siamese_trainer *trainer,
                               const report_data *data, size_t fields)
{
    siamese_pairs const pairs =
        report_pairs(data, REPORT_VALID, data->count, fields);
    siamese_pairs const valid = report_pairs(data, 0, REPORT_VALID, fields);
    siamese_pairs items = report_pairs(data, 0, data->count, fields);
    items.queries = NULL;
    items.query_fields = 0;
    REPORT_TRY(siamese_trainer_add_pairs(trainer, &pairs));
    REPORT_TRY(siamese_trainer_add_items(trainer, &items));
    REPORT_TRY(siamese_trainer_set_validation(trainer, &valid, NULL));
}

/* Where it stands, and where it ends when it goes on. */
static inline void report_trainer(FILE *out, siamese_trainer *trainer,
                                  const report_data *data)
{
    siamese_tower *query = NULL, *item = NULL;
    REPORT_OPTIONS(out, trainer, trainer);
    report_progress(out, trainer);
    REPORT_TRY(siamese_trainer_snapshot(trainer, NULL, &item));
    size_t const fields = siamese_tower_field_count(item);
    siamese_tower_free(item);
    report_feed(trainer, data, fields);
    REPORT_TRY(siamese_trainer_fit(trainer, NULL, NULL));
    fprintf(out, "at the end of training\n");
    report_progress(out, trainer);
    REPORT_TRY(siamese_trainer_snapshot(trainer, &query, &item));
    report_tower(out, query, data);
    report_tower(out, item, data);
    siamese_tower_free(query);
    siamese_tower_free(item);
}

/* Searches for what the index holds, and between. */
static inline void report_index(FILE *out, const siamese_index *index)
{
    enum { K = 7, QUERIES = 5 };
    siamese_index_info info = {.struct_size = sizeof info};
    REPORT_OPTIONS(out, index, index);
    REPORT_TRY(siamese_index_get_info(index, &info));
    fprintf(out, "index: dim %zu, %zu vectors, %zu lists, nprobe %zu\n",
            info.dim, info.count, info.nlist, info.nprobe);
    for (int exact = 0; exact < 2; exact++) {
        int64_t ids[K];
        float query[64], scores[K];
        siamese_search_options options;
        REPORT_TRY(siamese_search_options_init(&options, sizeof options));
        options.exact = exact;
        for (size_t q = 0; q < QUERIES; q++) {
            for (size_t i = 0; i < info.dim; i++)
                query[i] = (float)((q * 31 + i * 17) % 23) - 11.0f;
            REPORT_TRY(siamese_index_search(index, query, 1, K, &options, ids,
                                            scores, K, NULL));
            fprintf(out, "search %zu, exact %d:", q, exact);
            for (size_t i = 0; i < K; i++)
                fprintf(out, " %" PRId64 " %a", ids[i], (double)scores[i]);
            fputc('\n', out);
        }
    }
    int64_t const id = 3;
    float stored[64];
    if (siamese_index_reconstruct(index, id, stored, 64) == SIAMESE_OK)
        report_floats(out, "vector of id 3", stored, info.dim);
}

/* Everything that the bundle has. */
static inline void report_bundle(FILE *out, const siamese_bundle *bundle,
                                 const report_data *data)
{
    siamese_vocab *vocab;
    siamese_tower *query, *item;
    siamese_trainer *trainer;
    siamese_index *index;
    char note[64];
    size_t size;
    if (!siamese_bundle_get_section(bundle, "note", note, sizeof note, &size))
        fprintf(out, "section note: '%.*s'\n", (int)size, note);
    if (siamese_bundle_get_vocab(bundle, &vocab) == SIAMESE_OK) {
        report_vocab(out, vocab, data);
        siamese_vocab_free(vocab);
    }
    if (siamese_bundle_get_query_tower(bundle, &query) == SIAMESE_OK) {
        report_tower(out, query, data);
        siamese_tower_free(query);
    }
    if (siamese_bundle_get_item_tower(bundle, &item) == SIAMESE_OK) {
        report_tower(out, item, data);
        siamese_tower_free(item);
    }
    if (siamese_bundle_get_trainer(bundle, &trainer) == SIAMESE_OK) {
        report_trainer(out, trainer, data);
        siamese_trainer_free(trainer);
    }
    if (siamese_bundle_get_index(bundle, &index) == SIAMESE_OK) {
        report_index(out, index);
        siamese_index_free(index);
    }
}

#endif
