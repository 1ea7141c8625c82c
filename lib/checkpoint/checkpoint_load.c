/* checkpoint_load.c: a bundle from the sections of a checkpoint. */
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "checkpoint/bundle.h"
#include "checkpoint/bundle_layout.h"
#include "checkpoint/byte_source.h"
#include "checkpoint/index_file.h"
#include "checkpoint/section_reader.h"
#include "common/memory.h"
#include "common/options.h"
#include "index/index_map.h"
#include "index/index_state.h"
#include "items/items_state.h"
#include "search/ranker_state.h"
#include "search/words_state.h"
#include "text/vocab_state.h"
#include "tower/tower.h"
#include "tower/tower_state.h"
#include "train/trainer_state.h"

/* ---- options ---- */

static const sm_option load_option_list[] = {
    {"max_bytes", SM_OPTION_UINT64, offsetof(siamese_load_options, max_bytes),
     "0", 0, 1.8446744073709552e19, "0 .. 18446744073709551615",
     "bytes that the sections may take unpacked; 0: no limit"},
    {"threads", SM_OPTION_INT32, offsetof(siamese_load_options, threads), "0",
     0, 1024, "0 .. 1024", "threads of the loaded handles; 0: one a processor"},
    {"finished", SM_OPTION_FLAG, offsetof(siamese_load_options, finished), "0",
     0, 1, "0 | 1", "1: the towers of a trainer without it; less memory"},
    {"map", SM_OPTION_FLAG, offsetof(siamese_load_options, map), "0", 0, 1,
     "0 | 1", "1: an index's vectors stay in the file; less time and memory"},
};

static const sm_option_table load_options = {
    "load", load_option_list, sizeof load_option_list / sizeof(sm_option),
    sizeof(siamese_load_options)};

SM_OPTIONS_API(load, &load_options)

/* ---- the parts of one load ---- */

typedef struct sm_loader {
    const sm_source *source;
    sm_section_entry *entries;
    size_t count;
    int32_t threads;
    int32_t finished; /* leaves a trainer out */
    int32_t map;      /* leaves an index's vectors in the file */
    uint32_t version; /* of the section that is read */
    sm_layout layout;
    siamese_vocab **vocabs; /* [layout.vocab_count] */
    siamese_tower *query;
    siamese_tower *item; /* another reference when shared */
    siamese_bundle *bundle;
} sm_loader;

/* A section of ours; NULL if the file has none of that name. */
static const sm_section_entry *find_entry(const sm_loader *loader,
                                          const char *name)
{
    for (size_t i = 0; i < loader->count; i++)
        if (!(loader->entries[i].flags & SM_SECTION_USER) &&
            strcmp(loader->entries[i].name, name) == 0)
            return &loader->entries[i];
    return NULL;
}

/* Reads a section of ours through `read`, which leaves its result in loader. */
static sm_status load_section(sm_loader *loader, const sm_section_entry *entry,
                              sm_status (*read)(sm_loader *, sm_reader *))
{
    sm_section_reader *reader;
    sm_reader *stream;
    SM_RETURN_IF_ERROR(
        sm_section_open(&reader, loader->source, entry, &stream));
    loader->version = entry->version;
    return sm_section_close(reader, read(loader, stream));
}

static sm_status load_if_there(sm_loader *loader, const char *name,
                               sm_status (*read)(sm_loader *, sm_reader *))
{
    const sm_section_entry *const entry = find_entry(loader, name);
    return entry ? load_section(loader, entry, read) : SIAMESE_OK;
}

/* ---- each kind of section ---- */

static sm_status read_layout(sm_loader *loader, sm_reader *stream)
{
    return sm_layout_read(&loader->layout, stream);
}

static sm_status read_query_tower(sm_loader *loader, sm_reader *stream)
{
    return sm_tower_read(&loader->query, stream, loader->version,
                         loader->vocabs, loader->layout.vocab_count,
                         loader->threads);
}

static sm_status read_item_tower(sm_loader *loader, sm_reader *stream)
{
    return sm_tower_read(&loader->item, stream, loader->version, loader->vocabs,
                         loader->layout.vocab_count, loader->threads);
}

static sm_status read_trainer(sm_loader *loader, sm_reader *stream)
{
    return sm_trainer_read(&loader->bundle->trainer, stream, loader->version,
                           loader->query, loader->item, loader->threads);
}

static sm_status read_index(sm_loader *loader, sm_reader *stream)
{
    return sm_index_read(&loader->bundle->index, stream, loader->version,
                         loader->threads);
}

static sm_status read_items(sm_loader *loader, sm_reader *stream)
{
    return sm_items_read(&loader->bundle->items, stream);
}

static sm_status read_ranker(sm_loader *loader, sm_reader *stream)
{
    return sm_ranker_read(&loader->bundle->ranker, stream);
}

static sm_status read_words(sm_loader *loader, sm_reader *stream)
{
    sm_status status = SIAMESE_OK;
    siamese_ranker *const plain = loader->bundle->ranker;
    sm_catalogue_words *words = NULL;
    SM_CHECK(plain != NULL, SIAMESE_E_FORMAT,
             "section words: their ranker is missing");
    SM_TRY(sm_words_read(&words, stream));
    SM_TRY(sm_ranker_with_words(&loader->bundle->ranker, plain, words));
    siamese_ranker_free(plain);
out:
    sm_words_release(words);
    return status;
}

/* At most so many bytes: settings, not data. */
#define MOST_OF_MODEL ((uint64_t)1 << 24)

static sm_status read_model(sm_loader *loader, sm_reader *stream)
{
    sm_status status = SIAMESE_OK;
    char *data = NULL;
    SM_CHECK(stream->left > 0 && stream->left <= MOST_OF_MODEL,
             SIAMESE_E_FORMAT, "section model: has %" PRIu64 " bytes",
             stream->left);
    size_t const size = (size_t)stream->left;
    data = sm_alloc(size);
    SM_CHECK_MEMORY(data);
    SM_TRY(sm_read_i8s(stream, (int8_t *)data, size));
    SM_TRY(sm_bundle_set_model(loader->bundle, data, size));
out:
    sm_free(data);
    return status;
}

static sm_status load_vocabs(sm_loader *loader)
{
    uint32_t const count = loader->layout.vocab_count;
    loader->vocabs = sm_calloc(count, sizeof(siamese_vocab *));
    if (loader->vocabs == NULL) return sm_fail_memory();
    for (uint32_t i = 0; i < count; i++) {
        char name[SM_SECTION_NAME_SIZE];
        sm_section_reader *reader;
        sm_reader *stream;
        sm_vocab_section_name(name, i);
        const sm_section_entry *const entry = find_entry(loader, name);
        SM_REQUIRE(entry != NULL, SIAMESE_E_FORMAT, "section %s: is missing",
                   name);
        SM_RETURN_IF_ERROR(
            sm_section_open(&reader, loader->source, entry, &stream));
        SM_RETURN_IF_ERROR(sm_section_close(
            reader, sm_vocab_read(&loader->vocabs[i], stream, entry->version,
                                  loader->threads)));
    }
    return SIAMESE_OK;
}

static sm_status load_user_section(sm_loader *loader,
                                   const sm_section_entry *entry)
{
    sm_section_reader *reader;
    sm_reader *stream;
    void *data;
    SM_REQUIRE(entry->size <= SIZE_MAX, SIAMESE_E_LIMIT,
               "section %s: %" PRIu64 " bytes are too many for this machine",
               entry->name, entry->size);
    size_t const size = (size_t)entry->size;
    SM_RETURN_IF_ERROR(
        sm_bundle_add_section(loader->bundle, entry->name, size, &data));
    SM_RETURN_IF_ERROR(
        sm_section_open(&reader, loader->source, entry, &stream));
    sm_status const status =
        size ? stream->read(stream->context, data, size) : SIAMESE_OK;
    stream->left = 0;
    return sm_section_close(reader, status);
}

/* ---- the whole ---- */

/* Leaves out what is optional and not known by its name. What is known by it
 * and of a newer version is refused, optional or not: it holds what would be
 * lost by the next save. */
static sm_status check_known(sm_loader *loader)
{
    size_t kept = 0;
    for (size_t i = 0; i < loader->count; i++) {
        const sm_section_entry *const entry = &loader->entries[i];
        bool const user = (entry->flags & SM_SECTION_USER) != 0;
        uint32_t const known = user ? 0 : sm_own_section_version(entry->name);
        bool const usable = user || known > 0;
        SM_REQUIRE(usable || (entry->flags & SM_SECTION_OPTIONAL),
                   SIAMESE_E_VERSION,
                   "section %s: version %" PRIu32 " of it is of a newer "
                   "library; this one, %s, knows no such section",
                   entry->name, entry->version, SIAMESE_VERSION_STRING);
        SM_REQUIRE(user || known == 0 || entry->version <= known,
                   SIAMESE_E_VERSION,
                   "section %s: version %" PRIu32
                   " is newer than this library, which reads up to %" PRIu32,
                   entry->name, entry->version, known);
        SM_REQUIRE(!usable || user || entry->version > 0, SIAMESE_E_FORMAT,
                   "section %s: version 0 does not exist", entry->name);
        if (usable) loader->entries[kept++] = *entry;
    }
    loader->count = kept;
    return SIAMESE_OK;
}

/* Which sections the layout and each other ask for. */
static sm_status check_layout(const sm_loader *loader)
{
    const sm_layout *const layout = &loader->layout;
    bool const has_query = find_entry(loader, "query_tower") != NULL;
    bool const has_item = find_entry(loader, "item_tower") != NULL;
    SM_REQUIRE(!layout->shared_tower || (has_query && !has_item),
               SIAMESE_E_FORMAT,
               "section layout: it has a shared tower, the file has not");
    SM_REQUIRE(find_entry(loader, "trainer") == NULL ||
                   (has_query && (has_item || layout->shared_tower)),
               SIAMESE_E_FORMAT, "section trainer: its towers are missing");
    size_t vocabs = 0;
    for (size_t i = 0; i < loader->count; i++)
        vocabs += !(loader->entries[i].flags & SM_SECTION_USER) &&
                  strncmp(loader->entries[i].name, "vocab_", 6) == 0;
    SM_REQUIRE(vocabs == layout->vocab_count, SIAMESE_E_FORMAT,
               "section layout: it has %" PRIu32
               " vocabularies, the file has %zu",
               layout->vocab_count, vocabs);
    return SIAMESE_OK;
}

/* A trainer's tower, which stands in float32, as a snapshot would have it. */
static sm_status round_tower(siamese_tower **tower)
{
    siamese_tower *rounded;
    int32_t const precision = sm_tower_table_precision(*tower);
    if (precision == SIAMESE_PRECISION_FLOAT32) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_tower_clone(&rounded, *tower, precision));
    siamese_tower_free(*tower);
    *tower = rounded;
    return SIAMESE_OK;
}

static sm_status load_towers(sm_loader *loader)
{
    SM_RETURN_IF_ERROR(load_if_there(loader, "query_tower", read_query_tower));
    SM_RETURN_IF_ERROR(load_if_there(loader, "item_tower", read_item_tower));
    const sm_section_entry *const trainer = find_entry(loader, "trainer");
    if (loader->finished && trainer) {
        SM_RETURN_IF_ERROR(sm_section_verify(loader->source, trainer));
        SM_RETURN_IF_ERROR(round_tower(&loader->query));
        if (loader->item) SM_RETURN_IF_ERROR(round_tower(&loader->item));
    }
    if (loader->layout.shared_tower)
        loader->item = sm_tower_reference(loader->query);
    return SIAMESE_OK;
}

/* Moves what was read into the bundle; a trainer has copied its towers. */
static void fill_bundle(sm_loader *loader)
{
    siamese_bundle *const bundle = loader->bundle;
    if (bundle->trainer == NULL) {
        bundle->query_tower = loader->query;
        bundle->item_tower = loader->item;
        loader->query = loader->item = NULL;
    }
    if (loader->layout.own_vocab)
        bundle->vocab =
            sm_vocab_reference(loader->vocabs[loader->layout.own_vocab - 1]);
}

/* With map, where the file was saved for it; else all of it, and of what is
 * there for a map only the CRC32. */
static sm_status load_index(sm_loader *loader)
{
    const sm_section_entry *const index = find_entry(loader, "index");
    const sm_section_entry *const map = find_entry(loader, "index_map");
    sm_index_file file;
    bool fits = false;
    SM_REQUIRE(index || map == NULL, SIAMESE_E_FORMAT,
               "section index_map: its index is missing");
    if (loader->map && map)
        SM_RETURN_IF_ERROR(
            sm_index_file_open(&file, loader->source, index, map, &fits));
    if (fits)
        return sm_index_map(&loader->bundle->index, &file, map->version,
                            loader->threads);
    if (map) SM_RETURN_IF_ERROR(sm_section_verify(loader->source, map));
    return load_if_there(loader, "index", read_index);
}

static sm_status load_parts(sm_loader *loader)
{
    SM_RETURN_IF_ERROR(check_known(loader));
    SM_REQUIRE(find_entry(loader, "layout") != NULL, SIAMESE_E_FORMAT,
               "section layout: is missing");
    SM_RETURN_IF_ERROR(load_if_there(loader, "layout", read_layout));
    SM_RETURN_IF_ERROR(check_layout(loader));
    SM_RETURN_IF_ERROR(load_vocabs(loader));
    SM_RETURN_IF_ERROR(load_towers(loader));
    if (!loader->finished)
        SM_RETURN_IF_ERROR(load_if_there(loader, "trainer", read_trainer));
    SM_RETURN_IF_ERROR(load_index(loader));
    SM_RETURN_IF_ERROR(load_if_there(loader, "items", read_items));
    SM_RETURN_IF_ERROR(load_if_there(loader, "ranker", read_ranker));
    SM_RETURN_IF_ERROR(load_if_there(loader, "words", read_words));
    SM_RETURN_IF_ERROR(load_if_there(loader, "model", read_model));
    for (size_t i = 0; i < loader->count; i++)
        if (loader->entries[i].flags & SM_SECTION_USER)
            SM_RETURN_IF_ERROR(load_user_section(loader, &loader->entries[i]));
    fill_bundle(loader);
    return SIAMESE_OK;
}

/* Reads every section; options are whole. The error text lacks the path. */
static sm_status read_bundle(siamese_bundle **out, const sm_source *source,
                             const siamese_load_options *options)
{
    sm_status status = SIAMESE_OK;
    sm_loader loader = {.source = source,
                        .threads = options->threads,
                        .finished = options->finished,
                        .map = options->map};
    SM_TRY(sm_table_read(source, options->max_bytes, &loader.entries,
                         &loader.count));
    SM_TRY(siamese_bundle_create(&loader.bundle));
    SM_TRY(load_parts(&loader));
    *out = loader.bundle;
    loader.bundle = NULL;
out:
    siamese_bundle_free(loader.bundle);
    siamese_tower_free(loader.query);
    siamese_tower_free(loader.item);
    for (uint32_t i = 0; loader.vocabs && i < loader.layout.vocab_count; i++)
        siamese_vocab_free(loader.vocabs[i]);
    sm_free(loader.vocabs);
    sm_free(loader.entries);
    return status;
}

/* ---- from a file, from memory, from a host's stream ---- */

/* Loads, closes the source and puts its name before what went wrong. */
static sm_status load_source(siamese_bundle **out, sm_source *source,
                             const char *name,
                             const siamese_load_options *options)
{
    sm_status status = read_bundle(out, source, options);
    if (status != SIAMESE_OK && status != SIAMESE_E_IO)
        status = sm_fail(status, "%s: %s", name, siamese_last_error());
    sm_source_close(source);
    return status;
}

siamese_status siamese_checkpoint_load(siamese_bundle **out, const char *path,
                                       const siamese_load_options *options)
{
    siamese_load_options own;
    sm_source source;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(path != NULL, SIAMESE_E_ARGUMENT, "path: is NULL");
    SM_RETURN_IF_ERROR(sm_options_read(&load_options, options, &own));
    SM_RETURN_IF_ERROR(sm_source_open_file(&source, path));
    return load_source(out, &source, path, &own);
}

siamese_status
siamese_checkpoint_load_memory(siamese_bundle **out, const void *data,
                               size_t size, const siamese_load_options *options)
{
    siamese_load_options own;
    sm_source source;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(data != NULL || size == 0, SIAMESE_E_ARGUMENT, "data: is NULL");
    SM_RETURN_IF_ERROR(sm_options_read(&load_options, options, &own));
    sm_source_open_memory(&source, data ? data : "", size);
    return load_source(out, &source, "data", &own);
}

siamese_status siamese_checkpoint_read(siamese_bundle **out,
                                       siamese_read_fn read, void *user,
                                       const siamese_load_options *options)
{
    siamese_load_options own;
    sm_source source;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(read != NULL, SIAMESE_E_ARGUMENT, "read: is NULL");
    SM_RETURN_IF_ERROR(sm_options_read(&load_options, options, &own));
    SM_RETURN_IF_ERROR(sm_source_open_stream(
        &source, read, user,
        own.max_bytes ? sm_stored_limit(own.max_bytes) : 0));
    return load_source(out, &source, "stream", &own);
}
