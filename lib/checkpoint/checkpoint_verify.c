/* checkpoint_verify.c: a file in, whether every byte of it is as it was written
 * out. For hosts that load with map. */
#include "checkpoint/section_reader.h"
#include "common/memory.h"

static sm_status verify_section(const sm_source *source,
                                const sm_section_entry *entry)
{
    sm_section_reader *reader;
    sm_reader *stream;
    SM_RETURN_IF_ERROR(sm_section_open(&reader, source, entry, &stream));
    stream->left = 0; /* it is unpacked and checked at the end, as a whole */
    return sm_section_close(reader, SIAMESE_OK);
}

static sm_status verify_source(const sm_source *source)
{
    sm_status status = SIAMESE_OK;
    sm_section_entry *entries = NULL;
    size_t count;
    SM_TRY(sm_table_read(source, 0, &entries, &count));
    for (size_t i = 0; i < count; i++)
        SM_TRY(verify_section(source, &entries[i]));
out:
    sm_free(entries);
    return status;
}

siamese_status siamese_checkpoint_verify(const char *path)
{
    sm_source source;
    SM_REQUIRE(path != NULL, SIAMESE_E_ARGUMENT, "path: is NULL");
    SM_RETURN_IF_ERROR(sm_source_open_file(&source, path));
    sm_status status = verify_source(&source);
    if (status == SIAMESE_E_FORMAT || status == SIAMESE_E_VERSION)
        status = sm_fail(status, "%s: %s", path, siamese_last_error());
    sm_source_close(&source);
    return status;
}
