/* index_file.c: a part of an index and an offset in, bytes out, read where they
 * stand in the checkpoint. For index_mapped. */
#include "checkpoint/index_file.h"

#include "checkpoint/section_plain.h"
#include "common/memory.h"

typedef struct context {
    sm_source source;
    sm_section_entry parts[2];
} context;

static sm_status read_part(void *opened, sm_file_part part, uint64_t offset,
                           void *data, size_t size)
{
    const context *const own = opened;
    return sm_plain_read(&own->source, &own->parts[part], offset, data, size);
}

static void close_file(void *opened)
{
    context *const own = opened;
    sm_source_close(&own->source);
    sm_free(own);
}

sm_status sm_index_file_open(sm_index_file *file, const sm_source *source,
                             const sm_section_entry *index,
                             const sm_section_entry *map, bool *fits)
{
    const sm_section_entry *const parts[] = {
        [SM_FILE_VECTORS] = index, [SM_FILE_MAP] = map};
    *fits = source->share != NULL;
    for (size_t i = 0; i < 2 && *fits; i++)
        SM_RETURN_IF_ERROR(sm_section_is_plain(source, parts[i], fits));
    if (!*fits) return SIAMESE_OK;
    context *const own = sm_calloc(1, sizeof *own);
    if (own == NULL) return sm_fail_memory();
    sm_status const status = source->share(source->context, &own->source);
    if (status != SIAMESE_OK) {
        sm_free(own);
        return status;
    }
    *file =
        (sm_index_file){.read = read_part, .close = close_file, .context = own};
    for (size_t i = 0; i < 2; i++) {
        own->parts[i] = *parts[i];
        file->sizes[i] = parts[i]->size;
    }
    return SIAMESE_OK;
}
