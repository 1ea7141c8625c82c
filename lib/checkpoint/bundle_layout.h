/* bundle_layout.h: the library's own sections of a checkpoint: their names and
 * versions, and the one that tells how they belong together. */
#ifndef SM_BUNDLE_LAYOUT_H
#define SM_BUNDLE_LAYOUT_H

#include "checkpoint/section_table.h"
#include "common/stream.h"

typedef struct sm_layout {
    uint32_t shared_tower; /* 1: the item tower is the query tower */
    uint32_t vocab_count;
    uint32_t own_vocab; /* of the bundle, plus 1; 0: none */
} sm_layout;

sm_status sm_layout_write(const sm_layout *layout, sm_writer *writer);

/* SIAMESE_E_FORMAT for numbers that do not fit each other. */
sm_status sm_layout_read(sm_layout *layout, sm_reader *reader);

/* "vocab_12" */
void sm_vocab_section_name(char name[SM_SECTION_NAME_SIZE], uint32_t number);

/*
 * The version in which this library writes a section of its own, and up to
 * which it reads it; 0 if it does not know the section.
 */
uint32_t sm_own_section_version(const char *name);

#endif
