/*
 * fuzz_checkpoint.c: the reader of checkpoints: any bytes in, refused with one
 * of the few statuses that a file can give, or loaded; then all that was loaded
 * is used and saved, and what was saved loads as the same bytes.
 *
 * Changes go to the sections, see support/sections.h. A load may take no more
 * memory than a multiple of what the file has, limit or no limit.
 */
#include "fuzz/support/sections.h"

#define MOST_BYTES ((uint64_t)1 << 20) /* max_bytes of every other load */
/* Of all handles, with the limit; without it a stream may hold 1032 times its
 * bytes, and handles what was unpacked of it a few times over. */
#define MOST_MEMORY ((size_t)64 << 20)
#define MOST_GROWTH ((size_t)8 * 1032)

enum { TEXTS = 6, MOST_DIM = 64, MOST_FIELDS = 8 };

static const siamese_text texts[TEXTS] = {{"red lamp", 8},
                                          {"Red TABLE 3/4 in.", 17},
                                          {"bl\xc3\xbc\xff lamp", 10},
                                          {"oak table oak", 13},
                                          {"", 0},
                                          {"12-pack of 4 chairs", 19}};

/* ---- a growing block of bytes ---- */

typedef struct block {
    uint8_t *bytes;
    size_t size, capacity;
} block;

static int32_t write_block(void *user, const void *data, size_t size)
{
    block *const to = user;
    if (to->size + size > to->capacity) {
        to->capacity = 2 * (to->size + size);
        to->bytes = realloc(to->bytes, to->capacity);
        if (to->bytes == NULL) return 1;
    }
    memcpy(to->bytes + to->size, data, size);
    to->size += size;
    return 0;
}

static block saved(const siamese_bundle *bundle)
{
    siamese_save_options options;
    block to = {0};
    fuzz_ok(siamese_save_options_init(&options, sizeof options));
    options.compression = 0;
    fuzz_ok(siamese_checkpoint_write(write_block, &to, bundle, &options));
    return to;
}

static siamese_status load(siamese_bundle **out, const uint8_t *data,
                           size_t size, uint64_t max_bytes, int32_t finished)
{
    siamese_load_options options;
    fuzz_ok(siamese_load_options_init(&options, sizeof options));
    options.max_bytes = max_bytes;
    options.threads = 1;
    options.finished = finished;
    return siamese_checkpoint_load_memory(out, data, size, &options);
}

/* ---- the parts ---- */

static void use_vocab(const siamese_vocab *vocab)
{
    enum { ROOM = 512 };
    static int64_t ids[ROOM], one[ROOM];
    size_t offsets[TEXTS + 1], own[2], needed = 0;
    char bytes[64];
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    siamese_vocab_options options = {.struct_size = sizeof options};
    int64_t id;
    fuzz_ok(siamese_vocab_get_options(vocab, &options));
    fuzz_ok(siamese_vocab_get_stats(vocab, &stats));
    fuzz_ok(siamese_vocab_lookup(vocab, "desk", 4, &id));
    (void)siamese_vocab_token(vocab, id, bytes, sizeof bytes, NULL);
    fuzz_ok(siamese_vocab_measure(vocab, texts, TEXTS, &stats));
    size_t const size = siamese_vocab_size(vocab);
    if (siamese_vocab_tokenize(vocab, texts, TEXTS, ids, ROOM, offsets,
                               &needed))
        return;
    for (size_t i = 0; i < offsets[TEXTS]; i++)
        fuzz_require(ids[i] >= 0 && (size_t)ids[i] < size);
    for (size_t t = 0; t < TEXTS; t++) { /* each text alone: the same */
        fuzz_ok(
            siamese_vocab_tokenize(vocab, &texts[t], 1, one, ROOM, own, NULL));
        fuzz_require(own[1] == offsets[t + 1] - offsets[t]);
        fuzz_require(memcmp(one, ids + offsets[t], own[1] * sizeof *one) == 0);
    }
}

static void use_parameters(const siamese_tower *tower)
{
    siamese_parameter_info info = {.struct_size = sizeof info};
    float values[1024];
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        fuzz_ok(siamese_tower_parameter_info(tower, i, &info));
        if (info.count <= 1024)
            fuzz_ok(siamese_tower_parameter_get(tower, info.name, values, 1024,
                                                NULL));
    }
}

/* A row for any field: texts for the first, numbers for all or none. */
static void encode_rows(const siamese_tower *tower, size_t fields,
                        int first_is_number)
{
    float vectors[TEXTS * MOST_DIM], one[MOST_DIM];
    siamese_text rows[TEXTS * MOST_FIELDS];
    siamese_text const number = {"4.5", 3};
    size_t const dim = siamese_tower_dim(tower);
    for (size_t i = 0; i < TEXTS * fields; i++)
        rows[i] =
            first_is_number && i % fields == 0 ? number : texts[i % TEXTS];
    if (siamese_tower_encode(tower, rows, TEXTS, fields, vectors, TEXTS * dim))
        return;
    for (size_t r = 0; r < TEXTS; r++) {
        fuzz_ok(siamese_tower_encode(tower, rows + r * fields, 1, fields, one,
                                     dim));
        fuzz_require(memcmp(one, vectors + r * dim, dim * sizeof *one) == 0);
    }
}

static void use_tower(const siamese_tower *tower)
{
    siamese_tower_options options = {.struct_size = sizeof options};
    size_t const dim = siamese_tower_dim(tower);
    size_t const fields = siamese_tower_field_count(tower);
    fuzz_ok(siamese_tower_get_options(tower, &options));
    for (size_t f = 0; f < fields; f++) {
        siamese_vocab *vocab;
        if (siamese_tower_get_vocab(tower, f, &vocab)) continue;
        use_vocab(vocab);
        siamese_vocab_free(vocab);
    }
    if (dim == 0 || dim > MOST_DIM || fields > MOST_FIELDS) return;
    use_parameters(tower);
    encode_rows(tower, fields, 0);
    encode_rows(tower, fields, 1);
}

static void use_trainer(siamese_trainer *trainer)
{
    size_t const rows[] = {0, 1};
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = texts,
                                 .items = texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = TEXTS};
    siamese_progress progress = {.struct_size = sizeof progress};
    siamese_trainer_options options = {.struct_size = sizeof options};
    siamese_tower *query, *item;
    fuzz_ok(siamese_trainer_get_progress(trainer, &progress));
    fuzz_ok(siamese_trainer_get_options(trainer, &options));
    uint64_t const before = progress.step;
    fuzz_ok(siamese_trainer_snapshot(trainer, &query, &item));
    siamese_tower_free(query);
    siamese_tower_free(item);
    if (siamese_trainer_add_pairs(trainer, &pairs)) return;
    int const is_done =
        siamese_trainer_step(trainer, rows, 2, NULL) == SIAMESE_OK;
    fuzz_ok(siamese_trainer_get_progress(trainer, &progress));
    fuzz_require(progress.step == before + (uint64_t)is_done);
}

/* Its own vectors are found; an id comes and goes. */
static void use_index(siamese_index *index)
{
    float query[MOST_DIM] = {1, -1}, scores[8];
    int64_t ids[8];
    int64_t const added = INT64_MAX;
    size_t found, removed;
    siamese_search_options options;
    siamese_index_info info = {.struct_size = sizeof info};
    if (siamese_index_get_info(index, &info) || info.dim > MOST_DIM) return;
    fuzz_ok(siamese_search_options_init(&options, sizeof options));
    for (int exact = 0; exact < 2; exact++) {
        options.exact = exact;
        fuzz_ok(siamese_index_search(index, query, 1, 8, &options, ids, scores,
                                     8, &found));
        for (size_t i = 1; i < found; i++)
            fuzz_require(scores[i - 1] >= scores[i]);
    }
    fuzz_require(found == (info.count < 8 ? info.count : 8));
    if (siamese_index_add(index, &added, query, 1)) return;
    fuzz_require(siamese_index_count(index) == info.count + 1);
    fuzz_ok(siamese_index_remove(index, &added, 1, &removed));
    fuzz_require(removed >= 1);
    if (found) fuzz_ok(siamese_index_remove(index, ids, 1, &removed));
    fuzz_ok(
        siamese_index_search(index, query, 1, 8, NULL, ids, scores, 8, &found));
}

static void use_items(siamese_items *items)
{
    enum { ROWS = 64 };
    static int64_t rows[ROWS];
    static size_t offsets[ROWS + 1];
    static char bytes[4096];
    unsigned char present[ROWS];
    siamese_items_info info = {.struct_size = sizeof info};
    siamese_column_info column = {.struct_size = sizeof column};
    siamese_id_filter *filter;
    size_t count = 0;
    fuzz_ok(siamese_items_get_info(items, &info));
    if (siamese_items_create_where_filter(
            &filter, items, "title > 'm' or id is missing", NULL, &count) == 0)
        siamese_id_filter_free(filter);
    if (siamese_items_get_rows(items, rows, ROWS, &count)) return;
    fuzz_require(count == info.count);
    (void)siamese_items_get_texts(items, "title", rows, count, offsets, bytes,
                                  sizeof bytes, NULL, present);
    for (size_t c = 0; siamese_items_get_column(items, c, &column) == 0; c++)
        (void)siamese_items_get_texts(items, column.name, NULL, count, offsets,
                                      bytes, sizeof bytes, NULL, present);
}

/* ---- all together ---- */

/* With every stage, as far as the parts fit; then a change of the items. */
static void search_model(siamese_model *model)
{
    siamese_search_request request;
    siamese_hits *hits;
    fuzz_ok(siamese_search_request_init(&request, sizeof request));
    request.texts = texts;
    request.count = 2;
    request.k = 3;
    request.exact = request.collapse_titles = request.dedupe = 1;
    request.explain = request.rerank = request.spelling = request.feedback =
        SIAMESE_RANK_ON;
    for (int stage = 0; stage < 2; stage++) {
        if (siamese_model_search(model, &request, &hits) == SIAMESE_OK) {
            for (size_t i = 0; i < siamese_hits_count(hits, 0); i++)
                (void)siamese_hits_title(hits, 0, i);
            fuzz_require(siamese_hits_count(hits, 0) <= request.k);
            siamese_hits_free(hits);
        }
        request.explain = request.rerank = request.spelling = request.feedback =
            SIAMESE_RANK_AUTO;
        request.explain = 0;
    }
}

static void use_model(const siamese_bundle *bundle)
{
    siamese_text const titles[] = {{"oak lamp", 8}}, ids[] = {{"new", 3}};
    siamese_item_rows rows = {
        .struct_size = sizeof rows, .count = 1, .titles = titles};
    siamese_model_info info = {.struct_size = sizeof info};
    siamese_model *model;
    if (siamese_model_from_bundle(&model, bundle)) return;
    search_model(model);
    fuzz_ok(siamese_model_get_info(model, &info));
    size_t const before = info.items;
    int is_added = siamese_model_add_items(model, &rows) == SIAMESE_OK;
    if (!is_added) {
        rows.text_ids = ids;
        is_added = siamese_model_add_items(model, &rows) == SIAMESE_OK;
    }
    fuzz_ok(siamese_model_get_info(model, &info));
    fuzz_require(info.items == before + (size_t)is_added);
    if (is_added) search_model(model);
    siamese_model_free(model);
}

typedef siamese_status get_tower(const siamese_bundle *, siamese_tower **);

static void use_bundle(siamese_bundle *bundle)
{
    static get_tower *const towers[] = {siamese_bundle_get_query_tower,
                                        siamese_bundle_get_item_tower};
    char titles[64];
    siamese_vocab *vocab;
    siamese_tower *tower;
    siamese_trainer *trainer;
    siamese_index *index;
    siamese_items *items;
    if (siamese_bundle_get_vocab(bundle, &vocab) == SIAMESE_OK) {
        use_vocab(vocab);
        siamese_vocab_free(vocab);
    }
    for (int side = 0; side < 2; side++) {
        if (towers[side](bundle, &tower)) continue;
        use_tower(tower);
        siamese_tower_free(tower);
    }
    (void)siamese_bundle_get_section(bundle, "titles", titles, sizeof titles,
                                     NULL);
    if (siamese_bundle_get_items(bundle, &items) == SIAMESE_OK) {
        use_items(items);
        siamese_items_free(items);
    }
    use_model(bundle);
    if (siamese_bundle_get_trainer(bundle, &trainer) == SIAMESE_OK) {
        use_trainer(trainer);
        siamese_trainer_free(trainer);
    }
    if (siamese_bundle_get_index(bundle, &index) == SIAMESE_OK) {
        use_index(index);
        siamese_index_free(index);
    }
}

/* What is saved of a bundle loads, and is saved as the same bytes. */
static void save_again(const siamese_bundle *bundle)
{
    siamese_bundle *loaded;
    block const first = saved(bundle);
    fuzz_ok(load(&loaded, first.bytes, first.size, 0, 0));
    block const second = saved(loaded);
    siamese_bundle_free(loaded);
    fuzz_require(first.size == second.size &&
                 memcmp(first.bytes, second.bytes, first.size) == 0);
    free(first.bytes);
    free(second.bytes);
}

/* ---- the entries ---- */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_count_memory();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    siamese_bundle *bundle;
    /* by the CRC32 of its table, so that one file is always the same */
    int const has_limit = size < 32 || data[size - 12] & 1;
    size_t const most =
        has_limit ? MOST_MEMORY : MOST_MEMORY + MOST_GROWTH * size;
    size_t const live = fuzz_memory_begin();
    siamese_status const status =
        load(&bundle, data, size, has_limit ? MOST_BYTES : 0,
             size > 32 && data[size - 11] % 8 == 0);
    fuzz_memory_within(live, most);
    if (status == SIAMESE_OK) {
        save_again(bundle);
        use_bundle(bundle);
        siamese_bundle_free(bundle);
    } else /* only these can come from bytes in memory */
        fuzz_require(status == SIAMESE_E_FORMAT ||
                     status == SIAMESE_E_VERSION || status == SIAMESE_E_LIMIT ||
                     status == SIAMESE_E_UNSUPPORTED);
    fuzz_memory_end(live);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned int seed)
{
    fuzz_random_begin(seed);
    return fuzz_sections_mutate(data, size, max_size, NULL);
}
