/* section_writer.h: writes a checkpoint section by section to a stream that
 * need not seek; nothing is kept but one buffer and the table. */
#ifndef SM_SECTION_WRITER_H
#define SM_SECTION_WRITER_H

#include "checkpoint/section_table.h"

typedef struct sm_section_writer sm_section_writer;

/* Writes the header. sink is borrowed; level is zlib's, 0 .. 9. */
sm_status sm_section_writer_create(sm_section_writer **out, sm_writer *sink,
                                   int level);
void sm_section_writer_free(sm_section_writer *writer);

/*
 * Begins a section; what is written to *section until its end is in it. The
 * name must be valid and new among those with the same SM_SECTION_USER.
 * After a failure nothing can be done with the writer but free it.
 */
sm_status sm_section_begin(sm_section_writer *writer, const char *name,
                           uint32_t flags, uint32_t version,
                           sm_writer **section);

/* The section that has begun, and has nothing yet, is stored whatever the
 * level, as section_plain.h has it. */
sm_status sm_section_plain(sm_section_writer *writer);
sm_status sm_section_end(sm_section_writer *writer);

/* Writes table and footer. */
sm_status sm_section_writer_finish(sm_section_writer *writer);

#endif
