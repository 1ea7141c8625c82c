/* sections.c: a checkpoint in, the same one with a section changed out. For the
 * mutators of the targets that read checkpoints. */
#include "fuzz/support/sections.h"

#include <zlib.h>

#include "random_numbers.h"

enum { HEADER = 16, ENTRY = 104, FOOTER = 24 };
enum { CRC = 72, STORED_CRC = 76, OFFSET = 80, STORED = 88, SIZE = 96 };
enum { MOST_SECTIONS = 32, MOST_BYTES = 1 << 20, BLOCK = 65535, GROWTH = 64 };

typedef struct section {
    uint8_t entry[ENTRY];
    uint8_t *data; /* [size] unpacked, with GROWTH bytes of room */
    size_t size;
} section;

typedef struct checkpoint {
    uint8_t header[HEADER], footer[FOOTER];
    section sections[MOST_SECTIONS];
    size_t count;
} checkpoint;

static test_random numbers = {1};
static fuzz_repair_fn *repair_section;

void fuzz_sections_repair(fuzz_repair_fn *repair)
{
    repair_section = repair;
}

void fuzz_random_begin(unsigned int seed)
{
    numbers.state = UINT64_C(0x9e3779b97f4a7c15) + seed;
}

size_t fuzz_random_below(size_t bound)
{
    return test_random_below(&numbers, bound);
}

static uint64_t get(const uint8_t *from, int bytes)
{
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++) value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static void put(uint8_t *to, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++) to[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t crc_of(const uint8_t *data, size_t size)
{
    return (uint32_t)crc32(crc32(0, NULL, 0), data, (uInt)size);
}

/* ---- apart ---- */

static void drop(checkpoint *c)
{
    for (size_t i = 0; i < c->count; i++) free(c->sections[i].data);
    c->count = 0;
}

static int unpack(section *s, const uint8_t *file, size_t size)
{
    uint64_t const offset = get(s->entry + OFFSET, 8);
    uint64_t const stored = get(s->entry + STORED, 8);
    uLongf unpacked = (uLongf)get(s->entry + SIZE, 8);
    if (offset > size || stored > size - offset || unpacked > MOST_BYTES)
        return 0;
    s->size = unpacked;
    s->data = malloc(unpacked + GROWTH);
    if (s->data == NULL) return 0;
    return uncompress(s->data, &unpacked, file + offset, (uLong)stored) ==
               Z_OK &&
           unpacked == s->size;
}

static int take_apart(checkpoint *c, const uint8_t *file, size_t size)
{
    c->count = 0;
    if (size < HEADER + FOOTER) return 0;
    memcpy(c->header, file, HEADER);
    memcpy(c->footer, file + size - FOOTER, FOOTER);
    uint64_t const count = get(c->footer + 8, 4);
    if (count == 0 || count > MOST_SECTIONS ||
        count * ENTRY > size - HEADER - FOOTER)
        return 0;
    const uint8_t *const table = file + size - FOOTER - count * ENTRY;
    for (uint64_t i = 0; i < count; i++) {
        section *const s = &c->sections[c->count++];
        s->data = NULL;
        memcpy(s->entry, table + i * ENTRY, ENTRY);
        if (!unpack(s, file, size)) {
            drop(c);
            return 0;
        }
    }
    return 1;
}

/* ---- together ---- */

/* data[size] as stored blocks, the form that can be mapped. */
static size_t store(uint8_t *to, const uint8_t *data, size_t size)
{
    uint8_t *const begin = to;
    *to++ = 0x78;
    *to++ = 0x01;
    for (size_t at = 0; at < size || at == 0;) {
        size_t const n = size - at < BLOCK ? size - at : BLOCK;
        if (n == 0) break;
        *to++ = 0;
        put(to, n, 2);
        put(to + 2, ~n, 2);
        memcpy(to + 4, data + at, n);
        to += 4 + n;
        at += n;
    }
    *to++ = 1;
    put(to, 0, 2);
    put(to + 2, 0xffff, 2);
    to += 4;
    uLong const sum = adler32(adler32(0, NULL, 0), data, (uInt)size);
    for (int i = 0; i < 4; i++) *to++ = (uint8_t)(sum >> (24 - 8 * i));
    return (size_t)(to - begin);
}

static size_t most_of(size_t size)
{
    return size + 5 * (size / BLOCK + 2) + 16;
}

/* Room that is too small leaves the file as it is. */
static size_t put_together(checkpoint *c, uint8_t *file, size_t size,
                           size_t max_size)
{
    size_t most = HEADER + FOOTER + c->count * ENTRY, at = HEADER;
    for (size_t i = 0; i < c->count; i++) most += most_of(c->sections[i].size);
    if (most > max_size) return size;
    memcpy(file, c->header, HEADER);
    for (size_t i = 0; i < c->count; i++) {
        section *const s = &c->sections[i];
        if (repair_section)
            repair_section((const char *)s->entry, s->data, s->size);
        size_t const stored = store(file + at, s->data, s->size);
        put(s->entry + CRC, crc_of(s->data, s->size), 4);
        put(s->entry + STORED_CRC, crc_of(file + at, stored), 4);
        put(s->entry + OFFSET, at, 8);
        put(s->entry + STORED, stored, 8);
        put(s->entry + SIZE, s->size, 8);
        at += stored;
    }
    put(c->footer, at, 8);
    put(c->footer + 8, c->count, 4);
    for (size_t i = 0; i < c->count; i++, at += ENTRY)
        memcpy(file + at, c->sections[i].entry, ENTRY);
    memcpy(file + at, c->footer, FOOTER);
    return at + FOOTER;
}

/* The table of a file that stands otherwise. */
static void seal(uint8_t *file, size_t size, size_t count)
{
    uint8_t *const footer = file + size - FOOTER;
    uLong crc = crc32(0, file, HEADER);
    crc = crc32(crc, footer - count * ENTRY, (uInt)(count * ENTRY));
    put(footer + 12, crc32(crc, footer, 12), 4);
}

/* ---- changes ---- */

/* One of the numbers that readers get wrong, where numbers stand. */
static void set_number(uint8_t *data, size_t size)
{
    static const uint64_t odd[] = {
        0,          1,
        2,          3,
        255,        256,
        65535,      65536,
        INT32_MAX,  UINT32_MAX,
        1u << 20,   1u << 30,
        INT64_MAX,  INT64_MIN,
        UINT64_MAX, 0x7fc00000,
        0x7f800000, 0xff800000 /* NaN and infinities */,
        0x7f7fffff, UINT64_MAX / 8 + 1};
    size_t const width = fuzz_random_below(3) ? 4 : 8;
    if (size < width) return;
    size_t const at = fuzz_random_below(size / 4) * 4;
    uint64_t number = odd[fuzz_random_below(sizeof odd / sizeof *odd)];
    if (at + width > size) return;
    if (fuzz_random_below(3) == 0)
        number = get(data + at, (int)width) + 1 - 2 * fuzz_random_below(2);
    put(data + at, number, (int)width);
}

static void change(section *s)
{
    switch (fuzz_random_below(8)) {
    case 0: /* shorter */
        if (s->size) s->size = fuzz_random_below(s->size);
        break;
    case 1: /* longer */
        memset(s->data + s->size, (int)fuzz_random_below(256), GROWTH / 2);
        s->size += 1 + fuzz_random_below(GROWTH / 2);
        break;
    case 2:
    case 3:
    case 4:
        for (size_t n = 1 + fuzz_random_below(3); n > 0; n--)
            set_number(s->data, s->size);
        break;
    default:
        s->size = LLVMFuzzerMutate(s->data, s->size, s->size + GROWTH);
    }
}

/* A section takes another's place, goes, or comes twice. One by one: valgrind
 * takes a memmove whose room is checked for a memcpy. */
static void move(checkpoint *c)
{
    size_t const a = fuzz_random_below(c->count);
    size_t const b = fuzz_random_below(c->count);
    section const kept = c->sections[a];
    if (fuzz_random_below(2) && c->count > 1) {
        free(kept.data);
        c->count--;
        for (size_t i = a; i < c->count; i++)
            c->sections[i] = c->sections[i + 1];
    } else {
        c->sections[a] = c->sections[b];
        c->sections[b] = kept;
    }
}

/* A field of the table: name, flags, version. */
static void rename_section(section *s)
{
    static const char *const names[] = {
        "layout", "vocab_0", "vocab_1",   "query_tower", "item_tower",
        "items",  "trainer", "index_map", "index",       "model",
        "ranker", "words",   "titles"};
    if (fuzz_random_below(2)) {
        memset(s->entry, 0, 64);
        strcpy((char *)s->entry,
               names[fuzz_random_below(sizeof names / sizeof *names)]);
    } else
        put(s->entry + 64 + 4 * fuzz_random_below(2), fuzz_random_below(6), 4);
}

/* How many sections have such a name; of them the n-th is *found. */
static size_t named(checkpoint *c, const char *only, size_t n, section **found)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++) {
        const char *const name = (const char *)c->sections[i].entry;
        if (only && strncmp(name, only, strlen(only)) != 0) continue;
        if (count++ == n) *found = &c->sections[i];
    }
    return count;
}

static size_t mutate_bytes(uint8_t *file, size_t size, size_t max_size)
{
    size_t const count =
        size < HEADER + FOOTER ? 0 : (size_t)get(file + size - FOOTER + 8, 4);
    if (count == 0 || count > MOST_SECTIONS ||
        count * ENTRY + HEADER + FOOTER > size || fuzz_random_below(2))
        return LLVMFuzzerMutate(file, size, max_size);
    uint8_t *const table = file + size - FOOTER - count * ENTRY;
    set_number(table, count * ENTRY);
    seal(file, size, count);
    return size;
}

size_t fuzz_sections_mutate(uint8_t *file, size_t size, size_t max_size,
                            const char *only)
{
    static checkpoint c;
    section *s = NULL;
    if (!only && fuzz_random_below(16) == 0)
        return mutate_bytes(file, size, max_size);
    if (!take_apart(&c, file, size))
        return LLVMFuzzerMutate(file, size, max_size);
    size_t const count = named(&c, only, 0, &s);
    if (count > 0) {
        named(&c, only, fuzz_random_below(count), &s);
        size_t const choice = only ? 9 : fuzz_random_below(24);
        if (choice == 0)
            move(&c);
        else if (choice == 1)
            rename_section(s);
        else
            change(s);
    }
    size_t const now = put_together(&c, file, size, max_size);
    seal(file, now, c.count);
    drop(&c);
    return now;
}
