/*
 * fuzz_mapped.c: an index whose vectors stay in its file: a checkpoint loaded
 * with `map`, from a file. What is damaged is refused, at once or by the search
 * that reads it, in order and within bounds of memory. An index that loads
 * whole is saved for mapping, and mapped it finds the same, to the last bit,
 * before and after changes.
 *
 * Changes go to the sections; those within index_map have their CRC32 put right
 * as well (docs/format.md).
 */
#include <zlib.h>

#include "fuzz/support/memory_file.h"
#include "fuzz/support/sections.h"

enum { MOST_DIM = 64, K = 8, MOST_FILE = 1 << 20, RANGE = 1 << 10 };
#define MOST_MEMORY ((size_t)64 << 20)

/* ---- index_map's own CRC32 ---- */

static uint64_t get(const uint8_t *from, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static void put_crc(uint8_t *to, uLong crc)
{
    for (int i = 0; i < 4; i++) to[i] = (uint8_t)(crc >> (8 * i));
}

/* Bytes of a piece of n rows. */
static uint64_t piece_size(uint64_t n, uint64_t dim)
{
    uint64_t const blocks = (n + 15) / 16;
    return blocks * ((dim + 7) / 8) * 64 + n * ((dim + 63) / 64) * 32 +
           blocks * (64 + 64) + n * 8;
}

enum { OPTIONS = 8 * 4 + 4 * 2, MOST_LISTS = 64 };

static void repair_map(const char *name, uint8_t *data, size_t size)
{
    uint64_t sizes[MOST_LISTS], rows = 0, pieces = 0, bytes = 0;
    if (strcmp(name, "index_map") != 0 || size < OPTIONS + 8) return;
    uint64_t const dim = get(data, 8), nlist = get(data + OPTIONS, 8);
    if (dim == 0 || dim > 4096 || nlist == 0 || nlist > MOST_LISTS) return;
    uint64_t at = OPTIONS + 8 + (nlist > 1 ? 4 * nlist * dim : 0);
    if (at + 8 * nlist + 4 > size) return;
    uint64_t const piece = get(data + at + 8 * nlist, 4);
    if (piece == 0) return;
    for (uint64_t l = 0; l < nlist; l++) {
        sizes[l] = get(data + at + 8 * l, 8);
        if (sizes[l] > size) return;
        rows += sizes[l];
        pieces += (sizes[l] + piece - 1) / piece;
        for (uint64_t n = sizes[l]; n > 0; n -= n < piece ? n : piece)
            bytes += piece_size(n < piece ? n : piece, dim);
    }
    at += 8 * nlist + 4 + 8 * rows;
    if (at + bytes + 4 * nlist + 4 * pieces + 4 != size) return;
    uint8_t *crcs = data + at + bytes + 4 * nlist;
    uLong rest = crc32(crc32(0, NULL, 0), data, (uInt)at);
    for (uint64_t l = 0; l < nlist; l++)
        for (uint64_t n = sizes[l]; n > 0; n -= n < piece ? n : piece) {
            uInt const length = (uInt)piece_size(n < piece ? n : piece, dim);
            put_crc(crcs, crc32(crc32(0, NULL, 0), data + at, length));
            at += length;
            crcs += 4;
        }
    rest = crc32(rest, data + at, (uInt)(4 * nlist + 4 * pieces));
    put_crc(data + size - 4, rest);
}

/* ---- both ways ---- */

static siamese_status load(siamese_index **out, const char *path, int map)
{
    siamese_load_options options;
    siamese_bundle *bundle;
    *out = NULL;
    fuzz_ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    options.map = map;
    siamese_status status = siamese_checkpoint_load(&bundle, path, &options);
    if (status) return status;
    status = siamese_bundle_get_index(bundle, out);
    siamese_bundle_free(bundle);
    return status;
}

/* NULL where there is no room, or no codes to save. */
static siamese_index *mapped_again(siamese_index *whole)
{
    static uint8_t room[MOST_FILE];
    fuzz_block file = {room, 0, MOST_FILE};
    siamese_save_options save;
    siamese_bundle *bundle;
    siamese_index *mapped = NULL;
    fuzz_ok(siamese_save_options_init(&save, sizeof save));
    save.compression = 0;
    save.map = 1;
    fuzz_ok(siamese_bundle_create(&bundle));
    fuzz_ok(siamese_bundle_set_index(bundle, whole));
    siamese_status const status =
        siamese_checkpoint_write(fuzz_block_write, &file, bundle, &save);
    siamese_bundle_free(bundle);
    if (status) return NULL;
    fuzz_ok(load(&mapped, memory_file(1, file.bytes, file.size), 1));
    return mapped;
}

/* ---- searches ---- */

typedef struct results {
    siamese_status status, range_status;
    int64_t ids[2 * K], range_ids[RANGE];
    float scores[2 * K], range_scores[RANGE];
    size_t found[2], needed, offsets[3];
} results;

static void search(const siamese_index *index, size_t dim, size_t nprobe,
                   results *r)
{
    static float queries[2 * MOST_DIM];
    siamese_search_options options;
    memset(r, 0, sizeof *r);
    for (size_t i = 0; i < 2 * dim; i++)
        queries[i] = (float)(i * 7 % 11) / 4 - 1;
    fuzz_ok(siamese_search_options_init(&options, sizeof options));
    options.nprobe = nprobe;
    options.exact = nprobe == 0;
    r->status = siamese_index_search(index, queries, 2, K, &options, r->ids,
                                     r->scores, 2 * K, r->found);
    r->range_status = siamese_index_range_search(
        index, queries, 2, 0.5f, &options, r->offsets, r->range_ids,
        r->range_scores, RANGE, &r->needed);
}

static void require_results(const results *a, const results *b)
{
    fuzz_require(a->status == b->status && a->range_status == b->range_status);
    if (a->status == SIAMESE_OK)
        fuzz_require(memcmp(a->ids, b->ids, sizeof a->ids) == 0 &&
                     memcmp(a->scores, b->scores, sizeof a->scores) == 0);
    if (a->range_status == SIAMESE_OK)
        fuzz_require(
            a->needed == b->needed &&
            memcmp(a->range_ids, b->range_ids, sizeof a->range_ids) == 0 &&
            memcmp(a->range_scores, b->range_scores, sizeof a->range_scores) ==
                0);
}

static void require_same(siamese_index *a, siamese_index *b, size_t dim)
{
    static results of_a, of_b;
    static const float vector[MOST_DIM] = {0.5f, -1, 0.25f};
    int64_t const added = INT64_MAX - 1;
    size_t gone_a, gone_b;
    for (int changed = 0; changed < 2; changed++) {
        for (size_t nprobe = 0; nprobe < 3; nprobe++) {
            search(a, dim, nprobe, &of_a);
            search(b, dim, nprobe, &of_b);
            require_results(&of_a, &of_b);
        }
        if (changed) return;
        fuzz_require(siamese_index_add(a, &added, vector, 1) ==
                     siamese_index_add(b, &added, vector, 1));
        fuzz_ok(siamese_index_remove(a, of_a.ids, 1, &gone_a));
        fuzz_ok(siamese_index_remove(b, of_a.ids, 1, &gone_b));
        fuzz_require(gone_a == gone_b);
    }
}

/* What a file of any bytes maps to. Damage may show with any call. */
static void use_mapped(siamese_index *index)
{
    static results r;
    float vector[MOST_DIM];
    int64_t const added = 5;
    siamese_index_info info = {.struct_size = sizeof info};
    fuzz_ok(siamese_index_get_info(index, &info));
    if (info.dim > MOST_DIM) return;
    for (size_t nprobe = 0; nprobe < 2; nprobe++) {
        search(index, info.dim, nprobe, &r);
        fuzz_require(r.status == SIAMESE_OK || r.status == SIAMESE_E_FORMAT ||
                     r.status == SIAMESE_E_IO);
        if (r.status) continue;
        for (size_t i = 1; i < r.found[0]; i++)
            fuzz_require(r.scores[i - 1] >= r.scores[i]);
    }
    if (r.found[0])
        (void)siamese_index_reconstruct(index, r.ids[0], vector, MOST_DIM);
    memset(vector, 0, sizeof vector);
    (void)siamese_index_add(index, &added, vector, 1);
    search(index, info.dim, 0, &r);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_count_memory();
    fuzz_sections_repair(repair_map);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *const path = memory_file(0, data, size);
    siamese_index_info info = {.struct_size = sizeof info};
    siamese_index *whole, *mapped;
    size_t const live = fuzz_memory_begin();
    siamese_status const status = load(&mapped, path, 1);
    if (status == SIAMESE_OK) use_mapped(mapped);
    siamese_index_free(mapped);
    fuzz_memory_within(live, MOST_MEMORY + 2 * 1032 * size);
    if (load(&whole, path, 0) == SIAMESE_OK) {
        fuzz_ok(siamese_index_get_info(whole, &info));
        mapped = info.dim <= MOST_DIM ? mapped_again(whole) : NULL;
        if (mapped) require_same(whole, mapped, info.dim);
        siamese_index_free(mapped);
    }
    siamese_index_free(whole);
    fuzz_memory_end(live);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size,
                               unsigned int seed)
{
    static const char *const names[] = {NULL, "index", "index_map",
                                        "index_map"};
    fuzz_random_begin(seed);
    return fuzz_sections_mutate(data, size, max_size,
                                names[fuzz_random_below(4)]);
}
