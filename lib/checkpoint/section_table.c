/* section_table.c: header, table and footer of a checkpoint, from and to bytes,
 * with every number checked. For section_writer, checkpoint_load and
 * checkpoint_info. */
#include "checkpoint/section_table.h"

#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#include "common/memory.h"
#include "common/size.h"

/* As in PNG: a byte above 127, CR LF, ctrl-Z and LF show what a transfer in
 * text mode, or one that keeps seven bits, does to the file. */
static const unsigned char magic[8] = {0x89, 'S',  'I',  'A',
                                       0x0d, 0x0a, 0x1a, 0x0a};
static const unsigned char end_mark[8] = {0x0a, 0x1a, 0x0a, 0x0d,
                                          'A',  'I',  'S',  0x89};

/* Deflate makes at most 258 bytes of 2 bits. */
#define ZLIB_RATIO 1032

/* ---- little-endian numbers ---- */

static void put_u32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++) to[i] = (unsigned char)(value >> (8 * i));
}

static void put_u64(unsigned char *to, uint64_t value)
{
    for (int i = 0; i < 8; i++) to[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t get_u32(const unsigned char *from)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) value |= (uint32_t)from[i] << (8 * i);
    return value;
}

static uint64_t get_u64(const unsigned char *from)
{
    return get_u32(from) | (uint64_t)get_u32(from + 4) << 32;
}

/* ---- names ---- */

bool sm_section_name_valid(const char *name)
{
    size_t const length =
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
    return length > 0 && length < SM_SECTION_NAME_SIZE && name[length] == '\0';
}

/* ---- writing ---- */

static void encode_header(unsigned char *to)
{
    memcpy(to, magic, sizeof magic);
    put_u32(to + 8, SM_FORMAT_VERSION);
    put_u32(to + 12, 0);
}

static void encode_entry(unsigned char *to, const sm_section_entry *entry)
{
    memcpy(to, entry->name, SM_SECTION_NAME_SIZE);
    put_u32(to + 64, entry->flags);
    put_u32(to + 68, entry->version);
    put_u32(to + 72, entry->crc32);
    put_u32(to + 76, entry->stored_crc32);
    put_u64(to + 80, entry->offset);
    put_u64(to + 88, entry->stored_size);
    put_u64(to + 96, entry->size);
}

sm_status sm_header_write(sm_writer *writer)
{
    unsigned char header[SM_HEADER_SIZE];
    encode_header(header);
    return writer->write(writer->context, header, sizeof header);
}

sm_status sm_table_write(sm_writer *writer, const sm_section_entry *entries,
                         size_t count, uint64_t table_offset)
{
    unsigned char header[SM_HEADER_SIZE], entry[SM_ENTRY_SIZE];
    unsigned char footer[SM_FOOTER_SIZE];
    encode_header(header);
    uLong crc = crc32(0, header, sizeof header);
    for (size_t i = 0; i < count; i++) {
        encode_entry(entry, &entries[i]);
        crc = crc32(crc, entry, sizeof entry);
        SM_RETURN_IF_ERROR(writer->write(writer->context, entry, sizeof entry));
    }
    put_u64(footer, table_offset);
    put_u32(footer + 8, (uint32_t)count);
    put_u32(footer + 12, (uint32_t)crc32(crc, footer, 12));
    memcpy(footer + 16, end_mark, sizeof end_mark);
    return writer->write(writer->context, footer, sizeof footer);
}

/* ---- reading ---- */

uint64_t sm_stored_limit(uint64_t max_bytes)
{
    /* Stored blocks cost 5 bytes in 16,383, a section under 256 beside. */
    uint64_t const beside = (uint64_t)SM_SECTIONS_MAX * 256;
    uint64_t limit;
    if (__builtin_add_overflow(max_bytes, max_bytes / 1024 + beside, &limit))
        return UINT64_MAX;
    return limit;
}

static sm_status check_header(const unsigned char *header, size_t size)
{
    size_t const same = sm_min(size, sizeof magic);
    SM_REQUIRE(size > 0, SIAMESE_E_FORMAT, "it is empty");
    SM_REQUIRE(size < 4 || memcmp(header, magic, 4) != 0 ||
                   memcmp(header, magic, same) == 0,
               SIAMESE_E_FORMAT,
               "its first bytes were changed, as by a transfer in text mode");
    SM_REQUIRE(memcmp(header, magic, same) == 0, SIAMESE_E_FORMAT,
               "it is not a checkpoint: its first bytes are others");
    SM_REQUIRE(size == SM_HEADER_SIZE, SIAMESE_E_FORMAT,
               "it is cut off: its header has %zu of %d bytes", size,
               SM_HEADER_SIZE);
    uint32_t const version = get_u32(header + 8);
    SM_REQUIRE(version != 0, SIAMESE_E_FORMAT,
               "header: format version 0 does not exist");
    SM_REQUIRE(version <= SM_FORMAT_VERSION, SIAMESE_E_VERSION,
               "header: format version %" PRIu32
               " is newer than this library, which reads up to %d",
               version, SM_FORMAT_VERSION);
    SM_REQUIRE(get_u32(header + 12) == 0, SIAMESE_E_VERSION,
               "header: the flags %08" PRIx32 " are of a newer library",
               get_u32(header + 12));
    return SIAMESE_OK;
}

/* Where the table stands, from a footer that fits the file's size. */
static sm_status check_footer(const unsigned char *footer, uint64_t file_size,
                              uint64_t *table_offset, size_t *count)
{
    SM_REQUIRE(memcmp(footer + 16, end_mark, sizeof end_mark) == 0,
               SIAMESE_E_FORMAT,
               "it is cut off or damaged: the end mark is not at its end");
    *table_offset = get_u64(footer);
    uint32_t const sections = get_u32(footer + 8);
    SM_REQUIRE(sections <= SM_SECTIONS_MAX, SIAMESE_E_FORMAT,
               "section table: %" PRIu32 " sections, %d at most are allowed",
               sections, SM_SECTIONS_MAX);
    uint64_t const behind = (uint64_t)sections * SM_ENTRY_SIZE + SM_FOOTER_SIZE;
    SM_REQUIRE(*table_offset >= SM_HEADER_SIZE && file_size >= behind &&
                   *table_offset == file_size - behind,
               SIAMESE_E_FORMAT,
               "section table: %" PRIu32 " sections at byte %" PRIu64
               " do not fit a size of %" PRIu64,
               sections, *table_offset, file_size);
    *count = sections;
    return SIAMESE_OK;
}

static sm_status decode_entry(sm_section_entry *entry,
                              const unsigned char *from, size_t i)
{
    memcpy(entry->name, from, SM_SECTION_NAME_SIZE);
    SM_REQUIRE(entry->name[SM_SECTION_NAME_SIZE - 1] == '\0' &&
                   sm_section_name_valid(entry->name),
               SIAMESE_E_FORMAT, "section table: entry %zu has no valid name",
               i);
    for (size_t j = strlen(entry->name); j < SM_SECTION_NAME_SIZE; j++)
        SM_REQUIRE(entry->name[j] == '\0', SIAMESE_E_FORMAT,
                   "section table: entry %zu has bytes behind its name", i);
    entry->flags = get_u32(from + 64);
    entry->version = get_u32(from + 68);
    entry->crc32 = get_u32(from + 72);
    entry->stored_crc32 = get_u32(from + 76);
    entry->offset = get_u64(from + 80);
    entry->stored_size = get_u64(from + 88);
    entry->size = get_u64(from + 96);
    SM_REQUIRE((entry->flags &
                ~(uint32_t)(SM_SECTION_USER | SM_SECTION_OPTIONAL)) == 0,
               SIAMESE_E_VERSION,
               "section %s: its flags %08" PRIx32 " are of a newer library",
               entry->name, entry->flags);
    return SIAMESE_OK;
}

/* Sections follow each other from the header to the table, without gaps. */
static sm_status check_place(const sm_section_entry *entry, uint64_t expected,
                             uint64_t table_offset)
{
    SM_REQUIRE(entry->offset == expected, SIAMESE_E_FORMAT,
               "section %s: begins at byte %" PRIu64 ", not at %" PRIu64,
               entry->name, entry->offset, expected);
    SM_REQUIRE(entry->stored_size <= table_offset - expected, SIAMESE_E_FORMAT,
               "section %s: its %" PRIu64
               " bytes pass the table at byte %" PRIu64,
               entry->name, entry->stored_size, table_offset);
    SM_REQUIRE(entry->size / ZLIB_RATIO <= entry->stored_size, SIAMESE_E_FORMAT,
               "section %s: %" PRIu64 " bytes cannot come from %" PRIu64,
               entry->name, entry->size, entry->stored_size);
    return SIAMESE_OK;
}

static sm_status check_name_once(const sm_section_entry *entries, size_t i)
{
    for (size_t j = 0; j < i; j++)
        SM_REQUIRE(((entries[i].flags ^ entries[j].flags) & SM_SECTION_USER) !=
                           0 ||
                       strcmp(entries[i].name, entries[j].name) != 0,
                   SIAMESE_E_FORMAT, "section %s: stands twice in the table",
                   entries[i].name);
    return SIAMESE_OK;
}

static sm_status check_entries(sm_section_entry *entries,
                               const unsigned char *table, size_t count,
                               uint64_t table_offset, uint64_t max_bytes)
{
    uint64_t at = SM_HEADER_SIZE, total = 0;
    for (size_t i = 0; i < count; i++) {
        SM_RETURN_IF_ERROR(
            decode_entry(&entries[i], table + i * SM_ENTRY_SIZE, i));
        SM_RETURN_IF_ERROR(check_place(&entries[i], at, table_offset));
        SM_RETURN_IF_ERROR(check_name_once(entries, i));
        at += entries[i].stored_size;
        bool const overflow =
            __builtin_add_overflow(total, entries[i].size, &total);
        SM_REQUIRE(!overflow && (max_bytes == 0 || total <= max_bytes),
                   SIAMESE_E_LIMIT,
                   "section %s: with its %" PRIu64
                   " bytes the sections pass max_bytes, %" PRIu64,
                   entries[i].name, entries[i].size, max_bytes);
    }
    SM_REQUIRE(at == table_offset, SIAMESE_E_FORMAT,
               "section table: the last section ends at byte %" PRIu64
               ", the table begins at %" PRIu64,
               at, table_offset);
    return SIAMESE_OK;
}

sm_status sm_table_read(const sm_source *source, uint64_t max_bytes,
                        sm_section_entry **out, size_t *out_count)
{
    sm_status status = SIAMESE_OK;
    unsigned char header[SM_HEADER_SIZE] = {0};
    unsigned char *table = NULL; /* and the footer behind it */
    sm_section_entry *entries = NULL;
    unsigned char footer[SM_FOOTER_SIZE];
    uint64_t table_offset = 0;
    size_t count = 0;
    size_t const first =
        source->size < SM_HEADER_SIZE ? (size_t)source->size : SM_HEADER_SIZE;
    SM_TRY(source->read_at(source->context, 0, header, first));
    SM_TRY(check_header(header, first));
    SM_CHECK(source->size >= SM_HEADER_SIZE + SM_FOOTER_SIZE, SIAMESE_E_FORMAT,
             "it is cut off: it has %" PRIu64 " bytes", source->size);
    SM_TRY(source->read_at(source->context, source->size - SM_FOOTER_SIZE,
                           footer, sizeof footer));
    SM_TRY(check_footer(footer, source->size, &table_offset, &count));

    size_t const table_size = count * SM_ENTRY_SIZE;
    table = sm_alloc(table_size);
    SM_CHECK_MEMORY(table);
    entries = sm_calloc(count, sizeof *entries);
    SM_CHECK_MEMORY(entries);
    SM_TRY(source->read_at(source->context, table_offset, table, table_size));
    uLong crc = crc32(0, header, sizeof header);
    crc = crc32(crc, table, (uInt)table_size);
    crc = crc32(crc, footer, 12);
    SM_CHECK((uint32_t)crc == get_u32(footer + 12), SIAMESE_E_FORMAT,
             "section table: damaged: its CRC32 is %08" PRIx32
             ", not %08" PRIx32,
             (uint32_t)crc, get_u32(footer + 12));
    SM_TRY(check_entries(entries, table, count, table_offset, max_bytes));
    *out = entries;
    *out_count = count;
    entries = NULL;
out:
    sm_free(entries);
    sm_free(table);
    return status;
}
