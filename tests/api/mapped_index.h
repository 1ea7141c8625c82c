/* mapped_index.h: an index in a file, loaded whole and with its vectors left
 * there, for the tests of both. */
#ifndef MAPPED_INDEX_H
#define MAPPED_INDEX_H

#include <stdio.h>
#include <unistd.h>

#include "index_data.h"

#define ok(call)                                                               \
    assert_string_equal((call) == SIAMESE_OK ? "" : siamese_last_error(), "")

/* Some ids have several vectors, which are not of length 1. */
typedef struct stored_index {
    char path[64];
    size_t dim, count;
    float *vectors;
    int64_t *ids;
} stored_index;

static inline void save_index(siamese_index *index, const char *path, int map)
{
    siamese_save_options options;
    siamese_bundle *bundle;
    ok(siamese_save_options_init(&options, sizeof options));
    options.map = map;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_index(bundle, index));
    ok(siamese_checkpoint_save(path, bundle, &options));
    siamese_bundle_free(bundle);
}

static inline siamese_status load_index(siamese_index **out, const char *path,
                                        int map)
{
    siamese_load_options options;
    siamese_bundle *bundle;
    ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 2;
    options.map = map;
    *out = NULL;
    siamese_status status = siamese_checkpoint_load(&bundle, path, &options);
    if (status != SIAMESE_OK) return status;
    status = siamese_bundle_get_index(bundle, out);
    siamese_bundle_free(bundle);
    return status;
}

static inline siamese_index *loaded_index(const char *path, int map)
{
    siamese_index *index;
    ok(load_index(&index, path, map));
    return index;
}

static inline void store_index(stored_index *s, size_t dim, size_t count,
                               size_t nlist, int32_t metric, int32_t kernel)
{
    siamese_index_options options;
    siamese_index *index;
    ok(siamese_index_options_init(&options, sizeof options));
    options.nlist = nlist;
    options.metric = metric;
    options.kernel = kernel;
    options.threads = 2;
    options.scan = SIAMESE_SCAN_BOUNDED;
    s->dim = dim;
    s->count = count;
    s->vectors = clustered_vectors(count, dim, 11, 5);
    s->ids = counted_ids(count, 3, 2);
    for (size_t r = 4; r < count; r += 4) s->ids[r] = s->ids[r - 1];
    ok(siamese_index_create(&index, dim, &options));
    if (nlist > 1) ok(siamese_index_train(index, s->vectors, count));
    ok(siamese_index_add(index, s->ids, s->vectors, count));
    strcpy(s->path, "/tmp/siamese-test-XXXXXX");
    int const fd = mkstemp(s->path);
    assert_true(fd >= 0);
    close(fd);
    save_index(index, s->path, 1);
    siamese_index_free(index);
}

static inline void drop_index(stored_index *s)
{
    unlink(s->path);
    free(s->vectors);
    free(s->ids);
}

/* Where the unpacked bytes of a section begin in the file: behind the header of
 * a zlib stream and that of its first stored block. */
static inline long section_at(const char *path, const char *name, size_t *size)
{
    siamese_section_info infos[8];
    size_t count, offset = 16;
    *size = 0;
    for (size_t i = 0; i < 8; i++) infos[i].struct_size = sizeof infos[i];
    ok(siamese_checkpoint_info(path, infos, 8, &count, NULL));
    for (size_t i = 0; i < count; i++) {
        if (strcmp(infos[i].name, name) == 0) {
            *size = infos[i].size;
            return (long)offset + 7;
        }
        offset += infos[i].stored_size;
    }
    return -1;
}

static inline void flip_byte(const char *path, long at, int mask)
{
    FILE *const file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int const byte = fgetc(file);
    assert_true(byte >= 0);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ mask, file), byte ^ mask);
    assert_int_equal(fclose(file), 0);
}

#endif
