/*
 * Fuzzes the reader of checkpoints through the public API.
 *
 *   fuzz_checkpoint [RUNS [SEED]]   own mutations, the same for a seed
 *   fuzz_checkpoint FILE ...        the files as they are (to look at a find)
 *   with -DSIAMESE_LIBFUZZER        an entry for libFuzzer, with clang and
 *                                   -fsanitize=fuzzer,address
 *
 * Own mutations change bytes of the file, fields of the table, or bytes of the
 * unpacked sections; after the last two every CRC32 is set right again, so that
 * the damage reaches the readers of vocabularies, towers, trainers and indexes.
 */
#include <setjmp.h>
#include <stdarg.h>

#include "api/checkpoint_parts.h"
#include "reliability.h"

#include <zlib.h>

enum { HEADER = 16, ENTRY = 104, FOOTER = 24 };
enum { CRC = 72, STORED_CRC = 76 };
enum { OFFSET = 80, STORED = 88, SIZE = 96 };

#define MOST_BYTES ((uint64_t)1 << 20) /* max_bytes of every load */
#define MOST_MEMORY ((size_t)64 << 20) /* that a load may take */

/* ---- one input ---- */

static void use_vocab(const siamese_vocab *vocab)
{
    int64_t ids[256], id;
    size_t offsets[PART_TEXTS + 1];
    char bytes[64];
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    siamese_vocab_options options = {.struct_size = sizeof options};
    ok(siamese_vocab_get_options(vocab, &options));
    ok(siamese_vocab_get_stats(vocab, &stats));
    ok(siamese_vocab_lookup(vocab, "desk", 4, &id));
    (void)siamese_vocab_token(vocab, id, bytes, sizeof bytes, NULL);
    (void)siamese_vocab_measure(vocab, part_texts, PART_TEXTS, &stats);
    (void)siamese_vocab_tokenize(vocab, part_texts, PART_TEXTS, ids, 256,
                                 offsets, NULL);
    (void)siamese_vocab_get_sentencepiece(vocab, NULL, 0, NULL);
}

static void use_parameters(const siamese_tower *tower)
{
    siamese_parameter_info info = {.struct_size = sizeof info};
    float values[1024];
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        ok(siamese_tower_parameter_info(tower, i, &info));
        if (info.count <= 1024)
            ok(siamese_tower_parameter_get(tower, info.name, values, 1024,
                                           NULL));
    }
}

/* Words for any field: no text of them is of numbers alone. */
static void use_tower(const siamese_tower *tower)
{
    float vectors[PART_TEXTS * 64];
    siamese_text rows[PART_TEXTS * 8];
    siamese_tower_options options = {.struct_size = sizeof options};
    size_t const dim = siamese_tower_dim(tower);
    size_t const fields = siamese_tower_field_count(tower);
    ok(siamese_tower_get_options(tower, &options));
    for (size_t f = 0; f < fields; f++) {
        siamese_vocab *vocab;
        if (siamese_tower_get_vocab(tower, f, &vocab)) continue;
        use_vocab(vocab);
        siamese_vocab_free(vocab);
    }
    if (dim == 0 || dim > 64) return;
    use_parameters(tower);
    (void)siamese_tower_encode(tower, part_texts, PART_TEXTS, 1, vectors,
                               PART_TEXTS * dim);
    if (fields > 8) return;
    for (size_t i = 0; i < PART_TEXTS * fields; i++) {
        siamese_text const number = {"4.5", 3};
        rows[i] = i % fields ? part_texts[i % PART_TEXTS] : number;
    }
    (void)siamese_tower_encode(tower, rows, PART_TEXTS, fields, vectors,
                               PART_TEXTS * dim);
}

static void use_trainer(siamese_trainer *trainer)
{
    size_t const rows[] = {0, 1};
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = part_texts,
                                 .items = part_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PART_TEXTS};
    siamese_progress progress = {.struct_size = sizeof progress};
    siamese_trainer_options options = {.struct_size = sizeof options};
    siamese_tower *query, *item;
    ok(siamese_trainer_get_progress(trainer, &progress));
    ok(siamese_trainer_get_options(trainer, &options));
    ok(siamese_trainer_snapshot(trainer, &query, &item));
    siamese_tower_free(query);
    siamese_tower_free(item);
    if (siamese_trainer_add_pairs(trainer, &pairs) == SIAMESE_OK)
        (void)siamese_trainer_step(trainer, rows, 2, NULL);
}

static void use_index(siamese_index *index)
{
    float query[64] = {1, -1};
    float scores[4];
    int64_t ids[4];
    siamese_index_info info = {.struct_size = sizeof info};
    if (siamese_index_get_info(index, &info) == SIAMESE_OK && info.dim <= 64)
        (void)siamese_index_search(index, query, 1, 4, NULL, ids, scores, 4,
                                   NULL);
}

static void use_items(siamese_items *items)
{
    static int64_t rows[64];
    static size_t offsets[65];
    static char bytes[4096];
    unsigned char present[64];
    siamese_items_info info = {.struct_size = sizeof info};
    siamese_column_info column = {.struct_size = sizeof column};
    size_t count = 0;
    ok(siamese_items_get_info(items, &info));
    if (siamese_items_get_rows(items, rows, 64, &count)) return;
    (void)siamese_items_get_texts(items, "title", rows, count, offsets, bytes,
                                  sizeof bytes, NULL, present);
    for (size_t c = 0; siamese_items_get_column(items, c, &column) == 0; c++)
        (void)siamese_items_get_texts(items, column.name, NULL, count, offsets,
                                      bytes, sizeof bytes, NULL, present);
}

/* All together, as far as the parts fit; and a change of the items. */
static void use_model(const siamese_bundle *bundle)
{
    siamese_text const titles[] = {{"oak lamp", 8}};
    siamese_item_rows const rows = {
        .struct_size = sizeof rows, .count = 1, .titles = titles};
    siamese_model *model;
    siamese_hits *hits;
    if (siamese_model_from_bundle(&model, bundle)) return;
    if (siamese_model_search_text(model, "red lamp", 3, &hits) == SIAMESE_OK) {
        (void)siamese_hits_title(hits, 0, 0);
        siamese_hits_free(hits);
    }
    (void)siamese_model_add_items(model, &rows);
    siamese_model_free(model);
}

typedef siamese_status get_tower(const siamese_bundle *, siamese_tower **);

/* What was loaded must be of use: each part that a bundle gives does its work,
 * and all is saved. A call that fails may do so for a want of it alone. */
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
    image again = {.writes_left = -1};
    ok(siamese_checkpoint_write(image_write, &again, bundle, NULL));
    free(again.bytes);
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
    if (siamese_bundle_get_trainer(bundle, &trainer) == SIAMESE_OK) {
        use_trainer(trainer);
        siamese_trainer_free(trainer);
    }
    if (siamese_bundle_get_items(bundle, &items) == SIAMESE_OK) {
        use_items(items);
        siamese_items_free(items);
    }
    use_model(bundle);
    if (siamese_bundle_get_index(bundle, &index) == SIAMESE_OK) {
        use_index(index);
        siamese_index_free(index);
    }
}

static siamese_status run_one(const uint8_t *data, size_t size)
{
    siamese_bundle *bundle;
    siamese_load_options options;
    ok(siamese_load_options_init(&options, sizeof options));
    options.max_bytes = MOST_BYTES;
    options.threads = 1;
    size_t const live = scarce.live;
    scarce.peak = live;
    siamese_status const status =
        siamese_checkpoint_load_memory(&bundle, data, size, &options);
    if (scarce.peak - live > MOST_MEMORY) {
        fprintf(stderr, "a load took %zu bytes\n", scarce.peak - live);
        abort();
    }
    if (status == SIAMESE_OK) {
        use_bundle(bundle);
        siamese_bundle_free(bundle);
    }
    if (scarce.live != live) {
        fprintf(stderr, "%zu bytes are left\n", scarce.live - live);
        abort();
    }
    return status;
}

#ifdef SIAMESE_LIBFUZZER

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    use_scarce_memory();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    run_one(data, size);
    return 0;
}

#else

/* ---- random numbers, the same everywhere ---- */

static uint64_t random_state;

static uint64_t random_below(uint64_t bound)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % bound;
}

/* A byte, a bit, or one of the numbers that readers get wrong. */
static void mutate(uint8_t *bytes, size_t size)
{
    static const uint64_t numbers[] = {
        0,         1,          2,         255,        256,
        65535,     65536,      INT32_MAX, UINT32_MAX, INT64_MAX,
        INT64_MIN, UINT64_MAX, 1u << 20,  1u << 30,   UINT64_MAX / 8 + 1};
    if (size == 0) return;
    for (uint64_t n = 1 + random_below(3); n > 0; n--) {
        size_t const at = (size_t)random_below(size);
        uint64_t const number =
            numbers[random_below(sizeof numbers / sizeof *numbers)];
        size_t const room = size - at;
        switch (random_below(5)) {
        case 0:
            bytes[at] ^= (uint8_t)(1 << random_below(8));
            break;
        case 1:
            bytes[at] = (uint8_t)random_below(256);
            break;
        case 2:
            memcpy(bytes + at, &number, room < 4 ? room : 4);
            break;
        case 3: /* where most numbers of 8 bytes stand */
            if (at / 4 * 4 + 8 <= size) memcpy(bytes + at / 4 * 4, &number, 8);
            break;
        default:
            bytes[at] = (uint8_t)(bytes[at] + 1 - 2 * (int)random_below(2));
        }
    }
}

/* ---- files taken apart and put together ---- */

static uint64_t get(const uint8_t *from, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static void put(uint8_t *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) to[i] = (uint8_t)(value >> (8 * i));
}

static size_t count_of(const image *file)
{
    return (size_t)get(file->bytes + file->size - 16, 4);
}

static uint8_t *entry_of(const image *file, size_t i)
{
    return file->bytes + file->size - FOOTER - (count_of(file) - i) * ENTRY;
}

static void seal(image *file, size_t count)
{
    uint8_t *const footer = file->bytes + file->size - FOOTER;
    uLong crc = crc32(0, file->bytes, HEADER);
    crc = crc32(crc, footer - count * ENTRY, (uInt)(count * ENTRY));
    put(footer + 12, crc32(crc, footer, 12), 4);
}

/* The same file with section `which` unpacked, changed and packed again. */
static image repack(const image *file, size_t which)
{
    size_t const count = count_of(file);
    image out = {.writes_left = -1};
    uint8_t *const table = malloc(count * ENTRY);
    uint8_t footer[FOOTER];
    memcpy(table, entry_of(file, 0), count * ENTRY);
    memcpy(footer, file->bytes + file->size - FOOTER, FOOTER);
    image_write(&out, file->bytes, HEADER);
    for (size_t i = 0; i < count; i++) {
        uint8_t *const entry = table + i * ENTRY;
        const uint8_t *const stored = file->bytes + get(entry + OFFSET, 8);
        put(entry + OFFSET, out.size, 8);
        if (i != which) {
            image_write(&out, stored, (size_t)get(entry + STORED, 8));
            continue;
        }
        uLongf size = (uLongf)get(entry + SIZE, 8);
        uLongf packed = compressBound(size + 64);
        uint8_t *const data = malloc(size + 64);
        uint8_t *const zlib = malloc(packed);
        if (uncompress(data, &size, stored, (uLong)get(entry + STORED, 8)))
            abort();
        mutate(data, size);
        if (random_below(8) == 0) size = random_below(size + 1);
        if (random_below(8) == 0) {
            memset(data + size, (int)random_below(256), 8);
            size += 8;
        }
        if (compress2(zlib, &packed, data, size, 1)) abort();
        image_write(&out, zlib, packed);
        put(entry + STORED, packed, 8);
        put(entry + SIZE, size, 8);
        put(entry + CRC, crc32(crc32(0, NULL, 0), data, (uInt)size), 4);
        put(entry + STORED_CRC, crc32(crc32(0, NULL, 0), zlib, (uInt)packed),
            4);
        free(data);
        free(zlib);
    }
    put(footer, out.size, 8);
    image_write(&out, table, count * ENTRY);
    image_write(&out, footer, FOOTER);
    seal(&out, count);
    free(table);
    return out;
}

static image copy_of(const image *file)
{
    image out = {.writes_left = -1};
    image_write(&out, file->bytes, file->size);
    return out;
}

static image mutant_of(const image *file)
{
    image out;
    size_t const count = count_of(file);
    switch (random_below(8)) {
    case 0: /* the file as it stands */
        out = copy_of(file);
        mutate(out.bytes, out.size);
        if (random_below(4) == 0) out.size = random_below(out.size + 1);
        return out;
    case 1: /* the table */
        out = copy_of(file);
        mutate(entry_of(&out, random_below(count)), ENTRY);
        seal(&out, count);
        return out;
    default: /* what a section holds */
        return repack(file, (size_t)random_below(count));
    }
}

/* ---- the run ---- */

static int run_files(int count, char **paths)
{
    for (int i = 0; i < count; i++) {
        static uint8_t bytes[1 << 22];
        FILE *const in = fopen(paths[i], "rb");
        if (in == NULL) return perror(paths[i]), 1;
        size_t const size = fread(bytes, 1, sizeof bytes, in);
        fclose(in);
        siamese_status const status = run_one(bytes, size);
        printf("%s: %s: %s\n", paths[i], siamese_status_name(status),
               status ? siamese_last_error() : "");
    }
    return 0;
}

/* Kept for the moment at which it crashes. */
static void keep(const image *mutant, const char *path)
{
    FILE *const out = fopen(path, "wb");
    if (out == NULL) return;
    fwrite(mutant->bytes, 1, mutant->size, out);
    fclose(out);
}

enum { SEEDS = 5 };

/* A tower whose first fields have no vocabulary: numbers, a hashed id, a
 * text. */
static siamese_bundle *mixed_bundle(const siamese_vocab *vocab)
{
    siamese_tower_options options;
    siamese_field_options field;
    siamese_tower *tower;
    siamese_bundle *bundle;
    ok(siamese_tower_options_init(&options, sizeof options));
    options.embedding_dim = PART_DIM;
    options.encoder = SIAMESE_ENCODER_BAG;
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_field_options_init(&field, sizeof field));
    field.kind = SIAMESE_FIELD_NUMBERS;
    ok(siamese_tower_add_field(tower, "price", NULL, &field));
    field.kind = SIAMESE_FIELD_ID;
    field.buckets = 5;
    ok(siamese_tower_add_field(tower, "shelf", NULL, &field));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_item_tower(bundle, tower));
    siamese_tower_free(tower);
    return bundle;
}

/* A model with items of a column, of which one is gone. */
static siamese_bundle *model_bundle(siamese_tower *tower)
{
    static const siamese_text ids[] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}};
    static const unsigned char present[] = {1, 0, 1, 1};
    siamese_column_values const column = {sizeof column, "brand", part_texts,
                                          NULL,          NULL,    present};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = 4,
                                    .text_ids = ids,
                                    .titles = part_texts,
                                    .columns = &column,
                                    .column_count = 1};
    siamese_bundle *bundle, *whole;
    siamese_model *model;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_query_tower(bundle, tower));
    ok(siamese_bundle_set_item_tower(bundle, tower));
    ok(siamese_model_from_bundle(&model, bundle));
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_remove_items(model, NULL, &ids[1], 1, NULL));
    ok(siamese_model_get_bundle(model, &whole));
    siamese_model_free(model);
    siamese_bundle_free(bundle);
    return whole;
}

int main(int argc, char **argv)
{
    parts all;
    siamese_bundle *bundles[SEEDS];
    image seeds[SEEDS];
    long counts[16] = {0};
    use_scarce_memory();
    if (argc > 1 && strspn(argv[1], "0123456789") != strlen(argv[1]))
        return run_files(argc - 1, argv + 1);
    long const runs = argc > 1 ? atol(argv[1]) : 5000;
    random_state =
        0x9e3779b97f4a7c15u + (uint64_t)(argc > 2 ? atol(argv[2]) : 1);
    const char *const path = getenv("FUZZ_LAST");

    make_parts(&all);
    for (int i = 0; i < 2; i++) ok(siamese_bundle_create(&bundles[i]));
    bundles[2] = packed_bundle(&all);
    ok(siamese_bundle_set_query_tower(bundles[0], all.query));
    ok(siamese_bundle_set_item_tower(bundles[0], all.item));
    ok(siamese_bundle_set_index(bundles[0], all.index));
    ok(siamese_bundle_set_section(bundles[0], "titles", "a\nb\n", 4));
    ok(siamese_bundle_set_trainer(bundles[1], all.trainer));
    ok(siamese_bundle_set_vocab(bundles[1], all.vocab));
    bundles[3] = mixed_bundle(all.vocab);
    bundles[4] = model_bundle(all.query);
    for (int i = 0; i < SEEDS; i++) seeds[i] = write_bundle(bundles[i]);

    for (long run = 0; run < runs; run++) {
        image mutant = mutant_of(&seeds[run % SEEDS]);
        if (path) keep(&mutant, path);
        siamese_status const status = run_one(mutant.bytes, mutant.size);
        if (status > 0 || status < -14) abort();
        counts[-status]++;
        free(mutant.bytes);
    }
    printf("%ld runs:", runs);
    reliability_count("damaged checkpoints read", runs);
    for (int i = 0; i < 15; i++)
        if (counts[i]) printf(" %s %ld", siamese_status_name(-i), counts[i]);
    printf("\n");

    for (int i = 0; i < SEEDS; i++) {
        siamese_bundle_free(bundles[i]);
        free(seeds[i].bytes);
    }
    free_parts(&all);
    /* only these can come from damaged bytes in memory */
    for (int i = 1; i < 15; i++)
        if (counts[i] && -i != SIAMESE_E_FORMAT && -i != SIAMESE_E_VERSION &&
            -i != SIAMESE_E_LIMIT && -i != SIAMESE_E_UNSUPPORTED)
            return 1;
    return 0;
}

#endif
