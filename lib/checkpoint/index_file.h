/* index_file.h: two sections of a checkpoint as the file of an index whose
 * vectors stay there. For checkpoint_load. */
#ifndef SM_INDEX_FILE_H
#define SM_INDEX_FILE_H

#include "checkpoint/section_table.h"
#include "index/index_mapped.h"

/*
 * *file for sections `index` and `index_map` of the source, which is kept open
 * by a descriptor of its own: a file that is deleted or replaced stays. *fits:
 * whether it can be read so; nothing is made if not.
 */
sm_status sm_index_file_open(sm_index_file *file, const sm_source *source,
                             const sm_section_entry *index,
                             const sm_section_entry *map, bool *fits);

#endif
