/*
 * bundle.h: a bundle is what goes to, or came from, one checkpoint file.
 *
 * It holds a vocabulary, towers, a trainer, an index, items and sections of the
 * host's own bytes, and keeps them alive. docs/format.md describes the file.
 */
#ifndef LIBSIAMESE_BUNDLE_H
#define LIBSIAMESE_BUNDLE_H

#include <siamese/index.h>
#include <siamese/items.h>
#include <siamese/ranker.h>
#include <siamese/trainer.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_bundle siamese_bundle;

/* ---- filling a bundle ---- */

/*
 * Creates an empty bundle.
 *   out  receives the bundle; free it with siamese_bundle_free
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_bundle_create(siamese_bundle **out);

/*
 * Each of these functions replaces the part that the bundle has; NULL takes it
 * out. What is saved is the state at the time of the save. A trainer brings its
 * own towers. A tower that stands on both sides is stored once.
 * Errors: SIAMESE_E_STATE for a tower beside a trainer, or a trainer beside
 * one.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_bundle_set_vocab(siamese_bundle *bundle,
                                                    siamese_vocab *vocab);
SIAMESE_API siamese_status
siamese_bundle_set_query_tower(siamese_bundle *bundle, siamese_tower *tower);
SIAMESE_API siamese_status siamese_bundle_set_item_tower(siamese_bundle *bundle,
                                                         siamese_tower *tower);
SIAMESE_API siamese_status siamese_bundle_set_trainer(siamese_bundle *bundle,
                                                      siamese_trainer *trainer);
SIAMESE_API siamese_status siamese_bundle_set_index(siamese_bundle *bundle,
                                                    siamese_index *index);
SIAMESE_API siamese_status siamese_bundle_set_items(siamese_bundle *bundle,
                                                    siamese_items *items);
SIAMESE_API siamese_status
siamese_bundle_set_ranker(siamese_bundle *bundle, const siamese_ranker *ranker);

/*
 * Sets a section of the host's own bytes.
 *   name  1 to 63 bytes of [a-z0-9_.-]
 *   data  [size] bytes; copied. NULL with size 0 takes the section out
 * Errors: SIAMESE_E_LIMIT beyond 4032 sections of the host's.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_bundle_set_section(siamese_bundle *bundle,
                                                      const char *name,
                                                      const void *data,
                                                      size_t size);

/* Frees the bundle; NULL is allowed. Threads: one. */
SIAMESE_API void siamese_bundle_free(siamese_bundle *bundle);

/* ---- saving ---- */

typedef struct siamese_save_options {
    size_t struct_size;
    int32_t compression; /* zlib's level, 0 .. 9; default 1 */
    int32_t finished;    /* 1: save only the trainer's snapshot; the file is
                          * smaller and training cannot be resumed from it */
    int32_t map;         /* whether an index that keeps codes is saved so that
                          * it can be loaded with map, which takes about a
                          * quarter more bytes: 0 no, 1 yes, 2 ("auto", the
                          * default) if its vectors take 32 MB (2^25 bytes) or
                          * more; others are loaded whole soon enough */
} siamese_save_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status
siamese_save_options_init(siamese_save_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_save_options_set(
    siamese_save_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_save_options_get(const siamese_save_options *options, const char *name,
                         char *buf, size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_save_options_describe(size_t i, siamese_option_info *info);

/*
 * Saves a bundle to a file. It writes a temporary file beside path (without a
 * name where the system allows it), syncs it, renames it to path and syncs the
 * folder: at any moment path is the old file or the new one, whole. Nothing
 * else is left, neither after a failure nor after SIGKILL; docs/format.md has
 * the one exception.
 *   path     of the file, with a NUL
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_IO names the path and the reason; SIAMESE_E_LIMIT for more
 * than 4096 sections.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_checkpoint_save(const char *path, const siamese_bundle *bundle,
                        const siamese_save_options *options);

/* Writes all of data[size]. A result other than 0 fails the save. */
typedef int32_t (*siamese_write_fn)(void *user, const void *data, size_t size);

/*
 * Saves a bundle to a stream of the host's.
 *   write    is called on this thread
 *   user     is handed to write; may be NULL
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_IO if write fails; otherwise as siamese_checkpoint_save.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_checkpoint_write(
    siamese_write_fn write, void *user, const siamese_bundle *bundle,
    const siamese_save_options *options);

/* ---- loading ---- */

typedef struct siamese_load_options {
    size_t struct_size;
    uint64_t max_bytes; /* what the sections may take unpacked; 0: no limit */
    int32_t threads;    /* of the loaded handles; 0: one per processor */
    int32_t finished;   /* 1: load only the snapshot of a trainer's towers; of
                         * the trainer itself only the CRC32 is checked */
    int32_t map;        /* 1: the vectors of an index stay in the file, if it is
                         * one and was saved for this, until the index first
                         * changes, which brings all of them to memory. Nobody
                         * must write into the file; what reads it may be
                         * SIAMESE_E_IO or SIAMESE_E_FORMAT. Default 0 */
} siamese_load_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status
siamese_load_options_init(siamese_load_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_load_options_set(
    siamese_load_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_load_options_get(const siamese_load_options *options, const char *name,
                         char *buf, size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_load_options_describe(size_t i, siamese_option_info *info);

/*
 * Loads a bundle from a file. Every length is checked before memory is
 * allocated for it.
 *   out      receives the bundle; free it with siamese_bundle_free
 *   path     of the file, with a NUL
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_IO if the file cannot be read; SIAMESE_E_FORMAT names the
 * section that is damaged; SIAMESE_E_VERSION for a file of a newer format;
 * SIAMESE_E_LIMIT for more than max_bytes; SIAMESE_E_UNSUPPORTED for what this
 * build lacks.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_checkpoint_load(siamese_bundle **out, const char *path,
                        const siamese_load_options *options);

/*
 * Loads a bundle from memory.
 *   data  [size] the bytes of a file; read during the call only
 *   the other parameters and errors are those of siamese_checkpoint_load
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_checkpoint_load_memory(
    siamese_bundle **out, const void *data, size_t size,
    const siamese_load_options *options);

/*
 * Reads up to size bytes to data and sets *done to their number, which is less
 * than size only at the end. A result other than 0 fails the load.
 */
typedef int32_t (*siamese_read_fn)(void *user, void *data, size_t size,
                                   size_t *done);

/*
 * Loads a bundle from a stream of the host's.
 *   read  is called on this thread
 *   user  is handed to read; may be NULL
 *   the other parameters and errors are those of siamese_checkpoint_load
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_checkpoint_read(siamese_bundle **out, siamese_read_fn read, void *user,
                        const siamese_load_options *options);

/*
 * Checks every byte of a file: header, section table, and of each section,
 * whether this library knows it or not, that it unpacks and both CRC32. Loading
 * checks the same, but with map not the vectors of an index, nor all codes.
 *   path  of the file, with a NUL
 * Errors: SIAMESE_E_IO if the file cannot be read; SIAMESE_E_FORMAT names the
 * section that is damaged; SIAMESE_E_VERSION for a file of a newer format.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_checkpoint_verify(const char *path);

/* ---- what a bundle holds ---- */

/*
 * Each of these functions gives out a handle of its own, which the caller frees
 * with its type's function. With a trainer the towers are its snapshot.
 * get_vocab gives the bundle's own vocabulary, else that of the query tower's
 * first field that has one, else of the item tower's.
 * Errors: SIAMESE_E_NOT_FOUND if the bundle has no such part.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_bundle_get_vocab(const siamese_bundle *bundle, siamese_vocab **out);
SIAMESE_API siamese_status siamese_bundle_get_query_tower(
    const siamese_bundle *bundle, siamese_tower **out);
SIAMESE_API siamese_status siamese_bundle_get_item_tower(
    const siamese_bundle *bundle, siamese_tower **out);
SIAMESE_API siamese_status
siamese_bundle_get_trainer(const siamese_bundle *bundle, siamese_trainer **out);
SIAMESE_API siamese_status
siamese_bundle_get_index(const siamese_bundle *bundle, siamese_index **out);
SIAMESE_API siamese_status
siamese_bundle_get_items(const siamese_bundle *bundle, siamese_items **out);
SIAMESE_API siamese_status
siamese_bundle_get_ranker(const siamese_bundle *bundle, siamese_ranker **out);

/*
 * Reads the bytes of a section of the host's own.
 *   data      [capacity] receives the bytes
 *   needed    receives their number; may be NULL
 * Errors: SIAMESE_E_NOT_FOUND if there is no such section; SIAMESE_E_RANGE if
 * capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_bundle_get_section(const siamese_bundle *bundle, const char *name,
                           void *data, size_t capacity, size_t *needed);

/* The description of one section of a file. */
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
 * Lists the sections of a file without loading it.
 *   path            of the file, with a NUL
 *   infos           [capacity] receives the descriptions; the struct_size of
 *                   each must be set
 *   needed          receives the number of sections; may be NULL
 *   format_version  receives the file's version, with SIAMESE_E_RANGE too; may
 *                   be NULL
 * Errors: SIAMESE_E_IO, SIAMESE_E_FORMAT and SIAMESE_E_VERSION as for
 * siamese_checkpoint_load; SIAMESE_E_RANGE if there are more sections than
 * capacity.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_checkpoint_info(const char *path,
                                                   siamese_section_info *infos,
                                                   size_t capacity,
                                                   size_t *needed,
                                                   uint32_t *format_version);

#ifdef __cplusplus
}
#endif

#endif
