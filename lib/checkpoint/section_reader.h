/* section_reader.h: reads one section of a checkpoint as a stream, and tells
 * whether it was whole. */
#ifndef SM_SECTION_READER_H
#define SM_SECTION_READER_H

#include "checkpoint/section_table.h"

typedef struct sm_section_reader sm_section_reader;

/* source and entry, which sm_table_read has checked, are borrowed. */
sm_status sm_section_open(sm_section_reader **out, const sm_source *source,
                          const sm_section_entry *entry, sm_reader **stream);

/*
 * Ends the reading whose outcome was `status` and gives the outcome of all: a
 * section whose bytes are damaged is SIAMESE_E_FORMAT whatever became of the
 * reading; bytes that were not read, or are not of use as they stand, too.
 */
sm_status sm_section_close(sm_section_reader *reader, sm_status status);

/* Checks the stored bytes of a section against their CRC32, without
 * unpacking. */
sm_status sm_section_verify(const sm_source *source,
                            const sm_section_entry *entry);

#endif
