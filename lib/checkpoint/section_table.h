/* section_table.h: the fixed parts of a checkpoint file: header, section table
 * and footer, as docs/format.md has them. */
#ifndef SM_SECTION_TABLE_H
#define SM_SECTION_TABLE_H

#include <stdbool.h>

#include "checkpoint/byte_source.h"
#include "common/stream.h"

#define SM_FORMAT_VERSION 1

enum {
    SM_HEADER_SIZE = 16,
    SM_ENTRY_SIZE = 104,
    SM_FOOTER_SIZE = 24,
    SM_SECTION_NAME_SIZE = 64, /* with at least one NUL */
    SM_SECTIONS_MAX = 4096     /* in one file */
};

/* Flags of a section. */
enum {
    SM_SECTION_USER = 1,    /* the host's own: names are apart from ours */
    SM_SECTION_OPTIONAL = 2 /* readers that do not know it leave it out */
};

typedef struct sm_section_entry {
    char name[SM_SECTION_NAME_SIZE]; /* padded with NULs */
    uint32_t flags;
    uint32_t version;      /* of the section's own format */
    uint32_t crc32;        /* of the unpacked bytes */
    uint32_t stored_crc32; /* of the zlib stream, which has bits that carry no
                              content: their damage is seen as well */
    uint64_t offset;       /* of the zlib stream in the file */
    uint64_t stored_size;  /* of the zlib stream */
    uint64_t size;         /* unpacked */
} sm_section_entry;

/* 1 to 63 bytes of [a-z0-9_.-] */
bool sm_section_name_valid(const char *name);

sm_status sm_header_write(sm_writer *writer);

/* The table of entries[count] at table_offset, and the footer behind it. */
sm_status sm_table_write(sm_writer *writer, const sm_section_entry *entries,
                         size_t count, uint64_t table_offset);

/*
 * Reads and checks header, table and footer: afterwards the sections of
 * *entries (new memory) lie within the file, in order and without gaps, have
 * names of their own, believable sizes, and max_bytes (0: no limit) unpacked in
 * all at most.
 */
sm_status sm_table_read(const sm_source *source, uint64_t max_bytes,
                        sm_section_entry **entries, size_t *count);

/* The bytes that a file may have whose sections unpack to max_bytes. */
uint64_t sm_stored_limit(uint64_t max_bytes);

#endif
