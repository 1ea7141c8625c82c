/* checkpoint_info.c: what a checkpoint holds, from its table alone. */
#include <string.h>

#include "checkpoint/byte_source.h"
#include "checkpoint/section_table.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/room.h"

/* Info i in the array of a host whose struct may have another size. */
static siamese_section_info *info_at(siamese_section_info *infos, size_t i)
{
    return (siamese_section_info *)(void *)((char *)infos +
                                            i * infos->struct_size);
}

static sm_status check_infos(siamese_section_info *infos, size_t count)
{
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(info_at(infos, i)->struct_size == infos->struct_size &&
                       infos->struct_size >= sizeof(size_t) &&
                       infos->struct_size <= 65536,
                   SIAMESE_E_ARGUMENT,
                   "infos: struct_size of number %zu is not that of a struct",
                   i);
    return SIAMESE_OK;
}

static sm_status write_info(const sm_section_entry *entry,
                            siamese_section_info *info)
{
    siamese_section_info own = {
        .struct_size = sizeof own,
        .user = (entry->flags & SM_SECTION_USER) != 0,
        .version = entry->version,
        .stored_size = entry->stored_size,
        .size = entry->size,
        .crc32 = entry->crc32,
    };
    memcpy(own.name, entry->name, sizeof own.name);
    return sm_struct_write(&own, sizeof own, info, "infos");
}

/* siamese_checkpoint_info of what stands in source. */
static sm_status read_info(const sm_source *source, siamese_section_info *infos,
                           size_t capacity, size_t *needed,
                           uint32_t *format_version)
{
    sm_status status = SIAMESE_OK;
    sm_section_entry *entries = NULL;
    size_t count;
    SM_TRY(sm_table_read(source, 0, &entries, &count));
    status = sm_room("infos", infos, capacity, count, needed);
    if (format_version && status != SIAMESE_E_ARGUMENT)
        *format_version = SM_FORMAT_VERSION;
    if (status != SIAMESE_OK) goto out;
    if (count) SM_TRY(check_infos(infos, count));
    for (size_t i = 0; i < count; i++)
        SM_TRY(write_info(&entries[i], info_at(infos, i)));
out:
    sm_free(entries);
    return status;
}

siamese_status siamese_checkpoint_info(const char *path,
                                       siamese_section_info *infos,
                                       size_t capacity, size_t *needed,
                                       uint32_t *format_version)
{
    sm_source source;
    SM_REQUIRE(path != NULL, SIAMESE_E_ARGUMENT, "path: is NULL");
    SM_RETURN_IF_ERROR(sm_source_open_file(&source, path));
    sm_status status =
        read_info(&source, infos, capacity, needed, format_version);
    if (status == SIAMESE_E_FORMAT || status == SIAMESE_E_VERSION)
        status = sm_fail(status, "%s: %s", path, siamese_last_error());
    sm_source_close(&source);
    return status;
}
