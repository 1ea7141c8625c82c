/* checkpoint_save.c: a bundle in, the sections of a checkpoint out, to a file
 * or a stream. For hosts and the model. */
#include "checkpoint/saver.h"

#include <stdbool.h>

#include "checkpoint/atomic_file.h"
#include "checkpoint/bundle.h"
#include "checkpoint/bundle_layout.h"
#include "checkpoint/section_writer.h"
#include "common/memory.h"
#include "common/options.h"
#include "index/index_state.h"
#include "items/items.h"
#include "items/items_state.h"
#include "search/ranker_state.h"
#include "search/words_state.h"
#include "text/vocab_state.h"
#include "tower/tower.h"
#include "tower/tower_state.h"
#include "train/trainer.h"
#include "train/trainer_state.h"

/* ---- options ---- */

static const sm_option save_option_list[] = {
    {"compression", SM_OPTION_INT32,
     offsetof(siamese_save_options, compression), "1", 0, 9, "0 .. 9",
     "zlib's level: 0 stores, 1 is fastest, 9 is smallest"},
    {"finished", SM_OPTION_FLAG, offsetof(siamese_save_options, finished), "0",
     0, 1, "0 | 1",
     "1: of a trainer its snapshot alone; smaller, but not to be resumed"},
    {"map", SM_OPTION_CHOICE, offsetof(siamese_save_options, map), "auto", 0, 0,
     "0 | 1 | auto",
     "1: an index so that it can be loaded with map, a quarter larger; auto: "
     "if "
     "its vectors take 32 MB"},
};

static const sm_option_table save_options = {
    "save", save_option_list, sizeof save_option_list / sizeof(sm_option),
    sizeof(siamese_save_options)};

SM_OPTIONS_API(save, &save_options)

/* ---- the parts of one save ---- */

struct sm_saver {
    const siamese_bundle *bundle; /* borrowed */
    siamese_save_options options; /* whole */
    sm_section_writer *writer;
    bool has_towers;      /* the towers are those of the moment */
    siamese_tower *query; /* references of our own, of the trainer's if any */
    siamese_tower *item;
    sm_stream_copy trainer;       /* its section; empty: not copied yet */
    sm_index_save index;          /* its moment; empty: not yet */
    siamese_items *items;         /* a clone; NULL: not copied yet */
    sm_stream_copy words;         /* their section; empty: not copied yet */
    const siamese_vocab **vocabs; /* [vocab_count], each once; borrowed */
    size_t vocab_count;
    size_t vocab_capacity;
};

sm_status sm_saver_create(sm_saver **out, const siamese_bundle *bundle,
                          const siamese_save_options *options)
{
    siamese_save_options own;
    SM_RETURN_IF_ERROR(sm_options_read(&save_options, options, &own));
    sm_saver *const saver = sm_calloc(1, sizeof *saver);
    if (saver == NULL) return sm_fail_memory();
    saver->bundle = bundle;
    saver->options = own;
    *out = saver;
    return SIAMESE_OK;
}

void sm_saver_free(sm_saver *saver)
{
    if (saver == NULL) return;
    sm_section_writer_free(saver->writer);
    siamese_tower_free(saver->query);
    siamese_tower_free(saver->item);
    sm_stream_copy_free(&saver->trainer);
    sm_index_save_end(&saver->index);
    siamese_items_free(saver->items);
    sm_stream_copy_free(&saver->words);
    sm_free(saver->vocabs);
    sm_free(saver);
}

/* ---- copies of what changes, each made once ---- */

/* The trainer's towers, and its section, as they are between the same two
 * steps; a fit that runs is held while they are copied, not while they are
 * written. */
static sm_status copy_towers(sm_saver *saver)
{
    const siamese_bundle *const bundle = saver->bundle;
    if (saver->has_towers) return SIAMESE_OK;
    if (bundle->trainer)
        SM_RETURN_IF_ERROR(
            saver->options.finished
                ? siamese_trainer_snapshot(bundle->trainer, &saver->query,
                                           &saver->item)
                : sm_trainer_copy(bundle->trainer, &saver->trainer,
                                  &saver->query, &saver->item));
    else {
        if (bundle->query_tower)
            saver->query = sm_tower_reference(bundle->query_tower);
        if (bundle->item_tower)
            saver->item = sm_tower_reference(bundle->item_tower);
    }
    saver->has_towers = true;
    return SIAMESE_OK;
}

static sm_status copy_index(sm_saver *saver)
{
    const siamese_index *const index = saver->bundle->index;
    return index && saver->index.view == NULL
               ? sm_index_save_begin(&saver->index, index, saver->options.map)
               : SIAMESE_OK;
}

static sm_status copy_items(sm_saver *saver)
{
    const siamese_items *const items = saver->bundle->items;
    return items && saver->items == NULL ? sm_items_clone(&saver->items, items)
                                         : SIAMESE_OK;
}

static sm_status write_words(const void *words, sm_writer *writer)
{
    return sm_words_write(words, writer);
}

/* Of an index that is there: without one they are made anew, as it is. */
static sm_status copy_words(sm_saver *saver)
{
    const siamese_ranker *const ranker = saver->bundle->ranker;
    if (ranker == NULL || ranker->words == NULL || saver->words.bytes ||
        saver->bundle->index == NULL)
        return SIAMESE_OK;
    sm_words_lock_read(ranker->words);
    sm_status const status = sm_stream_copy_make(
        &saver->words, write_words, ranker->words, "the catalogue's words");
    sm_words_unlock(ranker->words);
    return status;
}

sm_status sm_saver_copy(sm_saver *saver)
{
    SM_RETURN_IF_ERROR(copy_towers(saver));
    SM_RETURN_IF_ERROR(copy_index(saver));
    SM_RETURN_IF_ERROR(copy_items(saver));
    return copy_words(saver);
}

/* ---- vocabularies by number ---- */

static sm_status number_vocab(sm_saver *saver, const siamese_vocab *vocab,
                              uint32_t *number)
{
    *number = 0;
    if (vocab == NULL) return SIAMESE_OK; /* a field without one */
    for (size_t i = 0; i < saver->vocab_count; i++)
        if (saver->vocabs[i] == vocab) {
            *number = (uint32_t)i;
            return SIAMESE_OK;
        }
    const siamese_vocab **const vocabs =
        sm_grow(saver->vocabs, &saver->vocab_capacity, saver->vocab_count + 1,
                sizeof *vocabs);
    if (vocabs == NULL) return sm_fail_memory();
    saver->vocabs = vocabs;
    vocabs[saver->vocab_count] = vocab;
    *number = (uint32_t)saver->vocab_count++;
    return SIAMESE_OK;
}

static sm_status number_tower_vocabs(sm_saver *saver,
                                     const siamese_tower *tower)
{
    uint32_t number;
    if (tower == NULL) return SIAMESE_OK;
    for (size_t i = 0; i < siamese_tower_field_count(tower); i++)
        SM_RETURN_IF_ERROR(
            number_vocab(saver, sm_tower_field_vocab(tower, i), &number));
    return SIAMESE_OK;
}

/* ---- sections ---- */

/* A section of ours, in the format of this library. */
static sm_status begin(sm_saver *saver, const char *name, sm_writer **section)
{
    return sm_section_begin(saver->writer, name, 0,
                            sm_own_section_version(name), section);
}

static sm_status save_vocab(sm_saver *saver, uint32_t number)
{
    char name[SM_SECTION_NAME_SIZE];
    sm_writer *section;
    sm_vocab_section_name(name, number);
    SM_RETURN_IF_ERROR(begin(saver, name, &section));
    SM_RETURN_IF_ERROR(sm_vocab_write(saver->vocabs[number], section));
    return sm_section_end(saver->writer);
}

static sm_status save_tower(sm_saver *saver, const char *name,
                            const siamese_tower *tower)
{
    sm_status status = SIAMESE_OK;
    sm_writer *section;
    size_t const fields = siamese_tower_field_count(tower);
    uint32_t *const numbers = sm_alloc_array(fields, sizeof *numbers);
    SM_CHECK_MEMORY(numbers);
    for (size_t i = 0; i < fields; i++)
        SM_TRY(
            number_vocab(saver, sm_tower_field_vocab(tower, i), &numbers[i]));
    SM_TRY(begin(saver, name, &section));
    SM_TRY(sm_tower_write(tower, numbers, section));
    SM_TRY(sm_section_end(saver->writer));
out:
    sm_free(numbers);
    return status;
}

/* A section that was copied; its memory is given back at once. */
static sm_status save_copy(sm_saver *saver, const char *name,
                           sm_stream_copy *copy)
{
    sm_writer *section;
    SM_RETURN_IF_ERROR(begin(saver, name, &section));
    SM_RETURN_IF_ERROR(sm_stream_copy_write(copy, section));
    sm_stream_copy_free(copy);
    return sm_section_end(saver->writer);
}

/* A library that does not know it leaves it out. */
static sm_status save_map(sm_saver *saver)
{
    sm_writer *section;
    SM_RETURN_IF_ERROR(sm_section_end(saver->writer));
    SM_RETURN_IF_ERROR(
        sm_section_begin(saver->writer, "index_map", SM_SECTION_OPTIONAL,
                         sm_own_section_version("index_map"), &section));
    SM_RETURN_IF_ERROR(sm_section_plain(saver->writer));
    return sm_index_save_write_map(&saver->index, section);
}

/* From now on nobody who changes the index puts anything aside for it. */
static sm_status save_index(sm_saver *saver)
{
    sm_writer *section;
    SM_RETURN_IF_ERROR(begin(saver, "index", &section));
    if (saver->index.has_map)
        SM_RETURN_IF_ERROR(sm_section_plain(saver->writer));
    SM_RETURN_IF_ERROR(sm_index_save_write(&saver->index, section));
    if (saver->index.has_map) SM_RETURN_IF_ERROR(save_map(saver));
    sm_index_save_end(&saver->index);
    return sm_section_end(saver->writer);
}

static sm_status save_layout(sm_saver *saver)
{
    const siamese_bundle *const bundle = saver->bundle;
    uint32_t own = 0;
    sm_writer *section;
    SM_RETURN_IF_ERROR(number_tower_vocabs(saver, saver->query));
    SM_RETURN_IF_ERROR(number_tower_vocabs(saver, saver->item));
    if (bundle->vocab)
        SM_RETURN_IF_ERROR(number_vocab(saver, bundle->vocab, &own));
    sm_layout const layout = {.shared_tower =
                                  saver->item && saver->item == saver->query,
                              .vocab_count = (uint32_t)saver->vocab_count,
                              .own_vocab = bundle->vocab ? own + 1 : 0};
    SM_RETURN_IF_ERROR(begin(saver, "layout", &section));
    SM_RETURN_IF_ERROR(sm_layout_write(&layout, section));
    return sm_section_end(saver->writer);
}

/* A library that does not know them leaves them out. */
static sm_status save_items(sm_saver *saver)
{
    sm_writer *section;
    SM_RETURN_IF_ERROR(
        sm_section_begin(saver->writer, "items", SM_SECTION_OPTIONAL,
                         sm_own_section_version("items"), &section));
    SM_RETURN_IF_ERROR(sm_items_write(saver->items, section));
    return sm_section_end(saver->writer);
}

static sm_status save_model(sm_saver *saver)
{
    const siamese_bundle *const bundle = saver->bundle;
    sm_writer *section;
    SM_RETURN_IF_ERROR(
        sm_section_begin(saver->writer, "model", SM_SECTION_OPTIONAL,
                         sm_own_section_version("model"), &section));
    SM_RETURN_IF_ERROR(
        section->write(section->context, bundle->model, bundle->model_size));
    return sm_section_end(saver->writer);
}

/* Of both a library that does not know them has no use. */
static sm_status save_ranker(sm_saver *saver)
{
    sm_writer *section;
    SM_RETURN_IF_ERROR(
        sm_section_begin(saver->writer, "ranker", SM_SECTION_OPTIONAL,
                         sm_own_section_version("ranker"), &section));
    SM_RETURN_IF_ERROR(sm_ranker_write(saver->bundle->ranker, section));
    SM_RETURN_IF_ERROR(sm_section_end(saver->writer));
    if (saver->words.bytes == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(
        sm_section_begin(saver->writer, "words", SM_SECTION_OPTIONAL,
                         sm_own_section_version("words"), &section));
    SM_RETURN_IF_ERROR(sm_stream_copy_write(&saver->words, section));
    sm_stream_copy_free(&saver->words);
    return sm_section_end(saver->writer);
}

static sm_status save_user_section(sm_saver *saver, const sm_user_section *user)
{
    sm_writer *section;
    SM_RETURN_IF_ERROR(sm_section_begin(saver->writer, user->name,
                                        SM_SECTION_USER, 0, &section));
    if (user->size)
        SM_RETURN_IF_ERROR(
            section->write(section->context, user->data, user->size));
    return sm_section_end(saver->writer);
}

static sm_status write_parts(sm_saver *saver)
{
    const siamese_bundle *const bundle = saver->bundle;
    SM_RETURN_IF_ERROR(copy_index(saver));
    if (bundle->index) SM_RETURN_IF_ERROR(save_index(saver));
    SM_RETURN_IF_ERROR(copy_items(saver));
    if (bundle->items) SM_RETURN_IF_ERROR(save_items(saver));
    SM_RETURN_IF_ERROR(copy_words(saver));
    if (bundle->ranker) SM_RETURN_IF_ERROR(save_ranker(saver));
    if (bundle->model) SM_RETURN_IF_ERROR(save_model(saver));
    for (size_t i = 0; i < bundle->section_count; i++)
        SM_RETURN_IF_ERROR(save_user_section(saver, &bundle->sections[i]));
    return SIAMESE_OK;
}

/* Writes the whole file to sink. */
static sm_status write_bundle(sm_saver *saver, sm_writer *sink)
{
    SM_RETURN_IF_ERROR(sm_section_writer_create(&saver->writer, sink,
                                                saver->options.compression));
    SM_RETURN_IF_ERROR(copy_towers(saver));
    if (saver->trainer.bytes)
        SM_RETURN_IF_ERROR(save_copy(saver, "trainer", &saver->trainer));
    SM_RETURN_IF_ERROR(save_layout(saver));
    for (uint32_t i = 0; i < saver->vocab_count; i++)
        SM_RETURN_IF_ERROR(save_vocab(saver, i));
    if (saver->query)
        SM_RETURN_IF_ERROR(save_tower(saver, "query_tower", saver->query));
    if (saver->item && saver->item != saver->query)
        SM_RETURN_IF_ERROR(save_tower(saver, "item_tower", saver->item));
    SM_RETURN_IF_ERROR(write_parts(saver));
    return sm_section_writer_finish(saver->writer);
}

/* ---- to a file, to a host's stream ---- */

sm_status sm_saver_save(sm_saver *saver, const char *path)
{
    sm_status status = SIAMESE_OK;
    sm_atomic_file *file = NULL;
    sm_writer *sink;
    SM_TRY(sm_atomic_file_create(&file, path, &sink));
    SM_TRY(write_bundle(saver, sink));
    SM_TRY(sm_atomic_file_commit(file));
out:
    sm_atomic_file_free(file);
    return status;
}

typedef struct host_stream {
    siamese_write_fn write;
    void *user;
} host_stream;

static sm_status host_write(void *context, const void *data, size_t size)
{
    const host_stream *const stream = context;
    int32_t const result = stream->write(stream->user, data, size);
    SM_REQUIRE(result == 0, SIAMESE_E_IO,
               "write: the host's stream failed with %d", (int)result);
    return SIAMESE_OK;
}

sm_status sm_saver_write(sm_saver *saver, siamese_write_fn write, void *user)
{
    host_stream stream = {write, user};
    sm_writer sink = {host_write, &stream};
    return write_bundle(saver, &sink);
}

siamese_status siamese_checkpoint_save(const char *path,
                                       const siamese_bundle *bundle,
                                       const siamese_save_options *options)
{
    sm_saver *saver = NULL;
    SM_REQUIRE(path != NULL && path[0] != '\0', SIAMESE_E_ARGUMENT,
               "path: is %s", path ? "empty" : "NULL");
    SM_REQUIRE(bundle != NULL, SIAMESE_E_ARGUMENT, "bundle: is NULL");
    SM_RETURN_IF_ERROR(sm_saver_create(&saver, bundle, options));
    sm_status const status = sm_saver_save(saver, path);
    sm_saver_free(saver);
    return status;
}

siamese_status siamese_checkpoint_write(siamese_write_fn write, void *user,
                                        const siamese_bundle *bundle,
                                        const siamese_save_options *options)
{
    sm_saver *saver = NULL;
    SM_REQUIRE(write != NULL, SIAMESE_E_ARGUMENT, "write: is NULL");
    SM_REQUIRE(bundle != NULL, SIAMESE_E_ARGUMENT, "bundle: is NULL");
    SM_RETURN_IF_ERROR(sm_saver_create(&saver, bundle, options));
    sm_status const status = sm_saver_write(saver, write, user);
    sm_saver_free(saver);
    return status;
}
