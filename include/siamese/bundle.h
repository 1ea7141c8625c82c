/* bundle.h: handles to and from one file */
#ifndef LIBSIAMESE_BUNDLE_H
#define LIBSIAMESE_BUNDLE_H

#include <siamese/index.h>
#include <siamese/trainer.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What goes to, or came from, one checkpoint. It keeps its parts alive. */
typedef struct siamese_bundle siamese_bundle;

/* An empty bundle. */
SIAMESE_API siamese_status siamese_bundle_create(siamese_bundle **out);
SIAMESE_API void siamese_bundle_free(siamese_bundle *bundle);

/*
 * Each replaces what was there; NULL takes it out. What is saved is the state at
 * the time of the save. A trainer brings its own towers: SIAMESE_E_STATE for a
 * tower beside a trainer. The same tower on both sides is stored once.
 */
SIAMESE_API siamese_status siamese_bundle_set_vocab(siamese_bundle *bundle,
                                                    siamese_vocab *vocab);
SIAMESE_API siamese_status siamese_bundle_set_query_tower(
    siamese_bundle *bundle, siamese_tower *tower);
SIAMESE_API siamese_status siamese_bundle_set_item_tower(
    siamese_bundle *bundle, siamese_tower *tower);
SIAMESE_API siamese_status siamese_bundle_set_trainer(siamese_bundle *bundle,
                                                      siamese_trainer *trainer);
SIAMESE_API siamese_status siamese_bundle_set_index(siamese_bundle *bundle,
                                                    siamese_index *index);

/*
 * A named section of the host's own bytes, copied. NULL data with size 0 takes it
 * out, if it is there; NULL with another size is SIAMESE_E_ARGUMENT. name: 1 to 63
 * bytes of [a-z0-9_.-]. SIAMESE_E_LIMIT beyond 4032 sections of the host's.
 */
SIAMESE_API siamese_status siamese_bundle_set_section(siamese_bundle *bundle,
                                                      const char *name,
                                                      const void *data,
                                                      size_t size);

/*
 * Each gives a handle of its own to be freed; SIAMESE_E_NOT_FOUND if the bundle
 * has none. get_vocab: the bundle's own, else that of the query tower's first
 * field that has one (numbers and hashed ids have none), else of the item
 * tower's. With a trainer the towers are its snapshot.
 */
SIAMESE_API siamese_status siamese_bundle_get_vocab(
    const siamese_bundle *bundle, siamese_vocab **out);
SIAMESE_API siamese_status siamese_bundle_get_query_tower(
    const siamese_bundle *bundle, siamese_tower **out);
SIAMESE_API siamese_status siamese_bundle_get_item_tower(
    const siamese_bundle *bundle, siamese_tower **out);
SIAMESE_API siamese_status siamese_bundle_get_trainer(
    const siamese_bundle *bundle, siamese_trainer **out);
SIAMESE_API siamese_status siamese_bundle_get_index(
    const siamese_bundle *bundle, siamese_index **out);

/* The bytes of a section; *needed (may be NULL): their number. */
SIAMESE_API siamese_status siamese_bundle_get_section(
    const siamese_bundle *bundle, const char *name, void *data,
    size_t capacity, size_t *needed);

typedef struct siamese_save_options {
    size_t struct_size;
    int32_t compression; /* zlib level 0 .. 9; default 1 */
    int32_t finished; /* 1: of a trainer its snapshot alone, a smaller file that
                         holds no state to train on from */
} siamese_save_options;

SIAMESE_API siamese_status siamese_save_options_init(
    siamese_save_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_save_options_set(
    siamese_save_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_save_options_get(const siamese_save_options *options, const char *name,
                         char *buf, size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_save_options_describe(size_t i, siamese_option_info *info);

typedef struct siamese_load_options {
    size_t struct_size;
    uint64_t max_bytes; /* that the sections may take unpacked; 0: no limit */
    int32_t threads;    /* of the loaded handles; 0: one a processor */
    int32_t finished;   /* 1: of a trainer's towers the snapshot, without the
                           trainer, of which only the CRC32 is checked */
} siamese_load_options;

SIAMESE_API siamese_status siamese_load_options_init(
    siamese_load_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_load_options_set(
    siamese_load_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_load_options_get(const siamese_load_options *options, const char *name,
                         char *buf, size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_load_options_describe(size_t i, siamese_option_info *info);

/*
 * Writes a temporary file beside path (without a name where the system allows
 * it), syncs it, renames it over path and syncs the folder: at any moment path is
 * the old file or the new one, whole. Nothing else is left, on failure or by
 * SIGKILL; docs/format.md has the one exception. SIAMESE_E_IO names path and reason.
 */
SIAMESE_API siamese_status siamese_checkpoint_save(
    const char *path, const siamese_bundle *bundle,
    const siamese_save_options *options);

/*
 * Every length is checked before memory is allocated for it. SIAMESE_E_FORMAT
 * names the section that is damaged, SIAMESE_E_VERSION a file of a newer format,
 * SIAMESE_E_LIMIT a file over max_bytes.
 */
SIAMESE_API siamese_status siamese_checkpoint_load(
    siamese_bundle **out, const char *path,
    const siamese_load_options *options);

/* The same from memory. */
SIAMESE_API siamese_status siamese_checkpoint_load_memory(
    siamese_bundle **out, const void *data, size_t size,
    const siamese_load_options *options);

/* Writes all of data[size]; non-zero fails the save with SIAMESE_E_IO. */
typedef int32_t (*siamese_write_fn)(void *user, const void *data, size_t size);

/* Reads up to size bytes; *done < size only at the end; non-zero fails. */
typedef int32_t (*siamese_read_fn)(void *user, void *data, size_t size,
                                   size_t *done);

/* The same to and from a stream; the callback runs on the calling thread. */
SIAMESE_API siamese_status siamese_checkpoint_write(
    siamese_write_fn write, void *user, const siamese_bundle *bundle,
    const siamese_save_options *options);
SIAMESE_API siamese_status siamese_checkpoint_read(
    siamese_bundle **out, siamese_read_fn read, void *user,
    const siamese_load_options *options);

typedef struct siamese_section_info {
    size_t struct_size;
    char name[64];        /* "query_tower", "index", ... with a NUL */
    int32_t user;         /* 1: a section of the host's own */
    uint32_t version;     /* of the section's format */
    uint64_t stored_size; /* bytes in the file */
    uint64_t size;        /* bytes unpacked */
    uint32_t crc32;       /* of the unpacked bytes */
} siamese_section_info;

/*
 * The section table of a file, without loading it: *needed (may be NULL) sections
 * into infos[capacity]; each infos[i].struct_size must be set. *format_version
 * (may be NULL) is told with SIAMESE_E_RANGE too.
 */
SIAMESE_API siamese_status siamese_checkpoint_info(
    const char *path, siamese_section_info *infos, size_t capacity,
    size_t *needed, uint32_t *format_version);

#ifdef __cplusplus
}
#endif

#endif
